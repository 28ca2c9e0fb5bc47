"""Where a consumer may be: country, subdivision and postal code checked against each other, jurisdictions and
zones.

A ZIP code of another state than the one stated is not refused, since people move and files lag: both states' rules
and zones apply. Only what cannot be a place is refused.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache

import msgspec

from orchestrator.domain.country import SUBDIVISIONS
from orchestrator.importers.cell import CellError
from policies.gazetteer import gazetteer
from policies.jurisdiction import jurisdictions_of
from policies.zones import candidate_zones

_POSTAL = {
    "CN": (re.compile(r"[0-9]{6}"), "six digits"),
    "US": (re.compile(r"[0-9]{5}(-?[0-9]{4})?"), "a ZIP code"),
}
_ANY_POSTAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9 \-]{1,11}")
_SUBDIVISION = re.compile(r"([A-Z]{2})-[A-Z0-9]{1,3}")
Zones = tuple[tuple[str, str], ...]
_MOST_PREFIXES = 100_000
_ZONES_BY_PREFIX: dict[tuple[str, str | None], Zones] = {}


class Place(msgspec.Struct, frozen=True, gc=False):
    """A checked place. `jurisdictions` are lower-case ISO 3166-2 paths, widest first."""

    country: str | None
    subdivision: str | None
    city: str | None
    postal_code: str | None
    jurisdictions: tuple[str, ...]
    zones: Zones


@lru_cache(maxsize=65_536)
def understand(
    country: str | None, subdivision: str | None, city: str | None, postal_code: str | None
) -> Place:
    """The place that these cells describe, or a refusal that says which of them cannot be."""
    checked = _check_subdivision(country, subdivision)
    country = country or (checked.split("-")[0] if checked else None)
    code = _check_postal(country, postal_code)
    paths = jurisdictions_of(country, checked, city, code)
    zones = postal_zones(country, code) if country and code else ()
    return Place(country, checked, city, code, tuple(paths), zones)


def _check_subdivision(country: str | None, cell: str | None) -> str | None:
    if cell is None:
        return None
    code = cell.upper()
    match = _SUBDIVISION.fullmatch(code)
    if match is None:
        # beside its country a state's own letters say which it is
        whole = f"{country}-{code}"
        if country and whole in SUBDIVISIONS.get(country, ()):
            return whole
        raise CellError(f"subdivision: {cell!r} is not a code of ISO 3166-2, like US-NY")
    if country and match[1] != country:
        raise CellError(f"subdivision: {cell!r} is not in {country}")
    if code not in SUBDIVISIONS.get(match[1], {code}):
        raise CellError(f"subdivision: {match[1]} has no {cell!r}")
    return code


def _check_postal(country: str | None, cell: str | None) -> str | None:
    if cell is None:
        return None
    pattern, meaning = _POSTAL.get(country or "", (_ANY_POSTAL, "a postal code"))
    if not pattern.fullmatch(cell):
        raise CellError(f"postal_code: {cell!r} is not {meaning}")
    if country != "US":
        return cell.upper()
    if cell[:3] not in _prefixes():
        raise CellError(f"postal_code: {cell!r} is not a ZIP code in use")
    return cell[:5]


@lru_cache(maxsize=1)
def _prefixes() -> frozenset[str]:
    return frozenset(code[:3] for code in gazetteer().zips)


@lru_cache(maxsize=65_536)
def postal_zones(country: str, postal_code: str) -> Zones:
    """The zones of a postal code, each with its source."""
    return tuple(candidate_zones(None, (postal_code,), (), country))


@lru_cache(maxsize=1)
def _longest_prefixes() -> dict[str, int]:
    """By the first digits, at most four: how long the longest prefix is that begins so and has zones of its own."""
    # loaded with the first number, as in policies.zones
    from phonenumbers.tzdata import TIMEZONE_DATA  # noqa: PLC0415

    longest: dict[str, int] = {}
    for prefix in TIMEZONE_DATA:
        for count in range(1, 5):
            beginning = prefix[:count]
            longest[beginning] = max(len(prefix), longest.get(beginning, 0))
    return longest


def _deciding(beginning: str) -> int:
    """How many characters of a number that begins so (plus sign and four digits) can decide its zone."""
    digits = beginning[1:]
    return 1 + max(len(digits), _longest_prefixes().get(digits, 0))


def number_zones(e164: str, line: str | None) -> Zones:
    """The zones of a valid number, each with its source; what decides them is how the number begins."""
    key = (e164[: _deciding(e164[:5])], line)
    zones = _ZONES_BY_PREFIX.get(key)
    if zones is None:
        if len(_ZONES_BY_PREFIX) > _MOST_PREFIXES:
            _ZONES_BY_PREFIX.clear()
        zones = _ZONES_BY_PREFIX[key] = tuple(candidate_zones(None, (), (e164,), None))
    return zones


@lru_cache(maxsize=512)
def country_zones(country: str) -> Zones:
    """The zones that follow from the country alone."""
    return tuple(candidate_zones(None, (), (), country))


def join_zones(*groups: Zones) -> Zones:
    """Every candidate once, the first source kept."""
    joined: dict[str, str] = {}
    for group in groups:
        for zone, source in group:
            joined.setdefault(zone, source)
    return tuple(joined.items())


@lru_cache(maxsize=8_192)
def zones_json(zones: Zones) -> str:
    """Zones with their sources as the JSON text of a column; few different ones come up again and again."""
    return json.dumps([{"zone": zone, "source": source} for zone, source in zones])


def postal_block(line1: str, line2: str | None, place: Place) -> str:
    """The address as printed under the name: one line each, in the country's order."""
    state = place.subdivision.split("-")[1] if place.subdivision else ""
    if place.country == "US":
        last = " ".join(
            part for part in (f"{place.city}," if place.city else "", state, place.postal_code) if part
        )
    else:
        last = " ".join(part for part in (place.postal_code, place.city) if part)
    return "\n".join(part for part in (line1, line2, last, place.country) if part)
