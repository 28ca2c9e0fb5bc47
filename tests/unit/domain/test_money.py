"""Minor units, exactly."""

from __future__ import annotations

import pytest

from orchestrator.domain import money


def test_minor_units_follow_the_currency() -> None:
    assert money.to_minor("12.5", "USD") == 1250
    assert money.to_minor("1200", "JPY") == 1200
    assert money.to_minor("1.234", "KWD") == 1234
    assert money.spell(123450, "USD") == "$1,234.50"
    assert money.spell(88000, "CNY") == "¥880.00"
    assert money.spell(100, "CHF") == "1.00 CHF"


@pytest.mark.parametrize("text", ["1.234", "x", "", "NaN", "1e400000"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        money.to_minor(text, "USD")
