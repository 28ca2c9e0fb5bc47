"""How much of a number decides where it may be."""

from __future__ import annotations

import pytest
from phonenumbers.tzdata import TIMEZONE_DATA

from orchestrator.importers import place


@pytest.mark.parametrize("digits", ["1212", "1907", "8613", "8610", "4420", "4915", "3706", "2999", "0000"])
def test_no_prefix_with_zones_of_its_own_is_longer_than_what_decides(digits: str) -> None:
    longer = [len(prefix) for prefix in TIMEZONE_DATA if prefix.startswith(digits)]
    assert place._deciding(f"+{digits}") == 1 + max([4, *longer])
