"""A last day that is written for "for ever" ends before the calendar does."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from orchestrator.engine.standing import promise_end
from orchestrator.store.pool import PromiseRow


def test_a_promise_for_the_last_day_of_the_calendar_is_waited_for() -> None:
    row = PromiseRow("pr_1", "C-1", "A-1", 500, "USD", date.max, "open", 0)
    assert promise_end(row, timedelta(days=5)) > datetime(8999, 1, 1, tzinfo=UTC)
