"""Places as small tables, made once from the data packages: ZIP codes, area codes, zones of countries.

Zone names that do not exist (the ZIP data has some, and some empty ones) are dropped when the tables are made.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfoNotFoundError

import zipcodes

from policies.instant import zone

ONE_ZONE = {"CN": "Asia/Shanghai"}
"""Countries whose law knows one time although the zone table lists several."""


@dataclass(frozen=True, slots=True)
class ZipPlace:
    """`also`: names that mail may use beside the city's; `avoided`: names in use that mail should not bear."""

    zones: tuple[str, ...]
    state: str
    county: str
    city: str
    also: tuple[str, ...] = ()
    avoided: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """`zips`: five digits to place; `area_codes`: three digits to every zone of every ZIP that has the code."""

    zips: dict[str, ZipPlace]
    area_codes: dict[str, tuple[str, ...]]


def is_zone(name: str) -> bool:
    """True if the name is a zone that this machine knows."""
    if not name:
        return False
    try:
        zone(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


@cache
def gazetteer() -> Gazetteer:
    """The tables, made at first use (under a second)."""
    zips: dict[str, ZipPlace] = {}
    codes: dict[str, dict[str, None]] = {}
    known: dict[str, tuple[str, ...]] = {}
    for row in zipcodes.list_all():  # type: ignore[no-untyped-call]
        name = row["timezone"] or ""
        if name not in known:
            known[name] = (name,) if is_zone(name) else ()
        zips[row["zip_code"]] = ZipPlace(
            known[name],
            row["state"] or "",
            row["county"] or "",
            row["city"] or "",
            tuple(row["acceptable_cities"]),
            tuple(row["unacceptable_cities"]),
        )
        for code in row["area_codes"]:
            codes.setdefault(code, {}).update(dict.fromkeys(known[name]))
    zipcodes._zips_cache = None  # the package would keep 42,000 dicts for the life of the process
    return Gazetteer(zips, {code: tuple(sorted(found)) for code, found in codes.items() if found})


@cache
def country_zones() -> dict[str, tuple[str, ...]]:
    """ISO country to its zones, from tzdata's own table."""
    text = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            country, _, name = line.split("\t")[:3]
            found.setdefault(country, []).append(name)
    return {country: tuple(name for name in names if is_zone(name)) for country, names in found.items()}


@cache
def single_zone(country: str) -> str | None:
    """The country's zone if its clocks all show the same, else None."""
    if country in ONE_ZONE:
        return ONE_ZONE[country]
    names = country_zones().get(country, ())
    tables = {(tuple(zone(name).starts), tuple(zone(name).offsets)) for name in names}
    return names[0] if len(tables) == 1 else None
