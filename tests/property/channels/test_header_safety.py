"""Whatever is put into an e-mail: it is refused, or it reads back as exactly what was put in."""

from __future__ import annotations

from email import policy
from email.header import decode_header, make_header
from email.parser import BytesParser
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from channels.contract import Channel, Message, Sender
from channels.email.mime import build
from channels.errors import Refused
from tests.contract.channels.rigs import message

NASTY = [
    "\r\n",
    "\r\n ",
    "\n",
    "\r",
    "=?utf-8?q?",
    "?=",
    "=?",
    "\u2028",
    "\u2029",
    "\x85",
    "\x00",
    ": ",
    "Bcc:",
    ",",
    ";",
]
TEXT = st.one_of(
    st.text(max_size=200),
    st.lists(
        st.sampled_from([*NASTY, "hello", "账户", "😀", " ", "é", "@", "<", ">", '"', "\\"]), max_size=30
    ).map("".join),
)
ALLOWED = {
    "from", "to", "subject", "date", "message-id", "reply-to", "list-unsubscribe", "list-unsubscribe-post",
    "auto-submitted", "x-note", "mime-version", "content-type",
}  # fmt: skip


def built(**changes: Any) -> tuple[Message, bytes] | None:
    """The bytes as a server would keep them, or None if they were refused."""
    outgoing = message(Channel.EMAIL, "at_mail", **changes)
    try:
        letter = build(outgoing)
    except Refused:
        return None
    assert letter.recipient == "maria@example.org"
    assert letter.body.endswith(b"\r\n.\r\n")
    assert b"\r\n.\r\n" not in letter.body[:-5]
    return outgoing, letter.body.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")


@given(TEXT)
def test_a_subject_is_refused_or_reads_back(subject: str) -> None:
    made = built(subject=subject)
    if made is None:
        return
    parsed = BytesParser(policy=policy.default).parsebytes(made[1])
    assert {name.lower() for name in parsed.keys()} <= ALLOWED  # noqa: SIM118
    assert len(parsed.keys()) == len(set(parsed.keys()))
    assert (parsed["Subject"] or "") == subject
    assert str(parsed["To"]) == "maria@example.org"


@given(TEXT)
def test_a_name_never_adds_an_address(name: str) -> None:
    made = built(sender=Sender(name=name, email="office@example.com"))
    if made is None:
        return
    parsed = BytesParser(policy=policy.default).parsebytes(made[1])
    assert [address.addr_spec for address in parsed["From"].addresses] == ["office@example.com"]
    assert {each.lower() for each in parsed.keys()} <= ALLOWED  # noqa: SIM118


@given(TEXT)
def test_an_extra_header_is_refused_or_reads_back(value: str) -> None:
    made = built(headers={"X-Note": value})
    if made is None:
        return
    raw = BytesParser(policy=policy.compat32).parsebytes(made[1])
    found = raw.get("X-Note", "")
    assert (
        str(make_header(decode_header(found.replace("\r\n", "")))) == value
        or found.replace("\r\n", "") == value
    )


@given(st.text(max_size=80))
def test_an_address_is_refused_or_taken_as_it_is(address: str) -> None:
    outgoing = message(Channel.EMAIL, "at_mail", address=address)
    try:
        letter = build(outgoing)
    except Refused:
        return
    parsed = BytesParser(policy=policy.default).parsebytes(letter.body)
    (found,) = parsed["To"].addresses
    assert found.addr_spec == letter.recipient


@given(st.text(max_size=400), st.text(max_size=400))
def test_no_text_ends_the_message_early(text: str, html: str) -> None:
    made = built(text="x" + text, html=html)
    assert made is not None
    parsed = BytesParser(policy=policy.default).parsebytes(made[1])
    bodies = [part for part in parsed.walk() if not part.is_multipart()]
    assert len(bodies) == (2 if html else 1)
    assert not parsed.defects


@given(TEXT)
def test_an_attempt_id_is_safe_in_the_message_id(attempt_id: str) -> None:
    outgoing = message(Channel.EMAIL, attempt_id)
    try:
        letter = build(outgoing)
    except Refused:
        return
    assert letter.message_id == f"<{attempt_id}@example.com>"
    assert letter.message_id.isascii()
