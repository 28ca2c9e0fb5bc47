"""What a slot lets through, and what it refuses."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from templates.errors import InvalidVariable
from templates.formatting import Money
from templates.value import Variable, to_slot
from templates.vocabulary import VariableType as T

BAD_SIGNS = ["\u202e", "\u2066", "\x00", "\x1b", "\x7f", "\ud800", "\ue000", "\u061c"]


def slot(kind: T, value: Any, **more: Any) -> Any:
    return to_slot("probe", value, Variable(kind, **more), "en")


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (T.NAME, "  Ana\n\tMaría\u2028Ruiz ", "Ana María Ruiz"),
        (T.NAME, "A\u200bna", "A na"),
        (T.NAME, "Jose\u0301", "José"),
        (T.AMOUNT, (1050, "USD"), "$10.50"),
        (T.AMOUNT, Money(1050, "USD"), "$10.50"),
        (T.AMOUNT, "$10.50", "$10.50"),
        (T.DATE, date(2026, 3, 5), "March 5, 2026"),
        (T.DATE, "2026-03-05", "March 5, 2026"),
        (T.PHONE, "+12025550148", "1-202-555-0148"),
        (T.URL, "https://pay.example.com/p/a-b_c?d=1", "https://pay.example.com/p/a-b_c?d=1"),
        (T.EMAIL, "help@example.com", "help@example.com"),
        (T.ACCOUNT_LABEL, "ending in 1234", "ending in 1234"),
        (T.NUMBER, Decimal("1.5"), Decimal("1.5")),
        (T.FLAG, True, True),
        (T.ACCOUNT_LINES, [("ending in 1234", (100, "USD"))], ("ending in 1234 | $1.00",)),
    ],
)
def test_what_fits(kind: T, value: Any, text: Any) -> None:
    assert slot(kind, value) == text


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        *((T.NAME, f"Ana{sign}Ruiz") for sign in BAD_SIGNS),
        (T.NAME, "see https://evil.example"),
        (T.NAME, "www.evil.example"),
        (T.NAME, "{{ sender_name }}"),
        (T.NAME, "x" * 81),
        (T.NAME, ""),
        (T.NAME, 7),
        (T.NAME, ["a"]),
        (T.AMOUNT, (10.5, "USD")),
        (T.AMOUNT, (True, "USD")),
        (T.AMOUNT, (10, "usd")),
        (T.AMOUNT, 10),
        (T.AMOUNT, "a lot"),
        (T.DATE, datetime(2026, 3, 5, tzinfo=UTC)),
        (T.DATE, "05/03/2026"),
        (T.PHONE, "call me"),
        (T.URL, "javascript:alert(1)"),
        (T.URL, 'https://x.example/"onload="'),
        (T.URL, "https://x.example/a b"),
        (T.EMAIL, "a@b.example,c@d.example"),
        (T.EMAIL, "a@b.example\nBcc: c@d.example"),
        (T.ACCOUNT_LABEL, "4111 1111 1111 1111"),
        (T.ACCOUNT_LABEL, "110101199003071234"),
        (T.NUMBER, Decimal("1e999999")),
        (T.NUMBER, Decimal("nan")),
        (T.NUMBER, 10**12),
        (T.FLAG, "true"),
        (T.ACCOUNT_LINES, [("a", (1, "USD"))] * 21),
        (T.ACCOUNT_LINES, "abc"),
        (T.ACCOUNT_LINES, [("x" * 81, (1, "USD"))]),
    ],
)
def test_what_is_refused(kind: T, value: Any) -> None:
    with pytest.raises(InvalidVariable) as caught:
        slot(kind, value)
    assert "probe" in caught.value.message
    if isinstance(value, str) and len(value) > 8:
        assert value not in caught.value.message, "a personal value must not reach a log"


def test_a_bar_cannot_make_a_second_column() -> None:
    assert slot(T.ACCOUNT_LINES, [("a|b", (100, "USD"))]) == ("a/b | $1.00",)
