"""Mail that comes back: bounces, complaints, replies and requests to stop, as events.

A reply or a bounce finds its attempt through the Message-ID that we set, which carries the attempt id.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from email import policy
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses, parsedate_to_datetime

import msgspec

from channels.contract import Channel
from channels.errors import WebhookError
from channels.events import Event, EventKind

PROVIDER = "email"
MAX_MAIL_BYTES = 1_048_576
_MAX_TEXT = 20_000
_PARSER = BytesParser(policy=policy.compat32)
_REFERENCE = re.compile(r"<([A-Za-z0-9_-][A-Za-z0-9._-]{0,120})@([A-Za-z0-9.-]{1,253})>")
_STOP = re.compile(
    r"\b(stop|unsubscribe|remove me|opt[ -]?out|cancelar|baja|no me escriban)\b|退订|取消订阅|不要再发",
    re.IGNORECASE,
)
_MARKED = re.compile(r"\s*>")
_QUOTE_BEGINS = re.compile(
    r"\s*(On .+ wrote:|-{2,}\s*Original Message.*|El .+ escribió:|在.+写道[:：])\s*", re.IGNORECASE
)

_ACTIONS = {
    "failed": EventKind.BOUNCED,
    "delivered": EventKind.DELIVERED,
    "relayed": EventKind.SENT,
    "expanded": EventKind.SENT,
}


def parse(raw: bytes, own_domains: frozenset[str] = frozenset(), limit: int = MAX_MAIL_BYTES) -> list[Event]:
    """Events of one mail as received.

    own_domains: domains of our Message-IDs; empty takes every reference as ours. A delayed delivery gives no
    event. Raises WebhookError 413 over `limit` bytes; a mail that is not well formed is read as far as it
    goes, and given as a reply with its raw text where it cannot be read at all.
    """
    if len(raw) > limit:
        raise WebhookError("the mail is too big", code="webhook_too_big", status=413)
    try:
        mail = _PARSER.parsebytes(raw)
        return _events(mail, raw, own_domains)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        # the parser's own weak spots: the words may be a STOP, so they go on as they came
        return [_unreadable(raw)]


def _events(mail: Message, raw: bytes, own: frozenset[str]) -> list[Event]:
    report = _report_type(mail)
    if report == "delivery-status":
        return _bounce(mail, raw, own)
    if report == "feedback-report":
        return _complaint(mail, raw, own)
    return [_reply(mail, raw, own)]


def _report_type(mail: Message) -> str:
    if mail.get_content_type() != "multipart/report":
        return ""
    return str(mail.get_param("report-type") or "").lower()


def _unreadable(raw: bytes) -> Event:
    text = raw.decode("utf-8", "replace")
    found = re.search(r"^From:.*?([^\s<>]+@[^\s<>]+)", text, re.IGNORECASE | re.MULTILINE)
    plain = _Mail(raw, Message(), *_reference(text, frozenset()))
    address = found[1] if found else ""
    return plain.event(EventKind.REPLY, "reply", address, text=text[:_MAX_TEXT], detail={"unreadable": "yes"})


class _Mail(msgspec.Struct, frozen=True):
    """One mail and the attempt that it is about."""

    raw: bytes
    head: Message
    attempt_id: str | None
    message_id: str

    def event(
        self,
        kind: EventKind,
        part: str,
        address: str,
        *,
        text: str = "",
        detail: dict[str, str] | None = None,
    ) -> Event:
        """The mail's own bytes make the event id: the same mail read twice is one event."""
        digest = hashlib.sha256(self.raw).hexdigest()[:32]
        return Event(
            provider=PROVIDER,
            provider_event_id=f"{digest}-{part}",
            kind=kind,
            channel=Channel.EMAIL,
            attempt_id=self.attempt_id,
            provider_id=self.message_id,
            occurred_at=_dated(self.head),
            address=address,
            to_address=_first_address(self.head, "To"),
            text=text,
            detail=detail or {},
            raw=self.raw[:65_536].decode("utf-8", "replace"),
        )


def _bounce(mail: Message, raw: bytes, own: frozenset[str]) -> list[Event]:
    """One event per recipient group of the delivery status part (RFC 3464)."""
    source = _Mail(raw, mail, *_reference(_original_ids(mail), own))
    events = []
    for number, group in enumerate(_groups(mail, "message/delivery-status")):
        kind = _ACTIONS.get(_header(group, "Action").strip().lower())
        address = _typed(group, "Original-Recipient") or _typed(group, "Final-Recipient")
        if kind is None or not address:
            continue
        status = _header(group, "Status").strip()[:20]
        if kind is EventKind.BOUNCED and status.startswith("4."):
            # gave up after trying: this mail is lost, the mailbox may be fine
            kind = EventKind.UNDELIVERED
        events.append(source.event(kind, f"{number}", address, detail={"status": status}))
    return events


