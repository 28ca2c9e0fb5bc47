"""The compliance officer and the auditor: finding a rule, reading a decision and what would change it, the ledger."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.book import LANGUAGES
from tests.browser.conftest import Open
from tests.browser.serve import Served
from tests.browser.watch import settle
from tests.browser.words import said

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
def test_what_if_is_judged_again_and_nothing_is_kept(library: Served, enter: Open, language: str) -> None:
    refused = library.scalar("SELECT id FROM verdict WHERE rule = 'regf-medium-stop' ORDER BY id LIMIT 1")
    before = library.scalar("SELECT count(*) FROM verdict")
    page = enter(library, "compliance_officer", language=language)
    page.watch.allowed = {422}  # type: ignore[attr-defined]
    page.goto(f"/decisions/{refused}")
    expect(page.locator(".ruling.deny")).to_be_visible()
    again = said(language, "Judge again")
    form = page.get_by_role("form", name=said(language, "What if"))
    time = form.locator("#if-at")
    noon = "12:00"
    for typed, wrong in (("25:99", True), (noon, False)):
        time.fill(typed)
        form.get_by_role("button", name=again).press("Enter")
        expect(time).to_have_value(typed)
        expect(form.locator("#at-error")).to_have_count(int(wrong))
    answer = form.get_by_role("status")
    expect(answer).to_be_focused()
    expect(answer.locator(".verdict.deny")).to_be_visible()
    for box in form.get_by_role("checkbox").all():
        box.check()
    form.get_by_role("button", name=again).press("Enter")
    expect(answer.locator(".verdict.allow")).to_be_visible()
    expect(form.get_by_role("checkbox").first).to_be_checked()
    assert library.scalar("SELECT count(*) FROM verdict") == before


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
