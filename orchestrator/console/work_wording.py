"""Cases of the work list in the reader's words: headings, and in one sentence why a case is there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from orchestrator.console.message import N_
from orchestrator.console.vocabulary import Translator, word
from orchestrator.console.wording import Wording
from orchestrator.domain.instant import from_micros
from orchestrator.domain.permission import Role
from orchestrator.services import easing
from orchestrator.services.worklist import Case, Place

HEADINGS = {
    "call_back": N_("Call-backs due"),
    "call": N_("Calls due"),
    "reply": N_("Replies waiting"),
    "hold": N_("Holds to resolve"),
    "promise": N_("Promises due"),
    "review": N_("Questions to compliance"),
    "complaint": N_("Complaints to answer"),
    "quarantine": N_("Cases set aside"),
    "incident": N_("Incidents"),
}
EMPTY = {
    "call_back": N_("Nobody waits for a call-back now."),
    "call": N_("No call is due."),
    "reply": N_("Every reply is answered."),
    "hold": N_("No hold waits for somebody."),
    "promise": N_("No promise is due today."),
    "review": N_("No question is open."),
    "complaint": N_("Every complaint is answered."),
    "quarantine": N_("Nothing was set aside."),
    "incident": N_("No incident is open."),
}
_PLACES = {
    "call_back": N_("Call-backs due, %(position)s of %(total)s: %(why)s"),
    "call": N_("Calls due, %(position)s of %(total)s: %(why)s"),
    "reply": N_("Replies waiting, %(position)s of %(total)s: %(why)s"),
    "hold": N_("Holds to resolve, %(position)s of %(total)s: %(why)s"),
    "promise": N_("Promises due, %(position)s of %(total)s: %(why)s"),
    "complaint": N_("Complaints to answer, %(position)s of %(total)s: %(why)s"),
    "review": N_("Questions to compliance, %(position)s of %(total)s: %(why)s"),
    "quarantine": N_("Cases set aside, %(position)s of %(total)s: %(why)s"),
    "incident": N_("Incidents, %(position)s of %(total)s: %(why)s"),
}
_FIRST = ("call_back", "call", "reply", "hold", "promise")
_FOR_COMPLIANCE = ("review", "complaint", "incident", "quarantine", "hold", "reply")
_INTENTS = {
    "stop": N_("Wrote that contact should stop."),
    "maybe_stop": N_("Wrote what may be a wish to stop."),
    "cease": N_("Wants all contact to end."),
    "attorney": N_("Wrote that an attorney represents them."),
    "bankruptcy": N_("Wrote about a bankruptcy."),
    "deceased": N_("Somebody wrote that the consumer has died."),
    "wrong_party": N_("Wrote that it is the wrong person."),
    "dispute": N_("Disputes the debt."),
    "complaint": N_("Complains."),
    "hardship": N_("Wrote about hardship."),
    "call_back": N_("Asks to be called back."),
    "promise": N_("Wrote about paying."),
    "start": N_("Wants to be contacted again."),
    "help": N_("Asks for help."),
    "other": N_("Wrote something that needs a person."),
}
_INCIDENTS = {
    "unlawful_after_correction": N_("A correction makes an earlier contact unlawful."),
    "unknown_opt_out": N_("A stop of somebody whom nobody knows."),
}
# why by the reason of a task, and what is said of any other
_WHY = {
    "call": ({}, N_("The cadence asks for a call by a person.")),
    "call_back": (
        {"call_back": N_("The consumer asked to be called at this time.")},
        N_("A reminder that was set for this time."),
    ),
    "reply": (_INTENTS, _INTENTS["other"]),
    "review": ({}, N_("A collector asks whether this contact may be made.")),
    "quarantine": ({}, N_("Planning failed again and again; nothing is sent until somebody has looked.")),
    "incident": (_INCIDENTS, N_("Something that compliance must look at.")),
}


_COUNTED_APART = N_("Some rules count the one and some the other: all contact waits until this is answered.")
_SIDES = (("held", "held"), ("told", "changes"))


def groups_of(role: Role | None) -> tuple[str, ...]:
    """The kinds of work of a role, the first to do first."""
    if role is Role.COMPLIANCE_OFFICER:
        return _FOR_COMPLIANCE
    return tuple(HEADINGS) if role is Role.ADMINISTRATOR else _FIRST


class WorkWording:
    """Cases for one reader."""

    def __init__(self, translator: Translator, say: Wording, people: Mapping[str, str]):
        self.translator, self.say, self.people = translator, say, people

    def _(self, message: str, **values: str) -> str:
        said = self.translator.gettext(message)
        return said % values if values else said

    def why(self, case: Case) -> str:
        """Why it is here, in one sentence."""
        if case.group == "promise":
            return self._promise(case)
        if case.group == "hold":
            return self._(N_("A rule waits for somebody: %(rule)s."), rule=case.reason)
        if case.group == "complaint":
            return self._complaint(case)
        if case.group == "review" and case.reason == easing.REASON:
            return self._correction(case)
        by_reason, otherwise = _WHY[case.group]
        return self._(by_reason.get(case.reason, otherwise))

    def _promise(self, case: Case) -> str:
        amount = self.say.money(case.amount_minor or 0, case.currency or "USD")
        today = self.say.local(self.say.now).date()
        if case.due == today:
            return self._(N_("%(amount)s is due today."), amount=amount)
        day = self.say.day(case.due)
        return self._(N_("%(amount)s was due on %(day)s and has not come."), amount=amount, day=day)

    def _correction(self, case: Case) -> str:
        """Who said what of which contact, and what it would allow earlier."""
        asked = case.detail
        values = {
            "who": self.people.get(asked["by"], asked["by"].partition(":")[2] or asked["by"]),
            "moment": self.say.moment(from_micros(asked["occurred_at"]), case.zone),
            "reason": asked["said"],
        }
        if "outcome" in asked["changes"]:
            values |= {name: self._outcome(asked[key]["outcome"]) for name, key in _SIDES}
            said = self._(
                N_("%(who)s corrects the contact of %(moment)s from %(held)s to %(told)s: %(reason)s."),
                **values,
            )
        else:
            said = self._(N_("%(who)s corrects the contact of %(moment)s: %(reason)s."), **values)
        if "hold_id" in asked:
            return said + self.say.gap + self._(_COUNTED_APART)
        parts = [
            self._(
                N_("%(channel)s about %(account)s"),
                channel=word(self.translator, "channel", one["channel"]),
                account=one["account_id"],
            )
            for one in asked["earlier"]
        ]
        if not parts:
            return said + self.say.gap + self._(N_("The stricter record holds until this is answered."))
        return (
            said
            + self.say.gap
            + self._(
                N_("It would allow earlier: %(contacts)s. The stricter record holds until this is answered."),
                contacts=self.say.beside(parts),
            )
        )

    def _outcome(self, name: str | None) -> str:
        return word(self.translator, "outcome", name) if name else self._(N_("not ended yet"))

    def _complaint(self, case: Case) -> str:
        if not case.reason:
            return self._(N_("Complains; contact waits."))
        day, today = date.fromisoformat(case.reason), self.say.local(self.say.now, case.zone).date()
        if day < today:
            return self._(N_("Complains; the answer was due by %(day)s."), day=self.say.day(day))
        return self._(N_("Complains; the answer is due by %(day)s."), day=self.say.day(day))

    def due(self, case: Case) -> str:
        """When it is due, in the consumer's zone."""
        if case.group == "complaint" and case.reason:
            return self.say.day(date.fromisoformat(case.reason))
        if isinstance(case.due, datetime):
            return self.say.moment(case.due, case.zone)
        return self.say.day(case.due)

    def place(self, place: Place) -> str:
        """Where the case stands in its queue, and why it is there."""
        why = self.why(place.case)
        if not place.is_open:
            return self._(N_("Done: %(why)s"), why=why)
        position, total = self.say.count(place.position), self.say.count(place.total)
        return self._(_PLACES[place.case.group], position=position, total=total, why=why)
