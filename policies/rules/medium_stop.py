"""Opt-outs: a medium, or one address or number, that somebody asked us not to use any more.

Sources: 12 CFR 1006.14(h) and its comments; D.C. Code 28-3814(d)(4)(A); firm policy everywhere else. A stop
counts from its receipt, never ends by itself, and a carrier's START does not lift it. A channel that the
consumer excluded by preference is closed the same way.

Other rules let a confirmation pass (a hold, an attorney, a missing consent), so it has to answer something: without
a stop of this electronic medium that still lacks its confirmation there is none to send.
"""

from __future__ import annotations

from typing import NamedTuple

from policies.facts import Event, Facts, Frozen, Tagged
from policies.instant import FOREVER, to_micros
from policies.pattern import matches
from policies.prepare import Moment, Prepared
from policies.rule import Blocked, Check, Kind, Result, RuleInForce, Traits
from policies.stop_wording import asks_to_stop
from policies.vocabulary import ELECTRONIC, Channel, Content, Decision, Fact, RuleKind

_COVERS: dict[str, frozenset[str]] = {
    Channel.VOICE: frozenset({Channel.VOICE, Channel.VOICEMAIL, Channel.TASK}),
    Channel.LETTER: frozenset({Channel.LETTER, Channel.POSTCARD}),
}
"""A stop of calls closes the message that a call leaves and an agent's task to call; one of mail closes
postcards.
"""
_UNSENT = frozenset({"failed", "undelivered", "bounced"})


class Params(Frozen, frozen=True):
    """`allowed`: contents that may still go by mail. `one_confirmation`: one bare confirmation may go.

    `outside`: parties whom a stop of a whole medium was not about; a stop of their own address binds.
    """

    allowed: tuple[Tagged, ...] = ()
    one_confirmation: bool = True
    outside: tuple[Tagged, ...] = (
        "consumer_attorney",
        "consumer_reporting_agency",
        "creditor",
        "creditor_attorney",
        "collector_attorney",
    )


class Stop(NamedTuple):
    """A stop as the check reads it: `at` in microseconds, 0 where the receipt was not noted."""

    medium: str
    address: str | None
    at: int


def compile_rule(rule: RuleInForce[Params], traits: Traits) -> Check | None:
    """The objection to a stopped medium; mail that the law requires passes a stop of mail."""
    channel = traits.channel
    if channel == Channel.LETTER and matches(rule.params.allowed, traits.content):
        return None
    outside = matches(rule.params.outside, traits.party)
    if traits.content == Content.OPT_OUT_CONFIRMATION:
        may_confirm = rule.params.one_confirmation and channel in ELECTRONIC
        return _confirmation(channel, outside, may_confirm)

    def check(prepared: Prepared, moment: Moment) -> Result:
        facts = prepared.facts
        if not (facts.media_stop or prepared.events or facts.excluded_channels or facts.cease):
            return FOREVER
        later = FOREVER
        for stop in prepared.once("stops", lambda: _stops(prepared)):
            if not _closes(stop, channel, prepared.contact.address) or (outside and stop.address is None):
                continue
            if stop.at > moment.at:
                later = min(later, stop.at)
            else:
                return Blocked(Decision.DENY, _why(stop, channel))
        return later

    return check


def _confirmation(channel: str, outside: bool, may_confirm: bool) -> Check:
    """The objection to every confirmation but the first one of a stop that surely covers the contact."""

    def check(prepared: Prepared, moment: Moment) -> Result:
        if not may_confirm:
            return Blocked(Decision.DENY, f"no confirmation of a stop goes by {channel}")
        address = prepared.contact.address
        was_asked = False
        for stop in prepared.once("stops", lambda: _stops(prepared)):
            if stop.at > moment.at or not _surely_closes(stop, channel, address):
                continue
            if outside and stop.address is None:
                continue
            if not _was_confirmed(prepared, stop, moment.at):
                return FOREVER
            was_asked = True
        if was_asked:
            return Blocked(Decision.DENY, f"the stop of {channel} was already confirmed once")
        return Blocked(Decision.DENY, f"nobody asked to stop the use of this {channel}: nothing to confirm")

    return check


def _closes(stop: Stop, channel: str, address: str | None) -> bool:
    """True if the stop covers this channel and address. A contact without an address could be to the
    stopped one.
    """
    if channel not in _COVERS.get(stop.medium, (stop.medium,)):
        return False
    return stop.address is None or address is None or stop.address == address


def _surely_closes(stop: Stop, channel: str, address: str | None) -> bool:
    """True only where the contact goes to what was stopped: an address that is not known could be another one."""
    return _closes(stop, channel, address) and (stop.address is None or address is not None)


def _stops(prepared: Prepared) -> tuple[Stop, ...]:
    facts = prepared.facts
    registered = [Stop(s.medium, s.address, to_micros(s.at) if s.at else 0) for s in facts.media_stop]
    registered += [Stop(channel, None, 0) for channel in facts.excluded_channels]
    return (*registered, *_oral(facts), *(_asked(event) for event in prepared.events if _is_stop(event)))


def _oral(facts: Facts) -> list[Stop]:
    """Words spoken are no written cease notice, yet they close the medium they were spoken in."""
    cease = facts.cease
    if cease is None or cease.form != "oral":
        return []
    received = cease.received_at or cease.sent_at
    return [Stop(cease.via or Channel.VOICE, None, to_micros(received) if received else 0)]


def _is_stop(event: Event) -> bool:
    return event.body is not None and event.direction == "inbound" and asks_to_stop(event.body)


def _asked(event: Event) -> Stop:
    return Stop(event.channel, event.address, to_micros(event.at))


def _was_confirmed(prepared: Prepared, stop: Stop, at: int) -> bool:
    """True if a confirmation already left for this stop; one whose outcome is not known did."""
    for event in prepared.events:
        if event.content != Content.OPT_OUT_CONFIRMATION or event.outcome in _UNSENT:
            continue
        if stop.at <= to_micros(event.at) <= at and _closes(stop, event.channel, event.address):
            return True
    return False


def _why(stop: Stop, channel: str) -> str:
    what = f"use of {channel}" if stop.address is None else f"use of this {channel} address"
    return f"the consumer asked to stop the {what}"


KIND = Kind(RuleKind.MEDIUM_STOP, Params, compile_rule, needs=lambda params: (Fact.MEDIA_STOP,))
