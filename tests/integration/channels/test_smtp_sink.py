"""Mail to a real SMTP server (aiosmtpd) parses back to exactly the headers that were set."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import msgspec
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from channels.contract import Attachment, Channel, Message, Sender
from channels.email.smtp import SmtpProvider, SmtpSettings
from channels.errors import Ambiguous, Permanent, Refused, Temporary
from channels.testing import Fault
from tests.contract.channels.rigs import message
from tests.contract.channels.stub import SmtpStub, free_port

SUBJECTS = [
    "About your account",
    "Sobre su cuenta: información importante",
    "关于您的账户",
    "Ünïcödé in the middle of a line that is a good deal longer than seventy-eight characters 账户",
    "😀 emoji 👩‍👩‍👧‍👦 families 🇨🇳",
    "long " * 60 + "end",
    "x" * 300,
    "double  spaces   inside",
    " leading and trailing ",
    'quotes " and \\ backslashes, commas; <angles> (parens) @ : .',
    "=tricky? =not? ?=encoded=?".replace("=?", "= ?"),
    "a" * 70 + " " + "b" * 70 + " " + "账" * 70,
]


class Sink:
    """Keeps what arrives."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.envelopes.append(envelope)
        return "250 taken"


@pytest.fixture
async def sink() -> AsyncIterator[tuple[Sink, SmtpProvider]]:
    kept = Sink()
    port = free_port()
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(kept, hostname="sink", ident="sink"), "127.0.0.1", port
    )
    provider = SmtpProvider(SmtpSettings(host="127.0.0.1", port=port, tls="none", connections=2))
    yield kept, provider
    await provider.close()
    server.close()
    await server.wait_closed()


def mail(**changes: Any) -> Message:
    return message(Channel.EMAIL, "at_mail", **changes)


async def sent(sink: tuple[Sink, SmtpProvider], outgoing: Message) -> tuple[Envelope, EmailMessage]:
    kept, provider = sink
    await provider.send(outgoing, time.monotonic() + 10)
    envelope = kept.envelopes[-1]
    assert isinstance(envelope.content, bytes)
    parsed = BytesParser(policy=policy.default).parsebytes(envelope.content)
    assert isinstance(parsed, EmailMessage)
    return envelope, parsed


async def test_the_headers_are_exactly_those_that_were_set(sink: tuple[Sink, SmtpProvider]) -> None:
    envelope, parsed = await sent(
        sink, mail(reply_to="desk@example.com", headers={"X-Campaign": "spring 春"})
    )
    assert envelope.mail_from == "office@example.com"
    assert envelope.rcpt_tos == ["maria@example.org"]
    assert [(name, str(value)) for name, value in parsed.items()][:-1] == [
        ("From", "Example Recovery <office@example.com>"),
        ("To", "maria@example.org"),
        ("Subject", "About your account"),
        ("Date", "Wed, 01 Apr 2026 12:00:00 +0000"),
        ("Message-ID", "<at_mail@example.com>"),
        ("Reply-To", "desk@example.com"),
        (
            "List-Unsubscribe",
            "<https://calls.example.com/u/abc>, <mailto:desk@example.com?subject=unsubscribe>",
        ),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Auto-Submitted", "auto-generated"),
        ("X-Campaign", "spring 春"),
        ("MIME-Version", "1.0"),
    ]
    assert parsed.get_content_type() == "multipart/alternative"
    assert not parsed.defects


@pytest.mark.parametrize("subject", SUBJECTS)
async def test_any_safe_subject_arrives_as_it_was(sink: tuple[Sink, SmtpProvider], subject: str) -> None:
    envelope, parsed = await sent(sink, mail(subject=subject))
    assert parsed["Subject"] == subject
    assert isinstance(envelope.content, bytes)
    assert all(len(line) <= 998 for line in envelope.content.split(b"\r\n"))
    assert [name for name in parsed.keys() if name in {"Bcc", "Cc"}] == []  # noqa: SIM118


@pytest.mark.parametrize(
    "name", ["Kanzlei Müller & Söhne", "某某咨询有限公司", 'Anna "the" O\\Neil, Esq.', ""]
)
async def test_any_safe_sender_name_arrives_as_it_was(sink: tuple[Sink, SmtpProvider], name: str) -> None:
    _envelope, parsed = await sent(sink, mail(sender=Sender(name=name, email="office@example.com")))
    (address,) = parsed["From"].addresses
    assert (address.display_name, address.addr_spec) == (name, "office@example.com")


async def test_a_very_long_sender_name_arrives_as_it_was(sink: tuple[Sink, SmtpProvider]) -> None:
    name = "某某咨询有限公司" * 6
    envelope, _parsed = await sent(sink, mail(sender=Sender(name=name, email="office@example.com")))
    assert isinstance(envelope.content, bytes)
    raw = BytesParser(policy=policy.compat32).parsebytes(envelope.content)["From"]
    assert str(make_header(decode_header(raw.partition(" <")[0]))) == name


