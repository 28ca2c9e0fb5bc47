"""Short reasons fit their row, in the longest form that a date or figure takes."""

from __future__ import annotations

import pytest

from orchestrator.console import reason_text

LONGEST = {
    "day": "Wed 30 Sep 2026",
    "hours": "08:00–12:00, 14:00–18:00",
    "used": "10",
    "limit": "10",
    "left": "10",
    "span": "30 Sep–6 Oct",
    "party": "contact person",
    "fact": "",
    "hold": "",
}


@pytest.mark.parametrize("key", sorted(reason_text.SHORT))
def test_a_short_reason_has_at_most_45_characters(key: str) -> None:
    text = reason_text.SHORT[key] % LONGEST
    assert len(text) <= 45, (len(text), text)
    assert text.endswith(".")


def test_every_short_reason_has_a_whole_sentence() -> None:
    assert reason_text.SHORT.keys() <= reason_text.FULL.keys()
