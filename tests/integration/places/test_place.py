"""Places: parts that belong together, zones and jurisdictions that add up."""

from __future__ import annotations

import random

import pytest

from orchestrator.domain.phone_number import Number
from orchestrator.importers import phone, place
from orchestrator.importers.cell import CellError
from policies.zones import candidate_zones


def zones(found: place.Zones) -> set[str]:
    return {zone for zone, _ in found}


def test_a_place_has_its_jurisdictions_and_zones() -> None:
    found = place.understand("US", "US-NY", "Brooklyn", "11215")
    assert found.jurisdictions == ("us", "us-ny", "us-ny-nyc")
    assert zones(found.zones) == {"America/New_York"}


@pytest.mark.parametrize(("country", "cell", "whole"), [("US", "ny", "US-NY"), ("CN", "GD", "CN-GD")])
def test_beside_its_country_a_state_may_be_named_by_its_own_letters(
    country: str, cell: str, whole: str
) -> None:
    assert place.understand(country, cell, None, None) == place.understand(country, whole, None, None)


def test_a_zip_of_another_state_brings_both_states() -> None:
    found = place.understand("US", "US-NY", "Albany", "90012-1234")
    assert set(found.jurisdictions) >= {"us", "us-ny", "us-ca"}
    assert zones(found.zones) == {"America/Los_Angeles"}
    assert found.postal_code == "90012"


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (("US", "US-GD", None, None), "US has no 'US-GD'"),
        (("US", "CN-GD", None, None), "is not in US"),
        (("US", "GD", None, None), "'GD' is not a code of ISO 3166-2"),
        ((None, "NY", None, None), "'NY' is not a code of ISO 3166-2"),
        (("US", None, None, "1234"), "is not a ZIP code"),
        (("US", None, None, "00000"), "is not a ZIP code in use"),
        (("CN", None, None, "12345"), "six digits"),
        (("GB", None, None, "?"), "is not a postal code"),
    ],
)
def test_what_cannot_be_a_place_is_refused(cells: tuple[str | None, ...], words: str) -> None:
    with pytest.raises(CellError, match=words):
        place.understand(*cells)


def test_the_zones_of_a_number_do_not_depend_on_what_was_asked_before() -> None:
    """What begins alike is answered from memory; asking the source again is the oracle."""
    dice = random.Random(7)
    numbers: list[Number] = []
    while len(numbers) < 60:
        text = (
            f"+1{dice.choice(('850', '812', '270', '212', '907', '541'))}{dice.randint(2_000_000, 9_999_999)}"
        )
        text = text if dice.random() < 0.7 else f"+861{dice.randint(10**9, 10**10 - 1)}"
        try:
            numbers.append(phone.parse(text, None))
        except CellError:
            continue
    for number in numbers:
        assert zones(place.number_zones(number.e164, number.line)) == zones(
            tuple(candidate_zones(None, (), (number.e164,), None))
        )


def test_an_address_is_printed_in_the_countrys_order() -> None:
    american = place.understand("US", "US-NY", "Albany", "12207")
    assert place.postal_block("1 Oak St", "Flat 2", american) == "1 Oak St\nFlat 2\nAlbany, NY 12207\nUS"
    chinese = place.understand("CN", "CN-GD", "深圳市", "518000")
    assert place.postal_block("人民路1号", None, chinese) == "人民路1号\n518000 深圳市\nCN"
