"""Signing in and out, in both languages: by keyboard, after a session ended, with what was typed kept."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.book import LANGUAGES, PASSWORD
from tests.browser.conftest import Open
from tests.browser.serve import Served

SIGN_IN = {"en": "Sign in", "zh": "登录"}
USER_NAME = {"en": "User name", "zh": "用户名"}
SIGN_OUT = {"en": "Sign out", "zh": "退出登录"}
FIRST = {
    "collector": "/work", "campaign_manager": "/campaigns", "compliance_officer": "/policies",
    "auditor": "/ledger", "administrator": "/work",
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_role_signs_in_by_keyboard_and_begins_its_day(
    served: Served, enter: Open, language: str
) -> None:
    page = enter(served, None, language=language)
    for role, first in FIRST.items():
        page.goto("/")
        page.wait_for_url("**/sign-in?*")
        expect(page.get_by_label(USER_NAME[language])).to_be_focused()
        page.keyboard.type(f"{role}-{language}")
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{first}")
        expect(page.locator("html")).to_have_attribute("lang", language)
        page.goto("/me")
        page.get_by_role("button", name=SIGN_OUT[language]).press("Enter")
        page.wait_for_url("**/sign-in")
        page.goto("/me")
        page.wait_for_url("**/sign-in?next=*")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_password_keeps_the_name(served: Served, enter: Open, language: str) -> None:
    page = enter(served, None, language=language)
    page.watch.allowed = {401}  # type: ignore[attr-defined]
    page.goto("/sign-in")
    page.locator("#name").fill("somebody")
    page.locator("#password").fill("not the password")
    page.get_by_role("button", name=SIGN_IN[language]).click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("#name")).to_have_value("somebody")


@pytest.mark.parametrize("language", LANGUAGES)
def test_after_a_session_ended_one_is_back_where_one_was(served: Served, enter: Open, language: str) -> None:
    page = enter(served, "compliance_officer", language=language)
    page.goto("/policies?q=text")
    served.end_sessions()
    page.reload()
    page.wait_for_url("**/sign-in?next=*")
    page.locator("#name").fill(f"compliance_officer-{language}")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/policies?q=text")
    expect(page.locator("main")).to_be_visible()
    assert page.url.endswith("/policies?q=text")


def test_a_guest_chooses_a_language_and_keeps_it(served: Served, enter: Open) -> None:
    page = enter(served, None)
    page.goto("/sign-in")
    page.get_by_role("link", name="中文").click()
    expect(page.get_by_role("button", name=SIGN_IN["zh"])).to_be_visible()
    page.goto("/sign-in")
    expect(page.locator("html")).to_have_attribute("lang", "zh")


def test_preferences_change_the_next_page(served: Served, enter: Open) -> None:
    page = enter(served, "collector")
    page.goto("/me")
    page.locator("select[name=language]").select_option("zh")
    page.locator("select[name=theme]").select_option("dark")
    page.locator('form[action="/me"] button').first.click()
    page.wait_for_url("**/me?done=saved")
    expect(page.locator("html")).to_have_attribute("lang", "zh")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
