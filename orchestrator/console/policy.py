"""The policy library: what is installed by country and instrument, and each rule with its source and its cases."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from typing import Annotated, Any

from babel import Locale
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from orchestrator.console.access import MayReadPolicy, Visitor
from orchestrator.console.case_wording import CaseWording
from orchestrator.console.cookie import runtime_of
from orchestrator.console.page import page, wording_of, words_of
from orchestrator.console.rule_brief import brief
from orchestrator.console.rule_wording import RuleWording
from orchestrator.console.vocabulary import CHANNELS, TOPICS
from orchestrator.console.wording import LOCALES, spaced
from orchestrator.domain.permission import Permission
from orchestrator.services.decision_list import count_of_rule
from orchestrator.services.policy_view import FIRM, Instrument, PolicyBook, Wanted, neighbours, read_policies
from orchestrator.services.rule_view import RuleView, review_due
from policies.pack import Rule, Text
from policies.vocabulary import Grade

router = APIRouter(prefix="/policies")
RECENT = timedelta(days=30)
Text_ = Annotated[str, Query(max_length=200)]
Word = Annotated[str, Query(max_length=40)]


_UNSAID = frozenset(
    {
        "only_place",
        "not_place",
        "only_number",
        "only_category",
        "only_automated",
        "not_product",
        "days_past_due_over",
    }
)
"""Conditions that the sentence of a rule does not say."""


class Reader:
    """What the pages of the library say in one reader's language."""

    def __init__(self, visitor: Visitor):
        self.language = visitor.language
        self.translator = words_of(visitor)
        self.rules = RuleWording(self.translator, visitor.language)

    def title(self, text: Text) -> str:
        return spaced(text.zh or text.en) if self.language == "zh" else text.en

    def brief(self, view: RuleView) -> str:
        """The value of a rule in two or three words."""
        return brief(self.rules, view)

    def short_title(self, text: Text) -> str:
        """A title for the side navigation: without the number of the statute and what stands in brackets."""
        return re.split(r"[:：]", re.sub(r"\s*[（(][^（）()]*[)）]$", "", self.title(text)))[0]

    def tongue(self, text: Text) -> str:
        """The language that `title` is in, for readers of screens."""
        return "zh" if self.language == "zh" and text.zh else "en"

    def group(self, group: str) -> str:
        """A heading of the side navigation."""
        if group == FIRM:
            return self.translator.gettext("The firm")
        country = group.removesuffix("-states")
        name = Locale.parse(LOCALES[self.language]).territories.get(country.upper(), country)
        if group == country:
            return str(name)
        return self.translator.gettext("%(country)s: states and cities") % {"country": name}

    def channels(self, view: RuleView) -> str:
        """The channels of a rule, as short as they can be said."""
        common = ("sms", "email", "voice", "letter", "visit")
        inside = [name for name in common if not view.rule.channels or name in view.rule.channels]
        outside = [name for name in common if name not in inside]
        if not outside:
            return self.translator.gettext("All")
        if len(outside) == 1:
            return self.translator.gettext("All but %(channels)s") % {
                "channels": self.rules.words("channel", tuple(outside))
            }
        if not inside and all(name.startswith("social") for name in view.rule.channels):
            return self.translator.gettext("Social media")
        named = self.rules.enumerated("channel", tuple(inside or map(str, view.rule.channels)))
        return named[:1].upper() + named[1:]

    def common_source(self, rules: list[Rule]) -> str:
        """What most citations of law begin with ("12 CFR"), to be said once in the heading; often nothing."""
        law = [rule for rule in rules if rule.grade is not Grade.FIRM]
        starts = Counter(" ".join(rule.citation.split()[:2]) for rule in law)
        start, count = starts.most_common(1)[0] if starts else ("", 0)
        is_short = len(start) <= 12 and any(map(str.isdigit, start))
        return start if len(law) > 3 and count * 2 > len(law) and is_short else ""

    def short_citation(self, rule: Rule, common: str = "") -> str:
        """The first place that a rule cites, without what the heading says."""
        if rule.grade is Grade.FIRM:
            return self.translator.gettext("the firm’s own")
        return self.citation(rule, common)

    def citation(self, rule: Rule, common: str = "") -> str:
        """The first place that a rule cites."""
        first = re.split(r"[;,；，]", rule.citation)[0].strip()
        return first.removeprefix(common).strip() or first

    def conditions(self, view: RuleView) -> list[tuple[str, str]]:
        """Which contacts it is about, as far as its sentence does not say so."""
        return [self.rules.detail(one) for one in view.conditions if one.name in _UNSAID]

    def facts(self, names: tuple[str, ...]) -> str:
        return self.rules.listed([self.rules.fact(name) for name in names])

    def why_off(self, view: RuleView) -> str:
        is_by_status = view.state == "off" and view.rule.status.value != "on"
        return self.rules.word("status", view.rule.status.value) if is_by_status else ""


