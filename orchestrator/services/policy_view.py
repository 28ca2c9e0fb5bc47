"""The policies as people read them: by country and instrument, every rule with its sentence, values, source and cases.

Nothing here judges a contact. Sentences are names and values (`policies.statement`); the faces word them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date
from functools import lru_cache
from itertools import groupby, takewhile

from orchestrator.engine.house import House
from orchestrator.errors import UnknownReference
from orchestrator.services.rule_view import TOPICS, CaseView, RuleView, view_rule
from policies.cases import run_case
from policies.facts import Settings
from policies.library import Library
from policies.pack import Pack, Text
from policies.vocabulary import Grade

_READ = frozenset({Grade.P, Grade.Q, Grade.QD, Grade.R})
FIRM = "firm"
"""The group of the firm's own policies, whatever the country."""


@dataclass(frozen=True, slots=True)
class Instrument:
    """A statute, a regulation, a guideline or the firm's own policy: the packs under one heading.

    `group`: a country in lower case, its "-states", or "firm". `cases` are those of its packs.
    """

    slug: str
    title: Text
    group: str
    jurisdiction: str
    packs: tuple[Pack, ...]
    rules: tuple[RuleView, ...]
    cases: tuple[CaseView, ...]

    @property
    def on(self) -> int:
        return sum(rule.is_on for rule in self.rules)

    @property
    def passing(self) -> int:
        return sum(one.result.ok for one in self.cases)

    @property
    def oldest_check(self) -> date | None:
        """None: the source of a rule that is on was never looked at, or none is on."""
        days = [rule.checked_on for rule in self.rules if rule.is_on]
        return None if None in days else min((day for day in days if day is not None), default=None)

    @property
    def read(self) -> int:
        """Rules whose text, or its official interpretation, was read; the firm's own are their own source."""
        return sum(rule.rule.grade in _READ for rule in self.rules)

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(pack.note for pack in self.packs if pack.note))

    @property
    def binds(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(rule.rule.binds for rule in self.rules if rule.rule.binds))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rules are looked for; empty: all. `text` is found in ids, titles, citations, notes, whom a rule binds."""

    group: str = ""
    instrument: str = ""
    state: str = ""
    topic: str = ""
    channel: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class PolicyBook:
    """Every instrument that is installed, in the order of the side navigation."""

    instruments: tuple[Instrument, ...]
    digest: str

    @property
    def groups(self) -> dict[str, tuple[Instrument, ...]]:
        return {
            group: tuple(members) for group, members in groupby(self.instruments, key=lambda one: one.group)
        }

    def instrument(self, slug: str) -> Instrument:
        """The instrument of this name; none: an UnknownReference."""
        found = next((one for one in self.instruments if one.slug == slug), None)
        if found is None:
            raise UnknownReference(f"there is no policy {slug!r}", where=slug)
        return found

    def rule(self, rule_id: str) -> tuple[Instrument, RuleView]:
        """A rule with its instrument; none: an UnknownReference."""
        for instrument in self.instruments:
            for rule in instrument.rules:
                if rule.rule.id == rule_id:
                    return instrument, rule
        raise UnknownReference(f"there is no rule {rule_id!r}", where=rule_id)

    def find(self, wanted: Wanted) -> list[RuleView]:
        """The rules that are looked for, instrument by instrument."""
        return [
            rule
            for instrument in self.instruments
            if wanted.group in {"", instrument.group} and wanted.instrument in {"", instrument.slug}
            for rule in instrument.rules
            if _fits(rule, wanted)
        ]


def read_policies(house: House) -> PolicyBook:
    """The policies as they stand today; without a valid library there are none."""
    if house.library is None:
        return PolicyBook((), "")
    return book_of(house.library, house.settings, house.clock.now().astimezone(UTC).date())


@lru_cache(maxsize=4)
def book_of(library: Library, settings: Settings, today: date) -> PolicyBook:
    """The policies of a library on a day, under the firm's settings; made once for each."""
    cases = _ran(library)
    by_heading: dict[tuple[str, str, str], list[Pack]] = {}
    for pack in library.packs.values():
        by_heading.setdefault((_group(pack), pack.jurisdiction, _heading(pack.title.en)), []).append(pack)
    instruments = [
        _instrument(
            group,
            packs,
            [
                view_rule(pack, rule, cases[pack.pack], settings, today)
                for pack in packs
                for rule in pack.rules
            ],
            tuple(one for pack in packs for one in cases[pack.pack]),
        )
        for (group, _, _), packs in by_heading.items()
    ]
    return PolicyBook(tuple(sorted(instruments, key=_order)), library.digest)


@lru_cache(maxsize=4)
def _ran(library: Library) -> dict[str, tuple[CaseView, ...]]:
    """Every pack's cases, judged once for a library."""
    return {
        pack.pack: tuple(CaseView(case, run_case(case, library)) for case in pack.cases)
        for pack in library.packs.values()
    }


def _group(pack: Pack) -> str:
    if pack.client or all(rule.grade is Grade.FIRM for rule in pack.rules):
        return FIRM
    country, _, place = pack.jurisdiction.partition("-")
    return f"{country}-states" if place else country


def _order(one: Instrument) -> tuple[bool, bool, str, bool, str]:
    """By country, its own law before that of its states; the firm's own last."""
    country = one.group.removesuffix("-states")
    return one.group == FIRM, country != "us", country, one.group.endswith("-states"), one.title.en


def _heading(title: str) -> str:
    return re.split(r"[:：]", title, maxsplit=1)[0].strip()


def _instrument(
    group: str, packs: list[Pack], rules: list[RuleView], cases: tuple[CaseView, ...]
) -> Instrument:
    topics, first = list(TOPICS), packs[0].title
    return Instrument(
        slug=_slug([pack.pack for pack in packs]),
        title=first if len(packs) == 1 else Text(en=_heading(first.en), zh=_heading(first.zh)),
        group=group,
        jurisdiction=packs[0].jurisdiction,
        packs=tuple(packs),
        rules=tuple(sorted(rules, key=lambda view: topics.index(view.topic))),
        cases=cases,
    )


def _slug(names: list[str]) -> str:
    """What the names of the packs have in common; one pack: its name."""
    if len(names) == 1:
        return names[0]
    parts = zip(*(name.split("-") for name in names), strict=False)
    return "-".join(part[0] for part in takewhile(lambda part: len(set(part)) == 1, parts)) or names[0]


def _fits(view: RuleView, wanted: Wanted) -> bool:
    rule = view.rule
    if wanted.state and (wanted.state == "on") != view.is_on:
        return False
    if wanted.topic and view.topic != wanted.topic:
        return False
    if wanted.channel and rule.channels and wanted.channel not in rule.channels:
        return False
    text = wanted.text.strip().casefold()
    looked = (rule.id, rule.title.en, rule.title.zh, rule.citation, rule.note, rule.binds, view.pack.title.en)
    return not text or any(text in part.casefold() for part in looked)


def neighbours(instrument: Instrument, rule_id: str) -> tuple[RuleView | None, RuleView | None]:
    """The rules before and after a rule of an instrument."""
    ids = [view.rule.id for view in instrument.rules]
    at = ids.index(rule_id)
    before = instrument.rules[at - 1] if at else None
    return before, instrument.rules[at + 1] if at + 1 < len(ids) else None
