"""Live figures: server-sent events of parts of a page, each sent when it changed.

A stream ends with the session of its reader. Between two looks it holds nothing: no database connection, no thread.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping

from fastapi import Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from orchestrator.console.access import is_still_here

GONE, FINISHED = "gone", "finished"
Parts = Mapping[str, str]
Look = Callable[[], tuple[Parts, bool]]
"""Gives the parts by name, and whether nothing will change any more."""
EVERY_S = 2.0


def stream(request: Request, look: Look, seen: str = "", every_s: float | None = None) -> StreamingResponse:
    """`seen`: the digest of the parts that the page was made with, which need not be sent again."""
    told = events(request, look, seen, EVERY_S if every_s is None else every_s)
    return StreamingResponse(told, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def events(request: Request, look: Look, seen: str, every_s: float) -> AsyncIterator[str]:
    """The text of each event."""
    known = dict(part.split(":", 1) for part in seen.split(",") if ":" in part)
    while not await request.is_disconnected():
        if not await is_still_here(request):
            yield event(GONE, "")
            return
        parts, is_final = await run_in_threadpool(look)
        for name, html in parts.items():
            digest = digest_of(html)
            if known.get(name) != digest:
                known[name] = digest
                yield event(name, html)
        if is_final:
            yield event(FINISHED, "")
            return
        await asyncio.sleep(every_s)


def event(name: str, html: str) -> str:
    """One event as the protocol writes it."""
    lines = "".join(f"data: {line}\n" for line in html.splitlines() or [""])
    return f"event: {name}\n{lines}\n"


def digest_of(html: str) -> str:
    return hashlib.sha256(html.encode()).hexdigest()[:12]


def seen_of(parts: Parts) -> str:
    """What a page that shows these parts asks the stream with."""
    return ",".join(f"{name}:{digest_of(html)}" for name, html in parts.items())
