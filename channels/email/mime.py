"""A message as bytes, written once and by hand.

Building an `EmailMessage` and letting the SMTP library flatten it again costs more than the delivery itself.
Every byte here comes from checked values and from encoders, and the headers are parsed back before anything
is sent.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import quote

import msgspec

from channels.contract import Attachment, Message
from channels.email.header import (
    PROVIDER,
    Field,
    checked_name,
    checked_text,
    ensure_same,
    mailbox_text,
    one_mailbox,
    written,
    written_mailbox,
)
from channels.errors import Refused

_RESERVED = frozenset(
    {
        "from",
        "to",
        "cc",
        "bcc",
        "sender",
        "reply-to",
        "subject",
        "date",
        "message-id",
        "return-path",
        "received",
        "mime-version",
        "auto-submitted",
        "in-reply-to",
        "references",
        "list-unsubscribe",
        "list-unsubscribe-post",
    }
)
_RESERVED_STARTS = ("content-", "resent-", "dkim-", "arc-", "authentication-")
_URL = re.compile(r"https?://[!-;=?-~]+")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-zA-Z0-9.+-]+")
_LONGEST_LINE = 998
_ID = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,120}")


class Letter(msgspec.Struct, frozen=True):
    """One message ready for SMTP: dot-stuffed, ended by the final dot."""

    sender: str
    recipient: str
    message_id: str
    body: bytes


def build(message: Message, default_sender: str = "", bounce_address: str = "") -> Letter:
    """Serialise `message`; raises Refused or Permanent for what must not be sent.

    The Message-ID is made of the attempt id, so that a bounce finds its attempt.
    """
    recipient = one_mailbox(message.address)
    sender = one_mailbox(message.sender.email or default_sender, "sender")
    message_id = f"<{local_id(message.attempt_id)}@{sender.rpartition('@')[2]}>"
    head, fields = _headers(message, sender, recipient, message_id)
    ensure_same(head, fields)
    content = _content(message)
    stuffed = (head + content).replace(b"\r\n.", b"\r\n..")
    envelope = one_mailbox(bounce_address, "bounce address") if bounce_address else sender
    return Letter(sender=envelope, recipient=recipient, message_id=message_id, body=stuffed + b".\r\n")


@lru_cache(maxsize=64)
def _date_text(at: datetime) -> str:
    """A chunk of messages is sent at one moment."""
    return format_datetime(at)


def local_id(attempt_id: str) -> str:
    """The attempt id as the local part of a Message-ID."""
    if _ID.fullmatch(attempt_id) is None:
        raise Refused(
            "the attempt id cannot be part of a Message-ID", code="unsafe_header", provider=PROVIDER
        )
    return attempt_id


def _headers(message: Message, sender: str, recipient: str, message_id: str) -> tuple[bytes, list[Field]]:
    if message.sent_at is None:
        raise Refused("an e-mail needs the time it is sent at", code="no_date", provider=PROVIDER)
    display = checked_text(message.sender.name, "sender's name")
    lines = [written_mailbox("From", display, sender), written_mailbox("To", "", recipient)]
    fields = [("From", mailbox_text(display, sender)), ("To", recipient)]
    plain = [
        ("Subject", checked_text(message.subject, "subject")),
        ("Date", _date_text(message.sent_at)),
        ("Message-ID", message_id),
        *_reply_fields(message, sender),
        ("Auto-Submitted", "auto-generated"),
        *_extra_fields(message),
        ("MIME-Version", "1.0"),
    ]
    for name, value in plain:
        if value:
            lines.append(written(name, value))
            fields.append((name, value))
    return b"".join(lines), fields


def _reply_fields(message: Message, sender: str) -> list[Field]:
    """Reply-To, and both ways to unsubscribe: one click (RFC 8058), and a mail that anyone can send."""
    reply_to = one_mailbox(message.reply_to, "reply address") if message.reply_to else ""
    found = [("Reply-To", reply_to)]
    url = message.unsubscribe_url
    if not url:
        return found
    if _URL.fullmatch(url) is None or len(url) > 800:
        raise Refused("the unsubscribe address is not a plain URL", code="unsafe_header", provider=PROVIDER)
    mail = f"<mailto:{reply_to or sender}?subject=unsubscribe>"
    found.append(("List-Unsubscribe", f"<{url}>, {mail}"))
    found.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    return found


def _extra_fields(message: Message) -> list[Field]:
    extras = []
    for name, value in message.headers.items():
        lower = checked_name(name).lower()
        if lower in _RESERVED or lower.startswith(_RESERVED_STARTS):
            raise Refused(f"the header {name} is set by us", code="unsafe_header", provider=PROVIDER)
        extras.append((name, checked_text(value, f"header {name}")))
    return extras


def _content(message: Message) -> bytes:
    """The rest of the message: its content headers, an empty line, its parts."""
    if not message.text.strip():
        raise Refused("an e-mail needs a text part", code="empty", provider=PROVIDER)
    mark = hashlib.sha256(message.attempt_id.encode()).hexdigest()[:24]
    part = _text_part(message.text, "plain")
    if message.html:
        part = _multipart("alternative", f"=_a{mark}", [part, _text_part(message.html, "html")])
    if message.attachments:
        files = [_attachment(file) for file in message.attachments]
        part = _multipart("mixed", f"=_m{mark}", [part, *files])
    return part


def _multipart(kind: str, boundary: str, parts: list[bytes]) -> bytes:
    """`--=_` is in no part: not in quoted-printable or base64 text, and plain text that holds it is not left plain."""
    edge = f"--{boundary}\r\n".encode("ascii")
    start = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode("ascii")
    return start + b"".join(edge + part for part in parts) + f"--{boundary}--\r\n".encode("ascii")


def _text_part(text: str, kind: str) -> bytes:
    """UTF-8 text; readable in the source where it is mostly ASCII."""
    raw = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n").encode("utf-8", "replace")
    if not raw.endswith(b"\r\n"):
        raw += b"\r\n"
    if _is_plain(raw):
        encoding, written_text = b"7bit", raw
    elif len(raw) - len(text) < len(text) // 8:
        encoding, written_text = b"quoted-printable", binascii.b2a_qp(raw, istext=True)
    else:
        encoding, written_text = b"base64", base64.encodebytes(raw).replace(b"\n", b"\r\n")
    head = b"Content-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: %s\r\n\r\n"
    return head % (kind.encode("ascii"), encoding) + written_text


def _is_plain(raw: bytes) -> bool:
    """True if the text may stand as it is: ASCII in lines of RFC 5322, and without the start of a boundary."""
    if not raw.isascii() or b"\0" in raw or b"--=_" in raw:
        return False
    return len(max(raw.split(b"\r\n"), key=len)) <= _LONGEST_LINE


def _attachment(file: Attachment) -> bytes:
    if _MEDIA_TYPE.fullmatch(file.media_type) is None:
        raise Refused("the attachment's media type is none", code="unsafe_header", provider=PROVIDER)
    name = quote(checked_text(file.name, "attachment's name"), safe="")
    if len(name) > 600:
        raise Refused("the attachment's name is too long", code="unsafe_header", provider=PROVIDER)
    head = (
        f"Content-Type: {file.media_type}\r\n"
        f"Content-Disposition: attachment;\r\n filename*=utf-8''{name}\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode("ascii") + base64.encodebytes(file.data).replace(b"\n", b"\r\n")
