"""Numbers: the quick way and the parser's way agree, and what is no number says why."""

from __future__ import annotations

import random

import pytest

from orchestrator.domain import phone_number
from orchestrator.domain.phone_number import Number, UnreadableNumber


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("+12125550123", None, Number("+12125550123", None)),
        ("(212) 555-0123", "US", Number("+12125550123", None)),
        ("1-212-555-0123", "US", Number("+12125550123", None)),
        ("13812345678", "CN", Number("+8613812345678", "mobile")),
        ("+86 138 1234 5678", "US", Number("+8613812345678", "mobile")),
        ("010 6552 9988", "CN", Number("+861065529988", "landline")),
        ("020 7946 0018", "GB", Number("+442079460018", "landline")),
        ("+1 800 555 0199", "US", Number("+18005550199", None)),
    ],
)
def test_a_number_becomes_e164(text: str, country: str | None, number: Number) -> None:
    assert phone_number.parse(text, country) == number


@pytest.mark.parametrize(
    ("text", "country", "words"),
    [
        ("5550123", "US", "not a number in use"),
        ("2125550123", None, "with its country code"),
        ("+1212555012", "US", "not a number in use"),
        ("+12125550123 ext. 5", "US", "extension"),
        ("+19005550123", "US", "premium-rate"),
        ("call me", "US", "not a telephone number"),
        ("++12125550123", "US", "not a"),
        ("+12125550123,+12125550124", "US", "not a"),
    ],
)
def test_what_is_no_number_says_why(text: str, country: str | None, words: str) -> None:
    with pytest.raises(UnreadableNumber, match=words):
        phone_number.parse(text, country)


def test_the_quick_way_and_the_parser_agree() -> None:
    """The quick way is built from the same metadata; the parser is the oracle."""
    dice = random.Random(20260401)
    spelled = [f"+1{dice.randint(2_000_000_000, 9_999_999_999)}" for _ in range(600)]
    spelled += [f"+861{dice.randint(10**9, 10**10 - 1)}" for _ in range(600)]
    spelled += [f"{dice.randint(2_000_000_000, 9_999_999_999)}" for _ in range(300)]

    def answer(parse: object, text: str) -> object:
        try:
            return parse(text, "US")  # type: ignore[operator]
        except UnreadableNumber as problem:
            return str(problem)

    slow = phone_number._parse_any.__wrapped__
    assert [answer(phone_number.parse, text) for text in spelled] == [answer(slow, text) for text in spelled]
