"""A fact that is told with a time still to come holds from now: a stop does not wait for its own date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from orchestrator.domain.instant import to_micros
from orchestrator.engine.house import House
from orchestrator.services import fact
from orchestrator.services.contact import Contact, check_contact
from orchestrator.services.fact import By
from orchestrator.store.database import Database
from policies.verdict import Decision
from tests.integration.engine import stage

Tell = Callable[[House, By, str], object]
TOLD: dict[str, Tell] = {
    "opt_out": lambda house, by, who: fact.record_opt_out(house, by, consumer_id=who, channel="sms"),
    "cease_request": lambda house, by, who: fact.record_cease(house, by, who, form="written"),
    "complaint": lambda house, by, who: fact.record_complaint(house, by, who, text="You called my mother."),
}


def test_a_fact_dated_in_the_future_holds_at_once(database: Database) -> None:
    played = stage.build(database)
    contacts = [row[0] for row in played.query("SELECT id FROM consumer ORDER BY id")]
    ready = [str(one) for one in contacts if _asked(played.house, str(one)) is Decision.ALLOW]
    later = played.clock.now() + timedelta(days=30)
    for (table, tell), who in zip(TOLD.items(), ready, strict=False):
        tell(played.house, By(source="consumer", who="test", at=later), who)
        assert _asked(played.house, who) in {Decision.DENY, Decision.HOLD}, table
        ((at,),) = played.query(f"SELECT occurred_at FROM {table}")
        assert int(str(at)) <= to_micros(played.clock.now())
    assert len(ready) >= len(TOLD)


def _asked(house: House, consumer_id: str) -> Decision:
    return check_contact(house, Contact(consumer_id, "sms")).decision
