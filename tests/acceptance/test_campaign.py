"""A campaign does what was forecast, on one clock and with people who answer nothing; every difference is explained."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.foresight import Comparison, compare

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def ensure_near(found: Comparison) -> None:
    """Within 3 %, or one contact where a channel has few."""
    assert found.channels(), "nobody was contacted"
    for name, (foreseen, lived) in found.channels().items():
        assert abs(lived - foreseen) <= max(1, 0.03 * foreseen), (name, foreseen, lived, found.lines())
    assert all(found.reasons.values())


def test_first_contacts_are_those_that_were_forecast(tmp_path: Path) -> None:
    found = compare(tmp_path, 250)
    ensure_near(found)
    assert found.forecast.contacts > 150
    assert len(found.reasons) <= 0.03 * len(found.owners), found.lines()


def test_limits_are_forecast_too(tmp_path: Path) -> None:
    found = compare(tmp_path, 150, hourly_limit=5, daily_limit=40, held_out_share=0.1)
    ensure_near(found)
    days = [day for day in found.forecast.days if day.expected]
    assert len(days) > 3
