"""Local servers that behave as told: one that speaks HTTP, one that speaks SMTP. Written on bare sockets, so
that they can also do what no library would: hang, cut the line, answer nonsense."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable
from urllib.parse import parse_qsl

from channels.testing import RETRY_AFTER_S, Delivery, Fault

Answer = tuple[int, dict[str, str], str]


class Stub:
    """A server on a free port of this machine; `close` ends it and every connection it has."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.deliveries: list[Delivery] = []
        self.connections = 0
        self.port = free_port()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        if self.fault is not Fault.NO_CONNECTION:
            self._server = await asyncio.start_server(self._served, "127.0.0.1", self.port)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        if self._server is not None:
            await self._server.wait_closed()
        await asyncio.sleep(0)

    async def _served(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        try:
            await self.serve(reader, writer)
        except (OSError, asyncio.IncompleteReadError, ValueError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise NotImplementedError


class HttpStub(Stub):
    """Answers as `answers` says for a fault; keeps every form it got."""

    def __init__(self, fault: Fault, answers: Callable[[Fault], Answer], recipient: str) -> None:
        super().__init__(fault)
        self._answers = answers
        self._recipient = recipient
        self.requests: list[tuple[str, dict[str, str], list[tuple[str, str]]]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            first, *lines = head.decode().split("\r\n")
            headers = {
                name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
            }
            body = (await reader.readexactly(int(headers.get("content-length", "0")))).decode()
            self._note(first, headers, body)
            if self.fault is Fault.HANG:
                await asyncio.sleep(30)
            if self.fault is Fault.DROP:
                writer.transport.abort()
                return
            if self.fault is Fault.SLOW:
                await asyncio.sleep(0.2)
            writer.write(http_answer(*self._answers(self.fault)))
            await writer.drain()

    def _note(self, first: str, headers: dict[str, str], body: str) -> None:
        form = parse_qsl(body, keep_blank_values=True)
        if headers.get("content-type", "").startswith("application/json"):
            form = [(name, str(value)) for name, value in json.loads(body).items()]
        self.requests.append((first, headers, form))
        recipients = tuple(value for name, value in form if name == self._recipient)
        content = "\n".join(value for _, value in form)
        self.deliveries.append(Delivery(recipients=recipients, content=content))


class SmtpStub(Stub):
    """Takes mail; a fault shows at the stage where it belongs."""

    def __init__(
        self, fault: Fault, replies: dict[str, str] | None = None, *, pipelined: bool = False
    ) -> None:
        super().__init__(fault)
        self._replies = replies or {}
        self._offers = "PIPELINING" if pipelined else "8BITMIME"
        self.mails: list[tuple[str, list[str], bytes]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sender, recipients = "", list[str]()
        writer.write(b"220 stub\r\n")
        while line := (await reader.readline()).decode().strip():
            verb = line.partition(" ")[0].upper()
            if verb == "MAIL":
                sender, recipients = line[10:].strip("<>"), []
            if verb == "RCPT":
                recipients.append(line[8:].strip("<>"))
            reply = self._reply(verb)
            if reply == "cut":
                writer.transport.abort()
                return
            writer.write(reply.encode() + b"\r\n")
            if verb == "DATA" and reply.startswith("354"):
                try:
                    text = await reader.readuntil(b"\r\n.\r\n")
                except asyncio.IncompleteReadError:
                    return  # hung up instead
                self.mails.append((sender, recipients, text))
                self.deliveries.append(Delivery(recipients=tuple(recipients), content=text.decode()))
                if not await self._after_text(writer):
                    return

    def _reply(self, verb: str) -> str:
        if verb in self._replies:
            return self._replies[verb]
        if self.fault is Fault.REFUSE and verb == "MAIL":
            return "550 5.7.1 not from you"
        if self.fault is Fault.GONE and verb == "RCPT":
            return "550 5.1.1 no such mailbox"
        if self.fault is Fault.THROTTLE and verb == "MAIL":
            return "421 4.7.0 too many"
        return {"EHLO": f"250-stub\r\n250 {self._offers}", "DATA": "354 go on", "QUIT": "221 bye"}.get(
            verb, "250 ok"
        )

    async def _after_text(self, writer: asyncio.StreamWriter) -> bool:
        if self.fault is Fault.HANG:
            await asyncio.sleep(30)
        if self.fault is Fault.DROP:
            writer.transport.abort()
            return False
        if self.fault is Fault.SLOW:
            await asyncio.sleep(0.2)
        odd = "354 what" if self.fault is Fault.SERVER_ERROR else "250 taken as 1"
        writer.write(self._replies.get("TEXT", odd).encode() + b"\r\n")
        return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def http_answer(status: int, headers: dict[str, str], body: str) -> bytes:
    raw = body.encode()
    fields = {"Content-Length": str(len(raw)), "Content-Type": "application/json", **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} Answer\r\n{lines}\r\n".encode() + raw


def json_answers(success: dict[str, object], refused: object, gone: object) -> Callable[[Fault], Answer]:
    """The usual answers of a JSON service, by fault."""
    answers: dict[Fault, Answer] = {
        Fault.REFUSE: (400, {}, json.dumps(refused)),
        Fault.GONE: (400, {}, json.dumps(gone)),
        Fault.THROTTLE: (429, {"Retry-After": f"{RETRY_AFTER_S:.0f}"}, json.dumps({"code": 20429})),
        Fault.SERVER_ERROR: (503, {}, json.dumps({"code": 20503})),
    }
    return lambda fault: answers.get(fault, (201, {}, json.dumps(success)))
