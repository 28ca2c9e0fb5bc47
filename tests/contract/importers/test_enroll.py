"""Enrolling: once per account, by condition, and with an import, on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orchestrator.domain.cadence_library import load
from orchestrator.domain.condition import ConditionError
from orchestrator.services.enroll import enroll
from tests.contract.importers.conftest import Desk

Ann = Callable[..., dict[str, str]]
STANDARD = load().find("standard")


def entered(desk: Desk, where: str | None = None) -> int:
    return enroll(desk.database, desk.clock, desk.sealer, STANDARD, where)


def test_every_open_account_enters_once(desk: Desk, ann: Ann) -> None:
    desk.bring(ann(), ann(account_id="a2"), ann(account_id="a3", balance="0"))
    assert entered(desk) == 2
    assert entered(desk) == 0
    rows = desk.see(
        "SELECT account_id, consumer_id, state, step, cadence, cadence_digest FROM enrollment ORDER BY 1"
    )
    assert rows == [(id_, "c1", "active", 0, "standard", STANDARD.digest) for id_ in ("a1", "a2")]
    assert desk.see("SELECT digest FROM cadence_version") == [(STANDARD.digest,)]
    assert desk.see("SELECT count(*) FROM ledger_entry WHERE kind = 'enrolled'") == [(2,)]


def test_an_account_that_left_may_enter_again(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    entered(desk)
    with desk.database.write(desk.clock) as unit:
        unit.execute("UPDATE enrollment SET state = 'ended'")
    assert entered(desk) == 1
    assert desk.see("SELECT count(*) FROM enrollment") == [(2,)]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("balance >= 500.0", ["a2"]),
        ('"sms" in opt_outs', ["a2"]),
        ("size(holds) > 0", ["a1"]),
        ('has_email && country == "US"', ["a2"]),
        ('"us-ny-nyc" in jurisdictions', ["a1"]),
        ("days_past_due > 100", ["a1", "a2"]),
        ('validation_sent_on != null && validation_sent_on < "2026-03-01"', ["a1"]),
        ("age != null && age > 30", ["a1"]),
        ("accounts > 1", []),
        ('"email" in consents', ["a2"]),
    ],
)
def test_a_condition_chooses(desk: Desk, ann: Ann, where: str, expected: list[str]) -> None:
    desk.bring(
        ann(holds="dispute", city="Brooklyn", subdivision="US-NY", postal_code="11215", date_of_birth="1990-05-01",
            validation_sent_on="2026-02-01"),
        ann(consumer_id="c2", account_id="a2", mobile="+12125550122", balance="900", opt_out="sms",
            email="b@example.org", consent_email="2026-01-01T00:00:00Z"),
    )  # fmt: skip
    assert entered(desk, where) == len(expected)
    assert [row[0] for row in desk.see("SELECT account_id FROM enrollment ORDER BY 1")] == expected


def test_a_bad_condition_enrols_nobody(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    with pytest.raises(ConditionError):
        entered(desk, "balence > 3.0")
    assert desk.see("SELECT count(*) FROM enrollment") == [(0,)]


def test_an_import_enrols_what_it_brings(desk: Desk, ann: Ann) -> None:
    result = desk.bring(
        ann(), ann(account_id="a2", balance="0"), ann(account_id="a3", currency="X"), cadence=STANDARD
    )
    assert result.enrolled == 1
    assert desk.bring(ann(balance="7"), cadence=STANDARD).enrolled == 0


def test_news_has_what_is_held_looked_at_again(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    entered(desk)
    with desk.database.write(desk.clock) as unit:
        unit.execute("UPDATE enrollment SET state = 'held', next_at = :never", {"never": 2**62})
    desk.bring(ann(validation_sent_on="2026-02-01"))
    assert desk.see("SELECT next_at < :never FROM enrollment", never=2**62) in ([(True,)], [(1,)])
