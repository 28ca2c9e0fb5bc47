"""Suppression lists that come again, after stops from elsewhere and after somebody was opened again; both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from orchestrator.domain.instant import to_micros
from orchestrator.store.entry import is_liftable, stops_in_force
from orchestrator.store.identifier import new_id
from tests.contract.importers.conftest import ANN, Desk

Ann = Callable[..., dict[str, str]]
NUMBER = ANN["mobile"]
BY_ADDRESS, BY_CONSUMER = {"address": NUMBER}, {"consumer_id": "c1"}


def stop(**cells: str) -> dict[str, str]:
    return {"consumer_id": "", "address": "", "channel": "", "at": "", "source": "", **cells}


def write(desk: Desk, **values: Any) -> str:
    """A row of the register as something other than an import writes it, a minute after what was before."""
    desk.clock.advance(timedelta(minutes=1))
    with desk.database.write(desk.clock) as unit:
        made = new_id("oo")
        row = {"id": made, "consumer_id": None, "value_index": None, "channel": None, "source": "api",
               "recorded_by": "x", "corrects_id": None, "withdrawn": False, "occurred_at": unit.now_micros,
               "recorded_at": unit.now_micros, **values}  # fmt: skip
        unit.insert_many("opt_out", tuple(row), [tuple(row.values())])
    return made


def withdraw(desk: Desk) -> None:
    """Everything in force is withdrawn, as a person at the firm may do."""
    for id_, consumer_id, value_index, channel in in_force(desk):
        write(
            desk,
            corrects_id=id_,
            withdrawn=True,
            consumer_id=consumer_id,
            value_index=value_index,
            channel=channel,
        )


def in_force(desk: Desk) -> list[tuple[Any, ...]]:
    return desk.see(
        "SELECT id, consumer_id, value_index, channel FROM opt_out o WHERE NOT withdrawn AND NOT EXISTS "
        "(SELECT 1 FROM opt_out l WHERE l.corrects_id = o.id)"
    )


def count(desk: Desk) -> int:
    return int(desk.see("SELECT count(*) FROM opt_out")[0][0])


@pytest.mark.parametrize("cells", [BY_ADDRESS, BY_CONSUMER])
def test_the_same_list_after_a_withdrawal_closes_again_each_time(
    desk: Desk, ann: Ann, cells: dict[str, str]
) -> None:
    desk.bring(ann())
    for _ in range(3):
        desk.bring(stop(**cells))
        assert len(in_force(desk)) == 1
        before = desk.see("SELECT epoch FROM consumer")
        desk.bring(stop(**cells))
        assert len(in_force(desk)) == 1
        assert desk.see("SELECT epoch FROM consumer") == before
        withdraw(desk)
        assert in_force(desk) == []


def test_a_dated_row_counts_by_its_date(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    older = stop(**BY_ADDRESS, at="2026-04-01T00:00:00Z")
    desk.bring(older)
    withdraw(desk)
    desk.bring(older)
    desk.bring(stop(**BY_ADDRESS, at="2026-03-31T00:00:00Z", channel="sms"))
    assert in_force(desk) == []
    after = desk.clock.now().isoformat()
    desk.bring(stop(**BY_ADDRESS, at=after))
    desk.bring(stop(**BY_ADDRESS, at=after))
    assert len(in_force(desk)) == 1


def test_what_was_opened_on_one_channel_is_still_closed_by_an_older_stop_of_all(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    desk.bring(stop(**BY_CONSUMER, channel="sms"))
    withdraw(desk)
    desk.bring(stop(**BY_CONSUMER, at="2026-04-01T00:00:00Z"))
    assert [row[3] for row in in_force(desk)] == [None]


def test_a_list_is_kept_beside_a_stop_by_text_which_a_start_may_lift(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    index = desk.sealer.index("phone", NUMBER)
    text = write(desk, value_index=index, source="inbound:sms", recorded_by="system")
    row = stop(**BY_ADDRESS, at="2026-04-01T00:00:00Z")
    desk.bring(row)
    desk.bring(row)
    assert count(desk) == 2
    write(
        desk, value_index=index, corrects_id=text, withdrawn=True, source="inbound:sms", recorded_by="system"
    )
    assert len(in_force(desk)) == 1
    desk.bring(row)
    assert count(desk) == 3


def test_an_older_row_that_comes_after_a_start_was_not_the_starts_to_lift(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    index = desk.sealer.index("phone", NUMBER)
    text = write(desk, value_index=index, source="inbound:sms", recorded_by="system")
    write(
        desk, value_index=index, corrects_id=text, withdrawn=True, source="inbound:sms", recorded_by="system"
    )
    desk.bring(stop(**BY_ADDRESS, at="2026-04-01T00:00:00Z"))
    assert len(in_force(desk)) == 1


def test_no_imported_row_can_be_lifted_whatever_source_it_names(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    row = stop(**BY_ADDRESS, source="inbound:sms")
    desk.bring(row)
    desk.bring(row)
    with desk.database.read() as unit:
        (kept,) = stops_in_force(unit, [desk.sealer.index("phone", NUMBER)])
    assert kept.source == "inbound:sms"
    assert not is_liftable(kept.source, kept.recorded_by)


def test_a_portfolio_closes_again_too(desk: Desk, ann: Ann) -> None:
    desk.bring(ann(opt_out="sms"))
    withdraw(desk)
    desk.bring(ann(opt_out="sms"))
    assert [row[3] for row in in_force(desk)] == ["sms"]


def test_a_row_of_a_consumer_and_an_address_closes_both(desk: Desk, ann: Ann) -> None:
    desk.bring(ann(), ann(consumer_id="c2", account_id="a2"))
    desk.bring(stop(consumer_id="c1", address=NUMBER, channel="sms"))
    index = desk.sealer.index("phone", NUMBER)
    assert {row[1:] for row in in_force(desk)} == {("c1", None, "sms"), (None, index, "sms")}


def test_the_half_that_can_be_closed_is_closed_and_the_row_refused_aloud(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    result = desk.bring(stop(consumer_id="c1", address="555-0100"))
    assert [row[1:] for row in in_force(desk)] == [("c1", None, None)]
    assert "the consumer's stop is recorded" in desk.reasons(result)[0]


def test_a_consumer_who_is_not_here_yet_is_closed_in_advance_beside_an_address(desk: Desk, ann: Ann) -> None:
    result = desk.bring(stop(consumer_id="c1", address="+12125550177"))
    assert result.rejected == 0
    assert {row[1] for row in in_force(desk)} == {"c1", None}


@pytest.mark.parametrize(
    ("address", "channel", "stored"),
    [("ann@example.org", "sms", None), ("+12125550100", "email", None), ("+12125550100", "email;sms", "sms")],
)
def test_an_address_is_closed_whole_where_the_channel_does_not_reach_it(
    desk: Desk, ann: Ann, address: str, channel: str, stored: str | None
) -> None:
    desk.bring(ann(email="ann@example.org"))
    desk.bring(stop(address=address, channel=channel))
    assert [row[3] for row in in_force(desk)] == [stored]


def test_a_row_dated_in_the_future_holds_at_once(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    desk.bring(stop(**BY_ADDRESS, at="2027-01-01T00:00:00Z"))
    ((at,),) = desk.see("SELECT occurred_at FROM opt_out")
    assert at <= to_micros(desk.clock.now())
