"""What if: facts with one of them changed answer as those facts would."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from policies.evaluate import judge
from policies.facts import Cease, Contact, Debt, Event, Facts, Hold, MediaStop
from policies.library import load
from policies.suppose import Supposition, suppose, suppositions
from policies.verdict import Decision
from policies.vocabulary import Channel, Outcome

LIBRARY = load()
AT = datetime(2026, 11, 23, 17, 15, tzinfo=UTC)
TALK = Event(
    id="at-1", at=AT - timedelta(days=3), channel=Channel.VOICE, outcome=Outcome.CONVERSATION, debts=("A-1",)
)  # fmt: skip


def facts_of(channel: Channel = Channel.VOICE, **more: object) -> Facts:
    given: dict[str, object] = {
        "jurisdictions": ("us",), "zones": ("America/Chicago",), "country": "US", "currency": "USD",
        "debts": {"A-1": Debt()}, "contact": Contact(at=AT, channel=channel, debts=("A-1",), address="p-1"),
    }  # fmt: skip
    return Facts(**(given | more))  # type: ignore[arg-type]


def decision(facts: Facts) -> Decision:
    return judge(facts, LIBRARY.stack(facts.jurisdictions, facts.actor, AT.date()), AT).decision


def keys(facts: Facts, counted: tuple[str, ...] = ()) -> set[str]:
    return {one.key for one in suppositions(facts, counted)}


@pytest.mark.parametrize(
    ("facts", "key"),
    [
        (facts_of(cease=Cease(form="written", received_at=AT - timedelta(days=1))), "without:cease"),
        (facts_of(holds=(Hold(type="bankruptcy"),)), "without:holds:0"),
        (facts_of(media_stop=(MediaStop(medium=Channel.VOICE),)), "without:media_stop:0"),
        (facts_of(history=(TALK,)), "without:event:at-1"),
        (facts_of(history=(TALK,)), "agreed:call"),
        (facts_of(zones=("America/Chicago", "Pacific/Honolulu")), "zone:America/Chicago"),
        (facts_of(zones=("Pacific/Honolulu",)), "agreed:time"),
        (facts_of(deceased=True), "without:deceased"),
        (facts_of(unknown=("recipient",)), "known:recipient"),
        (
            facts_of(contact=Contact(at=AT, channel=Channel.VOICE, automated=True), unknown=("consent",)),
            "agreed:automated_voice",
        ),
        (facts_of(Channel.SMS, jurisdictions=("us", "us-dc"), unknown=("consent",)), "agreed:electronic"),
    ],
)
def test_what_stood_in_the_way_no_longer_does(facts: Facts, key: str) -> None:
    assert key in keys(facts, ("at-1",))
    assert decision(facts) is not Decision.ALLOW
    assert decision(suppose(facts, [key], AT)) is Decision.ALLOW


def test_one_of_two_is_taken_away_alone() -> None:
    facts = facts_of(holds=(Hold(type="bankruptcy"), Hold(type="legal")))
    assert suppose(facts, ["without:holds:0"], AT).holds == (Hold(type="legal"),)
    assert decision(suppose(facts, ["without:holds:0"], AT)) is Decision.HOLD
    assert decision(suppose(facts, ["without:holds:0", "without:holds:1"], AT)) is Decision.ALLOW


def test_only_what_fits_the_facts_is_offered() -> None:
    assert keys(facts_of()) == {"agreed:call", "agreed:time"}
    assert keys(facts_of(Channel.SMS)) == {"agreed:electronic", "agreed:time"}
    assert Supposition("without:event:at-1", "event", TALK) not in suppositions(facts_of(history=(TALK,)))


def test_a_supposition_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="without:holds:3"):
        suppose(facts_of(), ["without:holds:3"], AT)


def test_the_facts_themselves_are_never_changed() -> None:
    facts = facts_of(holds=(Hold(type="bankruptcy"),))
    suppose(facts, ["without:holds:0", "agreed:time"], AT)
    assert facts == facts_of(holds=(Hold(type="bankruptcy"),))
