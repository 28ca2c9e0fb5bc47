"""A policy pack: the rules of one instrument (a statute, a regulation, a firm's own policy) with their cases.

One YAML file, all scalars read as text first, then typed here:

    pack: us-reg-f-hours
    jurisdiction: us
    title: {en: Contact hours, zh: 联络时间}
    checked_on: 2026-11-24
    rules:
      - id: regf-hours-8-21
        kind: contact_window
        title: {en: Between 8 a.m. and 9 p.m., zh: 上午8时至晚上9时}
        channels: [voice, sms]            # left out: every channel
        applies: {actor: [third_party_collector, debt_buyer]}
        force: prohibit
        citation: 12 CFR 1006.6(b)(1)(i)
        url: https://...
        grade: Q
        values:
          2021-11-30: {windows: {all: "08:00-21:00"}}     # holds until the next date; null: not in force from then
    cases: [...]                          # boundary cases, in the case format
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from policies.case import Case
from policies.facts import Frozen, Jurisdiction, RuleId, Tagged, Word
from policies.vocabulary import Actor, Channel, Direction, Force, Grade, NumberKind, RuleKind, Status


class Text(Frozen, frozen=True):
    """A plain sentence or title in the languages that we explain in."""

    en: str
    zh: str = ""


class Applies(Frozen, frozen=True):
    """Which contacts a rule can matter to; left out: all. Lists are alternatives, keys are joined by and.

    `party` entries may end in `:*`. A debt whose days past due are unknown is taken as inside `days_past_due_over`.
    """

    actor: tuple[Actor, ...] = ()
    not_actor: tuple[Actor, ...] = ()
    party: tuple[str, ...] = ()
    not_party: tuple[str, ...] = ()
    content: tuple[str, ...] = ()
    not_content: tuple[str, ...] = ()
    number_kind: tuple[NumberKind, ...] = ()
    place: tuple[Word, ...] = ()
    not_place: tuple[Word, ...] = ()
    purpose: tuple[Word, ...] = ()
    automated: bool | None = None
    category: tuple[Word, ...] = ()
    direction: tuple[Direction, ...] = (Direction.OUTBOUND,)
    days_past_due_over: int | None = None
    not_product: tuple[Word, ...] = ()


class Rule(Frozen, frozen=True):
    """One rule. `values` maps the first date of a span to the parameters that hold from it, None: none hold.

    `unless` names generic exceptions: `agreement` and `written_consent` skip the rule where the facts list its id.
    """

    id: RuleId
    kind: RuleKind
    citation: str
    force: Force
    grade: Grade
    title: Text
    values: dict[dt.date, dict[str, Any] | None]
    channels: tuple[Channel, ...] = ()
    applies: Applies = Applies()
    url: str = ""
    status: Status = Status.ON
    checked_on: dt.date | None = None
    unless: tuple[Tagged, ...] = ()
    binds: str = ""
    note: str = ""


class Pack(Frozen, frozen=True):
    """`origin` is the file it came from, `lines` the line of each rule; `client`: added by the firm."""

    pack: RuleId
    jurisdiction: Jurisdiction
    title: Text
    rules: tuple[Rule, ...]
    checked_on: dt.date | None = None
    cases: tuple[Case, ...] = ()
    note: str = ""
    origin: str = ""
    lines: dict[str, int] = msgspec.field(default_factory=dict)
    client: bool = False


GENERIC = "generic"
"""The firm's own policy: in force for every contact unless a case names its rules."""
DEFAULT = "default"
"""The protective default: in force where no pack of law covers the consumer's country."""
BUSINESS = "business"
"""The jurisdiction of consumers that are no natural persons."""


def checked_on(pack: Pack, rule: Rule) -> dt.date | None:
    """When the rule's text was last looked at: its own date, else the pack's."""
    return rule.checked_on or pack.checked_on


def canonical(pack: Pack) -> bytes:
    """What a digest is made of: everything that decides, nothing about where the file lies."""
    return _canonical(msgspec.structs.replace(pack, origin="", lines={}, cases=()))


def canonical_rule(rule: Rule) -> bytes:
    """The same for one rule."""
    return _canonical(rule)


def _canonical(value: Any) -> bytes:
    return msgspec.json.encode(msgspec.to_builtins(value, str_keys=True), order="deterministic")
