"""An account that is paid, recalled or closed: no way of asking gets a contact about it."""

from __future__ import annotations

import asyncio

import pytest

from orchestrator.engine.replay import replay
from orchestrator.services import contact
from orchestrator.services.contact import Contact
from orchestrator.store.database import Database
from tests.integration.engine import stage
from tests.integration.engine.stage import Stage


@pytest.fixture
def played(database: Database) -> Stage:
    return stage.build(database, enroll=False)


def wanted(played: Stage, **more: object) -> Contact:
    account_id, consumer_id = played.query("SELECT account_id, consumer_id FROM account_consumer ORDER BY 1")[
        0
    ]
    given = {
        "consumer_id": consumer_id,
        "account_ids": (account_id,),
        "channel": "sms",
        "template": "reminder",
    }
    return Contact(**{**given, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize("state", ["paid", "recalled", "closed"])
def test_nothing_is_sent_about_an_account_that_is_over(played: Stage, state: str) -> None:
    asked = wanted(played)
    assert contact.check_contact(played.house, asked).decision == "allow"
    with played.database.write(played.clock) as unit:
        unit.execute(
            "UPDATE account SET state = :state WHERE id = :id", {"state": state, "id": asked.account_ids[0]}
        )
    verdict = contact.check_contact(played.house, asked)
    assert (verdict.decision, verdict.rules[0].id) == ("deny", "account_not_open")
    sent = asyncio.run(contact.send_contact(played.house, asked, requested_by="test"))
    assert sent.attempt_id is None
    assert not played.sink.received
    assert not replay(played.house).differences