async def test_both_bodies_arrive_whole(sink: tuple[Sink, SmtpProvider]) -> None:
    text = "First line\n.\n..dots first\n" + "long " * 400 + "\nFrom here\n您好，" * 30
    html = "<p>" + "x" * 2000 + " é 账</p>"
    _envelope, parsed = await sent(sink, mail(text=text, html=html))
    plain, rich = parsed.iter_parts()
    assert isinstance(plain, EmailMessage)
    assert isinstance(rich, EmailMessage)
    assert plain.get_content().rstrip("\r\n").replace("\r\n", "\n") == text.rstrip("\n")
    assert rich.get_content().rstrip("\r\n") == html
    assert (plain.get_content_type(), rich.get_content_type()) == ("text/plain", "text/html")


async def test_an_attachment_arrives_with_its_name(sink: tuple[Sink, SmtpProvider]) -> None:
    letter = Attachment(name="通知书 2026.pdf", media_type="application/pdf", data=bytes(range(256)) * 9)
    _envelope, parsed = await sent(sink, mail(attachments=(letter,), html=""))
    (found,) = parsed.iter_attachments()
    assert isinstance(found, EmailMessage)
    assert found.get_filename() == "通知书 2026.pdf"
    assert found.get_content() == letter.data


@pytest.mark.parametrize(
    "subject",
    [
        "Hello\r\nBcc: eve@example.net",
        "Hello\nBcc: eve@example.net",
        "Hello\rBcc: eve@example.net",
        "=?utf-8?q?Hello=0d=0aBcc:_eve@example.net?=",
        "Hi =?utf-8?b?DQpCY2M6IGV2ZUBleGFtcGxlLm5ldA==?=",
        "Hello\u2028Bcc: eve@example.net",
        "Hello\u2029Bcc: eve@example.net",
        "Hello\x85Bcc: eve@example.net",
        "Hello\x00",
        "Hello\x0bBcc: x",
        "Hello\x1b[31m",
        "Hello \u202eodd",
        "Hello \ud800",
    ],
)
async def test_what_could_start_a_header_is_refused(sink: tuple[Sink, SmtpProvider], subject: str) -> None:
    kept, provider = sink
    for changes in (
        {"subject": subject},
        {"sender": Sender(name=subject, email="office@example.com")},
        {"headers": {"X-Note": subject}},
        {"attachments": (Attachment(name=subject, media_type="text/plain", data=b"x"),)},
    ):
        with pytest.raises(Refused) as refused:
            await provider.send(mail(**changes), time.monotonic() + 10)
        assert refused.value.code == "unsafe_header"
    assert kept.envelopes == []


@pytest.mark.parametrize(
    "name",
    [
        "Bcc",
        "bcc",
        "Cc",
        "To",
        "Resent-To",
        "Content-Type",
        "Subject",
        "X Y",
        "X:Y",
        "X\r\nBcc",
        "",
        "Ünï",
        "DKIM-Signature",
    ],
)
async def test_headers_that_are_ours_cannot_be_given(sink: tuple[Sink, SmtpProvider], name: str) -> None:
    with pytest.raises(Refused):
        await sink[1].send(mail(headers={name: "eve@example.net"}), time.monotonic() + 10)


@pytest.mark.parametrize(
    "address",
    [
        "a@example.org,b@example.org",
        "a@example.org;b@example.org",
        "a@example.org b@example.org",
        "a@example.org\r\nRCPT TO:<b@example.org>",
        "<a@example.org>",
        "Maria <a@example.org>",
        "a@example.org>",
        "a@@example.org",
        "a@",
        "@example.org",
        "a",
        "",
        "a b@example.org",
        '"a b"@example.org',
        "a@example..org",
        "a@-example.org",
        "a" * 65 + "@example.org",
        "a@" + "x" * 260 + ".org",
        "=?utf-8?q?a?=@example.org",
        "а@example.org",
        "a@example.org\n",
    ],
)
async def test_only_one_plain_mailbox_is_a_recipient(sink: tuple[Sink, SmtpProvider], address: str) -> None:
    kept, provider = sink
    with pytest.raises(Permanent) as refused:
        await provider.send(mail(address=address), time.monotonic() + 10)
    assert refused.value.code == "bad_recipient"
    with pytest.raises(Permanent):
        await provider.send(mail(reply_to=address or "x"), time.monotonic() + 10)
    assert kept.envelopes == []


async def test_a_domain_in_another_script_is_given_in_ascii(sink: tuple[Sink, SmtpProvider]) -> None:
    envelope, _parsed = await sent(sink, mail(address="maria@例子.测试"))
    assert envelope.rcpt_tos == ["maria@xn--fsqu00a.xn--0zwm56d"]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "https://x.example/a>, <https://evil.example",
        "https://x.example/\r\nBcc: e",
        "https://x y",
    ],
)
async def test_an_odd_unsubscribe_address_is_refused(sink: tuple[Sink, SmtpProvider], url: str) -> None:
    with pytest.raises(Refused):
        await sink[1].send(mail(unsubscribe_url=url), time.monotonic() + 10)


