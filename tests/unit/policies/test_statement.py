"""What rules say of themselves, from their parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from policies.compose import spans_of
from policies.facts import Settings
from policies.library import load
from policies.pack import Rule
from policies.rule import kinds
from policies.rule_detail import Detail, conditions, details, needs
from policies.statement import Statement, figure, statement
from policies.vocabulary import RuleKind

RULES = load().rules


def params_of(rule: Rule) -> Any:
    return spans_of(rule)[-1].params


def said(name: str) -> Mapping[str, Any]:
    """The values of the sentence of a shipped rule."""
    return statement(RULES[name], params_of(RULES[name])).values


def changed(name: str, **values: Any) -> Statement:
    """What the shipped rule says with other parameters."""
    rule = RULES[name]
    return statement(rule, msgspec.structs.replace(params_of(rule), **values))


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_every_kind_says_itself(kind: RuleKind) -> None:
    found = [statement(rule, params_of(rule)) for rule in RULES.values() if rule.kind is kind]
    assert found
    assert all(one.name != "unbuilt" for one in found)


def test_a_kind_without_a_judge_says_so() -> None:
    rule = next(rule for rule in RULES.values() if rule.kind is RuleKind.WORDING_RULE)
    assert statement(rule, params_of(rule)).name == "unbuilt"
    assert figure(rule, params_of(rule)) is None


def test_a_sentence_carries_the_values_in_force() -> None:
    rule = RULES["regf-7in7-attempts"]
    caps = (msgspec.structs.replace(params_of(rule).caps[0], limit=3, n=5),)
    assert changed(rule.id, caps=caps).values == {
        "limit": 3, "n": 5, "noun": "calls", "about": "account", "week_start": "sun"
    }  # fmt: skip
    assert figure(rule, params_of(rule)) == Statement("cap_local_days", {"limit": 7, "n": 7})


def test_what_is_counted_has_its_own_word() -> None:
    words = {
        name: (said(name)["noun"], said(name)["about"])
        for name in ("dc-5-electronic-per-7", "ma-visit", "ma-2-per-7", "wv-10-conversations-per-week",
                     "cn-cba-attempts-6-day", "dc-1-consent-request-per-7", "nyc-3-per-7", "wa-3-per-week")
    }  # fmt: skip
    assert words == {
        "dc-5-electronic-per-7": ("messages", "account"),
        "ma-visit": ("visits", "account"),
        "ma-2-per-7": ("calls_texts", "account"),
        "wv-10-conversations-per-week": ("conversations", "person"),
        "cn-cba-attempts-6-day": ("unanswered_calls", "address"),
        "dc-1-consent-request-per-7": ("consent_requests", "account"),
        "nyc-3-per-7": ("contacts", "account"),
        "wa-3-per-week": ("contacts", "household"),
    }


def test_a_rule_that_the_firm_has_not_set_says_that_it_is_off() -> None:
    rule = RULES["firm-electronic-cap"]
    params = params_of(rule)
    assert statement(rule, params, Settings()).name == "off_by_setting"
    assert figure(rule, params, Settings()) is None
    found = statement(rule, params, Settings(electronic_cap_per_day=2))
    assert (found.name, found.values["limit"], found.values["about"]) == ("cap_calendar_day", 2, "channel")


def test_hours_name_their_zone_or_the_days() -> None:
    assert changed("regf-hours-8-21").name == "hours"
    assert changed("cn-gbt-window").values == {"hours": "08:00-22:00", "zone": "Asia/Shanghai"}
    found = changed("regf-hours-8-21", windows={"weekdays": "09:00-17:00", "weekend": "closed"})
    assert found == Statement(
        "hours_by_day", {"days": {"weekdays": "09:00-17:00", "weekend": "closed"}, "zone": None}
    )
    assert changed("us-firm-hours-8-21").name == "off_by_setting"


def test_conditions_name_the_contacts_that_a_rule_can_matter_to() -> None:
    assert conditions(RULES["wa-2-per-day-mobile"]) == (
        Detail("only_actor", "actor", ("third_party_collector", "debt_buyer")),
        Detail("only_party", "party", ("consumer",)),
        Detail("only_number", "number", ("mobile",)),
    )
    assert Detail("days_past_due_over", number=30) in conditions(RULES["dc-4-calls-per-7"])
    assert Detail("only_automated") in conditions(RULES["cn2-ai-voice-identity"])


def test_details_list_what_is_counted_and_what_is_not() -> None:
    found = details(params_of(RULES["regf-7in7-attempts"]))
    assert Detail("counted_per", "scope", ("person", "debt")) in found
    assert Detail("counts_connected") in found
    assert Detail("counts_not_agreed", number=7) in found
    assert Detail("counts_attempts") in details(params_of(RULES["nyc-3-per-7"]))
    assert Detail("counts_not_replies") in details(params_of(RULES["dc-5-electronic-per-7"]))
    lifted = details(params_of(RULES["regf-prior-consent"]))
    assert lifted == (Detail("lifts", "rule", ("regf-hours-8-21", "regf-inconvenient-time")),)


def test_needs_are_those_that_the_judge_asks_for() -> None:
    rule = RULES["regf-hours-8-21"]
    assert needs(rule, params_of(rule)) == ("zone",)
    assert needs(rule, None) == ()
