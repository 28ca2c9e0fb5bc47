"""What a wish may say."""

from __future__ import annotations

from datetime import date

import pytest

from orchestrator.domain.wish import Wish, check
from orchestrator.errors import UsageError


@pytest.mark.parametrize(
    ("wish", "where"),
    [
        (Wish("sorcery"), "kind"),
        (Wish("inconvenient_time", ("someday",)), "days"),
        (Wish("inconvenient_time", start="25:00"), "start"),
        (Wish("inconvenient_time", end="24:00"), "end"),
        (Wish("inconvenient_time", start="12:00", end="12:00"), "end"),
        (Wish("inconvenient_time", place="work"), "place"),
        (Wish("inconvenient_place"), "place"),
        (Wish("inconvenient_place", place="church"), "place"),
        (Wish("inconvenient_place", place="work", until=date(2026, 4, 1)), "until"),
        (Wish("excluded_channel", channel="pigeon"), "channel"),
        (Wish("preferred_channel", days=("mon",), channel="sms"), "days"),
    ],
)
def test_what_no_rule_would_read_is_refused(wish: Wish, where: str) -> None:
    with pytest.raises(UsageError) as refused:
        check(wish)
    assert refused.value.where == where


@pytest.mark.parametrize(
    "wish",
    [
        Wish("inconvenient_time", ("sat", "sun")),
        Wish("inconvenient_time", end="12:00"),
        Wish("inconvenient_time", start="21:00", end="09:00"),
        Wish("inconvenient_place", place="home"),
        Wish("preferred_channel", channel="email"),
    ],
)
def test_what_a_rule_reads_is_taken(wish: Wish) -> None:
    check(wish)
