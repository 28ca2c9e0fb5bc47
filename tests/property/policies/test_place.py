"""New York City by name alone, over every place of the gazetteer."""

from __future__ import annotations

from collections import defaultdict

from policies.gazetteer import gazetteer
from policies.jurisdiction import jurisdictions_of

COUNTIES = {"New York County", "Kings County", "Queens County", "Bronx County", "Richmond County"}
NO_COUNTY = {"10200": True, "11437": True, "11805": False}
"""ZIP codes of the state without a county in the data, and whether they lie in the city."""


def _inside_by_name() -> dict[str, bool]:
    """Every city of the state, and whether one of its ZIP codes lies in the five counties."""
    found: dict[str, bool] = defaultdict(bool)
    for code, place in gazetteer().zips.items():
        if place.state == "NY":
            found[place.city] |= place.county in COUNTIES or NO_COUNTY.get(code, False)
    return dict(found)


def test_every_city_of_the_state_is_told_apart_by_its_name() -> None:
    cities = _inside_by_name()
    assert sum(cities.values()) > 40
    assert len(cities) > 1500
    wrong = [
        (name, inside)
        for name, inside in cities.items()
        for form in (name, name.upper(), f"{name}, NY", f"{name} NY", f" {name},  New York")
        if ("us-ny-nyc" in jurisdictions_of("US", "NY", form, None)) != inside
    ]
    assert wrong == []


def test_every_zip_of_the_state_is_told_apart_without_a_name() -> None:
    wrong = [
        code
        for code, place in gazetteer().zips.items()
        if place.state == "NY"
        and ("us-ny-nyc" in jurisdictions_of("US", "NY", None, code))
        != (place.county in COUNTIES or NO_COUNTY.get(code, False))
    ]
    assert wrong == []


def test_a_name_brings_a_state_only_where_it_ends_in_its_code() -> None:
    """No city of the gazetteer is taken for an address of another state."""
    names = {place.city for place in gazetteer().zips.values()}
    assert [name for name in names if jurisdictions_of("US", None, name, None) != ("us",)] == []
