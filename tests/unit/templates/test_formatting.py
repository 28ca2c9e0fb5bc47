"""Money, dates and phones as the reader writes them."""

from __future__ import annotations

from datetime import date

import pytest

from templates.formatting import format_date, format_money, format_phone


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "text"),
    [
        (123456, "USD", "en", "$1,234.56"),
        (-50, "USD", "en", "-$0.50"),
        (5, "USD", "en", "$0.05"),
        (123456, "USD", "es", "$1,234.56"),
        (123456, "EUR", "es", "1.234,56 €"),
        (123456, "COP", "es", "1.234,56 COP"),
        (123456, "CNY", "zh", "1,234.56元"),
        (123456, "USD", "zh-CN", "1,234.56美元"),
        (123456, "CHF", "zh", "CHF 1,234.56"),
        (123456, "JPY", "en", "¥123,456"),
        (1234567, "KWD", "en", "KWD 1,234.567"),
        (0, "CNY", "en", "CN¥0.00"),
    ],
)
def test_money(minor: int, currency: str, locale: str, text: str) -> None:
    assert format_money(minor, currency, locale) == text


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en", "March 5, 2026"),
        ("en-GB", "5 March 2026"),
        ("es", "5 de marzo de 2026"),
        ("es-MX", "5 de marzo de 2026"),
        ("zh", "2026年3月5日"),
        ("zh-Hans-CN", "2026年3月5日"),
    ],
)
def test_dates(locale: str, text: str) -> None:
    assert format_date(date(2026, 3, 5), locale) == text


@pytest.mark.parametrize(
    ("number", "locale", "text"),
    [
        ("+12025550148", "en", "1-202-555-0148"),
        ("+12025550148", "zh", "1-202-555-0148"),
        ("95000", "zh", "95000"),
        ("+8613800138000", "en", "+8613800138000"),
        ("+8613800138000", "zh", "13800138000"),
        ("+862155550148", "zh-CN", "021-55550148"),
        ("+861055550148", "zh", "010-55550148"),
        ("+8675555550148", "zh", "0755-55550148"),
        ("+864008881234", "zh", "4008881234"),
        ("+442079460000", "es", "+442079460000"),
    ],
)
def test_phones(number: str, locale: str, text: str) -> None:
    assert format_phone(number, locale) == text
