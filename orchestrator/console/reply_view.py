"""A message of the consumer as it opens on the timeline: what they wrote, the approved answers, how many are left."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request
from markupsafe import Markup

from orchestrator.console import reason
from orchestrator.console.access import Visitor
from orchestrator.console.contact_view import Added, Gauge, Piece, added, pieces, short_citation
from orchestrator.console.cookie import runtime_of
from orchestrator.console.message import N_
from orchestrator.console.page import wording_of, words_of
from orchestrator.console.policy import Reader
from orchestrator.console.reason import ReasonWording
from orchestrator.console.record_wording import Told
from orchestrator.console.template_wording import template_title
from orchestrator.services.consumer_view import ConsumerView
from orchestrator.services.contact import Sent
from orchestrator.services.contact_detail import Message
from orchestrator.services.contact_panel import PointAnswer
from orchestrator.services.reply import Offer, Reply, read_reply
from orchestrator.services.said import Said, reply_of
from policies.verdict import Decision, Verdict, deciding

_HEADINGS = {
    "sms": N_("Answer to the text of %(moment)s"),
    "email": N_("Answer to the email of %(moment)s"),
}
_COUNTED = {"sms": N_("Answers to texts"), "email": N_("Answers to email")}
_USED = N_("%(used)s of %(limit)s used, %(left)s left")
_ONCE = N_("Each message of the consumer has one answer, by the medium that it came by.")
_ANSWERED = N_("Answered on %(moment)s.")
_ONLY = N_("It leaves as the one answer to this message. Anything else by this medium now: %(reason)s")
_USED_UP = N_(
    "Something of ours left by this medium since and counts as the answer: "
    "what leaves now is judged like any other contact."
)
_NO_POINT = N_("The number or mailbox that it came from is not used any more, so nothing answers it there.")
_LEFT = N_("The answer left at %(time)s.")
_TO = N_("To %(value)s. It counts from now on.")
_NOTHING = N_("Nothing was sent.")
_NEXT = N_("The next time is %(moment)s.")
_REFUSED = N_("The provider did not take it. The timeline says why.")
_UNKNOWN = N_("The provider did not answer.")
_UNKNOWN_REST = N_(
    "We do not know if the message arrived. It counts against every limit and is not sent again."
)
_DONE = frozenset({"sent", "delivered", "read"})
_OPEN = frozenset({"ambiguous", "submitted", "reserved"})


@dataclass(frozen=True, slots=True)
class Answer:
    """One approved answer: may it leave now, why, and its very words. `state` is the class of its verdict."""

    template: str
    title: str
    state: str
    answer: Markup
    reason: str
    citation: str
    rule: str
    message: Message | None
    pieces: list[Piece]
    added: list[Added]
    blocked: str


@dataclass(frozen=True, slots=True)
class Once:
    """A rule by which a message has one answer."""

    id: str
    title: str
    tongue: str
    citation: str


class ReplyWording:
    """An opened message for one reader."""

    def __init__(self, reply: Reply, reasons: ReasonWording, reader: Reader):
        self.reply, self.reasons, self.reader = reply, reasons, reader
        self.say, self.zone = reasons.say, reasons.zone

    def _(self, message: str, **values: object) -> str:
        said = self.reasons.words.gettext(message)
        return said % values if values else said

    @property
    def heading(self) -> str:
        return self._(_HEADINGS[self.reply.channel], moment=self._moment(self.reply.at))

    @property
    def value(self) -> str:
        """Where an answer goes, as people write it."""
        value = self.reply.value or ""
        return self.say.phone(value) if self.reply.channel == "sms" else value

    @property
    def gauge(self) -> Gauge:
        """How many answers are used and left, of all messages that still count."""
        used = self.reply.answers
        words = self._(_USED, used=used.used, limit=used.received, left=used.left)
        return Gauge(self._(_COUNTED[self.reply.channel]), used.used, used.received, words)

    @property
    def once(self) -> str:
        return self._(_ONCE)

    def rules(self) -> list[Once]:
        """What lets one answer through, by name."""
        return [
            Once(
                one.id,
                self.reader.title(one.title),
                self.reader.tongue(one.title),
                short_citation(one.citation),
            )
            for one in self.reply.rules
        ]

    def notes(self) -> list[str]:
        """What is to be known before one is chosen."""
        reply = self.reply
        if reply.answered_at is not None:
            return [self._(_ANSWERED, moment=self._moment(reply.answered_at))]
        if reply.value is None:
            return [self._(_NO_POINT)]
        if not reply.answers.left:
            return [self._(_USED_UP)]
        is_let_through = any(one.verdict.decision is Decision.ALLOW for one in reply.offers)
        if is_let_through and reply.otherwise.decision is not Decision.ALLOW:
            return [
                self._(_ONLY, reason=self.reasons.short(self._row(reply.otherwise, reply.otherwise_said)))
            ]
        return []

    def answers(self) -> list[Answer]:
        return [self._answer(one) for one in self.reply.offers]

    def told(self, sent: Sent) -> Told:
        """What became of an answer that was to leave."""
        if sent.attempt_id is None:
            return self._refused(sent.verdict)
        if sent.outcome in _OPEN:
            return Told("later", self._(_UNKNOWN), self._(_UNKNOWN_REST))
        if sent.outcome not in _DONE:
            return Told("deny", self._(_NOTHING), self._(_REFUSED))
        lead = self._(_LEFT, time=self.say.time(self.say.now, self.zone))
        return Told("allow", lead, self._(_TO, value=self.value) if self.value else "")

    def _refused(self, verdict: Verdict) -> Told:
        offered = next((one for one in self.reply.offers if one.verdict.decision is verdict.decision), None)
        finding = deciding(verdict)
        said: Iterable[Said] = offered.said if offered is not None else ()
        if offered is None and finding is not None:
            said = (Said(kind=finding.id, reply=reply_of(finding.answer), found=finding.found),)
        rest = [self.reasons.full(self._row(verdict, said))]
        if verdict.retry_at is not None:
            rest.append(self._(_NEXT, moment=self.reasons.moment(verdict.retry_at)))
        return Told(reason.CLASSES[verdict.decision], self._(_NOTHING), " ".join(rest))

    def _answer(self, offer: Offer) -> Answer:
        row, message = self._row(offer.verdict, offer.said), offer.message
        is_allowed = offer.verdict.decision is Decision.ALLOW
        first = next(iter(offer.said), None)
        rule = None if is_allowed or first is None else first.rule
        return Answer(
            template=offer.template,
            title=template_title(self.reasons.words, offer.template),
            state=reason.CLASSES[offer.verdict.decision],
            answer=self.reasons.answer(row),
            reason="" if is_allowed else self.reasons.full(row),
            citation="" if rule is None else short_citation(rule.citation),
            rule="" if rule is None else rule.id,
            message=message,
            pieces=[] if message is None else pieces(message),
            added=[] if message is None else added(self.reasons.words, message),
            blocked=offer.blocked,
        )

    def _row(self, verdict: Verdict, said: Iterable[Said]) -> PointAnswer:
        """The verdict as a row of the contact panel, whose words are said of it."""
        return PointAnswer(
            point_id="",
            channel=self.reply.channel,
            value=self.reply.value or "",
            number_kind=None,
            place=None,
            state="valid",
            party=None,
            verdict=verdict,
            said=tuple(said),
            agreed_at=None,
            pieces=(),
        )

    def _moment(self, at: datetime) -> str:
        return self.say.moment(at, self.zone)


def reply_values(  # noqa: PLR0917 - a message and how it is shown
    request: Request,
    visitor: Visitor,
    view: ConsumerView,
    message_id: str,
    account_id: str | None = None,
    sent: Sent | None = None,
) -> dict[str, Any]:
    """What `consumer/part_reply.html` shows: the message and its answers as they stand now."""
    house = runtime_of(request).house
    reasons = ReasonWording(wording_of(visitor, house.clock.now()), words_of(visitor), view.main_zone)
    reply = read_reply(house, view.id, message_id, account_id)
    wording = ReplyWording(reply, reasons, Reader(visitor))
    return {
        "reply": reply,
        "read": wording,
        "reply_told": None if sent is None else wording.told(sent),
        "reply_key": secrets.token_urlsafe(12),
    }
