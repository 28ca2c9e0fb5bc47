"""What became of an act in the contact panel, in words: what left and when, or that nothing did and what is open."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.console.contact_view import ContactWording
from orchestrator.console.message import N_
from orchestrator.services.contact import Sent
from orchestrator.services.contact_panel import PointAnswer
from orchestrator.services.said import Said, reply_of
from policies.verdict import Decision, Verdict, deciding

_SENT = {
    "sms": N_("The text left at %(time)s."),
    "email": N_("The email left at %(time)s."),
    "letter": N_("The letter was handed over at %(time)s."),
}
_UNKNOWN_OUTCOMES = frozenset({"ambiguous", "submitted", "reserved"})

_DONE = frozenset({"sent", "delivered", "read"})
NOTHING_SENT = N_("Nothing was sent.")
_NO_CALL = N_("Do not call.")
_UNKNOWN = N_("The provider did not answer.")
_UNKNOWN_REST = N_(
    "We do not know if the message arrived. It counts against every limit and is not sent again."
)
_REFUSED = N_("The provider did not take it. The timeline says why.")
_TO = N_("To %(value)s. It counts from now on.")
_CHANGED = N_("Something about the consumer changed while you were here.")
_OPEN = {
    "sms": N_("Text to %(value)s is open until %(moment)s."),
    "email": N_("Email to %(value)s is open until %(moment)s."),
    "letter": N_("Letters to %(value)s are open until %(moment)s."),
    "voice": N_("Calls to %(value)s are open until %(moment)s."),
}
_OPEN_NOW = {
    "sms": N_("Text to %(value)s is open."),
    "email": N_("Email to %(value)s is open."),
    "letter": N_("Letters to %(value)s are open."),
    "voice": N_("Calls to %(value)s are open."),
}
_LATER = N_("The next time is %(moment)s.")
_REMINDED = N_("It is on the work list for %(moment)s.")
_REMINDED_REST = N_("It is judged again then.")
_ASKED = N_("Compliance was asked to look at it.")
_ENDED = N_("The call is recorded.")
_BACK = N_("Noted that nothing was dialed.")
_BACK_REST = N_("The call had been begun, so it counts, and compliance sees it.")


@dataclass(frozen=True, slots=True)
class Callout:
    """`kind` is the class of a verdict; the lead is bold."""

    kind: str
    lead: str
    rest: tuple[str, ...] = ()


class CalloutWording:
    """Words for one reader over the panel as it is after the act."""

    def __init__(self, wording: ContactWording):
        self.wording = wording
        self.words, self.reasons = wording.words, wording.reasons

    def sent(self, sent: Sent, channel: str, key: str) -> Callout:
        """What left, or why nothing did."""
        row = self.wording.panel.answer(key)
        if sent.attempt_id is None:
            return self._refused(NOTHING_SENT, sent.verdict, row, key)
        if sent.outcome in _UNKNOWN_OUTCOMES:
            return Callout("later", self._say(_UNKNOWN), (self._say(_UNKNOWN_REST),))
        if sent.outcome not in _DONE:
            return Callout("deny", self._say(NOTHING_SENT), (self._say(_REFUSED), *self._open(key)))
        value = self.wording.value(row) if row is not None else ""
        lead = self._say(_SENT[channel]) % {"time": self._time()}
        return Callout("allow", lead, (self._say(_TO) % {"value": value},) if value else ())

    def no_call(self, verdict: Verdict | None, key: str) -> Callout:
        """Why nobody may be called now; without a verdict a fact moved between the two steps."""
        row = self.wording.panel.answer(key)
        if verdict is None:
            return Callout("deny", self._say(_NO_CALL), (self._say(_CHANGED), *self._open(key)))
        return self._refused(_NO_CALL, verdict, row, key)

    def ended(self) -> Callout:
        return Callout("allow", self._say(_ENDED))

    def given_back(self) -> Callout:
        return Callout("later", self._say(_BACK), (self._say(_BACK_REST),))

    def reminded(self, row: PointAnswer) -> Callout:
        moment = self.reasons.moment(row.verdict.retry_at)
        return Callout("allow", self._say(_REMINDED) % {"moment": moment}, (self._say(_REMINDED_REST),))

    def asked(self) -> Callout:
        return Callout("allow", self._say(_ASKED))

    def _refused(self, lead: str, verdict: Verdict, row: PointAnswer | None, key: str) -> Callout:
        rest = [self._why(verdict, row)]
        if verdict.retry_at is not None:
            rest.append(self._say(_LATER) % {"moment": self.reasons.moment(verdict.retry_at)})
        return Callout(_kind(verdict), self._say(lead), (*rest, *self._open(key)))

    def _why(self, verdict: Verdict, row: PointAnswer | None) -> str:
        """The row's own reason as it is now, else what the verdict says by itself."""
        if row is not None and row.decision is not Decision.ALLOW:
            return self.reasons.full(row)
        finding = deciding(verdict)
        if finding is None:
            return self._say(_CHANGED)
        said = Said(kind=finding.id, reply=reply_of(finding.answer), found=finding.found)
        return self.reasons.sentence(said, row.channel if row is not None else "")

    def _open(self, key: str) -> tuple[str, ...]:
        """The first other contact that is open, with until when."""
        for row in self.wording.panel.answers:
            if row.key != key and row.may_send:
                until = row.verdict.valid_until
                values = {"value": self.wording.value(row), "moment": self.reasons.moment(until)}
                return (self._say((_OPEN_NOW if until is None else _OPEN)[row.channel]) % values,)
        return ()

    def _say(self, message: str) -> str:
        return self.words.gettext(message)

    def _time(self) -> str:
        return self.wording.say.time(self.wording.panel.at, self.wording.zone)


def _kind(verdict: Verdict) -> str:
    return {Decision.DEFER: "later", Decision.HOLD: "hold"}.get(verdict.decision, "deny")
