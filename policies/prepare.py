"""Facts made ready for the judge: instants as integers, events sorted, counts answered by bisect.

`prepare` costs one pass over the history for every series that a cap asks for; judging after that does not grow
with the history. A `Prepared` may be asked about another contact with the same history: `with_contact`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

import msgspec

from policies.facts import Contact, Event, Facts, digest
from policies.instant import DAY, Zone, to_micros, zone
from policies.rule import Traits
from policies.vocabulary import Actor, EventActor, Fact

Local = tuple[Zone, int, int]
"""A zone, its local day number, and the microseconds since that local midnight."""

_ACTORS: dict[str, str] = {
    EventActor.AGENCY: Actor.THIRD_PARTY_COLLECTOR,
    EventActor.LENDER: Actor.ORIGINAL_CREDITOR,
}


class Moment:
    """An instant and what the clocks show at it in every candidate zone of the consumer.

    `brief`: only the answer is wanted, nobody will read the reason (looking for the next permitted time).
    """

    __slots__ = ("_locals", "at", "brief", "zones")

    def __init__(self, at: int, zones: tuple[Zone, ...], *, brief: bool = False) -> None:
        self.at = at
        self.brief = brief
        self.zones = zones
        self._locals: list[Local] | None = None

    @property
    def locals(self) -> list[Local]:
        """The local day and clock of each candidate zone, worked out when first asked for."""
        if self._locals is None:
            self._locals = [self.local(place) for place in self.zones]
        return self._locals

    def local(self, place: Zone) -> Local:
        """What the clock of any zone shows, candidate or not."""
        wall = self.at + place.offset(self.at)
        day = wall // DAY
        return (place, day, wall - day * DAY)

    def in_zone(self, own: Zone | None) -> list[Local]:
        """The candidates, or only the rule's own zone where it has one."""
        return self.locals if own is None else [self.local(own)]


class Series:
    """The events that one cap counts in one bucket: times ascending, their ids, their local days by zone."""

    __slots__ = ("_days", "events", "times")

    def __init__(self, events: list[Event], times: list[int]) -> None:
        self.events = events
        self.times = times
        self._days: dict[str, list[int]] = {}

    def ids(self, low: int, high: int) -> tuple[str, ...]:
        """Our attempt ids of these events; the instant where an event has none."""
        return tuple(event.id or event.at.isoformat() for event in self.events[low:high])

    def days(self, place: Zone) -> list[int]:
        """The local day number of each event, ascending."""
        known = self._days.get(place.name)
        if known is None:
            known = self._days[place.name] = [place.day(us) for us in self.times]
        return known

    def between_days(self, place: Zone, first: int, last: int) -> tuple[int, int]:
        """Index range of the events on local dates `first` to `last`, both inclusive."""
        days = self.days(place)
        return bisect_left(days, first), bisect_right(days, last)

    def since(self, us: int) -> tuple[int, int]:
        """Index range of the events later than `us`."""
        return bisect_right(self.times, us), len(self.times)


class Prepared:
    """One question, ready to be asked at any instant."""

    __slots__ = (
        "_digest",
        "_series",
        "contact",
        "events",
        "facts",
        "history_since",
        "liftable",
        "own",
        "present",
        "profile",
        "times",
        "traits",
        "unknown",
        "zones",
    )

    def __init__(
        self,
        facts: Facts,
        events: tuple[Event, ...],
        times: list[int],
        zones: tuple[Zone, ...],
        unknown: frozenset[str],
    ) -> None:
        self.facts = facts
        self.contact: Contact = facts.contact
        self.events = events
        self.times = times
        self.zones = zones
        self.unknown = unknown
        self.history_since = None if facts.history_since is None else to_micros(facts.history_since)
        self.traits = traits_of(facts)
        self.present = present_in(facts)
        contact = facts.contact
        self.liftable = contact.reply or contact.in_session or any(c.type == "time" for c in facts.consents)
        self._series: dict[Hashable, Any] = {}
        self._digest: str | None = None
        self.own: dict[str, int] = {}
        """What a check keeps for this very contact (not shared by `with_contact`), by its own token."""
        self.profile: Any = None
        """The stack's last profile for this contact; the judge looks whether it still holds."""

    @property
    def facts_digest(self) -> str:
        """SHA-256 of the canonical facts, worked out once."""
        if self._digest is None:
            self._digest = digest(self.facts)
        return self._digest

    @facts_digest.setter
    def facts_digest(self, known: str) -> None:
        self._digest = known

    def series(self, key: Hashable, predicate: Callable[[], Callable[[Event], bool]]) -> Series:
        """The events that the predicate counts, built once for each `key`."""
        known: Series | None = self._series.get(key)
        if known is None:
            counts, events, times = predicate(), self.events, self.times
            chosen = [index for index, event in enumerate(events) if counts(event)]
            known = Series([events[index] for index in chosen], [times[index] for index in chosen])
            self._series[key] = known
        return known

    def once(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Anything else that is worth working out once for these facts."""
        if key not in self._series:
            self._series[key] = make()
        return self._series[key]

    def moment(self, at: int) -> Moment:
        return Moment(at, self.zones)

    def with_contact(self, contact: Contact) -> Prepared:
        """The same facts asked about another contact. What `once` and `series` kept is kept: keys that depend on
        the contact must name what they depend on."""
        other = Prepared(
            msgspec.structs.replace(self.facts, contact=contact),
            self.events,
            self.times,
            self.zones,
            self.unknown,
        )
        other._series = self._series
        return other


REGISTERS = (
    "cease",
    "attorney",
    "holds",
    "deceased",
    "consumer_status",
    "disputes",
    "dispute",
    "original_creditor_requests",
    "validation",
    "notices",
    "time_barred",
    "inconvenient",
    "inconvenient_places",
    "employer",
    "work_stop",
    "addresses",
    "numbers",
    "rnd_checks",
)
"""Facts that most contacts have none of: a rule that reads only these need not be asked where they are absent."""


def present_in(facts: Facts) -> tuple[str, ...]:
    """The registers that hold something, in their order."""
    found = [name for name in REGISTERS if getattr(facts, name)]
    if facts.dc_notice_mailed is not msgspec.UNSET:
        found.append("dc_notice_mailed")
    return tuple(found)


def actor_of(facts: Facts) -> str:
    """Who makes the contact: the contact's own word, else the account's actor."""
    own = facts.contact.actor
    return facts.actor if own is None else _ACTORS.get(own, own)


def traits_of(facts: Facts) -> Traits:
    """What of the contact decides which rules can matter."""
    contact = facts.contact
    return Traits(
        contact.channel,
        actor_of(facts),
        contact.party,
        contact.content,
        contact.number_kind,
        contact.place,
        contact.purpose,
        contact.automated,
        contact.reply,
        contact.direction,
    )


def _zones(names: tuple[str, ...]) -> tuple[Zone, ...] | None:
    """The tables of the named zones; None if one of them does not exist."""
    try:
        return tuple(zone(name) for name in dict.fromkeys(names))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def prepare(facts: Facts) -> Prepared:
    """Make facts ready. No usable zone counts as an unknown zone; the history is sorted by time (stable)."""
    events = facts.history
    times = [to_micros(event.at) for event in events]
    if times != sorted(times):
        events = tuple(sorted(events, key=lambda event: event.at))
        times.sort()
    unknown: set[str] = set(facts.unknown)
    zones = _zones(facts.zones)
    if not zones:
        unknown.add(Fact.ZONE)
        zones = ()
    return Prepared(facts, events, times, zones, frozenset(unknown))
