"""A message of the consumer with the approved answers to it: what the gate says of each now, and the very words.

The answers are the templates that are marked as such; the chosen one is sent by `services.contact` like any contact,
with `in_reply_to`. How many answers are left is counted from the recorded facts that the gate asks. Nothing is sent or
written here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from orchestrator.domain.instant import from_micros
from orchestrator.engine.choice import once_a_message
from orchestrator.engine.facts import Proposal, Reader
from orchestrator.engine.house import House
from orchestrator.engine.judgement import Judged, instead, judge_one
from orchestrator.engine.message import Blocked
from orchestrator.engine.reading import read_batch
from orchestrator.engine.stored import id_list
from orchestrator.errors import DuecourseError, UnknownReference, UsageError
from orchestrator.services.contact import ANSWERED
from orchestrator.services.contact_detail import Message, message_of
from orchestrator.services.preview import compose_as
from orchestrator.services.said import Said, params_on, said_of_verdict
from orchestrator.store import contacting, inbound
from orchestrator.store.dossier import PointRow
from orchestrator.store.inbound import MessageRow
from orchestrator.store.session import Session
from policies.counting import Answers
from policies.pack import Rule
from policies.verdict import Verdict
from policies.vocabulary import RuleKind
from templates.template import Template


@dataclass(frozen=True, slots=True)
class Offer:
    """One approved answer. `message` None: `blocked` says why it has no words; then `verdict` says no as well."""

    template: str
    locale: str
    verdict: Verdict
    said: tuple[Said, ...]
    message: Message | None
    blocked: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What the consumer wrote, and what may be said to it about one account now.

    `answers`: messages on this channel and how many of them are answered, as far back as the limits look; `rules`:
    those by which a message has one answer. `answered_at`: when the answer to this one left. `value`: where an answer
    goes, None where what it came from is not the consumer's or not in use any more. `otherwise` is what a text that
    is no answer would get there now, `otherwise_said` what is said against it.
    """

    id: str
    consumer_id: str
    account_id: str
    channel: str
    at: datetime
    text: str
    value: str | None
    answers: Answers
    answered_at: datetime | None
    rules: tuple[Rule, ...]
    otherwise: Verdict
    otherwise_said: tuple[Said, ...]
    offers: tuple[Offer, ...]

    def offer(self, template: str) -> Offer | None:
        """The answer of that name."""
        return next((one for one in self.offers if one.template == template), None)


def read_reply(
    house: House, consumer_id: str, message_id: str, account_id: str | None = None, language: str = ""
) -> Reply:
    """The message with its answers now. Without `account_id`: what the last contact before it was about.

    An UnknownReference for a message or an account that is not the consumer's, an InputError for one that nobody
    answers in writing.
    """
    with house.database.read(house.clock) as unit:
        row = inbound.message_of(unit, consumer_id, message_id)
        if row is None:
            raise UnknownReference(f"{consumer_id} wrote no such message", where="message_id")
        if row.channel not in ANSWERED:
            raise UsageError(f"a message by {row.channel} is not answered in writing", where="message_id")
        reader, at = read_batch(house, unit, [consumer_id]), unit.now
        point = _point(unit, reader, consumer_id, row)
        value = None if point is None else _value(house, unit, point)
    proposal = Proposal(
        consumer_id=consumer_id,
        account_ids=(_account(reader, consumer_id, account_id, row),),
        channel=row.channel,
        contact_point_id=None if point is None else point.id,
        language=reader.consumer(consumer_id).language,
        in_reply_to=message_id,
    )
    replies = reader.replies(proposal, at)
    plain = judge_one(house, reader, replace(proposal, in_reply_to=None), at)
    return Reply(
        id=row.id,
        consumer_id=consumer_id,
        account_id=proposal.account_ids[0],
        channel=row.channel,
        at=from_micros(row.occurred_at),
        text=_opened(house, row.body_sealed),
        value=value,
        answers=replies.answers,
        answered_at=replies.answered_at,
        rules=tuple(_one_answer_rules(plain, at)),
        otherwise=plain.verdict,
        otherwise_said=said_of_verdict(plain),
        offers=tuple(_offers(house, reader, proposal, at, language)) if point is not None else (),
    )


def _point(unit: Session, reader: Reader, consumer_id: str, row: MessageRow) -> PointRow | None:
    """Where it came from, if that is the consumer's and in use: an answer goes nowhere else."""
    own = contacting.point_of_value(unit, consumer_id, row.value_index)
    return next((one for one in reader.points(consumer_id, row.channel) if one.id == own), None)


def _account(reader: Reader, consumer_id: str, wanted: str | None, row: MessageRow) -> str:
    accounts = reader.accounts(consumer_id)
    ids = {one.id for one in accounts}
    if wanted is not None and wanted not in ids:
        raise UnknownReference(f"{consumer_id} has no account {wanted!r}", where="account")
    open_ones = [one.id for one in accounts if one.state == "open"]
    meant = [one for one in id_list(row.account_ids) if one in open_ones]
    chosen = wanted or next(iter([*meant, *open_ones, *sorted(ids)]), None)
    if chosen is None:
        raise UnknownReference(f"{consumer_id} has no account", where="account")
    return chosen


def _offers(house: House, reader: Reader, proposal: Proposal, at: datetime, language: str) -> Iterator[Offer]:
    """Each answer in the language asked for, else the consumer's, else the creditor's as the engine chooses."""
    forms: dict[str, Template] = {}
    for form in house.catalog:
        if form.front.reply and form.channel == proposal.channel:
            forms.setdefault(form.name, form)
    for name, form in sorted(forms.items()):
        worded = replace(proposal, content=form.content, language=language or proposal.language)
        yield _offer(house, reader, worded, name, at)


def _offer(house: House, reader: Reader, proposal: Proposal, name: str, at: datetime) -> Offer:
    judged, composed = compose_as(house, reader, proposal, name, at)
    answer = once_a_message(reader, judged, at)
    if isinstance(composed, Blocked):
        if answer.is_allowed:
            answer = instead(answer, composed.code, composed.found)
        return Offer(name, "", answer.verdict, said_of_verdict(answer), None, composed.found)
    message = message_of(house, judged, composed, answer.verdict)
    return Offer(name, composed.language, answer.verdict, said_of_verdict(answer), message, "")


def _one_answer_rules(judged: Judged, at: datetime) -> Iterator[Rule]:
    """The rules in force by which a message has one answer."""
    for rule in judged.stack.rules if judged.stack is not None else ():
        params = params_on(rule, at.date()) if rule.kind is RuleKind.EXCEPTION_RULE else None
        if params is not None and params.condition == "respond_once":
            yield rule


def _value(house: House, unit: Session, point: PointRow) -> str:
    found = unit.one("SELECT value_sealed FROM contact_point WHERE id = :id", {"id": point.id})
    return _opened(house, None if found is None else found[0])


def _opened(house: House, sealed: bytes | None) -> str:
    """The words, or nothing where their key is gone."""
    try:
        return "" if sealed is None else house.sealer.open(bytes(sealed))
    except DuecourseError:
        return ""
