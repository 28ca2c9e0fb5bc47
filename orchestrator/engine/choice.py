"""Which contact a step makes now: channel by channel in order of preference, contact point by contact point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from orchestrator.domain.cadence import Step, StepChannel
from orchestrator.engine.facts import Proposal, Reader
from orchestrator.engine.handover import handover_opens
from orchestrator.engine.house import House
from orchestrator.engine.judgement import (
    Judged,
    alternative,
    earliest,
    instead,
    judge_group,
    judge_one,
    usable_points,
)
from orchestrator.engine.message import Blocked, Composed, compose
from policies.verdict import Decision, Verdict

ALREADY_ANSWERED = "already_answered"
MESSAGE_TOO_OLD = "message_too_old"


class Choice(msgspec.Struct, frozen=True):
    """What a step comes to. `composed` only with ALLOW; `judged` is None where the step has no contact point."""

    judged: Judged | None
    composed: Composed | None = None

    @property
    def decision(self) -> Decision:
        return Decision.DENY if self.judged is None else self.judged.decision


class Wish(msgspec.Struct, frozen=True):
    """What is to be said to whom about which accounts, whatever the channel."""

    consumer_id: str
    account_ids: tuple[str, ...]
    template: str
    content: str
    channels: tuple[str, ...]
    attempt_id: str
    contact_point_id: str | None = None
    automated: bool = True
    template_needed: bool = True
    exact: bool = False
    """All the accounts or none: a caller outside cannot be told to leave some out."""
    language: str | None = None
    """What the message is written in, None: the consumer's."""
    in_reply_to: str | None = None
    """The inbound message that it answers."""


def wish_of(consumer_id: str, account_ids: Sequence[str], step: Step, attempt_id: str) -> Wish:
    channels = tuple(channel.value for channel in step.channels)
    return Wish(consumer_id, tuple(account_ids), step.template, step.content, channels, attempt_id)


def choose(house: House, reader: Reader, wish: Wish, at: datetime) -> Choice:
    """The first contact that is allowed now, else the earliest answer over all channels and contact points."""
    refused: list[Judged] = []
    for proposal in _proposals(reader, wish):
        judge = judge_one if wish.exact else judge_group
        judged = within_handover(judge(house, reader, proposal, at), at)
        judged = once_a_message(reader, judged, at)
        if judged.is_allowed:
            if not wish.template_needed:
                return Choice(with_alternatives(judged, refused))
            composed = compose(
                house, reader, judged, template=wish.template, attempt_id=wish.attempt_id, at=at
            )
            if not isinstance(composed, Blocked):
                return Choice(with_alternatives(judged, refused), composed)
            judged = instead(judged, composed.code, composed.found)
        refused.append(judged)
    if not refused:
        return Choice(None)
    best = min(refused, key=earliest)
    return Choice(with_alternatives(best, [one for one in refused if one is not best]))


def _proposals(reader: Reader, wish: Wish) -> Iterator[Proposal]:
    """One by one: most contacts are made in the first way."""
    language = wish.language or reader.consumer(wish.consumer_id).language
    for channel in wish.channels:
        for point in usable_points(reader, wish.consumer_id, channel):
            if wish.contact_point_id is not None and (point is None or point.id != wish.contact_point_id):
                continue
            for account_ids in _together(wish, channel):
                yield Proposal(
                    consumer_id=wish.consumer_id,
                    account_ids=account_ids,
                    channel=channel,
                    contact_point_id=point.id if point is not None else None,
                    content=wish.content,
                    automated=wish.automated and channel == StepChannel.VOICE,
                    language=language,
                    in_reply_to=wish.in_reply_to,
                )


def _together(wish: Wish, channel: str) -> Sequence[tuple[str, ...]]:
    """The accounts that one contact is about: a message may cover all of a group, a call is about one."""
    if channel == StepChannel.VOICE and not wish.exact:
        return [(account_id,) for account_id in wish.account_ids]
    return (wish.account_ids,)


def within_handover(judged: Judged, at: datetime) -> Judged:
    """Letters are handed over by day: an allowed one waits for the local morning (a default of operation)."""
    if not judged.is_allowed or judged.proposal.channel != StepChannel.LETTER:
        return judged
    opens = handover_opens(judged.facts.zones, at)
    if opens is None:
        return judged
    found = "letters are handed over from 08:00 to 20:00 local time"
    return instead(judged, "letter_handover", found, decision=Decision.DEFER, retry_at=opens)


def once_a_message(reader: Reader, judged: Judged, at: datetime) -> Judged:
    """One message has one answer: what is said after it is a contact like any other, and is asked for as one.

    Comment 6(b)(1)-2 to 12 CFR 1006 frees one answer only; that nothing else calls itself one is ours.
    """
    if not judged.is_allowed or judged.proposal.in_reply_to is None:
        return judged
    replies = reader.replies(judged.proposal, at)
    if not replies.is_known:
        found = (
            "the message is older than the limits look back: whether it was answered is not counted any more"
        )
        return instead(judged, MESSAGE_TOO_OLD, found, decision=Decision.DENY)
    if replies.answered_at is None:
        return judged
    found = (
        f"the message was answered at {replies.answered_at.isoformat(timespec='seconds')}: it has one answer"
    )
    return instead(judged, ALREADY_ANSWERED, found, decision=Decision.DENY)


def with_alternatives(judged: Judged, others: Sequence[Judged]) -> Judged:
    """The verdict with what the other channels and contact points answered."""
    if not others:
        return judged
    verdict: Verdict = msgspec.structs.replace(
        judged.verdict, alternatives=tuple(alternative(one) for one in others)
    )
    return msgspec.structs.replace(judged, verdict=verdict)
