"""Every route of API and console for six callers: nobody, and one of each role. An unlisted route fails."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount
from starlette.testclient import TestClient

from orchestrator.bootstrap import Runtime
from orchestrator.domain import password as passwords
from orchestrator.domain.permission import Role
from orchestrator.services import sign_in, user
from orchestrator.web import Web, create_web
from tests.integration.faces.conftest import Callers
from tests.integration.faces.matrix import API, CONSOLE, Key, read

COOKIE = "__Host-duecourse"
# a mail program's one click carries no token of ours: the signed address is the proof
PROVEN_BY_SIGNATURE = {"/u/{token}"}
ANYBODY: tuple[Role | None, ...] = (None, *Role)


@pytest.fixture
def web(runtime: Runtime) -> Web:
    made = create_web(runtime)
    assert isinstance(made, Web)
    return made


@pytest.fixture
def people(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> dict[Role, str]:
    """A person of each role, by id."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", cheap)
    words = "correct horse battery"
    return {
        role: user.add(runtime.house, f"the-{role}", role, by="test", password=words).user.id for role in Role
    }


def console_of(web: Web) -> FastAPI:
    """The console's application inside what surrounds every request."""
    found = getattr(web.console, "app", web.console)
    assert isinstance(found, FastAPI)
    return found


def api_of(web: Web) -> FastAPI:
    assert isinstance(web.api, FastAPI)
    return web.api


def served(routes: Iterable[Any], prefix: str = "") -> Iterator[Key]:
    """Method and path of everything that an application answers, what is mounted in it too."""
    for context in iter_route_contexts(list(routes)):
        route = context.original_route
        if isinstance(route, Mount):
            inner = list(served(route.routes, prefix + route.path))
            yield from inner or [("FILES", prefix + route.path)]
            continue
        methods = set(getattr(context, "methods", None) or getattr(route, "methods", None) or ())
        assert methods, f"a route of a kind that this test does not know: {route!r}"
        path = getattr(context, "path", None) or route.path  # type: ignore[attr-defined]
        for method in sorted(methods - {"HEAD", "OPTIONS"}):
            yield method, prefix + path


def test_every_route_is_listed_and_what_is_listed_exists(web: Web) -> None:
    for app, table in ((api_of(web), read(API)), (console_of(web), read(CONSOLE))):
        found = list(served(app.routes))
        assert len(found) == len(set(found)), "two routes answer the same"
        assert set(found) == set(table), "write it down in matrix.py: who may use it"


def test_no_console_page_is_shadowed_by_the_api(web: Web) -> None:
    assert all(web.is_api(path) for _, path in read(API))
    assert not any(web.is_api(path) for _, path in read(CONSOLE))


def fill(path: str) -> str:
    return re.sub(r"{[^}]+}", "none-such", path)


def test_the_api_lets_in_whom_it_should_and_nobody_else(web: Web, callers: Callers) -> None:
    wrong = []
    with TestClient(web, base_url="https://collections.example.com", raise_server_exceptions=False) as client:
        for (method, path), allowed in read(API).items():
            for role in ANYBODY:
                headers = callers[role] if role else {}
                if method == "FILES":
                    answer = client.get(f"{path}/page.css", headers=headers)
                else:
                    body: dict[str, str] | None = None if method == "GET" else {}
                    answer = client.request(method, fill(path), headers=headers, json=body)
                problem = answer.json() if "problem" in answer.headers.get("content-type", "") else {}
                refused = problem.get("code") in {"unauthenticated", "forbidden"}
                expected = None if role in allowed else ("unauthenticated" if role is None else "forbidden")
                if answer.status_code >= 500 and path != "/readyz":
                    wrong.append(f"{method} {path} as {role}: {answer.status_code}")
                elif (problem.get("code") if refused else None) != expected:
                    wrong.append(f"{method} {path} as {role}: {answer.status_code} {problem}")
    assert not wrong, "\n".join(wrong)


def visit(client: TestClient, runtime: Runtime, who: str | None) -> str:
    """Puts a new session into the browser, or none, and gives the token for its forms."""
    client.cookies.clear()
    if who is None:
        shown = re.search(r'name="csrf" value="([^"]+)"', client.get("/sign-in").text)
        assert shown is not None, "the sign-in form has no token"
        return shown[1]
    with runtime.database.write(runtime.clock) as unit:
        entered = sign_in.open_session(runtime.house, unit, who)
    client.cookies.set(COOKIE, entered.token, domain="collections.example.com")
    return entered.csrf


def test_the_console_lets_in_whom_it_should_and_nobody_else(
    web: Web, runtime: Runtime, people: dict[Role, str]
) -> None:
    wrong = []
    with TestClient(
        web,
        base_url="https://collections.example.com",
        raise_server_exceptions=False,
        follow_redirects=False,
    ) as client:
        for (method, path), allowed in read(CONSOLE).items():
            if method == "FILES":
                continue
            for role in ANYBODY:
                csrf = visit(client, runtime, people[role] if role else None)
                data = None if method == "GET" else {"csrf": csrf}
                answer = client.request(method, fill(path), data=data)
                if verdict(answer) != ("in" if role in allowed else "sign in" if role is None else "refused"):
                    wrong.append(f"{method} {path} as {role}: {answer.status_code} {verdict(answer)}")
    assert not wrong, "\n".join(wrong)


def verdict(answer: Any) -> str:
    """What became of a visitor: in, refused, sent to sign in, or an error of ours."""
    if answer.status_code >= 500:
        return "broken"
    if answer.status_code == 303 and answer.headers["location"].startswith("/sign-in?next="):
        return "sign in"
    return "refused" if answer.status_code == 403 else "in"


def test_whatever_changes_something_wants_the_token_of_the_session(
    web: Web, runtime: Runtime, people: dict[Role, str]
) -> None:
    """Asked as the administrator, who may use everything: without the token every one of them is refused."""
    changing = [
        (method, path)
        for method, path in read(CONSOLE)
        if method not in {"GET", "FILES"} and path not in PROVEN_BY_SIGNATURE
    ]
    assert changing
    let_in = []
    with TestClient(
        web,
        base_url="https://collections.example.com",
        raise_server_exceptions=False,
        follow_redirects=False,
    ) as client:
        for method, path in changing:
            visit(client, runtime, people[Role.ADMINISTRATOR])
            for data in ({}, {"csrf": ""}, {"csrf": "x" * 32}):
                if client.request(method, fill(path), data=data).status_code != 403:
                    let_in.append(f"{method} {path} with {data}")
    assert not let_in, "\n".join(let_in)
