"""Every zone in which a consumer may plausibly be, with where each came from.

Candidates are the stated zone, the zones of the postal codes and of every number's area code, joined; a country
whose clocks all agree speaks only where nothing else does. No candidate: the zone is unknown, the contact is held.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import phonenumbers

from policies.gazetteer import gazetteer, is_zone, single_zone

_US_COUNTRIES = frozenset({"US", "PR", "VI", "GU", "AS", "MP"})
_NOWHERE = frozenset({"Etc/Unknown"})
_TOO_MANY = 16
"""A number plan that names more zones than this says nothing about a place (toll-free, personal numbers)."""


def zip_zones(postal_code: str) -> tuple[str, ...]:
    """The zones of a US ZIP code (five digits, or nine with a hyphen); none if it is not known."""
    place = gazetteer().zips.get(postal_code.strip()[:5])
    return place.zones if place else ()


@lru_cache(maxsize=65_536)
def number_candidates(number: str) -> tuple[str, ...]:
    """The zones that a number in E.164 may be in: for the US those of every ZIP with its area code, joined with what
    the numbering plan says (which alone names one zone for codes that are split, such as 850 or 812)."""
    # the table is a third of a second of a start, and most processes never see a new number
    from phonenumbers import timezone as number_zones  # noqa: PLC0415

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return ()
    named = tuple(z for z in number_zones.time_zones_for_number(parsed) if z not in _NOWHERE)
    found = dict.fromkeys(named if len(named) <= _TOO_MANY else ())
    if parsed.country_code == 1:
        area = str(parsed.national_number)[:3]
        if len(named) <= _TOO_MANY:
            found.update(dict.fromkeys(gazetteer().area_codes.get(area, ())))
    return tuple(name for name in found if is_zone(name))


def candidate_zones(
    stated: str | None,
    postal_codes: Iterable[str],
    numbers: Iterable[str],
    country: str | None,
) -> tuple[tuple[str, str], ...]:
    """(zone, sources) of a consumer, stated zone first; sources joined by "+": stated, postal_code, area_code, country.

    `numbers` are E.164, `country` ISO 3166-1 alpha-2. A stated zone that does not exist is no candidate.
    """
    found: dict[str, dict[str, None]] = {}

    def note(names: Iterable[str], source: str) -> None:
        for name in names:
            found.setdefault(name, {})[source] = None

    if stated and is_zone(stated):
        note((stated,), "stated")
    if (country or "").upper() in _US_COUNTRIES:
        for code in postal_codes:
            note(zip_zones(code), "postal_code")
    for number in numbers:
        note(number_candidates(number), "area_code")
    if not found and country:
        alone = single_zone(country.upper())
        note((alone,) if alone else (), "country")
    return tuple((name, "+".join(sources)) for name, sources in found.items())
