"""The answer of a contact in a line, its reason in at most 45 characters, and in one full sentence, for one reader.

Made from structured facts (`services.said`), never from the record's English. Words as in the design, section 6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from markupsafe import Markup

from orchestrator.console import reason_text as text
from orchestrator.console.rule_wording import RuleWording, hours
from orchestrator.console.vocabulary import Translator, word
from orchestrator.console.wording import Wording
from orchestrator.services.contact_panel import PointAnswer
from orchestrator.services.said import Said
from policies.statement import Statement
from policies.trace import Reply
from policies.verdict import Decision, WindowUse

CLASSES = {Decision.ALLOW: "allow", Decision.DEFER: "later", Decision.HOLD: "hold", Decision.DENY: "deny"}
"""The class and the icon of an answer."""
REPLY_CLASSES = {Reply.DENY: "deny", Reply.HOLD: "hold", Reply.WAIT: "later"}
_TOLD = frozenset(
    {
        "contact_window",
        "consumer_preference",
        "medium_stop",
        "cease",
        "representation",
        "dispute_hold",
        "consent_rule",
        "hold",
    }
)
"""Kinds whose whole sentence of the case says what the rule does."""
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class ReasonWording:
    """Words answers for one reader; times are the consumer's, in `zone`."""

    say: Wording
    words: Translator
    zone: str

    @property
    def rules(self) -> RuleWording:
        return RuleWording(self.words, self.say.language)

    def answer(self, row: PointAnswer) -> Markup:
        """ "**Now** until 15:00 MST", the lead in bold."""
        decision, verdict = row.decision, row.verdict
        if decision is Decision.ALLOW:
            return self._now(row.channel, verdict.valid_until)
        if decision is Decision.DEFER:
            return self._from(verdict.retry_at)
        if decision is Decision.HOLD:
            first = next(iter(row.said), None)
            kind = (
                "unknown"
                if first is not None and first.about and first.rule is None
                else first and first.kind
            )
            return self._marked(text.HOLDS.get(kind or "", text.HOLD), {})
        return self._marked(text.DENIED_PARTY if row.party else _denied(row), {})

    def short(self, row: PointAnswer) -> str:
        """The fact and its date, for the row."""
        return self._reason(row, text.SHORT)

    def brief(self, said: Said, channel: str) -> str:
        """The fact and its date of one rule's word, for a row of a past answer."""
        return self._worded(said, text.SHORT, channel)

    def full(self, row: PointAnswer) -> str:
        """The same as a whole sentence, for the detail."""
        return self._reason(row, text.FULL)

    def rule(self, row: PointAnswer) -> str:
        """What the rule says by which it waits, is held or not allowed."""
        first = next((one for one in row.said if one.objects), None)
        is_told = first is None or first.kind in _TOLD or row.party is not None or not row.is_usable
        if is_told or first is None or first.statement is None:
            return ""
        return self.rules.sentence(first.statement) + self.words.gettext(text.STOP)

    def says(self, row: PointAnswer) -> str:
        """The answer as a sentence of its own."""
        decision, verdict = row.decision, row.verdict
        if decision is Decision.ALLOW and verdict.valid_until is None:
            return self.words.gettext(text.SAYS_ALLOWED)
        if decision is Decision.ALLOW:
            return self.words.gettext(text.SAYS_UNTIL) % {"moment": self.moment(verdict.valid_until)}
        if decision is Decision.DEFER and verdict.retry_at is not None:
            return self._says_from(verdict.retry_at)
        return self.words.gettext(text.SAYS_HOLD if decision is Decision.HOLD else text.SAYS_DENIED)

    def sentence(self, said: Said, channel: str) -> str:
        """What one rule says: what stands in the way in words of the case, what does not as the rule itself."""
        if said.objects or said.statement is None:
            return self._worded(said, text.FULL, channel)
        return self.rules.sentence(said.statement) + self.words.gettext(text.STOP)

    def moment(self, at: datetime | None) -> str:
        """The time, with the day where it is not today."""
        if at is None:
            return ""
        is_today = self.say.local(at, self.zone).date() == self.say.local(self.say.now, self.zone).date()
        return self.say.time(at, self.zone) if is_today else self.say.moment(at, self.zone)

    def days(self, use: WindowUse, said: Statement | None) -> tuple[date, date]:
        """First and last day of a window so far, as the rule counts days: zones may differ by hours, never here."""
        today = self.say.local(self.say.now, self.zone).date()
        name, n = ("", 1) if said is None else (said.name, said.values.get("n", 1))
        if name.endswith(("calendar_day", "local_days")):
            return today - timedelta(days=n - 1 if name.endswith("local_days") else 0), today
        first = self.say.local(use.window_start, self.zone).date()
        last = self.say.local(use.window_end - _INSTANT, self.zone).date()
        return first, max(first, min(last, today))

    def span(self, use: WindowUse, said: Statement | None) -> str:
        """ "18–24 Nov"."""
        first, last = self.days(use, said)
        if first == last:
            return self.say.date(first)
        is_short = self.say.language == "en" and (first.year, first.month) == (last.year, last.month)
        return f"{first.day if is_short else self.say.date(first)}–{self.say.date(last)}"

    def is_today(self, use: WindowUse, said: Statement | None) -> bool:
        """The window is today alone."""
        first, last = self.days(use, said)
        return first == last

    def _now(self, channel: str, until: datetime | None) -> Markup:
        if until is None:
            return self._marked(text.NOW.get(channel, text.NOW_MESSAGE), {})
        name = {"voice": "call_until", "letter": "post_until"}.get(channel, "until")
        return self._marked(text.NOW_UNTIL.get(channel, text.NOW_UNTIL_MESSAGE), {name: self.moment(until)})

    def _from(self, at: datetime | None) -> Markup:
        if at is None:
            return self._marked(text.HOLD, {})
        is_today = self.say.local(at, self.zone).date() == self.say.local(self.say.now, self.zone).date()
        values = {"day": self.say.day(at, self.zone), "time": self.say.time(at, self.zone)}
        return self._marked(text.FROM_TODAY if is_today else text.FROM, values)

    def _says_from(self, at: datetime) -> str:
        values = {"moment": self.moment(at)}
        own = self.say.local(at)
        if own.utcoffset() == self.say.local(at, self.zone).utcoffset():
            return self.words.gettext(text.SAYS_FROM) % values
        is_same_day = own.date() == self.say.local(at, self.zone).date()
        values["own"] = self.say.time(at) if is_same_day else self.say.moment(at)
        return self.words.gettext(text.SAYS_FROM_OWN) % values

    def _marked(self, message: str, values: Mapping[str, str]) -> Markup:
        return Markup(self.words.gettext(message)) % values  # noqa: S704 # nosec B704 - our own message; values are escaped

    def _reason(self, row: PointAnswer, texts: Mapping[str, str]) -> str:
        if row.party is not None:
            party = word(self.words, "party", row.party)
            return self.words.gettext(texts["party"]) % {"party": party}
        if not row.is_usable:
            return self.words.gettext(texts.get(f"point:{row.state}", texts["point"]))
        if row.said and row.decision is not Decision.ALLOW:
            return self._worded(row.said[0], texts, row.channel)
        return self._why_allowed(row, texts)

    def _why_allowed(self, row: PointAnswer, texts: Mapping[str, str]) -> str:
        if row.agreed_at is not None:
            return self.words.gettext(texts["agreed"]) % {"day": self.say.day(row.agreed_at, self.zone)}
        tightest = min(row.verdict.used, key=lambda use: use.limit - use.used, default=None)
        if tightest is not None:
            left = {
                "used": tightest.used,
                "limit": tightest.limit,
                "left": max(0, tightest.limit - tightest.used),
            }
            return self.words.gettext(texts["left"]) % left
        return self.words.gettext(texts["letter" if row.channel == "letter" else "free"])

    def _worded(self, said: Said, texts: Mapping[str, str], channel: str) -> str:
        for key in _keys(said, channel):
            if key in texts:
                return self.words.gettext(texts[key]) % self._values(said)
        return said.found

    def _values(self, said: Said) -> dict[str, str | int]:
        stated = {} if said.statement is None else said.statement.values
        since = said.since
        on = since if isinstance(since, date) and not isinstance(since, datetime) else None
        use = max(said.used, key=lambda one: one.used - one.limit, default=None)
        return {
            "day": self.say.day(on if on is not None else since, None if on is not None else self.zone),
            "hours": hours(str(stated.get("hours", ""))),
            "used": use.used if use is not None else 0,
            "limit": use.limit if use is not None else 0,
            "span": self.span(use, said.statement) if use is not None else "",
            "hold": word(self.words, "hold", said.about) if said.about else "",
            "fact": self.rules.fact(said.about) if said.about else "",
        }


