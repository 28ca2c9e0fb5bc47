"""One request to the pages, without a socket: what the server needs for it, of which how much in the database."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from starlette.types import ASGIApp, Message

from bench.watch import Watch

HOST = b"contact.example.com"
COOKIE = "__Host-duecourse"


@dataclass(frozen=True, slots=True)
class Answer:
    """`seconds` from the request to the last byte, `database` of them inside SQLite for `statements`.

    `processor`: seconds of one core, which other work on the machine makes no longer.
    """

    status: int
    body: bytes
    seconds: float
    processor: float
    database: float
    statements: int
    location: str = ""
    cookie: str = ""


async def get(app: ASGIApp, watch: Watch, address: str, token: str = "") -> Answer:
    return await ask(app, watch, "GET", address, token)


async def ask(  # noqa: PLR0917 - a request
    app: ASGIApp,
    watch: Watch,
    method: str,
    address: str,
    token: str = "",
    form: bytes = b"",
    cookie: str = "",
) -> Answer:
    """`token`: of a session."""
    scope = request_of(method, address, token, len(form), cookie)
    given = [{"type": "http.request", "body": form, "more_body": False}]
    said: list[Message] = []

    async def receive() -> Message:
        return given.pop() if given else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        said.append(message)

    watch.reset()
    began, worked = time.perf_counter(), time.process_time()
    await app(scope, receive, send)
    took, worked = time.perf_counter() - began, time.process_time() - worked
    told = {name: value.decode() for name, value in said[0]["headers"]}
    body = b"".join(one.get("body", b"") for one in said[1:])
    return Answer(
        said[0]["status"],
        body,
        took,
        worked,
        watch.seconds,
        watch.statements,
        location=told.get(b"location", ""),
        cookie=told.get(b"set-cookie", "").partition(";")[0],
    )


def request_of(method: str, address: str, token: str, length: int = 0, cookie: str = "") -> dict[str, Any]:
    """What the server is given, as from one of our own pages."""
    parts = urlsplit(address)
    cookies = "; ".join(filter(None, [f"{COOKIE}={token}" if token else "", cookie]))
    headers = [
        (b"host", HOST),
        (b"origin", b"https://" + HOST),
        (b"sec-fetch-site", b"same-origin"),
        (b"accept-language", b"en"),
        (b"content-type", b"application/x-www-form-urlencoded"),
        (b"content-length", str(length).encode()),
        *([(b"cookie", cookies.encode())] if cookies else []),
    ]
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "https",
        "path": unquote(parts.path), "raw_path": parts.path.encode(), "query_string": parts.query.encode(),
        "root_path": "", "headers": headers, "client": ("127.0.0.1", 1), "server": (HOST.decode(), 443), "state": {},
    }  # fmt: skip
