"""Mail that comes back: bounces, complaints, replies, requests to stop."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from channels.email import inbound, webhook
from channels.errors import WebhookError
from channels.events import EventKind

DSN = b"""\
From: MAILER-DAEMON@mx.example.net
To: office@example.com
Subject: Undelivered Mail Returned to Sender
Date: Wed, 01 Apr 2026 12:00:05 +0000
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="edge"

--edge
Content-Type: text/plain

The mailbox does not exist.

--edge
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; maria@example.org
Action: ACTION
Status: STATUS

--edge
Content-Type: ORIGINAL

From: office@example.com
To: maria@example.org
Message-ID: <at_77@example.com>
Subject: About your account

--edge--
"""


def bounce(action: str, status: str, original: str = "text/rfc822-headers") -> bytes:
    text = DSN.replace(b"ACTION", action.encode()).replace(b"STATUS", status.encode())
    return text.replace(b"ORIGINAL", original.encode())


def reply(subject: str, text: str, **headers: str) -> bytes:
    mail = EmailMessage()
    mail["From"] = "Maria <maria@example.org>"
    mail["To"] = "office@example.com"
    mail["Subject"] = subject
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


@pytest.mark.parametrize("original", ["text/rfc822-headers", "message/rfc822"])
@pytest.mark.parametrize(
    ("action", "status", "kinds"),
    [
        ("failed", "5.1.1", [EventKind.BOUNCED]),
        ("Failed", "5.2.2", [EventKind.BOUNCED]),
        ("failed", "4.4.7", [EventKind.UNDELIVERED]),
        ("delivered", "2.0.0", [EventKind.DELIVERED]),
        ("relayed", "2.0.0", [EventKind.SENT]),
        ("delayed", "4.4.1", []),
    ],
)
def test_a_bounce_finds_its_attempt(original: str, action: str, status: str, kinds: list[EventKind]) -> None:
    events = inbound.parse(bounce(action, status, original))
    assert [event.kind for event in events] == kinds
    for event in events:
        assert (event.attempt_id, event.address) == ("at_77", "maria@example.org")
        assert event.detail["status"] == status
        assert event.occurred_at is not None


def test_a_bounce_of_somebody_elses_mail_has_no_attempt() -> None:
    (event,) = inbound.parse(bounce("failed", "5.1.1"), frozenset({"other.example"}))
    assert event.attempt_id is None


def test_the_same_mail_twice_is_one_event() -> None:
    first, again = (inbound.parse(bounce("failed", "5.1.1"))[0] for _ in range(2))
    assert first.provider_event_id == again.provider_event_id


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("STOP", ""),
        ("Re: About your account - stop", "please"),
        ("unsubscribe", ""),
        ("Unsubscribe me", "x"),
        ("退订", ""),
        ("请不要再发邮件", ""),
        ("Re: hello", "STOP\n\nOn Monday you wrote:"),
        ("Re: hello", "Unsubscribe."),
        ("Cancelar", ""),
    ],
)
def test_a_request_to_stop_is_an_opt_out(subject: str, text: str) -> None:
    (event,) = inbound.parse(reply(subject, text, In_Reply_To="<at_77@example.com>"))
    assert (event.kind, event.attempt_id, event.address) == (EventKind.OPT_OUT, "at_77", "maria@example.org")


def test_a_reply_keeps_its_own_words_only() -> None:
    text = "How much do I owe?\n\nOn Wed, Apr 1, 2026 Example wrote:\n> To stop, write STOP.\n"
    (event,) = inbound.parse(reply("Re: About your account", text))
    assert event.kind is EventKind.REPLY
    assert event.text == "Re: About your account\nHow much do I owe?"


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("On Wed, Apr 1, 2026 Example wrote:\n> You owe.\n\nLeave me alone.\n", "Leave me alone."),
        ("> You owe.\n> Write STOP.\n\nLeave me alone.\n", "Leave me alone."),
        ("Yes.\n> You owe.\nLeave me alone.\n", "Yes.\nLeave me alone."),
        ("On Monday I wrote: leave me alone.\n", "On Monday I wrote: leave me alone."),
        ("Hello.\n\n-----Original Message-----\nWrite STOP.\n", "Hello."),
        # where the quotation ends is not to be seen, and nobody wrote above it
        ("On Wed Example wrote:\nYou owe.\n\nLeave me alone.\n",
         "On Wed Example wrote:\nYou owe.\n\nLeave me alone."),
    ],
)  # fmt: skip
def test_what_stands_below_a_quotation_is_said_as_well(text: str, own: str) -> None:
    (event,) = inbound.parse(reply("Re: your account", text))
    assert event.text == f"Re: your account\n{own}"


def test_words_are_found_late_in_a_mail_and_beside_an_empty_plain_part() -> None:
    (late,) = inbound.parse(reply("Re: your account", "I paid.\n" * 1_500 + "Leave me alone."))
    assert late.text.endswith("Leave me alone.")
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "maria@example.org", "Re: your account"
    mail.set_content("\n")
    mail.add_alternative("<p>Leave me alone.</p>", subtype="html")
    (bare,) = inbound.parse(mail.as_bytes())
    assert "Leave me alone." in bare.text


def test_an_automatic_answer_is_marked_and_never_an_opt_out() -> None:
    (event,) = inbound.parse(
        reply("Out of office: stop by next week", "Back soon", Auto_Submitted="auto-replied")
    )
    assert (event.kind, event.detail["automatic"]) == (EventKind.REPLY, "yes")


def test_a_complaint_is_also_an_opt_out() -> None:
    raw = DSN.replace(b"report-type=delivery-status", b"report-type=feedback-report").replace(
        b"message/delivery-status", b"message/feedback-report"
    )
    raw = raw.replace(b"ORIGINAL", b"message/rfc822")
    kinds = [(event.kind, event.address, event.attempt_id) for event in inbound.parse(raw)]
    assert kinds == [
        (EventKind.COMPLAINT, "maria@example.org", "at_77"),
        (EventKind.OPT_OUT, "maria@example.org", "at_77"),
    ]


def test_mail_over_http_is_signed_and_small() -> None:
    body = reply("STOP", "")
    (event,) = webhook.parse(body, webhook.sign(body, "secret"), "secret")
    assert event.kind is EventKind.OPT_OUT
    for signature, secret, status in (
        (None, "secret", 403),
        (webhook.sign(body, "other"), "secret", 403),
        (webhook.sign(body, ""), "", 403),
        (webhook.sign(body + b" ", "secret"), "secret", 403),
    ):
        with pytest.raises(WebhookError) as refused:
            webhook.parse(body, signature, secret)
        assert refused.value.status == status
    with pytest.raises(WebhookError) as too_big:
        webhook.parse(b"x" * 65_537, "sha256=x", "secret")
    assert too_big.value.status == 413
