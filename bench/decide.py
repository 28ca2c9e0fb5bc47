"""Deciding: the whole US federal and state stack on prepared facts, with all reasons and the next permitted time.

One call at a time on both sides; the peer is Cedar through cedarpy, with every count and local clock given to it. How
many answers differ (allowed or not) is said beside the rates. Further lines: the peer with its policies parsed before,
a batch, the whole way from facts to a written verdict, and 10 against 10,000 earlier contacts.
"""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable, Iterator, Sequence
from zoneinfo import ZoneInfo

from bench import cedar_policy
from bench.line import Line, compared, in_turns, rounded
from policies.compose import Stack
from policies.evaluate import judge, judge_prepared
from policies.facts import Cease, Consent, Contact, Event, Facts, MediaStop
from policies.instant import from_micros, to_micros
from policies.library import Library, load
from policies.prepare import Prepared, prepare
from policies.vocabulary import Channel, Decision, NumberKind, Outcome

AIM = 25
PLACES = (
    ("us", "us-wa"),
    ("us", "us-dc"),
    ("us", "us-ny", "us-ny-nyc"),
    ("us", "us-ma"),
    ("us", "us-wv"),
    ("us", "us-fl"),
)
ZONES = (("America/New_York",), ("America/New_York", "America/Chicago"), ("America/Los_Angeles",))
CHANNELS = (Channel.VOICE, Channel.VOICE, Channel.SMS, Channel.EMAIL, Channel.LETTER)
Asked = tuple[Prepared, Stack, int]


def question(draw: random.Random) -> Facts:
    """One contact out of a working day, with a history of some weeks."""
    at = dt.datetime(2026, 10, 14, 4, tzinfo=dt.UTC) + dt.timedelta(minutes=15 * draw.randrange(96))
    channel = draw.choice(CHANNELS)
    history = tuple(
        Event(
            id=f"at_{index}",
            at=at - dt.timedelta(hours=draw.randrange(1, 900)),
            channel=draw.choice(CHANNELS),
            outcome=draw.choice((Outcome.NO_ANSWER,) * 8 + (Outcome.VOICEMAIL, Outcome.CONVERSATION)),
            debts=("d1",),
        )
        for index in range(draw.choice((0, 4, 10, 20)))
    )
    return Facts(
        jurisdictions=draw.choice(PLACES),
        zones=draw.choice(ZONES),
        history=tuple(sorted(history, key=lambda event: event.at)),
        consents=(Consent(type="electronic"),),
        cease=Cease(form="written", received_at=at - dt.timedelta(days=3)) if draw.random() < 0.02 else None,
        media_stop=(MediaStop(medium=channel),) if draw.random() < 0.03 else (),
        contact=Contact(
            at=at,
            channel=channel,
            debts=("d1",),
            number_kind=NumberKind.LANDLINE if channel is Channel.VOICE else None,
        ),
    )


def stack_of(facts: Facts, library: Library) -> Stack:
    return library.stack(facts.jurisdictions, facts.actor, facts.contact.at.date())


def questions(count: int, seed: int = 20_261_014) -> list[Asked]:
    draw, library = random.Random(seed), load()
    book = sorted(
        (question(draw) for _ in range(count)), key=lambda facts: facts.contact.at
    )  # as a day brings them
    return [(prepare(facts), stack_of(facts, library), to_micros(facts.contact.at)) for facts in book]


def counts_of(prepared: Prepared, at: int) -> dict[str, int]:
    """Every count that a rule asks for, in the zone where it is largest."""
    found: dict[str, int] = {"days_since_talk": 999}
    for name in prepared.facts.zones:
        place, today = ZoneInfo(name), from_micros(at).astimezone(ZoneInfo(name)).date()
        sunday = today - dt.timedelta(days=(today.weekday() + 1) % 7)
        here: dict[str, int] = dict.fromkeys(
            ("calls_7", "electronic_7", "mixed_7", "reached_7", "week", "calls_week", "mobile_today"), 0
        )
        for event in prepared.events:
            date = event.at.astimezone(place).date()
            count(here, event, (today - date).days, sunday <= date)
            if event.channel is Channel.VOICE and event.outcome is Outcome.CONVERSATION:
                found["days_since_talk"] = min(found["days_since_talk"], (today - date).days)
        for key, value in here.items():
            found[key] = max(found.get(key, 0), value)
    return found


def count(here: dict[str, int], event: Event, days: int, in_week: bool) -> None:
    call, electronic = event.channel is Channel.VOICE, event.channel in (Channel.SMS, Channel.EMAIL)
    seven = days <= 6
    here["calls_7"] += call and seven
    here["electronic_7"] += electronic and seven and event.outcome is not Outcome.NO_ANSWER
    here["mixed_7"] += (call or electronic) and seven
    reached = event.outcome in (Outcome.VOICEMAIL, Outcome.CONVERSATION)
    here["reached_7"] += (call or event.channel is Channel.SMS) and seven and reached
    here["week"] += in_week
    here["calls_week"] += call and in_week


def clocks_of(prepared: Prepared, at: int) -> dict[str, int]:
    minutes = []
    for name in (*prepared.facts.zones, "America/New_York"):
        local = from_micros(at).astimezone(ZoneInfo(name))
        minutes.append(local.hour * 60 + local.minute)
    *candidates, eastern = minutes
    return {"first_minute": min(candidates), "last_minute": max(candidates), "eastern_minute": eastern}


def rate(ask: Callable[[], None], count: int) -> float:
    """Calls a second of a function that asks `count` questions."""
    begin = time.perf_counter()
    ask()
    return count / (time.perf_counter() - begin)