def _complaint(mail: Message, raw: bytes, own: frozenset[str]) -> list[Event]:
    """A mailbox provider's abuse report (RFC 5965): the person pressed "spam", so they get no more."""
    source = _Mail(raw, mail, *_reference(_original_ids(mail), own))
    address = ""
    for group in _groups(mail, "message/feedback-report"):
        address = address or _header(group, "Original-Rcpt-To").rpartition(";")[2].strip(" <>")
    for original in _originals(mail):
        address = address or _first_address(original, "To")
    return [source.event(kind, kind.value, address) for kind in (EventKind.COMPLAINT, EventKind.OPT_OUT)]


def _reply(mail: Message, raw: bytes, own: frozenset[str]) -> Event:
    """A person's mail. STOP in the subject or alone on the first line is an opt-out, all else a reply."""
    ids = " ".join(_header(mail, name) for name in ("In-Reply-To", "References"))
    source = _Mail(raw, mail, *_reference(ids, own))
    subject = _decoded(_header(mail, "Subject"))
    text = _own_words(_text(mail))
    first_line = text.partition("\n")[0].strip(" .!")
    stops = _STOP.search(subject) is not None or _STOP.fullmatch(first_line) is not None
    automatic = _header(mail, "Auto-Submitted").lower() not in {"", "no"}
    return source.event(
        EventKind.OPT_OUT if stops and not automatic else EventKind.REPLY,
        "reply",
        _first_address(mail, "From"),
        text=(f"{subject}\n{text}" if subject else text)[:_MAX_TEXT],
        detail={"subject": subject[:300]} | ({"automatic": "yes"} if automatic else {}),
    )


def _dated(mail: Message) -> datetime | None:
    """The Date header, if it says a zone."""
    try:
        found = parsedate_to_datetime(_header(mail, "Date"))
    except (ValueError, TypeError, OverflowError):
        return None
    return found if found.tzinfo is not None else None


def _header(mail: Message, name: str) -> str:
    return str(mail.get(name, "") or "")


def _typed(group: Message, name: str) -> str:
    """`rfc822; a@b` without its type."""
    value = _header(group, name)
    return value.partition(";")[2].strip().strip("<>") if ";" in value else ""


def _first_address(mail: Message, name: str) -> str:
    found = getaddresses([_header(mail, name)])
    return found[0][1] if found else ""


def _parts(mail: Message, kind: str) -> Iterator[Message]:
    for part in mail.walk():
        if part.get_content_type() == kind:
            yield part


def _groups(mail: Message, kind: str) -> Iterator[Message]:
    """Header groups inside a report part, which the parser gives as messages or as plain text."""
    for part in _parts(mail, kind):
        payload = part.get_payload()
        if isinstance(payload, list):
            yield from (group for group in payload if isinstance(group, Message))
        elif isinstance(payload, str):
            for block in re.split(r"\n\s*\n", payload):
                yield _PARSER.parsebytes(block.encode("utf-8", "replace") + b"\n\n")


def _originals(mail: Message) -> Iterator[Message]:
    """What is returned of our own message: whole, or its headers only."""
    for kind in ("message/rfc822", "text/rfc822-headers"):
        for part in _parts(mail, kind):
            payload = part.get_payload()
            if isinstance(payload, list):
                yield from (original for original in payload if isinstance(original, Message))
            elif isinstance(payload, str):
                yield _PARSER.parsebytes(payload.encode("utf-8", "replace"))


def _original_ids(mail: Message) -> str:
    own = [_header(original, "Message-ID") for original in _originals(mail)]
    return " ".join([*own, _header(mail, "In-Reply-To"), _header(mail, "References")])


def _reference(ids: str, own: frozenset[str]) -> tuple[str | None, str]:
    """Attempt id and Message-ID of the first reference that is ours."""
    for local, domain in _REFERENCE.findall(ids):
        if not own or domain.lower() in own:
            return local, f"<{local}@{domain}>"
    return None, ""


def _text(mail: Message) -> str:
    """The first part with words in it: some programs send an empty plain part beside the HTML."""
    for part in _parts(mail, "text/plain"):
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and payload.strip():
            return _characters(payload, part.get_content_charset())
    for part in _parts(mail, "text/html"):
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            return re.sub(r"<[^>]*>", " ", _characters(payload, part.get_content_charset()))
    return ""


def _characters(raw: bytes, charset: str | None) -> str:
    try:
        return raw.decode(charset or "utf-8", "replace")
    except LookupError:
        return raw.decode("utf-8", "replace")


def _decoded(value: str) -> str:
    try:
        return str(make_header(decode_header(value)))
    except (ValueError, LookupError):
        return value


def _own_words(text: str) -> str:
    """The reply without what it quotes: our own opt-out line must not read as theirs.

    People write above a quotation and below it. Where one is not marked line by line its end is not to be seen: what
    stands above is theirs, and where nothing does, theirs may be anything of it.
    """
    lines = [line.rstrip() for line in text.splitlines()]
    own: list[str] = []
    for number, line in enumerate(lines):
        if _QUOTE_BEGINS.fullmatch(line):
            following = next(filter(None, lines[number + 1 :]), "")
            if not _MARKED.match(following):
                break
        elif not _MARKED.match(line):
            own.append(line)
    said = "\n".join(own).strip()
    return said or "\n".join(line for line in lines if not _MARKED.match(line)).strip()
