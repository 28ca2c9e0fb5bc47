"""The campaign manager: from an empty form to a stopped campaign, by keyboard, with figures that move by themselves."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import book
from tests.browser.book import LANGUAGES
from tests.browser.conftest import Open
from tests.browser.serve import Served
from tests.browser.watch import settle

SLOW_MS = 120_000
STATE = "SELECT state FROM campaign WHERE name = :name"
SENT = "SELECT count(*) FROM attempt WHERE campaign_id = (SELECT id FROM campaign WHERE name = :name)"
NEWCOMERS = 'consumer_id.startsWith("DAY-")'


def write(page: Page, name: str, segment: str) -> None:
    page.goto("/campaigns")
    page.locator("body").press("n")
    page.wait_for_url("**/campaigns/new")
    page.locator("#name").fill(name)
    page.locator("#segment").fill(segment)


@pytest.mark.timeout(480)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_campaign_from_its_draft_to_its_stop(living: Served, enter: Open, language: str) -> None:
    page = enter(living, "campaign_manager", language=language)
    write(page, "Winter", NEWCOMERS)
    expect(page.locator("#count")).to_contain_text(str(book.DAYS_CASES))
    page.locator("#segment").press("Control+Enter")
    page.wait_for_url("**/forecast", timeout=SLOW_MS)
    start = page.locator("form[action$='/start'] button.primary")
    expect(start).to_contain_text(str(book.DAYS_CASES), timeout=SLOW_MS)
    start.press("Enter")
    page.wait_for_url("**/campaigns/*done=*")
    assert living.scalar(STATE, name="Winter") == "running"
    # the worker sends; nobody loads the page again
    expect(page.locator("#fig-contacted")).to_have_text(str(book.DAYS_CASES), timeout=SLOW_MS)
    assert living.scalar(SENT, name="Winter") == book.DAYS_CASES
    page.locator("#run").press("Enter")
    page.wait_for_url("**done=*")
    assert living.scalar(STATE, name="Winter") == "paused"
    page.locator("#run").press("Enter")
    expect(page.locator("h1 + .lede .running")).to_be_visible()
    assert living.scalar(STATE, name="Winter") == "running"
    page.locator("#stop").press("Enter")
    dialog = page.locator("#stop-dialog")
    expect(dialog).to_be_visible()
    dialog.locator("form button.danger").press("Enter")
    expect(page.locator("h1 + .lede .verdict.deny")).to_be_visible()
    assert living.scalar(STATE, name="Winter") == "stopped"
    assert living.scalar(SENT, name="Winter") == book.DAYS_CASES


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    served: Served, enter: Open, language: str
) -> None:
    page = enter(served, "campaign_manager", language=language)
    page.watch.allowed = {422}  # type: ignore[attr-defined]
    image = book.CANARIES[0]
    write(page, f"{image} again", "balanse > 100.0")
    page.locator("#hourly_limit").fill("many")
    page.locator("#name").press("Control+Enter")
    expect(page.locator("#segment-error")).to_contain_text("balanse")
    expect(page.locator("#hourly_limit-error")).to_be_visible()
    expect(page.locator("#name")).to_have_value(f"{image} again")
    expect(page.locator("#segment")).to_have_value("balanse > 100.0")
    expect(page.locator("#hourly_limit")).to_have_value("many")
    settle(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_officer_may_stop_and_nothing_else(served: Served, enter: Open, language: str) -> None:
    page = enter(served, "compliance_officer", language=language)
    page.goto("/campaigns")
    page.get_by_role("link", name="November reminders").press("Enter")
    expect(page.locator("h1")).to_have_text("November reminders")
    expect(page.locator("#run")).to_have_count(0)
    page.locator("#stop").press("Enter")
    page.locator("#stop-dialog form button.danger").press("Enter")
    expect(page.locator("h1 + .lede .verdict.deny")).to_be_visible()
    assert served.scalar(STATE, name="November reminders") == "stopped"


@pytest.mark.parametrize("language", LANGUAGES)
def test_behind_a_figure_of_the_forecast_stand_its_people(
    library: Served, enter: Open, language: str
) -> None:
    page = enter(library, "campaign_manager", language=language)
    page.goto("/campaigns")
    page.get_by_role("link", name="Winter reminders").press("Enter")
    page.wait_for_url("**/forecast")
    links = page.get_by_role("main").locator("a[href*='/forecast/people?outcome=']")
    ways = list(dict.fromkeys(str(one.get_attribute("href")) for one in links.all()))
    assert ways
    for way in ways:
        link = page.get_by_role("main").locator(f"a[href='{way}']").first
        figure = int(re.sub(r"\D", "", link.inner_text()))
        link.press("Enter")
        page.wait_for_url(f"**{way}")
        expect(page.locator("tbody tr")).to_have_count(min(figure, 50))
        first = page.locator("tbody tr").first
        answer = first.locator(".verdict b").inner_text()
        assert answer in page.locator(".lede").inner_text()
        page.go_back()
    page.get_by_role("main").locator(f"a[href='{ways[0]}']").first.press("Enter")
    page.locator("tbody tr a").first.press("Enter")
    page.wait_for_url("**/consumers/*")
    expect(page.locator("#contact")).to_be_visible()