def ask_ours(book: Sequence[Asked]) -> None:
    for prepared, stack, at in book:
        judge_prepared(prepared, stack, at)


class Cedar:
    """The peer with the same questions. Raises ImportError where it is not installed."""

    def __init__(self, book: Sequence[Asked]) -> None:
        import cedarpy  # noqa: PLC0415 - an optional peer

        self.cedarpy = cedarpy
        self.text = cedar_policy.policies()
        self.policies = cedarpy.PolicySet.from_str(self.text)
        self.entities = cedarpy.Entities.from_json_str("[]")
        judged = [judge_prepared(*asked) for asked in book]
        self.requests = [
            cedar_policy.request(
                found, counts_of(found.prepared, found.at), clocks_of(found.prepared, found.at)
            )
            for found in judged
        ]
        answers = [cedarpy.is_authorized(r, self.policies, self.entities).allowed for r in self.requests]
        ours = [found.decision is Decision.ALLOW for found in judged]
        self.differ = sum(mine != its for mine, its in zip(ours, answers, strict=True))

    def plain(self, count: int) -> None:
        """One call each as its documentation shows it: request, policies and entities."""
        for request in self.requests[:count]:
            self.cedarpy.is_authorized(request, self.text, [])

    def parsed(self) -> None:
        """One call each with policies and entities that were parsed before."""
        for request in self.requests:
            self.cedarpy.is_authorized(request, self.policies, self.entities)

    def batch(self) -> None:
        self.cedarpy.is_authorized_batch(self.requests, self.policies, self.entities)


def mix(book: Sequence[Asked]) -> dict[str, int]:
    """How the questions of the book are answered."""
    found: dict[str, int] = {}
    for asked in book:
        decision = str(judge_prepared(*asked).decision)
        found[decision] = found.get(decision, 0) + 1
    return found


def lines(*, quick: bool = False) -> Iterator[Line]:
    book = questions(500 if quick else 2_000)
    rounds = 2 if quick else 5
    detail = {"questions": len(book), "answers": mix(book), "aim": AIM, "rules": len(load().rules)}
    try:
        peer = Cedar(book)
    except ImportError:
        alone = max(rate(lambda: ask_ours(book), len(book)) for _ in range(rounds))
        yield Line(name="decide", ours=rounded(alone), unit="decisions/s", detail=detail)
    else:
        yield from beside(peer, book, rounds, detail)
    yield written(book, rounds)
    yield from histories(rounds, 2_000 if quick else 20_000)


def beside(peer: Cedar, book: Sequence[Asked], rounds: int, detail: dict[str, object]) -> Iterator[Line]:
    """Ours beside the peer's plain call, its call with policies parsed before, and its batch."""
    count = len(book)
    few = count // 5  # the plain call is slow: a part of the book is enough for its rate

    def ours() -> float:
        return rate(lambda: ask_ours(book), count)

    given = "counts and local clocks are given to the peer; it finds no next time"
    whole = {**detail, "answers that differ": peer.differ, "note": given}
    sides: tuple[tuple[str, str, Callable[[], float], dict[str, object]], ...] = (
        ("decide", "cedarpy, one call each", lambda: rate(lambda: peer.plain(few), few), whole),
        (
            "decide parsed",
            "cedarpy, one call each, policies parsed before",
            lambda: rate(peer.parsed, count),
            {},
        ),
        ("decide batch", "cedarpy, one batch, policies parsed before", lambda: rate(peer.batch, count), {}),
    )
    for name, what, theirs, more in sides:
        mine, other = in_turns(ours, theirs, rounds)
        yield compared(name, "decisions/s", mine, what, other, {"questions": count, **more})


def written(book: Sequence[Asked], rounds: int) -> Line:
    """From facts that were never prepared to a whole verdict, digests and used windows included."""
    facts = [(prepared.facts, stack, from_micros(at)) for prepared, stack, at in book]

    def whole() -> None:
        for asked in facts:
            judge(*asked)

    rates = [rate(whole, len(facts)) for _ in range(rounds)]
    return Line(
        name="decide from facts",
        ours=rounded(max(rates)),
        unit="verdicts/s",
        detail={"questions": len(facts)},
    )


def histories(rounds: int, calls: int) -> Iterator[Line]:
    """One consumer with 10 and with 10,000 earlier contacts: the ratio should stay near 1."""
    rates = {}
    for earlier in (10, 10_000):
        asked = with_history(earlier)
        judge_prepared(*asked)
        rates[earlier] = max(rate(lambda a=asked: repeat(a, calls), calls) for _ in range(rounds))  # type: ignore[misc]
    yield Line(
        name="decide history",
        ours=rounded(rates[10_000]),
        unit="decisions/s",
        peer="the same with 10 earlier contacts",
        theirs=rounded(rates[10]),
        ratio=rounded(rates[10_000] / rates[10]),
        detail={"earlier contacts": 10_000, "aim": "at least 0.67"},
    )


def with_history(earlier: int) -> Asked:
    at = dt.datetime(2026, 10, 14, 16, tzinfo=dt.UTC)
    history = tuple(
        Event(
            at=at - dt.timedelta(hours=6 * index + 200),
            channel=Channel.EMAIL,
            outcome=Outcome.SENT,
            debts=("d1",),
        )
        for index in reversed(range(earlier))
    )
    contact = Contact(at=at, channel=Channel.VOICE, debts=("d1",), number_kind=NumberKind.LANDLINE)
    facts = Facts(jurisdictions=("us", "us-wa"), zones=("America/Chicago",), history=history, contact=contact)
    return prepare(facts), stack_of(facts, load()), to_micros(at)


def repeat(asked: Asked, calls: int) -> None:
    for _ in range(calls):
        judge_prepared(*asked)
