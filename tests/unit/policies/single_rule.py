"""One rule of one kind, asked about one contact: the smallest stack that judges."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from policies.compose import Stack
from policies.evaluate import Judgement, judge_prepared
from policies.facts import Facts, Settings
from policies.instant import to_micros
from policies.pack import Applies, Rule, Text
from policies.prepare import prepare
from policies.rule import kinds
from policies.vocabulary import Force, Grade, RuleKind

_FROM = dt.date(2000, 1, 1)


def facts_from(contact: dict[str, Any], history: list[dict[str, Any]] | None = None, **given: Any) -> Facts:
    """Facts from plain data in the words of a case; the zone is Chicago unless another is given."""
    whole = {
        "jurisdictions": ["us"],
        "zones": ["America/Chicago"],
        **given,
        "contact": {"channel": "voice", "debts": ["d1"], **contact},
        "history": history or [],
    }
    return msgspec.convert(whole, Facts)


def rule_of(kind: RuleKind, params: dict[str, Any], name: str = "the-rule", **more: Any) -> Rule:
    """A rule in force since 2000; `params` are checked by its kind when the stack is made."""
    return Rule(
        id=name,
        kind=kind,
        citation="a test",
        force=Force.PROHIBIT,
        grade=Grade.FIRM,
        title=Text(en="the rule"),
        values={_FROM: params},
        applies=more.pop("applies", Applies()),
        **more,
    )


def ask(kind: RuleKind, params: dict[str, Any], facts: Facts, settings: Settings | None = None) -> Judgement:
    """What one rule says about a contact at its own instant."""
    chosen = settings or facts.settings
    stack = Stack([rule_of(kind, params)], chosen)
    return judge_prepared(prepare(facts), stack, to_micros(facts.contact.at))


def decision(kind: RuleKind, params: dict[str, Any], facts: Facts, settings: Settings | None = None) -> str:
    """The bare answer."""
    return str(ask(kind, params, facts, settings).decision)


def is_built(kind: RuleKind) -> bool:
    return kind in kinds()
