"""The forms that record something: their fields, and reading what was typed with a message beside each wrong field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from orchestrator.console.consumer_wording import CONSENTS, DISPUTE_FORMS, ConsumerWording
from orchestrator.console.message import N_
from orchestrator.domain import horizon, money
from orchestrator.services.call import OUTCOMES
from orchestrator.services.consumer_view import AccountView, PointView
from orchestrator.services.local_days import day_in
from policies.vocabulary import WEEKDAYS

Options = Callable[["Asked"], list[tuple[str, str]]]
TEXT = 2000
_MISSING = N_("Fill this in.")
_NO_CHOICE = N_("Choose one of these.")
_NO_AMOUNT = N_("Enter an amount, like 150.00.")
NO_DATE = N_("Enter a day.")
_NO_TIME = N_("Enter a time, like 15:30.")
_PAST = N_("That day is over: enter today or a later one.")
TOO_MUCH = N_("The balance is %(balance)s: enter less, or tick below that it is meant so.")


@dataclass(frozen=True, slots=True)
class Field:
    """`kind`: account, point, choice, amount, date, day (today or later), days, time, line, text, hidden, check."""

    name: str
    label: str
    kind: str
    options: Options | None = None
    hint: str = ""
    is_required: bool = True


@dataclass(slots=True)
class Asked:
    """A form about one consumer as it was typed, and what could be read of it. `account`: the one that is picked."""

    words: ConsumerWording
    account: AccountView | None
    given: Mapping[str, str]
    typed: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return self.words.say.now

    def fail(self, name: str, message: str, **values: str) -> None:
        """The first thing that is wrong with a field."""
        self.errors.setdefault(name, self.words.said(message, **values))

    def moment(self, day: str, clock: str) -> datetime:
        """The day and time that were typed, in the consumer's zone; a time that the clocks skip is the one after."""
        on: date = self.values[day]
        at: time = self.values[clock]
        return datetime.combine(on, at, ZoneInfo(self.words.zone))


def text_of(one: Field, given: Mapping[str, str]) -> str:
    """What was typed into a field; of days of the week their names in a row, each a box of its own."""
    if one.kind == "days":
        return ";".join(day for day in WEEKDAYS if given.get(f"{one.name}-{day}"))
    return given.get(one.name, "").strip()[:TEXT]


def read(fields: tuple[Field, ...], asked: Asked) -> None:
    """Reads every field; what is wrong becomes an error beside it."""
    for one in fields:
        text = text_of(one, asked.given)
        asked.typed[one.name] = text
        if not text:
            asked.values[one.name] = None
            if one.is_required and one.kind != "check":
                asked.fail(one.name, _NO_CHOICE if one.options else _MISSING)
            continue
        _READERS.get(one.kind, _read_text)(one, text, asked)


def _read_text(one: Field, text: str, asked: Asked) -> None:
    if one.options is not None and text not in {key for key, _ in one.options(asked)}:
        asked.fail(one.name, _NO_CHOICE)
        return
    asked.values[one.name] = text


def _read_amount(one: Field, text: str, asked: Asked) -> None:
    account = asked.words.view.account(asked.given.get("account") or None) or asked.account
    try:
        amount = money.to_minor(text.replace(",", ""), account.currency if account is not None else "USD")
    except ValueError:
        amount = 0
    asked.values[one.name] = amount
    if amount <= 0:
        asked.fail(one.name, _NO_AMOUNT)


def _read_date(one: Field, text: str, asked: Asked) -> None:
    try:
        asked.values[one.name] = date.fromisoformat(text)
    except ValueError:
        asked.fail(one.name, NO_DATE)


def _read_day(one: Field, text: str, asked: Asked) -> None:
    _read_date(one, text, asked)
    on = asked.values.get(one.name)
    if on is not None and on > horizon.LAST:
        asked.fail(one.name, NO_DATE)
    elif on is not None and on < day_in(asked.now, asked.words.zone):
        asked.fail(one.name, _PAST)


