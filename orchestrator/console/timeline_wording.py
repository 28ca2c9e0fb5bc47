"""Entries of a timeline in the reader's words: a time, a sign, what happened, what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from orchestrator.console.consumer_wording import CONSENTS, DISPUTE_FORMS, ConsumerWording
from orchestrator.console.message import N_
from orchestrator.console.reason import ReasonWording
from orchestrator.console.template_wording import template_title
from orchestrator.domain.intent import Intent
from orchestrator.services.contact import ANSWERED
from orchestrator.services.timeline import Entry
from policies.verdict import Decision, Verdict, deciding

_CHANNEL_ICONS = {
    "sms": "sms",
    "email": "email",
    "voice": "call",
    "voicemail": "call",
    "task": "call",
    "letter": "letter",
    "visit": "visit",
}
_ICONS = {
    "promise": "promise",
    "payment": "pay",
    "hold": "hold",
    "release": "allow",
    "dispute": "hold",
    "answer": "letter",
    "complaint": "hold",
    "opt_out": "deny",
    "cease": "deny",
    "consent": "allow",
    "wish": "later",
    "note": "info",
    "recall": "info",
    "notice": "letter",
}
_CONTACTS = {
    ("sms", "outbound"): N_("Text out"),
    ("sms", "inbound"): N_("Text in"),
    ("email", "outbound"): N_("Email out"),
    ("email", "inbound"): N_("Email in"),
    ("voice", "outbound"): N_("Call out"),
    ("voice", "inbound"): N_("Call in"),
    ("letter", "outbound"): N_("Letter out"),
    ("letter", "inbound"): N_("Letter in"),
    ("visit", "outbound"): N_("Visit"),
    ("web_session", "inbound"): N_("In the portal"),
}
# that it was answered or resolved, and with the words of compliance for who may read them
_CLOSED = {
    False: (N_("Complaint answered"), N_("Complaint answered: %(reason)s")),
    True: (N_("Complaint resolved"), N_("Complaint resolved: %(reason)s")),
}
_NOT_MADE = {
    "sms": N_("Text not sent"),
    "email": N_("Email not sent"),
    "voice": N_("Call not made"),
    "task": N_("Call not made"),
    "letter": N_("Letter not sent"),
    "visit": N_("Visit not made"),
}
_TAGS = {
    Decision.DEFER: ("later", N_("Later")),
    Decision.HOLD: ("hold", N_("On hold")),
    Decision.DENY: ("deny", N_("Not allowed")),
    Decision.ALLOW: ("allow", N_("Allowed")),
}
_STATES = {
    "reserved": N_("about to leave"),
    "submitted": N_("no answer yet"),
    "accepted": N_("accepted"),
    "ambiguous": N_("not known if it arrived"),
    "expired": N_("too late, not sent"),
}
UNKNOWN = N_(
    "The provider did not answer. We do not know if it arrived. It counts against every limit and is not sent again."
)
_PROMISES = {
    "open": N_("Promise: %(amount)s on %(day)s"),
    "kept": N_("Promise kept: %(amount)s on %(day)s"),
    "broken": N_("Promise broken: %(amount)s on %(day)s"),
    "cancelled": N_("Promise cancelled: %(amount)s on %(day)s"),
}
_ANSWERS = {
    "verification": N_("Verification of the debt sent"),
    "duplicative_notice": N_("Notice that the dispute repeats an earlier one"),
    "resolved": N_("Dispute resolved"),
}
_NOTICES = {
    "validation": N_("validation of the debt"),
    "agency_notice": N_("that an agency collects"),
}
_SOURCES = {
    "unsubscribe_link": N_("the unsubscribe link"),
    "import": N_("an import"),
    "inbound": N_("their message"),
    "sms": N_("their message"),
    "email": N_("their message"),
    "api": N_("another system"),
}
_SETTLED = frozenset({Intent.STOP.value, Intent.START.value})
"""What asks for nothing more: a stop holds, a start is lifted, by itself."""
_LINE = 72
"""Signs of a text that stand on the timeline; what is longer is folded."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `tag`: a verdict's class and its word, else `out` is plain; `english`: words as they were recorded.

    `quote`: a whole text, folded under `lead` where it is longer than a line; `tongue`: its language, if it is known.
    `can_be_answered`: a message of the consumer that waits for its answer.
    """

    at: datetime
    icon: str
    what: str
    sub: tuple[str, ...] = ()
    english: str = ""
    lead: str = ""
    quote: str = ""
    tongue: str = ""
    out: str = ""
    tag: str = ""
    decision: str | None = None
    entry: Entry | None = None
    can_be_answered: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    rows: tuple[Row, ...]


class TimelineWording:
    """The entries of one consumer for one reader; `people`: display names by the id of a person of ours."""

    def __init__(self, consumer: ConsumerWording, people: Mapping[str, str]):
        self.consumer, self.people = consumer, people
        self._, self.say = consumer.said, consumer.say

    def days(self, entries: tuple[Entry, ...]) -> list[Day]:
        """By day in the consumer's zone, as the entries come."""
        found: dict[date, list[Row]] = {}
        for entry in entries:
            on = self.say.local(entry.at, self.consumer.zone).date()
            found.setdefault(on, []).append(self.row(entry))
        return [Day(on, tuple(rows)) for on, rows in found.items()]

    def row(self, entry: Entry) -> Row:
        make = _ROWS.get(entry.kind)
        if make is not None:
            return make(self, entry)
        return Row(
            at=entry.at,
            icon=_ICONS.get(entry.kind, "info"),
            what=_FACTS[entry.kind](self, entry),
            out=self.who(entry),
            entry=entry,
        )

    def who(self, entry: Entry) -> str:
        """Who recorded it: a person's name, else where it came from."""
        kind, _, name = entry.by.partition(":")
        if kind == "user":
            return self.people.get(name, name)
        if kind == "consumer":
            return self._(N_("the consumer"))
        source = str(entry.detail.get("source") or "")
        return self._(_SOURCES[source]) if source in _SOURCES else ""

    def account_of(self, entry: Entry) -> str:
        return self.say.beside(self.consumer.account(one) for one in entry.account_ids)

    def contact(self, entry: Entry) -> Row:
        given = entry.detail
        named = _CONTACTS.get((entry.channel or "", entry.direction or "outbound"))
        how = self._(named) if named else self.consumer.word("channel", entry.channel or "")
        outcome = self._outcome(entry)
        is_call = entry.channel in {"voice", "visit"}
        sub = [self._(UNKNOWN)] if given.get("state") == "ambiguous" else []
        if given.get("corrected"):
            sub.append(self._(N_("Corrected: %(reason)s"), reason=given["corrected"]))
        return Row(
            at=entry.at,
            icon=_CHANNEL_ICONS.get(entry.channel or "", "info"),
            what=self._contact(how, entry, outcome if is_call else ""),
            sub=tuple(sub),
            lead=_lead(given.get("text") or "", given.get("subject") or ""),
            quote=given.get("text") or "",
            tongue=given.get("language") or "",
            out=self._right_party(entry) if is_call else outcome,
            decision=entry.verdict_id,
            entry=entry,
        )

    def _contact(self, how: str, entry: Entry, outcome: str) -> str:
        template = entry.detail.get("template")
        about = self.account_of(entry)
        if outcome and about and entry.detail.get("outcome") in {"conversation", "met"}:
            return self._(N_("%(how)s: %(what)s about %(account)s"), how=how, what=outcome, account=about)
        if outcome:
            return self._(N_("%(how)s: %(what)s"), how=how, what=outcome)
        if template:
            title = template_title(self.consumer.translator, template)
            return self._(N_("%(how)s: %(what)s"), how=how, what=title)
        return how

    def _outcome(self, entry: Entry) -> str:
        outcome, state = entry.detail.get("outcome"), entry.detail.get("state")
        if outcome:
            return self.consumer.word("outcome", outcome)
        return self._(_STATES[state]) if state in _STATES else ""

    def _right_party(self, entry: Entry) -> str:
        if entry.detail.get("outcome") not in {"conversation", "met"}:
            return ""
        party = entry.detail.get("party") or "consumer"
        return self._(N_("Right party")) if party == "consumer" else self.consumer.word("party", party)

    def refused(self, entry: Entry) -> Row:
        verdict: Verdict = entry.detail["verdict"]
        tone, word = _TAGS[verdict.decision]
        what = self._(_NOT_MADE.get(entry.channel or "", _NOT_MADE["sms"]))
        if entry.detail.get("cadence"):
            name = str(entry.detail["cadence"]).replace("_", " ")
            what = self._(N_("%(what)s, cadence %(name)s"), what=what, name=name)
        sub = []
        if verdict.retry_at is not None:
            moment = self.say.moment(verdict.retry_at, self.consumer.zone)
            sub.append(self._(N_("Next from %(moment)s."), moment=moment))
        if entry.detail["times"] > 1:
            sub.append(self._(N_("Asked %(count)s times."), count=str(entry.detail["times"])))
        finding, said = deciding(verdict), entry.detail.get("said")
        if said is not None:
            # as it was to be read then: a window of that day is not one of today
            then = ReasonWording(
                replace(self.say, now=entry.at), self.consumer.translator, self.consumer.zone
            )
            sub.insert(0, then.brief(said, entry.channel or ""))
        return Row(
            at=entry.at,
            icon=_CHANNEL_ICONS.get(entry.channel or "", "info"),
            what=what,
            sub=tuple(sub),
            english=finding.found if finding is not None else "",
            out=self._(word),
            tag=tone,
            decision=entry.verdict_id,
            entry=entry,
        )

    def message(self, entry: Entry) -> Row:
        named = _CONTACTS.get((entry.channel or "", "inbound"), N_("Message in"))
        text, answered_at = entry.detail.get("text") or "", entry.detail.get("answered_at")
        waits = entry.channel in ANSWERED and answered_at is None and not _SETTLED.issuperset(_intents(entry))
        sub: tuple[str, ...] = ()
        if answered_at is not None:
            moment = self.say.moment(answered_at, self.consumer.zone)
            sub = (self._(N_("Answered on %(moment)s."), moment=moment),)
        return Row(
            at=entry.at,
            icon=_CHANNEL_ICONS.get(entry.channel or "", "info"),
            what=self._(named),
            sub=sub,
            lead=_lead(text),
            quote=text,
            out=self._(N_("Answered"))
            if answered_at is not None
            else self._(N_("Not answered"))
            if waits
            else "",
            tag="allow" if answered_at is not None else "later" if waits else "",
            entry=entry,
            can_be_answered=waits,
        )

    def note(self, entry: Entry) -> Row:
        about = self.account_of(entry)
        what = self._(N_("Note on %(account)s"), account=about) if about else self._(N_("Note"))
        text = entry.detail["text"]
        return Row(entry.at, "info", what, lead=_lead(text), quote=text, out=self.who(entry), entry=entry)

    def promise(self, entry: Entry) -> str:
        given = entry.detail
        amount = self.say.money(given["amount_minor"], given["currency"])
        day = self.say.day(as_date(given["due_on"]))
        return self._(_PROMISES.get(given["state"], _PROMISES["open"]), amount=amount, day=day)

    def payment(self, entry: Entry) -> str:
        given = entry.detail
        amount = self.say.money(given["amount_minor"], given["currency"])
        account = self.account_of(entry)
        said = N_("Payment taken back: %(amount)s on %(account)s")
        if not given.get("reversal_of"):
            said = N_("Payment: %(amount)s on %(account)s")
        return self._(said, amount=amount, account=account)

    def hold(self, entry: Entry) -> str:
        kind, account = self.consumer.hold(entry.detail["kind"]), self.account_of(entry)
        if account:
            return self._(N_("Hold on %(account)s: %(kind)s"), account=account, kind=kind)
        return self._(N_("Hold: %(kind)s"), kind=kind)

    def dispute(self, entry: Entry) -> str:
        form = self._(DISPUTE_FORMS.get(entry.detail["form"], entry.detail["form"]))
        account = self.account_of(entry) or self._(N_("everything"))
        return self._(N_("Disputes %(account)s %(form)s"), account=account, form=form)

    def complaint(self, entry: Entry) -> str:
        if entry.detail.get("closed_at"):
            brief, whole = _CLOSED[entry.detail.get("closed_as") == "resolved"]
            reason = entry.detail.get("correction_reason")
            return self._(whole, reason=reason) if reason else self._(brief)
        due = as_date(entry.detail.get("due_on"))
        if due is None:
            return self._(N_("Complaint: contact stops"))
        return self._(N_("Complaint: contact stops; answer due by %(day)s"), day=self.say.date(due))

    def opt_out(self, entry: Entry) -> str:
        channel, is_over = entry.detail.get("channel"), bool(entry.detail.get("withdrawn"))
        named = self.consumer.word("channel", channel) if channel else self._(N_("every channel"))
        point = self.consumer.view.point(entry.point_id)
        if point is not None:
            said = N_("Stop for %(point)s, whoever has it: %(channels)s")
            if is_over:
                said = N_("Stop for %(point)s withdrawn, whoever has it: %(channels)s")
            return self._(said, point=self.consumer.point(point), channels=named)
        said = N_("Stop withdrawn: %(channels)s") if is_over else N_("Stop: %(channels)s")
        return self._(said, channels=named)

    def wish(self, entry: Entry) -> str:
        given = {name: str(value) for name, value in entry.detail.items() if value is not None}
        what = self.consumer.wish(given["kind"], given.get("channel"), given)
        if entry.detail["withdrawn"]:
            reason = given.get("correction_reason", "")
            return self._(N_("Wish taken back: %(what)s (%(reason)s)"), what=what, reason=reason)
        return self._(N_("Wish: %(what)s"), what=what)

    def consent(self, entry: Entry) -> str:
        kind = entry.detail["type"]
        return self._(N_("Agrees: %(what)s"), what=self._(CONSENTS.get(kind, kind)))


