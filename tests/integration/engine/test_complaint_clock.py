"""The time that China sets for the answer of a complaint runs whichever way the complaint came, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bench.book import Book
from channels.contract import Channel
from channels.simulator.act import ActKind, ConsumerAct
from orchestrator.engine.complaint import complaint_due
from orchestrator.engine.conduct import Conduct
from orchestrator.engine.inbound import Heard, receive_one
from orchestrator.services import fact
from orchestrator.services.fact import By
from orchestrator.store.database import Database
from tests.integration.engine import stage

ANN = "C0000000"
SHANGHAI = '[{"zone": "Asia/Shanghai", "source": "country"}]'


@pytest.fixture
def played(database: Database) -> stage.Stage:
    made = stage.build(database, book=Book(count=1))
    with database.write(made.house.clock) as unit:
        unit.execute("UPDATE consumer SET country = 'CN', zones = :zones", {"zones": SHANGHAI})
    return made


def by_text(played: stage.Stage) -> None:
    with played.house.database.write(played.house.clock) as unit:
        sealed = unit.query("SELECT value_sealed FROM contact_point WHERE kind = 'phone'")[0][0]
        heard: dict[str, Any] = {"provider": "simulated", "key": "k1", "channel": "sms", "attempt_id": None}
        address = played.house.sealer.open(bytes(sealed))
        receive_one(
            played.house, unit, Heard(**heard, address=address, text="I will file a complaint", at=unit.now)
        )


def by_mail(played: stage.Stage) -> None:
    act = ConsumerAct(
        act_id="act_1", kind=ActKind.COMPLAINT, consumer_id=ANN, account_ids=(), channel=Channel.LETTER
    )
    Conduct(played.house, lambda _line: None).act(act, played.house.clock.now())


def to_a_person(played: stage.Stage) -> None:
    fact.record_complaint(played.house, By("test"), ANN, text="You call too often")


@pytest.mark.parametrize("complain", [by_text, by_mail, to_a_person])
def test_every_complaint_has_its_day(played: stage.Stage, complain: Any) -> None:
    complain(played)
    with played.house.database.read(played.house.clock) as unit:
        due = complaint_due(unit, ANN, played.house.clock.now())
        assert due is not None
        assert [str(row[0]) for row in unit.query("SELECT due_on FROM complaint")] == [due.isoformat()]


def test_the_day_is_the_consumers_own(played: stage.Stage) -> None:
    late = datetime(2026, 3, 1, 17, tzinfo=UTC)
    with played.house.database.write(played.house.clock) as unit:
        assert complaint_due(unit, ANN, late) == date(2026, 3, 17)
        unit.execute("UPDATE consumer SET zones = '[]'")
        assert complaint_due(unit, ANN, late) == date(2026, 3, 16)
        unit.execute("UPDATE consumer SET country = 'US'")
        assert complaint_due(unit, ANN, late) is None
