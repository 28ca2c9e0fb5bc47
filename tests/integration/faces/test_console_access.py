"""What a page asks of its visitor, on pages of this test: cookie, token, where a form comes from, the way back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import JSONResponse
from starlette.testclient import TestClient

from orchestrator.bootstrap import Runtime
from orchestrator.console import cookie
from orchestrator.console.access import (
    AVisitor,
    MayAdminister,
    MayManageSelf,
    MayRead,
    RoleMissingError,
    SignInNeeded,
    is_still_here,
    keep_guest,
    reader_of,
    to_sign_in,
)
from orchestrator.domain import password as passwords
from orchestrator.domain.permission import Role
from orchestrator.errors import DuecourseError, UnavailableError
from orchestrator.services import sign_in, user

OWN = "https://collections.example.com"
WORDS = "correct horse battery"
Enter = Callable[..., sign_in.SignedIn]


def pages(runtime: Runtime) -> FastAPI:
    """An application of a few pages that use the dependencies as the console does."""
    app = FastAPI()
    app.state.runtime = runtime

    @app.exception_handler(SignInNeeded)
    async def elsewhere(request: Request, _error: Exception) -> Response:
        return to_sign_in(request)

    @app.exception_handler(DuecourseError)
    async def failed(request: Request, error: Exception) -> Response:
        assert isinstance(error, DuecourseError)
        reader = reader_of(request)
        roles = list(error.roles) if isinstance(error, RoleMissingError) else []
        body = {"code": error.code, "roles": roles, "reader": reader.name, "language": reader.language}
        return JSONResponse(body, status_code=error.status)

    @app.get("/work")
    def work(visitor: MayRead) -> str:
        return visitor.actor

    @app.post("/work")
    def change(visitor: MayRead, note: Annotated[str, Form()] = "") -> str:
        return note

    @app.get("/people")
    def people(visitor: MayAdminister) -> str:
        return visitor.name

    @app.get("/me")
    def me(visitor: MayManageSelf) -> str:
        return visitor.name

    @app.get("/still")
    async def still(request: Request) -> bool:
        return await is_still_here(request)

    @app.get("/sign-in")
    def show(request: Request, visitor: AVisitor) -> Response:
        answer = JSONResponse({"csrf": visitor.csrf, "language": visitor.language})
        keep_guest(request, answer)
        return answer

    @app.post("/sign-in")
    def enter(request: Request, _visitor: AVisitor, name: Annotated[str, Form()] = "") -> Response:
        signed_in = sign_in.sign_in(runtime.house, name, WORDS, cookie.address_of(request))
        answer = Response(status_code=303, headers={"Location": "/work"})
        cookie.give_cookie(request, answer, signed_in)
        return answer

    @app.post("/leave")
    def leave(request: Request, _visitor: MayManageSelf) -> Response:
        answer = Response(status_code=204)
        cookie.take_cookie(request, answer)
        return answer

    return app


@pytest.fixture(autouse=True)
def kim(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    return user.add(runtime.house, "kim", Role.COLLECTOR, by="test", password=WORDS).user.id


@pytest.fixture
def browser(runtime: Runtime) -> Iterator[TestClient]:
    with TestClient(pages(runtime), base_url=OWN, follow_redirects=False) as made:
        yield made


@pytest.fixture
def enter(runtime: Runtime, browser: TestClient, kim: str) -> Enter:
    def opened(who: str = kim) -> sign_in.SignedIn:
        with runtime.database.write(runtime.clock) as unit:
            entered = sign_in.open_session(runtime.house, unit, who)
        browser.cookies.set("__Host-duecourse", entered.token, domain="collections.example.com")
        return entered

    return opened


def post(browser: TestClient, csrf: str | None, **headers: str) -> int:
    data = {"note": "hello"} | ({} if csrf is None else {"csrf": csrf})
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return browser.post("/work", data=data, headers=named).status_code


def location(answer: Any) -> tuple[str, str]:
    """The page that an answer leads to, and the place it will come back to."""
    parts = urlsplit(answer.headers.get("location") or answer.headers["hx-redirect"])
    return parts.path, parse_qs(parts.query)["next"][0]


# signing in


def test_signing_in_needs_the_half_of_the_token_that_the_form_page_gave(browser: TestClient) -> None:
    assert browser.post("/sign-in", data={"name": "kim"}).json()["code"] == "foreign_form"
    shown = browser.get("/sign-in").json()["csrf"]
    assert browser.post("/sign-in", data={"name": "kim", "csrf": "x" * 64}).status_code == 403
    assert browser.post("/sign-in", data={"name": "kim", "csrf": shown}).status_code == 303
    assert browser.get("/work").status_code == 200


def test_the_form_of_another_browser_signs_nobody_in(browser: TestClient, runtime: Runtime) -> None:
    with TestClient(pages(runtime), base_url=OWN) as other:
        stolen = other.get("/sign-in").json()["csrf"]
    browser.get("/sign-in")
    assert browser.post("/sign-in", data={"name": "kim", "csrf": stolen}).status_code == 403


def test_the_form_page_may_be_open_twice(browser: TestClient) -> None:
    first = browser.get("/sign-in").json()["csrf"]
    assert browser.get("/sign-in").json()["csrf"] == first


@pytest.mark.parametrize(
    ("public_url", "base_url", "name", "is_secure"),
    [
        ("https://collections.example.com", "https://collections.example.com", "__Host-duecourse", True),
        ("https://collections.example.com", "http://127.0.0.1:8000", "__Host-duecourse", True),
        ("", "https://localhost:8000", "__Host-duecourse", True),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000", "duecourse", False),
        ("", "http://localhost:8000", "duecourse", False),
    ],
)
def test_the_cookie_is_read_by_no_script_and_travels_in_the_open_only_where_there_is_no_tls(
    runtime: Runtime, public_url: str, base_url: str, name: str, is_secure: bool
) -> None:
    runtime.house.public_url = public_url
    with TestClient(pages(runtime), base_url=base_url, follow_redirects=False) as client:
        shown = client.get("/sign-in")
        half = SimpleCookie(shown.headers["set-cookie"])[f"{name}-guest"]
        answer = client.post(
            "/sign-in",
            data={"name": "kim", "csrf": shown.json()["csrf"]},
            headers={"Cookie": f"{half.key}={half.value}"},
        )
    assert answer.status_code == 303, answer.text
    given = SimpleCookie(answer.headers["set-cookie"])[name]
    for one in (half, given):
        assert one["httponly"] is True
        assert one["samesite"] == "lax"
        assert one["path"] == "/"
        assert not one["domain"]
        assert bool(one["secure"]) is is_secure


def test_signing_out_takes_the_cookie(browser: TestClient, enter: Enter) -> None:
    csrf = enter().csrf
    answer = browser.post("/leave", data={"csrf": csrf})
    assert SimpleCookie(answer.headers["set-cookie"])["__Host-duecourse"]["max-age"] == "0"


# forms


def test_a_form_of_our_own_page_is_taken(browser: TestClient, enter: Enter) -> None:
    csrf = enter().csrf
    assert post(browser, csrf) == 200
    assert post(browser, csrf, Origin=OWN, Sec_Fetch_Site="same-origin") == 200
    assert post(browser, csrf, Sec_Fetch_Site="none") == 200
    assert post(browser, None, X_CSRF_Token=csrf) == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://collections.example.com"},
        {"Origin": "https://collections.example.com.evil.example"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": OWN, "Sec_Fetch_Site": "cross-site"},
    ],
)
def test_a_form_from_elsewhere_is_refused_even_with_the_token(
    browser: TestClient, enter: Enter, headers: dict[str, str]
) -> None:
    assert post(browser, enter().csrf, **headers) == 403


def test_a_form_without_the_token_of_this_session_is_refused(browser: TestClient, enter: Enter) -> None:
    other = enter().csrf
    own = enter().csrf
    for wrong in (None, "", "x" * 32, other, own + "x", own[:-1], "é"):
        assert post(browser, wrong) == 403, wrong
    assert post(browser, own, X_CSRF_Token="x") == 403
    assert browser.post("/work", json={"csrf": own}).status_code == 403
    assert browser.post("/work", files={"csrf": ("csrf", own)}).status_code == 403


def test_the_public_address_counts_as_our_own_behind_a_proxy(runtime: Runtime, kim: str) -> None:
    with runtime.database.write(runtime.clock) as unit:
        entered = sign_in.open_session(runtime.house, unit, kim)
    with TestClient(pages(runtime), base_url="http://10.0.0.5:8000") as inside:
        headers = {"Cookie": f"__Host-duecourse={entered.token}", "Origin": OWN}
        answer = inside.post("/work", data={"csrf": entered.csrf, "note": "x"}, headers=headers)
    assert answer.status_code == 200


# the way to sign in and back


def test_a_stranger_is_sent_to_sign_in_and_back_to_the_same_place(browser: TestClient) -> None:
    answer = browser.get("/work?day=2026-03-04&q=a%20b")
    assert answer.status_code == 303
    assert location(answer) == ("/sign-in", "/work?day=2026-03-04&q=a%20b")


def test_a_part_of_a_page_leaves_the_page_that_it_is_on(browser: TestClient) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": f"{OWN}/consumers/C-1?tab=2"}
    answer = browser.get("/work", headers=headers)
    assert answer.status_code == 401
    assert location(answer) == ("/sign-in", "/consumers/C-1?tab=2")
    posted = browser.post("/work", headers=headers)
    assert location(posted) == ("/sign-in", "/consumers/C-1?tab=2")


def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(browser: TestClient) -> None:
    answer = browser.post("/work", data={"note": "x"}, headers={"Referer": f"{OWN}/consumers/C-1"})
    assert answer.status_code == 303
    assert location(answer) == ("/sign-in", "/consumers/C-1")
    assert location(browser.post("/work", headers={"Referer": "https://evil.example//evil.example"})) == (
        "/sign-in",
        "/",
    )
    assert location(browser.post("/work")) == ("/sign-in", "/")


def test_a_password_that_was_given_out_opens_only_the_page_that_changes_it(
    browser: TestClient, enter: Enter, runtime: Runtime, kim: str
) -> None:
    user.set_password(runtime.house, kim, None, by="test")
    csrf = enter().csrf
    assert location(browser.get("/work?x=1")) == ("/me", "/work?x=1")
    assert browser.post("/work", data={"csrf": csrf}).status_code == 303
    assert browser.get("/me").status_code == 200


# roles and readers


def test_a_role_that_may_not_is_told_who_may(browser: TestClient, enter: Enter) -> None:
    enter()
    answer = browser.get("/people")
    assert answer.status_code == 403
    body = answer.json()
    assert (body["code"], body["roles"], body["reader"]) == ("role_missing", ["administrator"], "kim")


def test_what_is_taken_from_a_person_counts_from_the_next_request(
    browser: TestClient, enter: Enter, runtime: Runtime, kim: str
) -> None:
    enter()
    assert browser.get("/work").json() == f"user:{kim}"
    assert browser.get("/still").json() is True
    user.disable(runtime.house, kim, by="test")
    assert browser.get("/work").status_code == 303
    assert browser.get("/still").json() is False


@pytest.mark.parametrize(
    ("path", "headers", "language"),
    [
        ("/sign-in", {}, "en"),
        ("/sign-in", {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}, "zh"),
        ("/sign-in", {"Accept-Language": "fr,zh;q=0.5"}, "zh"),
        ("/sign-in?lang=zh", {"Accept-Language": "en"}, "zh"),
        ("/sign-in?lang=xx", {"Accept-Language": "en"}, "en"),
        ("/sign-in", {"Cookie": "duecourse-language=zh", "Accept-Language": "en"}, "zh"),
    ],
)
def test_a_guest_reads_what_they_chose_or_their_browser_asks_for(
    browser: TestClient, path: str, headers: dict[str, str], language: str
) -> None:
    assert browser.get(path, headers=headers).json()["language"] == language


def test_while_the_database_is_away_the_reader_is_a_guest_and_is_asked_for_once(
    browser: TestClient, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter()
    asked: list[str] = []

    def away(*_args: object, **_more: object) -> None:
        asked.append("once")
        raise UnavailableError("the database did not answer")

    monkeypatch.setattr("orchestrator.console.access.session_of", away)
    answer = browser.get("/work", headers={"Accept-Language": "zh"})
    assert answer.status_code == 503
    assert (answer.json()["reader"], answer.json()["language"]) == ("", "zh")
    assert asked == ["once"]
