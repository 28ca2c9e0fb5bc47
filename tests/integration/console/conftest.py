"""The console over the book of the faces' tests, and a browser of every role that is signed in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import httpx2
import pytest
from starlette.testclient import TestClient

from orchestrator.bootstrap import Runtime
from orchestrator.domain import password
from orchestrator.domain.permission import Role
from orchestrator.domain.user import Preferences
from orchestrator.services import sign_in, user
from orchestrator.web import create_web
from tests.integration.faces.conftest import (  # noqa: F401 - fixtures of this folder too
    clock,
    count,
    prepared,
    runtime,
    settings,
)

ORIGIN, COOKIE = "https://testserver", "__Host-duecourse"


@dataclass
class Browser:
    """A client with the cookie of one person; `post` sends the token of the session as our own pages do."""

    client: TestClient
    csrf: str = ""

    def get(self, path: str, **more: object) -> httpx2.Response:
        return self.client.get(path, follow_redirects=False, **more)  # type: ignore[arg-type]

    def post(
        self, path: str, form: dict[str, str] | None = None, *, csrf: str | None = None, **more: object
    ) -> httpx2.Response:
        data = {"csrf": self.csrf if csrf is None else csrf} | (form or {})
        return self.client.post(path, data=data, follow_redirects=False, **more)  # type: ignore[arg-type]

    def text(self, path: str) -> str:
        """A page that is there."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
        return answer.text


Enter = Callable[..., Browser]


def guest_of(opened: Runtime) -> Browser:
    client = TestClient(create_web(opened), base_url=ORIGIN, raise_server_exceptions=False)
    return Browser(client)


def words(html: str) -> str:
    """What a page says, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.fixture
def guest(runtime: Runtime) -> Browser:  # noqa: F811 - the fixture
    return guest_of(runtime)


@pytest.fixture
def enter(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> Enter:  # noqa: F811 - the fixture
    """`enter("collector", language="zh")`: a browser in which somebody of that role is signed in."""
    monkeypatch.setattr(password, "hashed", lambda _word: "not a hash: nobody signs in with it here")

    def sign_somebody_in(role: str, **chosen: object) -> Browser:
        name = f"{role}-{len(user.everybody(runtime.house))}"
        preferences = Preferences(**chosen)  # type: ignore[arg-type]
        person = user.add(
            runtime.house, name, Role(role), by="system", password="long enough for tests", chosen=preferences
        ).user
        with runtime.database.write(runtime.clock) as unit:
            opened = sign_in.open_session(runtime.house, unit, person.id)
        browser = guest_of(runtime)
        browser.client.cookies.set(COOKIE, opened.token)
        browser.csrf = opened.csrf
        return browser

    return sign_somebody_in