@router.get("")
def show_policies(  # noqa: PLR0917 - the fields of the form
    request: Request,
    visitor: MayReadPolicy,
    q: Text_ = "",
    state: Word = "",
    topic: Word = "",
    channel: Word = "",
    group: Word = "",
) -> Response:
    """Every instrument; with something looked for, the rules that fit."""
    book = read_policies(runtime_of(request).house)
    wanted = Wanted(group=group, state=state, topic=topic, channel=channel, text=q)
    if wanted == Wanted():
        return _page(request, visitor, "policy/library.html", book)
    found = _by_instrument(book, book.find(wanted))
    return _rules(request, visitor, book, wanted, None, found)


@router.get("/rules/{rule_id}")
def show_rule(
    request: Request, visitor: MayReadPolicy, rule_id: Annotated[str, Path(max_length=100)]
) -> Response:
    """One rule."""
    house = runtime_of(request).house
    book = read_policies(house)
    instrument, view = book.rule(rule_id)
    before, after = neighbours(instrument, rule_id)
    sees_decisions = visitor.may(Permission.READ)
    return _page(
        request,
        visitor,
        "policy/rule.html",
        book,
        instrument=instrument,
        view=view,
        before=before,
        after=after,
        due=review_due(view.checked_on),
        decided=count_of_rule(house, rule_id, house.clock.now() - RECENT) if sees_decisions else None,
        cases=CaseWording(wording_of(visitor, house.clock.now()), words_of(visitor)),
        titles={one.rule.id: one for other in book.instruments for one in other.rules},
    )


@router.get("/{slug}")
def show_instrument(  # noqa: PLR0917 - the fields of the form
    request: Request,
    visitor: MayReadPolicy,
    slug: Annotated[str, Path(max_length=100)],
    q: Text_ = "",
    state: Word = "",
    topic: Word = "",
    channel: Word = "",
) -> Response:
    """The rules of one instrument."""
    book = read_policies(runtime_of(request).house)
    instrument = book.instrument(slug)
    wanted = Wanted(instrument=slug, state=state, topic=topic, channel=channel, text=q)
    return _rules(request, visitor, book, wanted, instrument, _by_topic(book.find(wanted)))


Grouped = list[tuple[str, Any, list[RuleView]]]
"""Rules under headings: what the heading is, itself, and its rules."""


def _by_topic(views: list[RuleView]) -> Grouped:
    return [
        ("topic", topic, members)
        for topic in TOPICS
        if (members := [one for one in views if one.topic == topic])
    ]


def _by_instrument(book: PolicyBook, views: list[RuleView]) -> Grouped:
    chosen = {one.rule.id for one in views}
    found = []
    for instrument in book.instruments:
        members = [one for one in instrument.rules if one.rule.id in chosen]
        if members:
            found.append(("instrument", instrument, members))
    return found


def _rules(  # noqa: PLR0917 - what the list is made of
    request: Request,
    visitor: Visitor,
    book: PolicyBook,
    wanted: Wanted,
    instrument: Instrument | None,
    grouped: Grouped,
) -> Response:
    whole = instrument.rules if instrument else [one for other in book.instruments for one in other.rules]
    is_part = request.headers.get("HX-Target") == "rules"
    return _page(
        request,
        visitor,
        "policy/part_rules.html" if is_part else "policy/instrument.html",
        book,
        instrument=instrument,
        wanted=wanted,
        grouped=grouped,
        shown=sum(len(members) for _, _, members in grouped),
        total=len(whole),
        topics=TOPICS,
        channels=[
            name for name in CHANNELS if name in {"sms", "email", "voice", "voicemail", "letter", "visit"}
        ],
    )


def _page(request: Request, visitor: Visitor, template: str, book: PolicyBook, **values: Any) -> Response:
    return page(request, visitor, template, book=book, read=Reader(visitor), **values)
