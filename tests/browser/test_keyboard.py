"""Works without a mouse: the skip link, the keys of the sections and the rows. What Tab reaches is in done.py."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.book import LANGUAGES
from tests.browser.conftest import Open
from tests.browser.serve import Served
from tests.browser.watch import settle


def test_the_first_stop_skips_to_the_content(library: Served, enter: Open) -> None:
    page = enter(library, "administrator")
    page.goto("/me")
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_keys_lead_to_every_section(library: Served, enter: Open, language: str) -> None:
    page = enter(library, "administrator", language=language)
    page.goto("/me")
    for key, path in {"w": "/work", "c": "/consumers", "m": "/campaigns", "p": "/policies", "d": "/decisions",
                      "l": "/ledger"}.items():  # fmt: skip
        # out of a field that a page puts the reader into
        page.keyboard.press("Escape")
        page.keyboard.press("g")
        page.keyboard.press(key)
        expect(page).to_have_url(f"{library.address}{path}")
    page.goto("/me")
    page.locator("body").press("/")
    page.keyboard.type("Adams")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{library.address}/consumers?q=Adams")


def test_rows_are_walked_and_opened_by_keys(library: Served, enter: Open) -> None:
    page = enter(library, "administrator")
    page.goto("/policies")
    page.locator("body").press("j")
    first = page.evaluate("document.activeElement.href")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.href") != first
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.href") == first
    page.keyboard.press("Enter")
    page.wait_for_url(first)


def test_a_key_acts_on_the_dialog_in_front_and_on_nothing_behind_it(served: Served, enter: Open) -> None:
    page = enter(served, "collector")
    page.watch.allowed = {422}  # type: ignore[attr-defined]
    page.goto("/consumers/DAY-01")
    point = page.locator("#contact [value^='sms:']")
    point.check(force=True)
    settle(page)
    page.locator("body").press("a")
    page.get_by_role("link", name="Stop contact").press("Enter")
    expect(page.get_by_label("What stops")).to_be_focused()
    page.evaluate("document.activeElement.blur()")
    for key in ("1", "2", "3", "j", "g", "w"):
        page.keyboard.press(key)
    expect(point).to_be_checked()
    # this once sent the text, where the stop of texts was about to be recorded
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("dialog").get_by_role("alert")).to_be_focused()
    assert served.scalar("SELECT count(*) FROM attempt WHERE consumer_id = 'DAY-01'") == 0
    assert page.url.endswith("/consumers/DAY-01")


def test_single_keys_are_silent_in_fields_and_can_be_turned_off(served: Served, enter: Open) -> None:
    page = enter(served, "administrator")
    page.goto("/consumers")
    page.locator("#q").press_sequentially("gw/j?")
    expect(page.locator("#q")).to_have_value("gw/j?")
    page.goto("/me")
    page.locator("input[name=single_keys]").uncheck()
    page.locator("form[action='/me'] button").first.click()
    page.wait_for_url("**/me?done=saved")
    page.locator("body").press("g")
    page.locator("body").press("w")
    assert page.url.endswith("/me?done=saved")