def _read_time(one: Field, text: str, asked: Asked) -> None:
    try:
        asked.values[one.name] = time.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        asked.fail(one.name, _NO_TIME)


def _read_days(one: Field, text: str, asked: Asked) -> None:
    asked.values[one.name] = tuple(text.split(";"))


_READERS: dict[str, Callable[[Field, str, Asked], None]] = {
    "amount": _read_amount,
    "date": _read_date,
    "day": _read_day,
    "days": _read_days,
    "time": _read_time,
}


def accounts(asked: Asked) -> list[tuple[str, str]]:
    """Every account with its creditor."""
    return [(one.id, f"{one.label or one.id}, {one.creditor}") for one in asked.words.view.accounts]


def points(asked: Asked) -> list[tuple[str, str]]:
    """Contact points, those of other people among them."""
    return [(one.id, point_label(asked.words, one)) for one in asked.words.view.points]


def point_label(words: ConsumerWording, point: PointView) -> str:
    number = words.word("number", point.number_kind) if point.number_kind else ""
    return f"{words.point(point)} {number}".strip()


def phones(asked: Asked) -> list[tuple[str, str]]:
    """The consumer's own numbers: those of other people are not called back."""
    found = [one for one in asked.words.view.points if one.kind == "phone" and one.party is None]
    return [(one.id, point_label(asked.words, one)) for one in found]


def of(vocabulary: Mapping[str, str]) -> Options:
    """The words of a vocabulary as choices."""
    return lambda asked: [(key, asked.words.said(text)) for key, text in vocabulary.items()]


def outcomes(asked: Asked) -> list[tuple[str, str]]:
    return [(one, asked.words.word("outcome", one)) for one in OUTCOMES]


CEASE_FORMS = {"written": N_("in writing"), "electronic": N_("electronically"), "oral": N_("orally")}
HOLDS = (
    "hardship",
    "bankruptcy",
    "deceased",
    "legal",
    "military",
    "fraud",
    "breathing_space",
    "vulnerability",
)
CHANNELS = {
    "sms": N_("Texts"),
    "email": N_("Emails"),
    "voice": N_("Calls"),
    "letter": N_("Letters"),
}
HOW_OBTAINED = {
    "voice": N_("in a call"),
    "sms": N_("by text"),
    "email": N_("by email"),
    "letter": N_("by letter"),
    "web": N_("on the web"),
    "visit": N_("in person"),
}
ANSWERS = {
    "verification": N_("Verification of the debt sent"),
    "duplicative_notice": N_("Notice that the dispute repeats an earlier one"),
    "resolved": N_("Dispute resolved"),
}
COMPLAINT_ENDS = {
    "answered": N_("The complaint was answered"),
    "resolved": N_("What it was about was put right"),
}
_STOPPING = {
    "sms": N_("Texts to %(point)s"),
    "voice": N_("Calls to %(point)s"),
    "email": N_("Emails to %(point)s"),
    "letter": N_("Letters to %(point)s"),
}
_CHANNELS_OF = {"phone": ("sms", "voice"), "email": ("email",), "postal": ("letter",)}


def hold_kinds(asked: Asked) -> list[tuple[str, str]]:
    return [(kind, asked.words.hold(kind)) for kind in HOLDS]


def stops(asked: Asked) -> list[tuple[str, str]]:
    """All, a channel, or one channel of one contact point, as "channel:point"."""
    words = asked.words
    every = [("all:", words.said(N_("Every channel")))]
    channels = [(f"{key}:", words.said(text)) for key, text in CHANNELS.items()]
    each = [
        (f"{channel}:{point.id}", words.said(_STOPPING[channel], point=words.point(point)))
        for point in words.view.points
        for channel in _CHANNELS_OF.get(point.kind, ())
    ]
    return [*every, *channels, *each]


WISH_PLACES = {"work": N_("at work"), "home": N_("at home")}
STANCES = {
    "excluded_channel": N_("Not by this channel"),
    "preferred_channel": N_("Best by this channel"),
}


def weekdays(asked: Asked) -> list[tuple[str, str]]:
    return [(day, asked.words.word("day", day)) for day in WEEKDAYS]