def _denied(row: PointAnswer) -> str:
    first = next(iter(row.said), None)
    if first is not None and first.kind in text.DENIED_KINDS:
        return text.DENIED_KINDS[first.kind]
    if row.place == "work" and first is not None and first.kind in {"location_rule", "point_rule"}:
        return text.DENIED_WORK
    return text.DENIED.get(row.channel, text.DENIED_ADDRESS)


def _keys(said: Said, channel: str) -> list[str]:
    """The names under which a sentence may be kept, the closest first."""
    kind = said.kind
    dated = f"{kind}:{channel}:on" if said.since is not None else ""
    on = f"{kind}:on" if said.since is not None else ""
    stated = f"{kind}:{said.statement.name}" if said.statement is not None else ""
    noun = f"{kind}:{said.statement.values.get('noun')}" if said.statement is not None else ""
    noun_on = f"{noun}:on" if said.since is not None and noun else ""
    reply = f"{kind}:{said.reply.value}"
    about = f"{kind}:{said.about}" if said.about else ""
    is_unknown = said.rule is None and bool(said.about)
    used = f"{kind}:used" if said.used else ""
    found = [dated, noun_on, noun, on, about, used, f"{stated}:{said.reply.value}", stated, reply]
    found += [f"{kind}:{channel}", kind, "unknown_fact" if is_unknown else "", "other"]
    return [one for one in found if one]
