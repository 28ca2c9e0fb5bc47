"""Which jurisdictions' packs stand over a consumer: country, subdivision, and cities with rules of their own.

Paths are lower-case ISO 3166-2: us, us-ny, us-ny-nyc, us-dc, cn. Where the stated subdivision, the postal code and
a state's code behind the city ("Washington, DC") disagree, all of them stand: the stricter rules decide. Of an
address in New York State without a ZIP code only a city that surely lies elsewhere is outside New York City.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from policies.gazetteer import ZipPlace, gazetteer

_US_CODES = (
    "al ak az ar ca co ct dc de fl ga hi ia id il in ks ky la ma md me mi mn mo ms mt nc nd ne nh nj nm nv ny"
    " oh ok or pa pr ri sc sd tn tx ut va vt wa wi wv wy gu vi as mp"
)
_US_STATES = frozenset(_US_CODES.split())
_TERRITORIES = frozenset({"pr", "gu", "vi", "as", "mp"})
_NYC_COUNTIES = frozenset(
    {"New York County", "Kings County", "Queens County", "Bronx County", "Richmond County"}
)
_NYC_ZIPS = ((10001, 10499), (11004, 11005), (11101, 11499), (11690, 11697))
"""Manhattan, Staten Island and the Bronx; Floral Park's Queens side; Queens and Brooklyn; the Rockaways."""
_NYC_NAMES = frozenset({"new york city", "nyc", "manhattan", "queens", "the bronx"})
"""Common names of the city and its boroughs that its ZIP codes do not all list as a city's."""
_SUBDIVISION = re.compile(r"^[a-z0-9]{1,3}$")


def _zip_digits(postal_code: str | None) -> str:
    digits = (postal_code or "").strip()[:5]
    return digits if len(digits) == 5 and digits.isdigit() else ""


def _plain(name: str | None) -> str:
    """Lower case, without full stops and commas, one space between words."""
    return " ".join((name or "").lower().replace(".", "").replace(",", " ").split())


class _Names(NamedTuple):
    """Names of the state of New York that are found in the city and not elsewhere, and the other way round."""

    inside: frozenset[str]
    elsewhere: frozenset[str]


@cache
def _new_york_names() -> _Names:
    inside, elsewhere = set(_NYC_NAMES), set()
    for code, place in gazetteer().zips.items():
        if place.state != "NY":
            continue
        used = {_plain(name) for name in (place.city, place.county, *place.also)}
        if _is_nyc_zip(code, place):
            inside |= used
        else:
            elsewhere |= used | {_plain(name) for name in place.avoided}
    return _Names(frozenset(inside - elsewhere), frozenset(elsewhere - inside))


def _is_nyc_zip(zip_code: str, place: ZipPlace | None) -> bool:
    if place is not None and place.state == "NY" and place.county in _NYC_COUNTIES:
        return True
    return bool(zip_code) and any(low <= int(zip_code) <= high for low, high in _NYC_ZIPS)


def _in_nyc(city: str, zip_code: str) -> bool:
    """True if the ZIP or the city lies in one of the five boroughs, or no ZIP of the state and no city of other
    counties says that it does not. `city` is plain.
    """
    place = gazetteer().zips.get(zip_code)
    if _is_nyc_zip(zip_code, place):
        return True
    names = _new_york_names()
    name = re.sub(r" (ny|new york)$", "", city)
    if place is not None and place.state == "NY":
        return name in names.inside
    return name not in names.elsewhere


def _us_states(subdivision: str, zip_code: str, city: str) -> tuple[str, ...]:
    """The state that is stated, the ZIP's, and the one whose code stands behind the (plain) city."""
    place = gazetteer().zips.get(zip_code)
    _, behind, last = city.rpartition(" ")
    named = (subdivision, place.state.lower() if place is not None else "", last if behind else "")
    return tuple(dict.fromkeys(state for state in named if state in _US_STATES))


def jurisdictions_of(
    country: str | None, subdivision: str | None, city: str | None, postal_code: str | None
) -> tuple[str, ...]:
    """Paths from wide to narrow, e.g. ("us", "us-ny", "us-ny-nyc"); () where the country is unknown.

    `country` is ISO 3166-1 alpha-2, `subdivision` an ISO 3166-2 code with or without the country ("US-NY", "NY").
    """
    if not country:
        return ()
    place = country.strip().lower()
    part = (subdivision or "").strip().lower().removeprefix(f"{place}-")
    if place in _TERRITORIES:
        place, part = "us", place
    if place != "us":
        return (place, f"{place}-{part}") if _SUBDIVISION.match(part) else (place,)
    zip_code = _zip_digits(postal_code)
    name = _plain(city)
    states = _us_states(part, zip_code, name)
    found = ["us", *(f"us-{state}" for state in states)]
    if "ny" in states and _in_nyc(name, zip_code):
        found.append("us-ny-nyc")
    return tuple(found)
