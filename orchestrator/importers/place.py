"""Where a consumer may be: country, subdivision and postal code checked against each other, jurisdictions and zones.

A ZIP code of another state than the one stated is not refused, since people move and files lag: both states' rules
and zones apply. Only what cannot be a place is refused.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

import zipcodes

from orchestrator.domain.country import SUBDIVISIONS
from orchestrator.importers.cell import CellRefused
from policies.jurisdiction import jurisdictions_of
from policies.zones import candidate_zones

_POSTAL = {
    "CN": (re.compile(r"[0-9]{6}"), "six digits"),
    "US": (re.compile(r"[0-9]{5}(-?[0-9]{4})?"), "a ZIP code"),
}
_ANY_POSTAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9 \-]{1,11}")
_SUBDIVISION = re.compile(r"([A-Z]{2})-[A-Z0-9]{1,3}")
# as long as the longest prefix that decides a number's zone
_ZONE_DIGITS = 10

Zones = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Place:
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
    states = _states().get(code, frozenset()) if country == "US" and code else frozenset[str]()
    joined: dict[str, None] = {}
    if country:
        for state in sorted({checked, *states} - {None} or {None}, key=str):
            joined.update(dict.fromkeys(jurisdictions_of(country, state, city, code)))
    widest_first = tuple(sorted(joined, key=lambda path: (path.count("-"), path)))
    zones = postal_zones(country, code) if country and code else ()
    return Place(country, checked, city, code, widest_first, zones)


def _check_subdivision(country: str | None, cell: str | None) -> str | None:
    if cell is None:
        return None
    code = cell.upper()
    match = _SUBDIVISION.fullmatch(code)
    if match is None:
        advice = (
            f"; write {country}-{code}"
            if country and f"{country}-{code}" in SUBDIVISIONS.get(country, ())
            else ""
        )
        raise CellRefused(f"subdivision: {cell!r} is not a code of ISO 3166-2, like US-NY{advice}")
    if country and match[1] != country:
        raise CellRefused(f"subdivision: {cell!r} is not in {country}")
    if code not in SUBDIVISIONS.get(match[1], {code}):
        raise CellRefused(f"subdivision: {match[1]} has no {cell!r}")
    return code


def _check_postal(country: str | None, cell: str | None) -> str | None:
    if cell is None:
        return None
    pattern, meaning = _POSTAL.get(country or "", (_ANY_POSTAL, "a postal code"))
    if not pattern.fullmatch(cell):
        raise CellRefused(f"postal_code: {cell!r} is not {meaning}")
    if country != "US":
        return cell.upper()
    if cell[:3] not in _prefixes():
        raise CellRefused(f"postal_code: {cell!r} is not a ZIP code in use")
    return cell[:5]


@lru_cache(maxsize=1)
def _states() -> dict[str, frozenset[str]]:
    """ZIP code -> subdivisions of ISO 3166-2 it lies in (military post offices lie in none)."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for entry in zipcodes.list_all():
        found[entry["zip_code"]].add(f"US-{entry['state']}")
    return {code: frozenset(states & SUBDIVISIONS["US"]) for code, states in found.items()}


@lru_cache(maxsize=1)
def _prefixes() -> frozenset[str]:
    return frozenset(code[:3] for code in _states())


@lru_cache(maxsize=65_536)
def postal_zones(country: str, postal_code: str) -> Zones:
    """The zones of a postal code, each with its source."""
    return tuple(candidate_zones(None, (postal_code,), (), country))


def number_zones(e164: str) -> Zones:
    """The zones of a number, each with its source."""
    return _prefix_zones(e164[: 1 + _ZONE_DIGITS].ljust(len(e164), "0"))


@lru_cache(maxsize=65_536)
def _prefix_zones(e164: str) -> Zones:
    return tuple(candidate_zones(None, (), (e164,), None))


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
