"""What if: recorded facts with one of them changed, to be judged again. Nothing is written anywhere.

A supposition is a short text that a form or a caller can carry: `without:cease`, `without:holds:0`,
`without:event:at_1`, `zone:America/Phoenix`, `known:consent`, `agreed:call`, `agreed:automated_voice`,
`agreed:electronic`, `agreed:time`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from policies.facts import Consent, Event, Facts
from policies.vocabulary import ELECTRONIC, Channel

_ONE = ("cease", "attorney", "employer", "validation", "dispute")
_MANY = (
    "holds",
    "disputes",
    "original_creditor_requests",
    "media_stop",
    "inconvenient",
    "inconvenient_places",
    "consents",
    "excluded_channels",
)
_UNKNOWN = "known"
_CONSENTS = frozenset({"call", "automated_voice", "electronic", "time"})


class Supposition(NamedTuple):
    """`key` as above, what it is about (`kind`: a register, event, zone, known, call, electronic, ...), and
    the record itself: a struct of the facts, an event, a name."""

    key: str
    kind: str
    record: Any = None


def suppositions(facts: Facts, counted: Sequence[str] = ()) -> tuple[Supposition, ...]:
    """What may be supposed of these facts; `counted`: ids of the events that the rules counted."""
    return (*_gone(facts), *_events(facts, counted), *_zones(facts), *_known(facts), *_agreed(facts))


def _gone(facts: Facts) -> Iterator[Supposition]:
    for name in _ONE:
        if (record := getattr(facts, name)) is not None:
            yield Supposition(f"without:{name}", name, record)
    for name in _MANY:
        for place, record in enumerate(getattr(facts, name)):
            yield Supposition(f"without:{name}:{place}", name, record)
    if facts.deceased:
        yield Supposition("without:deceased", "deceased")


def _events(facts: Facts, counted: Sequence[str]) -> Iterator[Supposition]:
    wanted = frozenset(counted)
    for event in facts.history:
        name = name_of(event)
        if name in wanted:
            yield Supposition(f"without:event:{name}", "event", event)


def name_of(event: Event) -> str:
    """How a verdict names an event that it counted: our id, else its instant."""
    return event.id or event.at.isoformat()


def _zones(facts: Facts) -> Iterator[Supposition]:
    if len(facts.zones) > 1:
        for zone in facts.zones:
            yield Supposition(f"zone:{zone}", "zone", zone)


def _known(facts: Facts) -> Iterator[Supposition]:
    for name in dict.fromkeys(facts.unknown):
        yield Supposition(f"{_UNKNOWN}:{name}", _UNKNOWN, name)


def _agreed(facts: Facts) -> Iterator[Supposition]:
    channel = facts.contact.channel
    if channel in {Channel.VOICE, Channel.VOICEMAIL}:
        yield Supposition("agreed:call", "call")
        if facts.contact.automated:
            yield Supposition("agreed:automated_voice", "automated_voice")
    if channel in ELECTRONIC:
        yield Supposition("agreed:electronic", "electronic")
    yield Supposition("agreed:time", "time")


def suppose(facts: Facts, keys: Sequence[str], at: dt.datetime) -> Facts:
    """The facts as if these suppositions held at `at`. One that does not fit the facts is a ValueError."""
    known = {one.key: one for one in suppositions(facts, tuple(name_of(event) for event in facts.history))}
    strange = [key for key in keys if key not in known]
    if strange:
        raise ValueError(strange[0])
    chosen = [known[key] for key in dict.fromkeys(keys)]
    changes: dict[str, Any] = {}
    for one in chosen:
        if one.kind in _ONE:
            changes[one.kind] = None
        elif one.kind in _MANY:
            left = changes.get(one.kind, getattr(facts, one.kind))
            changes[one.kind] = tuple(record for record in left if record is not one.record)
    changes |= _rest(facts, chosen, changes, at)
    return msgspec.structs.replace(facts, **changes)


def _rest(
    facts: Facts, chosen: Sequence[Supposition], changes: dict[str, Any], at: dt.datetime
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    gone = [one.record for one in chosen if one.kind == "event"]
    if gone:
        found["history"] = tuple(e for e in facts.history if not any(e is record for record in gone))
    zones = [str(one.record) for one in chosen if one.kind == "zone"]
    if zones:
        found["zones"] = tuple(zones)
    told = {one.record for one in chosen if one.kind == _UNKNOWN}
    if told:
        found["unknown"] = tuple(name for name in facts.unknown if name not in told)
    if any(one.kind == "deceased" for one in chosen):
        found["deceased"] = False
    agreed = [_consent(one.kind, facts, at) for one in chosen if one.kind in _CONSENTS]
    if agreed:
        found["consents"] = (*changes.get("consents", facts.consents), *agreed)
        unknown = found.get("unknown", facts.unknown)
        found["unknown"] = tuple(name for name in unknown if name != "consent")
    return found


def _consent(kind: str, facts: Facts, at: dt.datetime) -> Consent:
    """Given directly and just now, to this very contact; a time is the whole day."""
    contact = facts.contact
    if kind == "call":
        debt = contact.debts[0] if len(contact.debts) == 1 else None
        return Consent(type="call_frequency", debt=debt, party=contact.party, received_at=at)
    if kind == "time":
        return Consent(type="time", party=contact.party, received_at=at, window=("00:00", "24:00"))
    return Consent(type=kind, medium=contact.channel, address=contact.address, received_at=at)
