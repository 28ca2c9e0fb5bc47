"""A contact panel as its page shows it: rows, the chosen row's detail, the message. Words only, nothing is decided."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from markupsafe import Markup

from orchestrator.console import reason
from orchestrator.console.message import N_
from orchestrator.console.reason import ReasonWording
from orchestrator.console.strip import Day, Strip, clock_moments, days_of, week_strip
from orchestrator.console.template_wording import template_title
from orchestrator.console.vocabulary import Translator, word
from orchestrator.console.wrap_up import WrapUp
from orchestrator.services.contact_detail import Detail, Message, Obliged, Use
from orchestrator.services.contact_panel import Panel, PointAnswer
from orchestrator.services.local_days import free_days
from orchestrator.services.said import Said
from policies.outline import Piece as Outlined
from policies.verdict import Decision

CHANNELS = {"sms": N_("Text"), "email": N_("Email"), "letter": N_("Letter"), "voice": N_("Call")}
_FIRM = "firm policy"
PIPS = 10
"""Up to so many uses are pips, above that a bar."""
_KINDS = {
    "mobile": N_("mobile"),
    "landline": N_("landline"),
    "work": N_("work"),
    "voip": N_("internet number"),
    "home": N_("home"),
}
_USED = {
    "calls": N_("Calls, %(span)s"),
    "unanswered_calls": N_("Unanswered calls, %(span)s"),
    "conversations": N_("Conversations, %(span)s"),
    "messages": N_("Texts and emails, %(span)s"),
    "consent_requests": N_("Requests for consent, %(span)s"),
    "visits": N_("Visits, %(span)s"),
    "calls_texts": N_("Calls and texts, %(span)s"),
    "contacts": N_("Contacts, %(span)s"),
}
_TODAY = {
    "calls": N_("Calls today"),
    "unanswered_calls": N_("Unanswered calls today"),
    "conversations": N_("Conversations today"),
    "messages": N_("Texts and emails today"),
    "consent_requests": N_("Requests for consent today"),
    "visits": N_("Visits today"),
    "calls_texts": N_("Calls and texts today"),
    "contacts": N_("Contacts today"),
}
_USED_WORDS = N_("%(used)s of %(limit)s used, %(left)s left")
_SINCE_CONVERSATION = N_("Since the conversation")
_DAY_OF = N_("day %(day)s of %(days)s")
_OPEN_WEEK = N_("Open in the next 7 days: %(days)s.")
_AHEAD = N_("%(span)s ahead")
_BEHIND = N_("%(span)s behind")
_HOURS = N_("%(hours)s h")
_HOURS_MINUTES = N_("%(hours)s h %(minutes)s min")
_OUTCOMES = {
    "conversation": N_("Spoke with the consumer"),
    "no_answer": N_("No answer"),
    "voicemail": N_("Left the limited message"),
    "voicemail_not_left": N_("Voicemail, nothing left"),
    "callback_requested": N_("Asks to be called back"),
    "wrong_number": N_("Wrong number"),
    "busy": N_("Busy"),
    "not_in_service": N_("Not in service"),
    "dropped": N_("Cut off"),
    "power_off": N_("Switched off"),
    "unreachable": N_("Out of reach"),
}
_FREE = {"holiday": N_("%(day)s is a public holiday"), "sunday": N_("%(day)s is a Sunday")}
_STATES = {"later": N_("wait"), "hold": N_("on hold"), "closed": N_("closed")}


@dataclass(frozen=True, slots=True)
class Row:
    """One contact point on one channel. `key` is the value of its radio button, `id` the start of its elements' ids."""

    id: str
    key: str
    channel: str
    state: str
    label: str
    value: str
    kind: str
    answer: Markup
    reason: str
    strip: Strip
    hours: str
    is_chosen: bool


class ShownDay(NamedTuple):
    """A day over the strips; `free` says that it is a holiday or a Sunday."""

    weekday: str
    day: str
    free: str


@dataclass(frozen=True, slots=True)
class Gauge:
    """How much of something is used, in words and as pips (a bar above `PIPS`)."""

    label: str
    used: int
    limit: int
    words: str


@dataclass(frozen=True, slots=True)
class Why:
    """One rule's word with its citation; `rule` names its page, empty: it has none."""

    state: str
    text: str
    citation: str
    rule: str


@dataclass(frozen=True, slots=True)
class DayRow:
    """A row of the table of hours."""

    name: str
    strip: Strip
    hours: str
    is_today: bool
    free: str


@dataclass(frozen=True, slots=True)
class Hours:
    """The table of hours; `own` are the reader's clock at the ticks, empty where zones agree."""

    zone: str
    days: tuple[DayRow, ...]
    own_zone: str
    own: tuple[str, ...]
    shift: str


class Piece(NamedTuple):
    """A run of the message; `number` marks what the law adds, 0: the template's own words."""

    text: str
    number: int


@dataclass(frozen=True, slots=True)
class Added:
    """What the law makes the message carry, by its number in the text."""

    number: int
    what: str
    citation: str


