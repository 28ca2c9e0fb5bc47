"""E-mail through aiosmtplib, over connections that are kept.

The stages are driven one by one, because the same error means two things: a reply of 4xx or 5xx, or a broken
connection before the text was written, proves that nothing was delivered; a connection that breaks after it
proves nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

import aiosmtplib
import msgspec
from aiosmtplib import SMTPResponse

from channels.contract import Accepted, Channel, Message, ensure_time_left
from channels.email.header import one_mailbox
from channels.email.mime import Letter, build
from channels.errors import (
    Ambiguous,
    DeliveryFailure,
    Permanent,
    Refused,
    SetupError,
    Temporary,
    Throttled,
)
from channels.pace import Pace
from channels.setting import text_setting

NAME = "smtp"
_BROKEN = (aiosmtplib.SMTPException, OSError, TimeoutError)
_NO_SUCH_MAILBOX = frozenset({550, 551, 553})


class SmtpSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where and how. `tls`: auto (STARTTLS if offered), starttls, tls, none. Times in seconds."""

    host: str
    port: int = 25
    sender: str = ""
    username: str = ""
    password: str = ""
    tls: str = "auto"
    bounce_address: str = ""
    connections: int = 8
    messages_per_connection: int = 500
    idle_s: float = 20.0
    connect_s: float = 5.0
    reply_s: float = 20.0


class _Line:
    """One connection that is kept, with how much it has carried."""

    def __init__(self, client: aiosmtplib.SMTP) -> None:
        self.client = client
        self.sent = 0
        self.used_at = time.monotonic()


class SmtpProvider:
    """Delivers to one mailbox per send."""

    name = NAME
    channel = Channel.EMAIL
    is_simulated = False

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._idle: list[_Line] = []
        self._free = asyncio.Semaphore(settings.connections)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pace = Pace(settings.connections, 1000)

    @property
    def max_per_500ms(self) -> int:
        return self._pace.per_500ms

    async def send(self, message: Message, deadline: float) -> Accepted:
        letter = build(message, self._settings.sender, self._settings.bounce_address)
        self._start_anew_on_another_loop()
        async with self._free:
            ensure_time_left(deadline, self.name)
            with self._pace.timed():
                line = await self._opened_with(letter, deadline)
                said = await self._deliver(line, letter)
        return Accepted(provider=self.name, provider_id=letter.message_id, detail={"reply": said[:200]})

    async def close(self) -> None:
        while self._idle:
            await _quit(self._idle.pop())

    def _start_anew_on_another_loop(self) -> None:
        """Connections belong to the loop that made them; those of one that has ended are only forgotten."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop = loop
            self._idle = []
            self._free = asyncio.Semaphore(self._settings.connections)

    async def _opened_with(self, letter: Letter, deadline: float) -> _Line:
        """A connection that took MAIL. One that had died while it was kept is replaced: nothing was sent."""
        mail = b"FROM:<%s>" % letter.sender.encode("ascii")
        line = self._kept()
        if line is not None:
            try:
                reply = await line.client.execute_command(b"MAIL", mail)
            except _BROKEN:
                line.client.close()
            else:
                if reply.code != 421:
                    await self._expect(line, reply, "sender")
                    return line
                line.client.close()
        line = await self._connected()
        try:
            ensure_time_left(deadline, self.name)
        except Refused:
            self._keep(line)
            raise
        reply = await self._command(line, b"MAIL", mail)
        await self._expect(line, reply, "sender")
        return line

    async def _deliver(self, line: _Line, letter: Letter) -> str:
        """RCPT, DATA, text. Gives the server's words; the connection is kept, or closed if it is in doubt."""
        reply = await self._command(line, b"RCPT", b"TO:<%s>" % letter.recipient.encode("ascii"))
        await self._expect(line, reply, "recipient", 250, 251)
        await self._expect(line, await self._command(line, b"DATA"), "content", 354)
        reply = await self._text_written(line, letter.body)
        if not 400 <= reply.code < 600 and reply.code != 250:
            line.client.close()
            raise self._ambiguous(f"reply {reply.code}")
        await self._expect(line, reply, "content")
        self._keep(line)
        return reply.message

    async def _command(self, line: _Line, *words: bytes) -> SMTPResponse:
        """One command before the text is written: if the connection breaks, nothing was sent."""
        try:
            return await line.client.execute_command(*words)
        except asyncio.CancelledError:
            line.client.close()
            raise
        except _BROKEN as error:
            line.client.close()
            raise Temporary(
                "the connection broke before the message was written",
                code="no_connection",
                provider=self.name,
                provider_code=type(error).__name__,
            ) from error

    async def _text_written(self, line: _Line, body: bytes) -> SMTPResponse:
        protocol = line.client.protocol
        if protocol is None:
            raise Temporary("the connection was lost", code="no_connection", provider=self.name)
        try:
            protocol.write(body)
            return await protocol.read_response(timeout=self._settings.reply_s)
        except asyncio.CancelledError:
            line.client.close()
            raise
        except _BROKEN as error:
            line.client.close()
            raise self._ambiguous(type(error).__name__) from error

    async def _expect(self, line: _Line, reply: SMTPResponse, stage: str, *wanted: int) -> None:
        """Go on after a wanted reply (250 if none is named); else reset the connection and raise."""
        if reply.code in (wanted or (250,)):
            return
        try:
            reset = await line.client.execute_command(b"RSET") if reply.code != 421 else None
        except _BROKEN:
            reset = None
        if reset is not None and reset.code == 250:
            self._keep(line)
        else:
            line.client.close()
        raise _refusal(reply, stage)

    def _ambiguous(self, reason: str) -> Ambiguous:
        return Ambiguous(
            "the message was written and no clear answer came",
            code="timeout" if "Timeout" in reason else "dropped",
            provider=self.name,
            provider_code=reason,
        )

    async def _connected(self) -> _Line:
        settings = self._settings
        client = aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            timeout=settings.connect_s,
            # naming ourselves by the resolver can take seconds, and is anybody's guess
            local_hostname=settings.sender.rpartition("@")[2] or "localhost",
            use_tls=settings.tls == "tls",
            start_tls={"auto": None, "starttls": True}.get(settings.tls, False),
            username=settings.username or None,
            password=settings.password or None,
        )
        try:
            await client.connect()
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
        except aiosmtplib.SMTPAuthenticationError as error:
            client.close()
            raise Refused(
                "the mail server did not take our credentials", code="bad_credentials", provider=self.name
            ) from error
        except _BROKEN as error:
            client.close()
            raise Temporary(
                "no connection to the mail server could be made, so nothing was sent",
                code="no_connection",
                provider=self.name,
                provider_code=type(error).__name__,
            ) from error
        client.timeout = settings.reply_s
        return _Line(client)

    def _kept(self) -> _Line | None:
        while self._idle:
            line = self._idle.pop()
            if line.client.is_connected and time.monotonic() - line.used_at < self._settings.idle_s:
                return line
            line.client.close()
        return None

    def _keep(self, line: _Line) -> None:
        line.sent += 1
        line.used_at = time.monotonic()
        if line.sent < self._settings.messages_per_connection and line.client.is_connected:
            self._idle.append(line)
        else:
            line.client.close()


