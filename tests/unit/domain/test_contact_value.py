"""What people and providers write as a number or mailbox finds the value that the book holds."""

from __future__ import annotations

import pytest

from orchestrator.domain.contact_value import spellings

BOOK = ("CN", "US")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("+13125550101", "+13125550101"),
        ("+1 312 555 0101", "+13125550101"),
        ("+1 (312) 555-0101", "+13125550101"),
        ("(312) 555-0101", "+13125550101"),
        ("312.555.0101", "+13125550101"),
        ("1-312-555-0101", "+13125550101"),
        ("13125550101", "+13125550101"),
        ("tel:+1-312-555-0101", "+13125550101"),
        ("\uff0b1 312 555 0101", "+13125550101"),
        ("138 1234 5678", "+8613812345678"),
        ("0086 138 1234 5678", "+8613812345678"),
        # not in use in any plan, and yet exactly what the provider calls it
        ("+1 312 000 0000", "+13120000000"),
    ],
)
def test_a_number_is_found_however_it_is_spelled(written: str, value: str) -> None:
    assert value in spellings("phone", written, lambda: BOOK)


def test_a_number_that_says_its_country_is_read_in_no_other() -> None:
    def asked() -> tuple[str, ...]:
        raise AssertionError("the book was asked")

    assert spellings("phone", "+1 312 555 0101", asked) == ("+13125550101",)


def test_a_number_that_is_one_in_two_countries_means_both() -> None:
    found = spellings("phone", "13125550101", lambda: BOOK)
    assert {"+8613125550101", "+13125550101"} <= set(found)


@pytest.mark.parametrize(
    "written",
    [
        "ann@example.org",
        " Ann@Example.ORG ",
        "ann @example.org",
        "Ann Hill <ANN@example.org>",
        "ann@\tEXAMPLE.org",
    ],
)
def test_a_mailbox_is_found_whatever_its_case_and_spaces(written: str) -> None:
    assert spellings("email", written, tuple)[0] == "ann@example.org"


def test_a_domain_in_its_own_script_is_the_one_that_the_book_holds() -> None:
    assert spellings("email", "ann@bücher.example", tuple)[0] == "ann@xn--bcher-kva.example"


def test_what_cannot_be_read_is_still_something_to_look_for() -> None:
    assert spellings("phone", "SHORTCODE", tuple) == ("SHORTCODE",)
    assert spellings("email", "not a mailbox", tuple)[0] == "notamailbox"
    assert spellings("postal", " 1 Oak St\nAlbany ", tuple) == ("1 oak st albany",)
    assert spellings("phone", "  ", tuple) == ()