ACCOUNT = Field("account", N_("Account"), "account", accounts)
ANY_ACCOUNT = Field("account", N_("Account"), "account", accounts, N_("None: it is about everything."), False)
REASON = Field("reason", N_("Why"), "line")
FACT_ID = Field("id", "", "hidden")
FIELDS: dict[str, tuple[Field, ...]] = {
    "promise": (
        ACCOUNT,
        Field("amount", N_("Amount"), "amount"),
        Field("due_on", N_("Due on"), "day"),
        Field("over", N_("It is more than the balance, and meant so"), "check", is_required=False),
    ),
    "payment": (ACCOUNT, Field("amount", N_("Amount"), "amount")),
    "dispute": (ANY_ACCOUNT, Field("form", N_("How it was said"), "choice", of(DISPUTE_FORMS))),
    "complaint": (
        ANY_ACCOUNT,
        Field("text", N_("What they complain of"), "text", hint=N_("Kept sealed. Contact stops at once.")),
    ),
    "wrong_party": (Field("point", N_("Number or address"), "point", points),),
    "consent": (
        Field("type", N_("To what"), "choice", of(CONSENTS)),
        Field("channel", N_("Channel"), "choice", of(CHANNELS), N_("None: every channel."), False),
        Field("point", N_("Number or address"), "point", points, N_("None: whichever we have."), False),
        Field("via", N_("How it was given"), "choice", of(HOW_OBTAINED)),
        Field("quote", N_("Their words"), "text", hint=N_("As they said or wrote it; kept sealed.")),
    ),
    "opt_out": (Field("target", N_("What stops"), "choice", stops),),
    "cease": (Field("form", N_("How they asked"), "choice", of(CEASE_FORMS)),),
    "attorney": (),
    "hold": (
        ANY_ACCOUNT,
        Field("kind", N_("Reason"), "choice", hold_kinds),
        Field("until", N_("Until"), "day", hint=N_("Empty: until it is released."), is_required=False),
    ),
    "release": (FACT_ID, REASON),
    "withdraw": (FACT_ID,),
    "answer": (FACT_ID, Field("kind", N_("What was done"), "choice", of(ANSWERS))),
    "settle": (
        FACT_ID,
        Field("closed_as", N_("What was done"), "choice", of(COMPLAINT_ENDS)),
        Field(
            "reason", N_("With what answer"), "text", hint=N_("Contact stays on hold until that is released.")
        ),
    ),
    "note": (ANY_ACCOUNT, Field("text", N_("Note"), "text", hint=N_("For the next one who opens the case."))),
    "call_back": (
        ACCOUNT,
        Field("point", N_("Number"), "point", phones),
        Field("day", N_("Day"), "day"),
        Field("time", N_("Time where the consumer is"), "time"),
    ),
    "wish": (
        Field("days", N_("On these days"), "days", weekdays, N_("None: every day."), False),
        Field(
            "start", N_("Not convenient from"), "time", hint=N_("Empty: from midnight."), is_required=False
        ),
        Field("end", N_("Not convenient until"), "time", hint=N_("Empty: to midnight."), is_required=False),
        Field(
            "until",
            N_("Last day of the wish"),
            "day",
            hint=N_("Empty: until they take it back."),
            is_required=False,
        ),
    ),
    "wish_place": (
        Field(
            "place",
            N_("Where it is not convenient"),
            "choice",
            of(WISH_PLACES),
            N_("Numbers, letters and visits that reach them there are left out."),
        ),
    ),
    "wish_channel": (
        Field("channel", N_("Channel"), "choice", of(CHANNELS)),
        Field(
            "stance",
            N_("How they want it"),
            "choice",
            of(STANCES),
            N_("Refused: nothing leaves by it any more. Preferred: it is offered first."),
        ),
    ),
    "wish_end": (FACT_ID, Field("reason", N_("What they said"), "line")),
    "correct": (FACT_ID, Field("outcome", N_("What really happened"), "choice", outcomes), REASON),
}
