"""Names and preferences as people give them."""

from __future__ import annotations

import pytest

from orchestrator.domain import user
from orchestrator.domain.user import Preferences
from orchestrator.errors import InputError


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("kim", "kim"),
        (" Kim@Example.COM ", "kim@example.com"),
        ("ｋｉｍ", "kim"),
        ("李雷", "李雷"),
        ("o-neill.b+test_1", "o-neill.b+test_1"),
    ],
)
def test_names_are_folded(given: str, kept: str) -> None:
    assert user.sign_in_name(given) == kept


@pytest.mark.parametrize(
    "given", ["", "  ", "two words", "a\x00b", "<b>", "a'b", "a;b", "a/b", "a\\b", "x" * 201, "a\u2028b"]
)
def test_what_is_no_name_is_refused_at_its_field(given: str) -> None:
    with pytest.raises(InputError) as caught:
        user.sign_in_name(given)
    assert caught.value.where == "name"


def test_a_display_name_is_one_line_and_the_name_where_there_is_none() -> None:
    assert user.display_name("  Kim \n Lee ", "kim") == "Kim Lee"
    assert user.display_name("", "kim") == "kim"
    for wrong in ("x" * 201, "Kim\u202eLee", "Kim\x07"):
        with pytest.raises(InputError):
            user.display_name(wrong, "kim")


GOOD = {
    "language": "zh",
    "time_zone": "Asia/Shanghai",
    "theme": "dark",
    "density": "compact",
    "single_keys": False,
}


def test_preferences_as_a_form_gives_them() -> None:
    assert user.preferences(**GOOD) == Preferences(**GOOD)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("language", "fr"),
        ("theme", "blue"),
        ("density", ""),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../etc/passwd"),
    ],
)
def test_a_word_that_is_none_of_the_choices_is_refused_at_its_field(field: str, value: str) -> None:
    with pytest.raises(InputError) as caught:
        user.preferences(**GOOD | {field: value})  # type: ignore[arg-type]
    assert caught.value.where == field
