"""What a rule applies to, counts, leaves alone and needs to know, as words of the vocabulary for people to read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from policies import counting
from policies.pack import Applies, Rule
from policies.rule import kinds

_LISTS = {
    "allowed": "content",
    "exempt": "content",
    "contents": "content",
    "barred": "content",
    "deny_content": "content",
    "outside": "party",
    "free": "party",
    "parties": "party",
    "heirs": "party",
    "purposes": "purpose",
    "lifts": "rule",
    "fields": "element",
    "statements": "element",
    "required": "element",
    "optional": "element",
    "obligations": "element",
    "notice_elements": "element",
    "deny_channels": "channel",
    "deny_place": "place",
    "entry_consent_places": "place",
    "forms": "form",
    "failed": "outcome",
    "reached": "outcome",
}
"""Lists among the parameters of a kind, and the vocabulary that their words are of."""


class Detail(NamedTuple):
    """`name` of a line, the vocabulary of its words, and the words; none: the name says it all."""

    name: str
    vocabulary: str = ""
    words: tuple[str, ...] = ()
    number: int | None = None


def conditions(rule: Rule) -> tuple[Detail, ...]:
    """Which contacts the rule can matter to at all, beside its channels; nothing: all of them."""
    return tuple(_conditions(rule.applies))


def _conditions(applies: Applies) -> Iterator[Detail]:
    for name, vocabulary, words in (
        ("only_actor", "actor", applies.actor),
        ("not_actor", "actor", applies.not_actor),
        ("only_party", "party", applies.party),
        ("not_party", "party", applies.not_party),
        ("only_place", "place", applies.place),
        ("not_place", "place", applies.not_place),
        ("only_number", "number", applies.number_kind),
        ("only_content", "content", applies.content),
        ("not_content", "content", applies.not_content),
        ("only_purpose", "purpose", applies.purpose),
        ("only_category", "category", applies.category),
        ("not_product", "product", applies.not_product),
    ):
        if words:
            yield Detail(name, vocabulary, tuple(map(str, words)))
    if applies.automated is not None:
        yield Detail("only_automated" if applies.automated else "not_automated")
    if applies.days_past_due_over is not None:
        yield Detail("days_past_due_over", number=applies.days_past_due_over)


def details(params: Any) -> tuple[Detail, ...]:
    """What the parameters list: what is counted and what not, contents that stay allowed, rules that are lifted."""
    found: list[Detail] = []
    counts = getattr(params, "counts", None)
    if isinstance(counts, counting.Counts):
        found += _counted(counts)
    for name, vocabulary in _LISTS.items():
        words = getattr(params, name, ())
        if words:
            found.append(Detail(name, vocabulary, tuple(map(str, words))))
    return tuple(found)


def _counted(counts: counting.Counts) -> Iterator[Detail]:
    yield Detail("counted_per", "scope", tuple(counts.scope))
    if counts.outcomes:
        yield Detail("counts", "outcome", tuple(map(str, counts.outcomes)))
    else:
        yield Detail("counts_attempts" if counts.unconnected else "counts_connected")
    if len(counts.direction) > 1:
        yield Detail("counts_inbound")
    if counts.not_outcomes:
        yield Detail("counts_not", "outcome", tuple(map(str, counts.not_outcomes)))
    if counts.ignore_replies:
        yield Detail("counts_not_replies")
    if counts.consent is not None:
        yield Detail("counts_not_agreed", number=counts.consent.days)


def needs(rule: Rule, params: Any) -> tuple[str, ...]:
    """The facts without which the rule holds a contact, by their names in `Fact`."""
    kind = kinds().get(rule.kind)
    return () if kind is None or params is None else tuple(map(str, kind.needs(params)))
