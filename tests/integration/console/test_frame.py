"""What every page has: who may see it, the language, the way to sign in and back, errors as pages."""

from __future__ import annotations

import pytest

from orchestrator.bootstrap import Runtime
from orchestrator.domain.permission import Role
from orchestrator.services import sign_in, user
from tests.integration.console.conftest import COOKIE, Browser, Enter, words

ROLES = ("collector", "campaign_manager", "compliance_officer", "auditor", "administrator")


def test_a_guest_is_led_to_sign_in_and_back(guest: Browser, runtime: Runtime) -> None:
    answer = guest.get("/me?done=saved")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fme%3Fdone%3Dsaved")
    user.add(runtime.house, "ann", Role.COLLECTOR, by="system", password="green tea in winter")
    page = guest.get(answer.headers["location"]).text
    token = page.split('name="csrf" value="')[1].split('"')[0]
    form = {"name": "ann", "password": "green tea in winter", "next": "/me?done=saved"}
    signed_in = guest.post("/sign-in", form, csrf=token)
    assert (signed_in.status_code, signed_in.headers["location"]) == (303, "/me?done=saved")
    assert "Signed in as ann, collector." in words(guest.text("/me"))


def test_a_wrong_password_keeps_the_name_and_says_nothing_more(guest: Browser, runtime: Runtime) -> None:
    user.add(runtime.house, "ann", Role.COLLECTOR, by="system", password="green tea in winter")
    token = guest.get("/sign-in").text.split('name="csrf" value="')[1].split('"')[0]
    wrong = guest.post("/sign-in", {"name": "ann", "password": "red tea in winter!"}, csrf=token)
    nobody = guest.post("/sign-in", {"name": "bob", "password": "red tea in winter!"}, csrf=token)
    assert wrong.status_code == nobody.status_code == 401
    assert 'value="ann"' in wrong.text
    assert wrong.text.replace('value="ann"', 'value="bob"') == nobody.text


@pytest.mark.parametrize("role", ROLES)
def test_everybody_has_a_first_page_and_their_own(enter: Enter, role: str) -> None:
    browser = enter(role)
    assert browser.get("/").status_code == 303
    assert "Sign out" in words(browser.text("/me"))


def test_a_form_from_elsewhere_changes_nothing(enter: Enter) -> None:
    browser = enter("collector")
    form = {"language": "zh", "theme": "dark", "density": "compact", "time_zone": "Asia/Shanghai"}
    foreign = browser.post("/me", form, csrf="guessed")
    assert foreign.status_code == 403
    assert "This form was not sent from a page of this session" in words(foreign.text)
    elsewhere = browser.post("/me", form, headers={"Origin": "https://evil.example"})
    assert elsewhere.status_code == 403
    assert 'lang="en"' in browser.text("/me")


def test_preferences_hold_from_the_next_page_on(enter: Enter) -> None:
    browser = enter("collector")
    form = {"language": "zh", "theme": "dark", "density": "compact", "time_zone": "Asia/Shanghai"}
    assert browser.post("/me", form).headers["location"] == "/me?done=saved"
    page = browser.text("/me?done=saved")
    assert '<html lang="zh" data-theme="dark" data-density="compact">' in page
    assert "已保存" in page


def test_a_zone_that_is_none_is_told_at_its_field(enter: Enter) -> None:
    browser = enter("collector")
    form = {"language": "en", "theme": "auto", "density": "compact", "time_zone": "Mars/Olympus"}
    answer = browser.post("/me", form)
    assert answer.status_code == 422
    assert "This is no time zone" in words(answer.text)


def test_after_signing_out_nothing_opens(enter: Enter) -> None:
    browser = enter("collector")
    assert browser.post("/sign-out").status_code == 303
    assert browser.get("/me").status_code == 303


def test_what_is_not_there_is_a_page_in_the_readers_language(enter: Enter, guest: Browser) -> None:
    answer = enter("auditor", language="zh").get("/nothing")
    assert answer.status_code == 404
    assert "这里没有内容" in answer.text
    assert guest.get("/nothing").status_code == 404
    assert guest.get("/api/v1/nothing").headers["content-type"] == "application/problem+json"


def test_a_part_of_a_page_leaves_it_where_the_session_is_over(guest: Browser) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "https://testserver/me?done=saved"}
    answer = guest.get("/me", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/sign-in?next=%2Fme%3Fdone%3Dsaved"


def test_what_nobody_foresaw_is_a_page_with_an_incident(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = enter("collector")
    monkeypatch.setattr(user, "set_preferences", lambda *_args: 1 / 0)
    form = {"language": "en", "theme": "auto", "density": "compact", "time_zone": "UTC"}
    answer = browser.post("/me", form)
    assert answer.status_code == 500
    assert "Quote incident" in words(answer.text)
    assert "division" not in answer.text


def test_every_page_wears_its_headers_and_names_no_outside_address(enter: Enter) -> None:
    answer = enter("collector").get("/me")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert "http://" not in answer.text
    assert "https://" not in answer.text
    assert "style=" not in answer.text


def test_our_files_may_be_kept(guest: Browser) -> None:
    sheet = guest.text("/sign-in").split('rel="stylesheet" href="')[1].split('"')[0]
    answer = guest.get(sheet)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]


def test_a_given_password_opens_nothing_but_its_change(runtime: Runtime, guest: Browser) -> None:
    given = user.add(runtime.house, "new", Role.COLLECTOR, by="system").password
    signed_in = sign_in.sign_in(runtime.house, "new", str(given), "127.0.0.1")
    guest.client.cookies.set(COOKIE, signed_in.token)
    guest.csrf = signed_in.csrf
    assert guest.get("/work").headers.get("location", "/me").startswith("/me")
    changed = guest.post("/me/password", {"current": str(given), "new": "green tea in winter"})
    assert changed.headers["location"] == "/me?done=password"
