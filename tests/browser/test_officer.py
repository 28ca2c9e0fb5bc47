"""The compliance officer and the auditor: finding a rule, reading a decision and what would change it, the ledger."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.book import LANGUAGES
from tests.browser.conftest import Open
from tests.browser.serve import Served
from tests.browser.watch import settle

TOLD = {
    ("/work", "en"): "collector",
    ("/work", "zh"): "催收员",
    ("/campaigns/new", "en"): "campaign manager",
    ("/campaigns/new", "zh"): "管理员",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_officer_finds_a_rule_and_reads_its_cases(library: Served, enter: Open, language: str) -> None:
    page = enter(library, "compliance_officer", language=language)
    page.goto("/policies")
    search = page.locator("main .toolbar input[type=search]").first
    search.fill("1006.14")
    search.press("Enter")
    page.wait_for_url("**/policies?q=1006.14*")
    page.locator("main tbody a[href^='/policies/rules/']").first.click()
    page.wait_for_url("**/policies/rules/*")
    expect(page.locator("#cases-h")).to_be_visible()
    expect(page.locator("main .kv")).to_contain_text("1006.14")
    assert page.locator("[aria-labelledby=cases-h] tbody tr").count() > 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_decision_says_what_was_asked_and_what_would_change_it(
    library: Served, enter: Open, language: str
) -> None:
    page = enter(library, "compliance_officer", language=language)
    page.goto("/decisions?decision=deny")
    page.locator("main tbody a[href^='/decisions/']").first.click()
    page.wait_for_url("**/decisions/*")
    expect(page.locator(".ruling.deny")).to_be_visible()
    assert page.locator("main table tbody tr").count() > 3
    page.keyboard.press("[")
    settle(page)
    expect(page.locator(".ruling")).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_auditor_verifies_the_ledger(served: Served, enter: Open, language: str) -> None:
    page = enter(served, "auditor", language=language)
    page.goto("/ledger")
    page.locator("#verification form button").press("Enter")
    expect(page.locator("#verification .callout.allow")).to_be_visible()
    expect(page.locator("#verification .callout.allow")).to_be_focused()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/work", "/campaigns/new"])
def test_who_may_not_is_told_which_role_may(library: Served, enter: Open, path: str, language: str) -> None:
    page = enter(library, "auditor", language=language)
    page.watch.allowed = {403}  # type: ignore[attr-defined]
    page.goto(path)
    expect(page.locator("main")).to_contain_text(TOLD[path, language])
    expect(page.locator("h1")).to_be_visible()


def test_a_decision_that_is_not_there_is_not_found(library: Served, enter: Open) -> None:
    page = enter(library, "compliance_officer")
    page.watch.allowed = {404}  # type: ignore[attr-defined]
    page.goto("/decisions/ve_nothing")
    expect(page.locator("h1")).to_be_visible()
