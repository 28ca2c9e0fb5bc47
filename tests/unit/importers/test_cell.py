"""Single cells: what is taken, and what is refused with which words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orchestrator.importers import cell
from orchestrator.importers.cell import CellError


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (cell.day, "2024-02-29", "2024-02-29"),
        (cell.instant, "2026-04-01T19:00:00-05:00", 1_775_088_000_000_000),
        (cell.instant, "2026-04-02T00:00:00.5z", 1_775_088_000_500_000),
        (cell.instant, "2026-04-02 00:00:00+00:00", 1_775_088_000_000_000),
        (cell.country, "us", "US"),
        (cell.currency, "kwd", "KWD"),
        (cell.zone, "america/new_york", "America/New_York"),
        (cell.language_tag, "ZH-hans-cn", "zh-Hans-CN"),
        (cell.language_tag, "es-419", "es-419"),
        (cell.email, "Ann.O'Hara+x@Example.ORG", "Ann.O'Hara+x@example.org"),
        (cell.email, "ann@münchen.example", "ann@xn--mnchen-3ya.example"),
        (cell.yes_no, "YES", True),
        (cell.count, "12", 12),
        (cell.identifier, "A 1/2", "A 1/2"),
        (cell.choices("sms", "email"), "email; SMS;;sms", ("email", "sms")),
    ],
)
def test_a_good_cell_is_understood(parse: Callable[[str], object], text: str, value: object) -> None:
    assert parse(text) == value


@pytest.mark.parametrize(
    ("parse", "text", "words"),
    [
        (cell.day, "2026-02-30", "not a day of the calendar"),
        (cell.day, "02/03/2026", "not a date like"),
        (cell.day, "2026-2-3", "not a date like"),
        (cell.day, "1066-10-14", "cannot be meant: a day is from 1880-01-01 to 2100-12-31"),
        (cell.day, "9999-12-31", "cannot be meant"),
        (cell.instant, "0001-01-01T00:00:00+14:00", "cannot be meant"),
        (cell.day, "２０２６-02-03", "not a date like"),
        (cell.instant, "2026-04-01T19:00:00", "with its offset"),
        (cell.instant, "2026-04-01", "with its offset"),
        (cell.instant, "2026-04-01T25:00:00Z", "not a time of the calendar"),
        (cell.instant, "9999-12-31T23:59:59Z", "cannot be meant"),
        (cell.country, "UK", "ISO 3166-1"),
        (cell.country, "USA", "ISO 3166-1"),
        (cell.currency, "RMB", "ISO 4217"),
        (cell.zone, "EST5", "not an IANA time zone"),
        (cell.zone, "localtime", "not an IANA time zone"),
        (cell.language_tag, "xx", "not a language of ISO 639"),
        (cell.language_tag, "en_US", "not a language tag"),
        (cell.email, "a@b.org,c@d.org", "not exactly one"),
        (cell.email, "Ann <ann@example.org>", "not exactly one"),
        (cell.email, '"a b"@example.org', "not exactly one"),
        (cell.email, "ann@localhost", "not a domain"),
        (cell.email, "ann@-x.org", "not a domain"),
        (cell.email, "@example.org", "not exactly one"),
        (cell.email, "a" * 65 + "@example.org", "not exactly one"),
        (cell.yes_no, "y", "neither yes nor no"),
        (cell.count, "1.5", "not a whole number"),
        (cell.count, "٣", "not a whole number"),
        (cell.identifier, "x" * 65, "at most 64"),
        (cell.identifier, "=1", "not usable as an id"),
        (cell.text(5), "too long", "at most 5"),
        (cell.text(50), "=HYPERLINK(1)", "formula"),
        (cell.text(50), "+cmd|' /C calc'!A0", "formula"),
        (cell.choice("a", "b"), "c", "not one of a, b"),
    ],
)
def test_a_bad_cell_is_refused_with_the_reason(parse: Callable[[str], object], text: str, words: str) -> None:
    with pytest.raises(CellError, match=words):
        parse(text)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.5", "USD", 1250),
        ("0", "USD", 0),
        ("100", "JPY", 100),
        ("1.234", "KWD", 1234),
        ("-3.10", "EUR", -310),
    ],
)
def test_money_is_exact(text: str, currency: str, minor: int) -> None:
    assert cell.amount(text, currency) == minor


@pytest.mark.parametrize(
    "text", ["1,000.00", "1 000", "1.234", "$5", "1e3", "", "+5", "NaN", "１２", "1.", ".5", "9" * 16]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(CellError):
        cell.amount(text, "USD")


def test_text_that_only_starts_like_a_formula_is_taken() -> None:
    assert cell.text(50)("-Plus GmbH") == "-Plus GmbH"


@pytest.mark.parametrize(
    ("doubtful", "text", "protects"),
    [
        (None, "deceased; ill", ("deceased",)),
        (None, "ill", ()),
        ("all", "sms;phone", ("all",)),
        ("all", "phone", ("all",)),
        ("all", "sms;no", ("all",)),
        ("all", "No", ()),
    ],
)
def test_a_list_with_a_word_that_cannot_be_read_says_what_it_protects_all_the_same(
    doubtful: str | None, text: str, protects: tuple[str, ...]
) -> None:
    parse = cell.choices("sms", "deceased", doubtful=doubtful)
    with pytest.raises(CellError, match="is not one of") as refused:
        parse(text)
    assert refused.value.protects == protects
