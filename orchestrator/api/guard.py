"""What surrounds every request: a size limit, security headers, a log line and a measure by route."""

from __future__ import annotations

import time
from typing import Any

import structlog
from prometheus_client import Counter, Histogram
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orchestrator.api.problem import of_surprise, respond

WEBHOOK_BYTES = 64 * 1024
BODY_BYTES = 2 * 1024 * 1024
IMPORT_BYTES = 256 * 1024 * 1024
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # not "no-referrer": under it browsers send `Origin: null` with our own forms, and forms are checked by it
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}

REQUESTS = Counter(
    "duecourse_http_requests_total", "Requests by route and status", ["method", "route", "status"]
)
SECONDS = Histogram("duecourse_http_request_seconds", "Time to answer by route", ["method", "route"])

log = structlog.get_logger("api")


class TooLargeError(Exception):
    """The body passed its limit while it was being read."""


def limit_of(path: str) -> int:
    """Largest body in bytes for a path."""
    if path.startswith("/webhooks/"):
        return WEBHOOK_BYTES
    return IMPORT_BYTES if path.startswith("/api/v1/imports") else BODY_BYTES


def route_of(scope: Scope) -> str:
    """The route's pattern, never the path: paths carry ids and signed tokens."""
    route = scope.get("route")
    return str(getattr(route, "path", "unmatched"))


class Exchange:
    """One request's reading and answering: counts what is read, dresses what is sent."""

    def __init__(self, receive: Receive, send: Send, limit: int):
        self._receive, self._send = receive, send
        self.limit = limit
        self.read = 0
        self.is_too_large = False
        self.status: int | None = None
        self.started = time.monotonic()

    def ensure_small(self, scope: Scope) -> None:
        """Refuses by the declared size before anything is read."""
        if declared_size(scope) > self.limit:
            raise TooLargeError

    async def receive(self) -> Message:
        message = await self._receive()
        self.read += len(message.get("body", b""))
        if self.read > self.limit:
            self.is_too_large = True
            raise TooLargeError
        return message

    async def send(self, message: Message) -> None:
        if self.is_too_large:
            raise TooLargeError  # the framework took it for a malformed body and is about to say so
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)

    def seconds(self) -> float:
        return time.monotonic() - self.started


class Guard:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = Exchange(receive, send, limit_of(scope["path"]))
        try:
            exchange.ensure_small(scope)
            await self.app(scope, exchange.receive, exchange.send)
        except TooLargeError:
            refusal = respond(
                413, "too_large", detail=f"a body of at most {exchange.limit} bytes is read here"
            )
            exchange.is_too_large = False
            await refusal(scope, receive, exchange.send)
        except Exception as error:  # noqa: BLE001 - the last net: the caller gets an incident code, the log the rest
            answer = of_surprise(error, route_of(scope))
            if exchange.status is None:
                await answer(scope, receive, exchange.send)
        finally:
            self.record(scope, exchange.status or 500, exchange.seconds())

    def record(self, scope: Scope, status: int, seconds: float) -> None:
        method, route = str(scope["method"]), route_of(scope)
        REQUESTS.labels(method, route, str(status)).inc()
        SECONDS.labels(method, route).observe(seconds)
        level: Any = log.warning if status >= 500 else log.debug
        level("request", method=method, route=route, status=status, seconds=round(seconds, 4))


def declared_size(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0
