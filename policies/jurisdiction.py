"""Which jurisdictions' packs stand over a consumer: country, subdivision, and cities with rules of their own.

Paths are lower-case ISO 3166-2: us, us-ny, us-ny-nyc, us-dc, cn. Where the stated subdivision and the postal code
disagree, both stand: the stricter rules decide.
"""

from __future__ import annotations

import re

from policies.gazetteer import gazetteer

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
_NYC_CITIES = frozenset(
    {
        "new york",
        "new york city",
        "nyc",
        "manhattan",
        "brooklyn",
        "queens",
        "bronx",
        "the bronx",
        "staten island",
    }
)
_SUBDIVISION = re.compile(r"^[a-z0-9]{1,3}$")


def _zip_digits(postal_code: str | None) -> str:
    digits = (postal_code or "").strip()[:5]
    return digits if len(digits) == 5 and digits.isdigit() else ""


def _in_nyc(city: str | None, zip_code: str) -> bool:
    """True if the ZIP lies in one of the five boroughs or the city is named as one of them."""
    place = gazetteer().zips.get(zip_code)
    if place is not None and place.state == "NY" and place.county in _NYC_COUNTIES:
        return True
    if zip_code and any(low <= int(zip_code) <= high for low, high in _NYC_ZIPS):
        return True
    return " ".join((city or "").lower().replace(".", "").split()) in _NYC_CITIES


def _us_states(subdivision: str, zip_code: str) -> tuple[str, ...]:
    states = [subdivision] if subdivision in _US_STATES else []
    place = gazetteer().zips.get(zip_code)
    if place is not None and place.state.lower() in _US_STATES and place.state.lower() not in states:
        states.append(place.state.lower())
    return tuple(states)


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
    states = _us_states(part, zip_code)
    found = ["us", *(f"us-{state}" for state in states)]
    if "ny" in states and _in_nyc(city, zip_code):
        found.append("us-ny-nyc")
    return tuple(found)