async def test_a_mail_without_a_time_is_refused(sink: tuple[Sink, SmtpProvider]) -> None:
    with pytest.raises(Refused) as refused:
        await sink[1].send(mail(sent_at=None), time.monotonic() + 10)
    assert refused.value.code == "no_date"


@pytest.mark.parametrize("pipelined", [False, True])
async def test_connections_are_kept_and_shared(pipelined: bool) -> None:
    stub = SmtpStub(Fault.NONE, pipelined=pipelined)
    await stub.open()
    provider = SmtpProvider(SmtpSettings(host="127.0.0.1", port=stub.port, tls="none", connections=2))
    outgoing = [message(Channel.EMAIL, f"at_{number}") for number in range(40)]
    await asyncio.gather(*(provider.send(each, time.monotonic() + 10) for each in outgoing))
    await provider.close()
    await stub.close()
    assert stub.connections == 2
    assert sorted(mail_text(text) for _, _, text in stub.mails) == sorted(
        each.attempt_id for each in outgoing
    )


def mail_text(text: bytes) -> str:
    return str(BytesParser().parsebytes(text)["Message-ID"]).strip("<>").partition("@")[0]


@pytest.mark.parametrize("pipelined", [False, True])
@pytest.mark.parametrize("last_words", [None, b"421 4.3.2 idle for too long\r\n", b"250 what\r\n", b"odd"])
async def test_a_connection_that_died_while_kept_is_replaced(
    pipelined: bool, last_words: bytes | None
) -> None:
    stub = SmtpStub(Fault.NONE, pipelined=pipelined)
    await stub.open()
    provider = SmtpProvider(SmtpSettings(host="127.0.0.1", port=stub.port, tls="none"))
    await provider.send(mail(), time.monotonic() + 10)
    for writer in list(stub._writers):
        if last_words is None:
            writer.transport.abort()
        else:
            writer.write(last_words)
            await asyncio.sleep(0.05)
    await provider.send(msgspec.structs.replace(mail(), attempt_id="at_second"), time.monotonic() + 10)
    await provider.close()
    await stub.close()
    assert (stub.connections, len(stub.mails)) == (2, 2)


@pytest.mark.parametrize(
    ("replies", "kind", "code"),
    [
        ({"MAIL": "451 4.3.0 later"}, Temporary, "temporary"),
        ({"MAIL": "550 5.7.1 no"}, Refused, "sender_refused"),
        ({"RCPT": "450 4.2.1 greylisted"}, Temporary, "temporary"),
        ({"RCPT": "550 5.1.1 unknown"}, Permanent, "bad_recipient"),
        ({"RCPT": "554 5.7.1 policy"}, Refused, "recipient_refused"),
        ({"RCPT": "cut"}, Temporary, "no_connection"),
        ({"DATA": "451 no"}, Temporary, "temporary"),
        ({"DATA": "554 no"}, Refused, "content_refused"),
        ({"DATA": "cut"}, Temporary, "no_connection"),
        ({"TEXT": "451 4.3.0 disk full"}, Temporary, "temporary"),
        ({"TEXT": "554 5.7.1 spam"}, Refused, "content_refused"),
        ({"TEXT": "xyz"}, Ambiguous, "dropped"),
        ({"TEXT": "251 odd"}, Ambiguous, "dropped"),
        ({"EHLO": "cut"}, Temporary, "no_connection"),
    ],
)
@pytest.mark.parametrize("pipelined", [False, True])
async def test_each_stage_says_what_it_proves(
    replies: dict[str, str], kind: type[Refused] | type[Ambiguous], code: str, pipelined: bool
) -> None:
    stub = SmtpStub(Fault.NONE, replies, pipelined=pipelined)
    await stub.open()
    provider = SmtpProvider(SmtpSettings(host="127.0.0.1", port=stub.port, tls="none", reply_s=1.0))
    with pytest.raises(kind) as failure:
        await provider.send(mail(), time.monotonic() + 10)
    await provider.close()
    await stub.close()
    assert (type(failure.value), failure.value.code) == (kind, code)
    assert len(stub.mails) == (1 if "TEXT" in replies else 0)


@pytest.mark.parametrize("pipelined", [False, True])
async def test_a_connection_goes_on_after_a_refused_recipient(pipelined: bool) -> None:
    replies = {"RCPT": "550 5.1.1 unknown", "DATA": "554 5.5.1 no valid recipients"}
    stub = SmtpStub(Fault.NONE, replies, pipelined=pipelined)
    await stub.open()
    provider = SmtpProvider(SmtpSettings(host="127.0.0.1", port=stub.port, tls="none"))
    for _ in range(3):
        with pytest.raises(Permanent):
            await provider.send(mail(), time.monotonic() + 10)
    await provider.close()
    await stub.close()
    assert (stub.connections, stub.mails) == (1, [])
