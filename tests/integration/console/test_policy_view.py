"""The library as people read it: groups, instruments, rules with their state, and what filters find."""

from __future__ import annotations

from datetime import date

import pytest

from orchestrator.errors import UnknownReference
from orchestrator.services.policy_view import FIRM, PolicyBook, Wanted, book_of, neighbours
from orchestrator.services.rule_view import TOPICS, RuleView, review_due
from policies.facts import Settings
from policies.library import load

LIBRARY = load()
TODAY = date(2026, 11, 24)


def book(on: date = TODAY, settings: Settings | None = None) -> PolicyBook:
    return book_of(LIBRARY, settings or Settings(daytime_only=True), on)


def rule(name: str, on: date = TODAY, settings: Settings | None = None) -> RuleView:
    return book(on, settings).rule(name)[1]


def test_every_rule_is_in_one_instrument() -> None:
    ids = [view.rule.id for one in book().instruments for view in one.rules]
    assert sorted(ids) == sorted(LIBRARY.rules)


def test_packs_of_one_regulation_are_one_instrument() -> None:
    found = book().instrument("us-reg-f")
    assert (found.title.en, found.group) == ("Regulation F", "us")
    assert {pack.pack for pack in found.packs} == {
        name for name in LIBRARY.packs if name.startswith("us-reg-f-")
    }
    assert found.passing == len(found.cases) > 50
    topics = [list(TOPICS).index(view.topic) for view in found.rules]
    assert topics == sorted(topics)


def test_countries_come_before_their_states_and_the_firm_last() -> None:
    assert list(book().groups) == ["us", "us-states", "cn", FIRM]
    assert [one.jurisdiction for one in book().groups["us-states"]] == [
        "us-dc", "us-fl", "us-ma", "us-ny-nyc", "us-wa", "us-wv"
    ]  # fmt: skip


def test_a_rule_is_on_from_its_first_date() -> None:
    assert rule("nyc-3-per-7", date(2026, 8, 31)).state == "later"
    found = rule("nyc-3-per-7", date(2026, 9, 1))
    assert (found.state, found.since, found.until) == ("on", date(2026, 9, 1), None)


def test_a_rule_that_is_off_by_its_status_or_by_a_setting_is_off() -> None:
    assert rule("cn2-sms-identity").state == "off"
    assert rule("firm-electronic-cap").state == "off"
    assert rule("firm-electronic-cap", settings=Settings(electronic_cap_per_day=1)).state == "on"
    assert rule("us-firm-hours-8-21", settings=Settings()).state == "off"


def test_a_date_that_stands_for_always_is_not_shown() -> None:
    found = rule("wa-3-per-week")
    assert found.since is None
    assert [(span.starts, span.ends) for span in found.spans] == [(None, None)]


def test_cases_belong_to_the_rule_that_they_are_about() -> None:
    names = [one.case.id for one in rule("regf-7in7-attempts").cases]
    assert names == [
        "pack-regf-7in7-seventh",
        "pack-regf-7in7-eighth",
        "pack-regf-7in7-busy",
        "pack-regf-7in7-not-in-service",
        "pack-regf-7in7-power-off",
        "pack-regf-7in7-unreachable",
        "pack-regf-7in7-reserved",
    ]
    assert rule("regf-7in7-attempts").passing == 7
    assert "pack-regf-7day-first-free" in [one.case.id for one in rule("regf-7day-after-conversation").cases]


@pytest.mark.parametrize(
    ("wanted", "some", "none"),
    [
        (Wanted(text="1006.14(b)(2)(i)(A)"), "regf-7in7-attempts", "regf-cease"),
        (Wanted(text="呼叫"), "regf-7in7-attempts", "regf-cease"),
        (Wanted(group="us-states", topic="how_often"), "nyc-3-per-7", "regf-7in7-attempts"),
        (Wanted(instrument="us-reg-f", channel="email"), "regf-email-safe-harbor", "regf-text-safe-harbor"),
        (Wanted(state="off"), "cn2-envelope", "regf-cease"),
        (Wanted(state="on"), "regf-cease", "cn2-envelope"),
    ],
)
def test_filters_find_what_fits(wanted: Wanted, some: str, none: str) -> None:
    ids = [view.rule.id for view in book().find(wanted)]
    assert some in ids
    assert none not in ids


def test_a_name_that_is_not_there_is_unknown() -> None:
    with pytest.raises(UnknownReference):
        book().instrument("no-such")
    with pytest.raises(UnknownReference):
        book().rule("no-such")


def test_neighbours_are_the_rules_beside_it() -> None:
    found = book().instrument("us-ny-nyc-shield")
    first, last = found.rules[0].rule.id, found.rules[-1].rule.id
    assert neighbours(found, first) == (None, found.rules[1])
    assert neighbours(found, last) == (found.rules[-2], None)


def test_a_source_is_due_for_a_look_after_ninety_days() -> None:
    assert review_due(date(2026, 11, 16)) == date(2027, 2, 14)
    assert review_due(None) is None
    assert book().instrument("us-reg-f").oldest_check == date(2026, 11, 24)
