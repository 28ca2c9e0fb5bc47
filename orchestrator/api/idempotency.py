"""`Idempotency-Key`: the same key and body give the first answer for 24 hours, another body is a conflict.

The key is claimed before the work and the answer is kept after it, both in transactions of their own. A caller that
lost its connection in between is told to come back; after a minute the work is done again, which is safe because
what it makes is named by the key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from orchestrator.api.caller import identify, runtime_of
from orchestrator.errors import AuthenticationError, ConflictError, InputError
from orchestrator.store.answer import Answer, claim, forget, keep

MAX_KEY = 255
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def bearer_token(request: Request) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def derived_key(request: Request, owner: str) -> str | None:
    """A name for what this request makes, the same at every repetition; None without a key.

    A key may be used for something else once its day is over: the body is part of the name, or that would be lost.
    """
    key = request.headers.get("Idempotency-Key")
    body = getattr(request.state, "body_digest", "")
    return f"{owner}:{request.method}:{request.url.path}:{key}:{body}" if key else None


def check_key(key: str) -> None:
    if not key.isprintable() or not 1 <= len(key) <= MAX_KEY:
        raise InputError(f"a key is 1 to {MAX_KEY} printable characters", where="Idempotency-Key")


class IdempotentRoute(APIRoute):
    """A write route that honours the header."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        if not (self.methods or set()) & {"POST", "PUT"}:
            return handle

        async def once(request: Request) -> Response:
            key = request.headers.get("Idempotency-Key")
            if key is None:
                return await handle(request)
            check_key(key)
            try:
                caller = await run_in_threadpool(identify, runtime_of(request), bearer_token(request))
            except AuthenticationError:
                return await handle(request)  # which refuses it; strangers do not get to fill our tables
            return await answer_once(request, handle, key, caller.key_id)

        return once


async def answer_once(request: Request, handle: Handler, key: str, owner: str) -> Response:
    """The first answer again, or the work and then its answer."""
    runtime, route = runtime_of(request), f"{request.method} {request.url.path}"
    digest = hashlib.sha256(await request.body() + request.url.query.encode()).hexdigest()
    request.state.body_digest = digest
    first = await run_in_threadpool(
        claim, runtime.database, runtime.clock, runtime.sealer, key, route, owner, digest
    )
    if first is not None:
        return replay(first, digest)
    try:
        response = await handle(request)
    except Exception:
        await run_in_threadpool(forget, runtime.database, runtime.clock, key, route, owner)
        raise
    body = bytes(response.body)
    answer = Answer(digest, response.status_code, body, response.media_type or "application/json")
    await run_in_threadpool(keep, runtime.database, runtime.clock, runtime.sealer, key, route, owner, answer)
    return response


def replay(first: Answer, digest: str) -> Response:
    if first.digest != digest:
        raise ConflictError(
            "this key was used with another body",
            code="key_reused",
            where="Idempotency-Key",
            hint="use a new key",
        )
    if first.status is None:
        raise ConflictError(
            "the first request with this key is still being worked on",
            code="key_in_progress",
            where="Idempotency-Key",
            hint="try again in a moment",
        )
    return Response(
        first.body,
        status_code=first.status,
        media_type=first.media_type,
        headers={"Idempotency-Replayed": "true"},
    )