def _intents(entry: Entry) -> set[str]:
    return set(entry.detail.get("intents") or ()) or {""}


def _lead(text: str, subject: str = "") -> str:
    """The line under which a text is folded: its subject, else how it begins; none where it is all on a line."""
    lines = text.strip().splitlines()
    if not lines or (len(lines) == 1 and len(lines[0]) <= _LINE and not subject):
        return ""
    first = (subject or lines[0]).strip()
    return first if len(first) <= _LINE else first[:_LINE].rstrip() + "…"


def as_date(value: date | str | None) -> date | None:
    """A date as the database gives it: SQLite's rows have text."""
    return date.fromisoformat(value[:10]) if isinstance(value, str) else value


_ROWS: dict[str, Callable[[TimelineWording, Entry], Row]] = {
    "contact": TimelineWording.contact,
    "refused": TimelineWording.refused,
    "message": TimelineWording.message,
    "note": TimelineWording.note,
}
_FACTS: dict[str, Callable[[TimelineWording, Entry], str]] = {
    "promise": TimelineWording.promise,
    "payment": TimelineWording.payment,
    "hold": TimelineWording.hold,
    "release": lambda self, one: self._(N_("Hold released: %(reason)s"), reason=one.detail["reason"]),
    "dispute": TimelineWording.dispute,
    "answer": lambda self, one: self._(_ANSWERS.get(one.detail["kind"], one.detail["kind"])),
    "complaint": TimelineWording.complaint,
    "opt_out": TimelineWording.opt_out,
    "cease": lambda self, _: self._(N_("Asks for all contact to end")),
    "consent": TimelineWording.consent,
    "wish": TimelineWording.wish,
    "recall": lambda self, one: self._(
        N_("Recalled by the creditor: %(reason)s"), reason=one.detail["reason"]
    ),
    "notice": lambda self, one: self._(
        N_("Notice sent: %(kind)s"),
        kind=self._(_NOTICES.get(one.detail["kind"], one.detail["kind"].replace("_", " "))),
    ),
}
