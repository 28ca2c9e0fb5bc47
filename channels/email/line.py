"""One connection to a mail server: commands out, replies in, in their order.

aiosmtplib makes the connection (TLS, log-in) and gives it up to us then: it reads one reply at a time, and could not
tell apart the replies to commands that were written together (PIPELINING, RFC 2920).
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from typing import Any, NamedTuple

import aiosmtplib

_LONGEST_REPLY = 64 * 1024


class Reply(NamedTuple):
    code: int
    message: str


class Line(asyncio.Protocol):
    """A connection that is kept, with how much it has carried. Whatever breaks it is an OSError or a TimeoutError."""

    def __init__(self, client: aiosmtplib.SMTP, reply_s: float) -> None:
        transport: Any = client.transport
        if transport is None:
            raise ConnectionResetError("the connection was lost while it was made")
        self.sent = 0
        self.used_at = time.monotonic()
        self._client = client
        self._transport: asyncio.Transport = transport
        self._reply_s = reply_s
        self._is_pipelined = client.supports_extension("pipelining")
        self._buffer = b""
        self._said: list[bytes] = []
        self._replies: deque[Reply] = deque()
        self._lost: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None
        transport.set_protocol(self)

    @property
    def is_open(self) -> bool:
        return self._lost is None and not self._transport.is_closing()

    def close(self) -> None:
        self._client.close()

    async def offer(self, *commands: bytes) -> list[Reply]:
        """The replies to commands: written together where the server offers it, else until one is refused."""
        if self._is_pipelined:
            self.write(b"".join(command + b"\r\n" for command in commands))
            return [await self.reply() for _ in commands]
        replies: list[Reply] = []
        for command in commands:
            self.write(command + b"\r\n")
            replies.append(await self.reply())
            if replies[-1].code >= 400:
                break
        return replies

    def write(self, data: bytes) -> None:
        """Send what will be answered; a server that spoke unasked is not understood any more."""
        if self._lost is not None:
            raise self._lost
        if self._replies or self._buffer or self._transport.is_closing():
            raise ConnectionAbortedError("the server said something that was not asked for, or said goodbye")
        self._transport.write(data)

    async def reply(self) -> Reply:
        """The next reply."""
        if not self._replies:
            if self._lost is not None:
                raise self._lost
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(self._reply_s):
                    await self._waiter
            finally:
                self._waiter = None
        return self._replies.popleft()

    def data_received(self, data: bytes) -> None:
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            self._said.append(line[4:].strip())
            if line[3:4] != b"-":
                if not line[:3].isdigit():
                    self._transport.close()
                    return self._lose(ConnectionAbortedError("what the server said is no reply"))
                self._replies.append(Reply(int(line[:3]), _text(self._said)))
                self._said = []
        if len(self._buffer) + sum(map(len, self._said)) > _LONGEST_REPLY:
            self._transport.close()
            self._lose(ConnectionAbortedError("the server's reply does not end"))
        elif self._replies and self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
        return None

    def connection_lost(self, exc: Exception | None) -> None:
        self._lose(exc or ConnectionResetError("the server closed the connection"))

    def _lose(self, error: Exception) -> None:
        self._lost = self._lost or error
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(self._lost)


def _text(lines: Sequence[bytes]) -> str:
    return b"\n".join(lines).decode("utf-8", "replace")
