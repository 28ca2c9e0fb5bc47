"""Every plausible zone, and the jurisdictions that stand over a consumer."""

from __future__ import annotations

import pytest

from policies.gazetteer import country_zones, gazetteer, is_zone, single_zone
from policies.jurisdiction import jurisdictions_of
from policies.zones import candidate_zones, number_candidates


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+18505551234", {"America/Chicago", "America/New_York"}),
        ("+12705551234", {"America/Chicago", "America/New_York"}),
        ("+13085551234", {"America/Chicago", "America/Denver"}),
        ("+15415551234", {"America/Los_Angeles", "America/Boise"}),
        ("+19285551234", {"America/Phoenix", "America/Denver"}),
        ("+18125551234", {"America/Chicago", "America/Indiana/Indianapolis"}),
    ],
)
def test_split_area_codes_have_all_their_zones(number: str, zones: set[str]) -> None:
    assert zones <= set(number_candidates(number))


def test_candidates_are_joined_with_where_they_came_from() -> None:
    found = dict(candidate_zones("Pacific/Honolulu", ["10001"], ["+13125551234"], "US"))
    assert found == {
        "Pacific/Honolulu": "stated",
        "America/New_York": "postal_code",
        "America/Chicago": "area_code",
    }


def test_a_toll_free_number_says_nothing_about_a_place() -> None:
    assert candidate_zones(None, [], ["+18005551234"], "US") == ()


def test_a_zone_that_does_not_exist_is_no_candidate() -> None:
    assert candidate_zones("America/Atlantis", [], [], "US") == ()
    assert not is_zone("")
    assert not is_zone("../etc/passwd")


def test_a_country_speaks_only_where_nothing_else_does() -> None:
    assert candidate_zones(None, [], [], "CN") == (("Asia/Shanghai", "country"),)
    assert dict(candidate_zones("Asia/Urumqi", [], [], "CN")) == {"Asia/Urumqi": "stated"}
    assert single_zone("US") is None
    assert single_zone("DE") == "Europe/Berlin"


def test_tables_hold_only_zones_that_exist() -> None:
    tables = gazetteer()
    assert len(tables.zips) > 40_000
    assert all(is_zone(name) for names in tables.area_codes.values() for name in names)
    assert tables.zips["99634"].zones == ()  # the data gives this village as its own zone
    assert len(country_zones()) > 200


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (("US", "NY", "Brooklyn", "11201"), ("us", "us-ny", "us-ny-nyc")),
        (("US", "US-NY", None, "10301"), ("us", "us-ny", "us-ny-nyc")),
        (("US", "NY", "Queens", None), ("us", "us-ny", "us-ny-nyc")),
        (("US", "NY", "Buffalo", "14201"), ("us", "us-ny")),
        (("US", "NY", "Hempstead", "11550"), ("us", "us-ny")),
        (("US", None, None, "20001"), ("us", "us-dc")),
        (("US", None, "Brooklyn", None), ("us",)),
        (("US", None, "Brooklyn, NY", None), ("us", "us-ny", "us-ny-nyc")),
        (("US", None, "Washington, D.C.", None), ("us", "us-dc")),
        (("US", "US-VA", "Washington DC", None), ("us", "us-va", "us-dc")),
        (("US", "US-NY", "Cornwall On Hudson", None), ("us", "us-ny")),
        (("US", "FL", None, "98101"), ("us", "us-fl", "us-wa")),
        (("us", "ma", None, None), ("us", "us-ma")),
        (("US", "ZZ", None, None), ("us",)),
        (("PR", None, None, "00901"), ("us", "us-pr")),
        (("CN", "CN-SH", "Shanghai", "200000"), ("cn", "cn-sh")),
        (("CA", "ON", None, "M5V 2T6"), ("ca", "ca-on")),
        ((None, "NY", None, "10001"), ()),
    ],
)
def test_jurisdictions(
    place: tuple[str | None, str | None, str | None, str | None], expected: tuple[str, ...]
) -> None:
    assert jurisdictions_of(*place) == expected


@pytest.mark.parametrize(
    "city",
    [
        "Flushing", "Long Island City", "LONG IS CITY", "Jamaica", "St. Albans", "Floral Park", "Riverdale",
        "New York, NY", "New York, N.Y.", "Brooklyn NY", "Bronx County", "Kings County", "Queens, New York",
        "New York New York", "  the   bronx ", "Borough of Queens", "Harlem", "NY", "", None,
    ],
)  # fmt: skip
def test_in_new_york_state_what_is_not_surely_elsewhere_is_new_york_city(city: str | None) -> None:
    assert jurisdictions_of("US", "NY", city, None) == ("us", "us-ny", "us-ny-nyc")


@pytest.mark.parametrize("city", ["Buffalo", "Albany, NY", "White Plains New York", "Mt. Vernon", "Greece"])
def test_a_city_of_other_counties_is_outside_by_its_name(city: str) -> None:
    assert jurisdictions_of("US", "NY", city, None) == ("us", "us-ny")


@pytest.mark.parametrize(
    ("city", "postal_code", "is_inside"),
    [
        ("Floral Park", "11001", False),
        ("Floral Park", "11004", True),
        ("Flushing", "14201", True),
        ("Buffalo", "10001", True),
        (None, "14201", False),
        ("somewhere", "14201", False),
        (None, "90012", True),
        ("Albany", "90012", False),
    ],
)
def test_a_zip_of_the_state_settles_what_a_name_leaves_open(
    city: str | None, postal_code: str, is_inside: bool
) -> None:
    """A city of the five boroughs stands beside a ZIP that contradicts it; a ZIP of another state settles nothing."""
    assert ("us-ny-nyc" in jurisdictions_of("US", "NY", city, postal_code)) == is_inside
