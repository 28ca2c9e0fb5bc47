"""`duecourse check` and `duecourse send`: one contact, asked about or made."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated

import msgspec
import typer

from orchestrator.bootstrap import Runtime
from orchestrator.cli import terminal
from orchestrator.cli.session import open_runtime
from orchestrator.domain import horizon
from orchestrator.domain.cadence import StepChannel
from orchestrator.errors import UsageError
from orchestrator.services.contact import Contact, Sent, check_contact, send_contact
from policies.verdict import Decision, Verdict

Json = Annotated[bool, typer.Option("--json", help="The verdict as one JSON document.")]
Consumer = Annotated[str, typer.Option(help="The consumer's id.")]
Channel = Annotated[StepChannel, typer.Option(help="sms, email, voice, letter or task.")]
Address = Annotated[
    str | None, typer.Option(help="A number, mailbox or contact point id; none: the best one.")
]
InReplyTo = Annotated[
    str | None, typer.Option(help="The id of the consumer's message that it answers, once a message.")
]


def moment(text: str | None) -> datetime | None:
    """An aware time from RFC 3339 text."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise UsageError(
            f"{text!r} is no time", where="--at", hint="RFC 3339, like 2026-03-01T10:00:00-05:00"
        )
    return horizon.check_moment(at, "--at")


def check(
    consumer: Consumer,
    channel: Channel,
    account: Annotated[
        list[str] | None, typer.Option(help="Account ids; none: all, the worst answer.")
    ] = None,
    address: Address = None,
    at: Annotated[str | None, typer.Option(help="RFC 3339; none: now.")] = None,
    in_reply_to: InReplyTo = None,
    as_json: Json = False,
) -> None:
    """May this contact be made: exit 0 for allow, 1 otherwise. Sends nothing, writes nothing."""
    contact = Contact(
        consumer, channel.value, tuple(account or ()), address, at=moment(at), in_reply_to=in_reply_to
    )
    with open_runtime() as runtime:
        verdict = check_contact(runtime.house, contact)
    if as_json:
        terminal.say_json(verdict)
    else:
        tell(verdict)
    if verdict.decision is not Decision.ALLOW:
        raise typer.Exit(1)


def send(
    consumer: Consumer,
    account: Annotated[list[str], typer.Option(help="Account ids.")],
    channel: Channel,
    template: Annotated[str, typer.Option(help="As in `templates list`.")],
    address: Address = None,
    in_reply_to: InReplyTo = None,
    as_json: Json = False,
) -> None:
    """The same gate, then the contact: exit 0 if it left, 1 if it was refused."""
    contact = Contact(consumer, channel.value, tuple(account), address, template, in_reply_to=in_reply_to)
    with open_runtime() as runtime:
        if template not in runtime.house.catalog.names():
            known = ", ".join(runtime.house.catalog.names())
            raise UsageError("no template has this name", where=template, hint=f"known: {known}")
        sent = asyncio.run(send_and_close(runtime, contact))
    if as_json:
        terminal.say_json(sent_document(sent))
    else:
        tell(sent.verdict)
        if sent.attempt_id:
            terminal.say(f"attempt {sent.attempt_id}: {sent.outcome}")
    if sent.attempt_id is None or sent.outcome in {"released", "refused"}:
        raise typer.Exit(1)


async def send_and_close(runtime: Runtime, contact: Contact) -> Sent:
    """Sends, and closes the providers on the loop that used them."""
    try:
        return await send_contact(runtime.house, contact, requested_by="command line")
    finally:
        await runtime.providers.close()


def sent_document(sent: Sent) -> dict[str, object]:
    """The verdict with what came of it, in one flat document."""
    document: dict[str, object] = msgspec.to_builtins(sent.verdict)
    return document | {"attempt_id": sent.attempt_id, "outcome": sent.outcome}


def tell(verdict: Verdict) -> None:
    """The answer, why, and when else."""
    when = f", next permitted {instant(verdict.retry_at)}" if verdict.retry_at else ""
    until = f", valid until {instant(verdict.valid_until)}" if verdict.valid_until else ""
    terminal.say(f"{verdict.decision.upper()}{when}{until}")
    for rule in verdict.rules:
        citation = f" ({rule.citation})" if rule.citation else ""
        terminal.say(f"  {rule.id}: {rule.found}{citation}")
    for use in verdict.used:
        terminal.say(f"  {use.rule}: {use.used} of {use.limit} used")
    for other in verdict.alternatives:
        when = f" from {instant(other.retry_at)}" if other.retry_at else ""
        terminal.say(f"  instead, {other.channel}: {other.decision}{when}")
    for flag in verdict.flags:
        terminal.say(f"  note: {flag}")


def instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