class ContactWording:
    """Makes the panel's parts for one reader."""

    def __init__(self, wording: ReasonWording, panel: Panel, country: str):
        self.reasons = wording
        self.say, self.words, self.zone = wording.say, wording.words, wording.zone
        self.panel = panel
        self.free_days = free_days(country, panel.midnights, self.zone)

    def rows(self, chosen: PointAnswer | None) -> list[Row]:
        return [self._row(place, one, one is chosen) for place, one in enumerate(self.panel.answers, 1)]

    def channel(self, channel: str) -> str:
        return self.words.gettext(CHANNELS[channel])

    def value(self, answer: PointAnswer) -> str:
        """The number, address or mailbox as people write it."""
        if answer.channel in {"sms", "voice"}:
            return self.say.phone(answer.value)
        return ", ".join(line.strip() for line in answer.value.splitlines() if line.strip())

    def kind(self, answer: PointAnswer) -> str:
        """What kind of number or address it is, or whose."""
        if answer.party is not None:
            return word(self.words, "party", answer.party)
        name = answer.place if answer.place in {"work", "home"} else answer.number_kind
        return self.words.gettext(_KINDS[name]) if name in _KINDS else ""

    def days_shown(self) -> list[ShownDay]:
        """The days over the strips."""
        return [
            ShownDay(
                self.say.weekday(one, self.zone), str(self.say.local(one, self.zone).day), self.free(one)
            )
            for one in self.panel.midnights[:-1]
        ]

    @property
    def has_holiday(self) -> bool:
        """Sundays are known by their names; where there is a holiday too, the key says what the mark means."""
        return "holiday" in self.free_days.values()

    def free(self, midnight: datetime) -> str:
        """ "Thu 26 Nov is a public holiday", empty: it is a day like others."""
        kind = self.free_days.get(self.say.local(midnight, self.zone).date())
        if kind is None:
            return ""
        return self.words.gettext(_FREE[kind]) % {"day": self.say.day(midnight, self.zone)}

    def hours(self, answer: PointAnswer) -> Hours:
        panel, midnight = self.panel, self.panel.midnights[0]
        days = days_of(answer.pieces, panel.midnights, panel.at, self.zone)
        rows = tuple(
            DayRow(
                self.say.day(day.start, self.zone),
                day.strip,
                self._open(day),
                day.is_today,
                self.free(day.start),
            )
            for day in days
        )
        ticks = clock_moments(midnight, self.zone, (0, 6, 12, 18))
        shift = self.shift()
        own = tuple(f"{self.say.local(one):%H:%M}".removesuffix(":00").lstrip("0") or "0" for one in ticks)
        own_zone = self.say.zone_name(panel.at)
        return Hours(self.say.zone_name(panel.at, self.zone), rows, own_zone, own if shift else (), shift)

    def shift(self) -> str:
        """How far the reader's clock is ahead of the consumer's, empty: they agree."""
        own, there = self.say.local(self.panel.at), self.say.local(self.panel.at, self.zone)
        difference = (own.utcoffset() or timedelta()) - (there.utcoffset() or timedelta())
        if not difference:
            return ""
        hours, seconds = divmod(abs(int(difference.total_seconds())), 3600)
        values = {"hours": hours, "minutes": seconds // 60}
        span = self.words.gettext(_HOURS if not seconds else _HOURS_MINUTES) % values
        return self.words.gettext(_AHEAD if difference > timedelta() else _BEHIND) % {"span": span}

    def gauges(self, detail: Detail) -> list[Gauge]:
        """One entry a window, and the days since the conversation where one makes calls wait."""
        found = [self._gauge(one) for one in detail.used]
        waits = [one for one in detail.said if one.kind == "min_gap" and one.objects]
        return found + [gauge for one in waits if (gauge := self._pause(one)) is not None]

    def why(self, said: Iterable[Said], channel: str) -> list[Why]:
        """Every rule with a bearing, those that object first; what two rules say alike is there once, as the law's."""
        found: dict[tuple[str, str], Why] = {}
        is_refused = any(one.objects for one in said)
        for one in said:
            if is_refused and not one.objects and not one.used:
                continue  # what stands in the way, and what is counted beside it
            state = reason.REPLY_CLASSES.get(one.reply, "allow")
            text = self.reasons.sentence(one, channel)
            cited = short_citation(one.rule.citation) if one.rule is not None else ""
            known = found.get((state, text))
            if known is None or (known.citation.startswith(_FIRM) and not cited.startswith(_FIRM)):
                rule = one.rule.id if one.rule is not None else ""
                found[state, text] = Why(state, text, cited, rule)
        return list(found.values())

    def why_title(self, why: Sequence[Why]) -> str:
        """ "Why: 1 rule says wait"."""
        for state in ("deny", "hold", "later"):
            count = sum(one.state == state for one in why)
            if count:
                return self._title(state, count)
        return self.words.ngettext(
            "Why: %(count)s rule decides this", "Why: %(count)s rules decide this", len(why)
        ) % {"count": len(why)}

    def _title(self, state: str, count: int) -> str:
        if state == "deny":
            text = self.words.ngettext(
                "Why: %(count)s rule forbids this", "Why: %(count)s rules forbid this", count
            )
        elif state == "hold":
            text = self.words.ngettext(
                "Why: %(count)s rule holds this", "Why: %(count)s rules hold this", count
            )
        else:
            text = self.words.ngettext(
                "Why: %(count)s rule says wait", "Why: %(count)s rules say wait", count
            )
        return text % {"count": count}

    def template(self, name: str) -> str:
        return template_title(self.words, name)

    def outcome(self, name: str) -> str:
        """How a call ended, as a person would say it."""
        return self.words.gettext(_OUTCOMES[name])

    def errors(self, wrap_up: WrapUp | None) -> dict[str, str]:
        """What is wrong with a wrap-up, by field."""
        if wrap_up is None:
            return {}
        values = {"balance": self.say.money(*wrap_up.balance)}
        return {name: self.words.gettext(text) % values for name, text in wrap_up.errors.items()}

    def added(self, message: Message) -> list[Added]:
        """What the law adds, by number in the order in which it stands in the text."""
        return added(self.words, message)

    def pieces(self, message: Message) -> list[Piece]:
        """The message cut where something was added that cannot be edited away."""
        return pieces(message)

    def _row(self, place: int, answer: PointAnswer, is_chosen: bool) -> Row:
        panel = self.panel
        days = days_of(answer.pieces, panel.midnights, panel.at, self.zone)
        listed = "; ".join(f"{self.say.day(day.start, self.zone)} {self._open(day)}" for day in days)
        return Row(
            id=f"p{place}",
            key=answer.key,
            channel=answer.channel,
            state=reason.CLASSES[answer.decision],
            label=self.channel(answer.channel),
            value=self.value(answer),
            kind=self.kind(answer),
            answer=self.reasons.answer(answer),
            reason=self.reasons.short(answer),
            strip=week_strip(self._shown(answer), panel.midnights, panel.at),
            hours=self.words.gettext(_OPEN_WEEK) % {"days": listed},
            is_chosen=is_chosen,
        )

    def _shown(self, answer: PointAnswer) -> Sequence[Outlined]:
        return answer.pieces if answer.decision is not Decision.DENY else ()

    def _open(self, day: Day) -> str:
        """The open hours of a day in figures, or what it is instead."""
        if not day.open:
            return self.words.gettext(_STATES[day.state])
        return ", ".join(f"{self._clock(start, day)}–{self._clock(end, day)}" for start, end in day.open)

    def _clock(self, at: datetime, day: Day) -> str:
        return "24:00" if at == day.end else self.say.clock(at, self.zone)

    def _gauge(self, use: Use) -> Gauge:
        noun = str(use.said.values.get("noun", "contacts"))
        window = use.window
        is_today = self.reasons.is_today(window, use.said)
        text = (_TODAY if is_today else _USED).get(noun, _USED["contacts"])
        values = {"used": window.used, "limit": window.limit, "left": max(0, window.limit - window.used)}
        return Gauge(
            label=self.words.gettext(text) % {"span": self.reasons.span(window, use.said)},
            used=window.used,
            limit=window.limit,
            words=self.words.gettext(_USED_WORDS) % values,
        )

    def _pause(self, said: Said) -> Gauge | None:
        """ "Since the conversation: day 5 of 7"; the day of the conversation is the first."""
        values = {} if said.statement is None else said.statement.values
        days = values.get("n")
        if (
            not isinstance(said.since, datetime)
            or values.get("noun") != "conversations"
            or not isinstance(days, int)
        ):
            return None
        began = self.say.local(said.since, self.zone).date()
        day = min(days, (self.say.local(self.panel.at, self.zone).date() - began).days + 1)
        return Gauge(
            label=self.words.gettext(_SINCE_CONVERSATION),
            used=day,
            limit=days,
            words=self.words.gettext(_DAY_OF) % {"day": day, "days": days},
        )


def added(words: Translator, message: Message) -> list[Added]:
    """What the law makes a message carry, by number in the order in which it stands in the text."""
    return [
        Added(number, word(words, "element", one.id), short_citation(one.citation))
        for number, one in enumerate(_there(message), 1)
    ]


def pieces(message: Message) -> list[Piece]:
    """A message cut where something was added that cannot be edited away."""
    found, text, at = [], message.text, 0
    for number, one in enumerate(_there(message), 1):
        begins = text.index(one.text)
        if begins < at:  # stands inside of what is marked already
            continue
        found += [Piece(text[at:begins], 0), Piece(one.text, number)]
        at = begins + len(one.text)
    return [piece for piece in (*found, Piece(text[at:], 0)) if piece.text]


def _there(message: Message) -> list[Obliged]:
    """What is added, in the order in which it stands in the text."""
    there = [one for one in message.obliged if one.text and one.text in message.text]
    return sorted(there, key=lambda one: message.text.index(one.text))


def short_citation(citation: str) -> str:
    """The first source of a citation: the rule's own page has them all."""
    first = re.split(r"[;；]", citation)[0].strip()
    return _FIRM if first.startswith(_FIRM) else first
