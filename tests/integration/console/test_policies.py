"""The policy library: what is installed, the rules of an instrument, one rule with its source and its cases."""

from __future__ import annotations

import pytest

from orchestrator.bootstrap import Runtime
from orchestrator.console.language import translations
from orchestrator.console.rule_brief import brief
from orchestrator.console.rule_wording import RuleWording
from orchestrator.services.policy_view import read_policies
from policies.compose import spans_of
from policies.facts import Settings
from policies.library import load
from policies.pack import Rule
from policies.rule_detail import conditions, details
from policies.statement import figure, statement
from tests.integration.console.conftest import Browser, Enter, words
from tests.integration.console.contacts import calls

ROLES = ("collector", "campaign_manager", "compliance_officer", "auditor", "administrator")
RULES = tuple(load().rules.values())
REG_F = "/policies/us-reg-f"


@pytest.mark.parametrize("role", ROLES)
def test_everybody_reads_the_policies(enter: Enter, role: str) -> None:
    page = words(enter(role).text("/policies"))
    assert "Regulation F" in page
    assert "verify with counsel" in page


def test_a_guest_signs_in_first(guest: Browser) -> None:
    assert guest.get("/policies").status_code == 303


def test_an_instrument_shows_its_rules_as_sentences_with_values(enter: Enter) -> None:
    page = words(enter("auditor").text(REG_F))
    assert "33 of 33 rules" in page
    assert "At most 7 calls about one account in 7 days" in page
    assert "1006.14(b)(2)(i)(A)" in page
    assert "7 of 7" in page


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("q=1006.14(b)(2)(i)(A)", "At most 7 calls", "No contact after a written request"),
        ("topic=whom", "No contact after a written request", "At most 7 calls"),
        ("channel=email", "Email only an address", "Text only a number"),
    ],
)
def test_rules_are_found_by_what_they_are(enter: Enter, query: str, there: str, gone: str) -> None:
    page = words(enter("auditor").text(f"{REG_F}?{query}"))
    assert there in page
    assert gone not in page


def test_looking_through_everything_names_the_instruments(enter: Enter) -> None:
    page = words(enter("auditor").text("/policies?q=at+home&group=us-states"))
    assert "Washington" in page
    assert "Regulation F" in page.split("rules")[0]  # the side navigation, never the list
    assert "No rule fits" in words(enter("auditor").text("/policies?q=no-such-rule"))


def test_a_part_is_given_where_only_the_rules_are_asked_for(enter: Enter) -> None:
    answer = enter("auditor").get(REG_F, headers={"HX-Request": "true", "HX-Target": "rules"})
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert "At most 7 calls" in answer.text


def test_what_is_looked_for_is_shown_as_text(enter: Enter) -> None:
    page = enter("auditor").text(f"{REG_F}?q=<script>alert(1)</script>")
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_rule_has_its_values_source_and_cases(enter: Enter) -> None:
    page = words(enter("compliance_officer").text("/policies/rules/regf-7in7-attempts"))
    for text in (
        "At most 7 calls about one account in 7 days",
        "since 30 Nov 2021",
        "12 CFR 1006.14(b)(2)(i)(A)",
        "an official interpretation was read",
        "review due by 22 Feb 2027, after 90 days",
        "calls that the consumer agreed to in the last 7 days",
        "7 of 7 come out as expected",
        "Wed 8 Apr 08:00 CDT",
        "no contact in the last 30 days",
    ):
        assert text in page


def test_a_rule_says_how_often_it_decided(enter: Enter, runtime: Runtime) -> None:
    calls(runtime, 8)
    page = enter("auditor").text("/policies/rules/regf-7in7-attempts")
    assert "1 contact in the last 30 days" in words(page)
    assert "/decisions?rule=regf-7in7-attempts" in page


def test_a_rule_that_is_off_says_why(enter: Enter) -> None:
    page = words(enter("auditor").text("/policies/rules/cn2-sms-identity"))
    assert "This rule decides nothing now." in page
    assert "Off until a second source is read." in page


@pytest.mark.parametrize("path", ["/policies/no-such", "/policies/rules/no-such"])
def test_what_is_not_there_is_not_found(enter: Enter, path: str) -> None:
    assert enter("auditor").get(path).status_code == 404


def test_the_library_reads_in_chinese(enter: Enter) -> None:
    browser = enter("auditor", language="zh", time_zone="Asia/Shanghai")
    assert "就同一账户，7 天内至多 7 次呼叫" in words(browser.text(REG_F))
    page = words(browser.text("/policies/rules/cn-gbt-calls-3-day"))
    assert "与同一人，每日至多 3 次通话" in page
    assert "推荐性国家标准，非法律。" in page


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.id))
def test_every_rule_can_be_said_in_both_languages(rule: Rule, language: str) -> None:
    wording = RuleWording(translations(language), language)
    for span in spans_of(rule):
        for settings in (Settings(), Settings(daytime_only=True, electronic_cap_per_day=2)):
            said = wording.sentence(statement(rule, span.params, settings))
            assert said
            assert "%(" not in said
            assert "%(" not in wording.value(figure(rule, span.params, settings))
        lines = [wording.detail(one) for one in (*conditions(rule), *details(span.params))]
        assert all(label and text for label, text in lines)
    if language == "zh":
        assert any("\u4e00" <= letter <= "\u9fff" for letter in said)


def test_every_rule_has_a_page_in_both_languages(enter: Enter) -> None:
    english, chinese = enter("auditor"), enter("auditor", language="zh")
    for rule in RULES:
        for browser in (english, chinese):
            assert browser.get(f"/policies/rules/{rule.id}").status_code == 200, rule.id


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_rule_has_a_value_that_fits_its_column(runtime: Runtime, language: str) -> None:
    wording = RuleWording(translations(language), language)
    views = [rule for one in read_policies(runtime.house).instruments for rule in one.rules]
    values = {view.rule.id: brief(wording, view) for view in views}
    assert all(0 < len(value) <= 26 for value in values.values()), values
    assert values["regf-hours-8-21"] == "08:00–21:00"
    expected = {"en": ("7 in 7 days", "3 failed calls", "08:00–21:00, Eastern time", "09:00–18:00 on weekdays"),
                "zh": ("7 天 7 次", "未接通 3 次", "美国东部时间 08:00–21:00", "工作日 09:00–18:00")}  # fmt: skip
    asked = ("regf-7in7-attempts", "cn2-third-party-ladder", "dc-hours-eastern", "business-hours")
    assert tuple(values[one] for one in asked) == expected[language]