async def _quit(line: _Line) -> None:
    """Say goodbye, but do not wait for it."""
    try:
        await line.client.quit(timeout=1.0)
    except _BROKEN:
        line.client.close()


def _refusal(reply: SMTPResponse, stage: str) -> DeliveryFailure:
    """A 4xx or 5xx reply, before or after DATA, is a proven refusal; the stage says whose fault it is."""
    word = str(reply.code)
    text = f"the mail server refused the {stage} with {reply.code}"
    if reply.code == 421 or (400 <= reply.code < 500 and reply.message.startswith("4.7.")):
        return Throttled(text, provider=NAME, provider_code=word)
    if 400 <= reply.code < 500:
        return Temporary(text, provider=NAME, provider_code=word)
    if stage == "recipient" and reply.code in _NO_SUCH_MAILBOX:
        return Permanent(text, code="bad_recipient", provider=NAME, provider_code=word)
    return Refused(text, code=f"{stage}_refused", provider=NAME, provider_code=word)


def from_settings(settings: Mapping[str, object]) -> SmtpProvider | None:
    """Read `smtp_*`; None without a host. Raises SetupError for a value that cannot be used."""
    host = text_setting(settings, "smtp_host")
    if not host:
        return None
    tls = text_setting(settings, "smtp_tls", "auto")
    port = text_setting(settings, "smtp_port", "465" if tls == "tls" else "25")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise SetupError(f"smtp_port {port!r} is no port", code="bad_setting", hint="a number up to 65535")
    if tls not in {"auto", "starttls", "tls", "none"}:
        raise SetupError(
            f"smtp_tls {tls!r} is unknown", code="bad_setting", hint="auto, starttls, tls or none"
        )
    sender = text_setting(settings, "smtp_from")
    if sender:
        try:
            sender = one_mailbox(sender, "sender")
        except Permanent:
            raise SetupError(
                f"smtp_from {sender!r} is not one mailbox", code="bad_setting", hint="like office@example.org"
            ) from None
    return SmtpProvider(
        SmtpSettings(
            host=host,
            port=int(port),
            sender=sender,
            username=text_setting(settings, "smtp_username"),
            password=text_setting(settings, "smtp_password"),
            tls=tls,
            bounce_address=text_setting(settings, "smtp_bounce_address"),
        )
    )
