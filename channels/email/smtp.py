"""E-mail through aiosmtplib, over connections that are kept.

The text is written only after sender, recipient and DATA were taken, because the same error means two things: a reply
of 4xx or 5xx, or a broken connection before the text was written, proves that nothing was delivered; a connection
that breaks after it proves nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping

import aiosmtplib
import msgspec

from channels.contract import Accepted, Channel, Message, ensure_time_left
from channels.email.header import one_mailbox
from channels.email.line import Line, Reply
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
_STAGES = (("sender", frozenset({250})), ("recipient", frozenset({250, 251})), ("content", frozenset({354})))
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


class SmtpProvider:
    """Delivers to one mailbox per send."""

    name = NAME
    channel = Channel.EMAIL
    is_simulated = False

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._idle: list[Line] = []
        self._free = asyncio.Semaphore(settings.connections)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pace = Pace(settings.connections, 300)

    @property
    def max_per_500ms(self) -> int:
        return self._pace.per_500ms

    async def send(self, message: Message, deadline: float) -> Accepted:
        self._start_anew_on_another_loop()
        async with self._free:
            with self._pace.timed():
                letter = build(message, self._settings.sender, self._settings.bounce_address)
                ensure_time_left(deadline, self.name)
                line = await self._waiting_for(letter, deadline)
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

    async def _waiting_for(self, letter: Letter, deadline: float) -> Line:
        """A connection that took the envelope. One that had died while it was kept is replaced: nothing was sent."""
        line = self._kept()
        replies = await self._offered(line, letter) if line is not None else []
        if line is None or not replies or replies[0].code == 421:
            if line is not None:
                line.close()
            line = await self._connected()
            try:
                ensure_time_left(deadline, self.name)
            except Refused:
                self._keep(line)
                raise
            replies = await self._offered(line, letter)
        if not replies:
            raise self._unsent("the connection broke before the message was written")
        for reply, (stage, wanted) in zip(replies, _STAGES, strict=False):
            if reply.code not in wanted:
                await self._recover(line, replies[-1])
                raise _refusal(reply, stage)
        return line

    async def _offered(self, line: Line, letter: Letter) -> list[Reply]:
        """The replies to the stages before the text; none if the connection broke: then nothing was sent."""
        sender, recipient = letter.sender.encode("ascii"), letter.recipient.encode("ascii")
        try:
            return await line.offer(b"MAIL FROM:<%s>" % sender, b"RCPT TO:<%s>" % recipient, b"DATA")
        except asyncio.CancelledError:
            line.close()
            raise
        except _BROKEN:
            line.close()
            return []

    async def _deliver(self, line: Line, letter: Letter) -> str:
        """The text. Gives the server's words; the connection is kept, or closed if it is in doubt."""
        if not line.is_open:
            line.close()
            raise self._unsent("the connection was lost before the message was written")
        try:
            line.write(letter.body)
            reply = await line.reply()
        except asyncio.CancelledError:
            line.close()
            raise
        except _BROKEN as error:
            line.close()
            raise self._ambiguous(type(error).__name__) from error
        if reply.code == 250:
            self._keep(line)
            return reply.message
        if not 400 <= reply.code < 600:
            line.close()
            raise self._ambiguous(f"reply {reply.code}")
        await self._recover(line, reply)
        raise _refusal(reply, "content")

    async def _recover(self, line: Line, last: Reply) -> None:
        """Make a connection ready for another message after a refusal; one that waits for a text gets none."""
        try:
            replies = await line.offer(b"RSET") if last.code not in {354, 421} else []
        except _BROKEN:
            replies = []
        if replies and replies[0].code == 250:
            self._keep(line)
        else:
            line.close()

    def _unsent(self, text: str) -> Temporary:
        return Temporary(text, code="no_connection", provider=self.name)

    def _ambiguous(self, reason: str) -> Ambiguous:
        return Ambiguous(
            "the message was written and no clear answer came",
            code="timeout" if "Timeout" in reason else "dropped",
            provider=self.name,
            provider_code=reason,
        )

    async def _connected(self) -> Line:
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
        return Line(client, settings.reply_s)

    def _kept(self) -> Line | None:
        while self._idle:
            line = self._idle.pop()
            if line.is_open and time.monotonic() - line.used_at < self._settings.idle_s:
                return line
            line.close()
        return None

    def _keep(self, line: Line) -> None:
        line.sent += 1
        line.used_at = time.monotonic()
        if line.sent < self._settings.messages_per_connection and line.is_open:
            self._idle.append(line)
        else:
            line.close()


async def _quit(line: Line) -> None:
    """Say goodbye, but do not wait long for the answer."""
    with contextlib.suppress(*_BROKEN):
        async with asyncio.timeout(1.0):
            await line.offer(b"QUIT")
    line.close()


def _refusal(reply: Reply, stage: str) -> DeliveryFailure:
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
