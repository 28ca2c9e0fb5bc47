"""What the replay reads: the portfolio, the receipts, the decisions and the consumers' acts."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
import zipcodes
from phonenumbers import timezone as phone_zone

KNOWN_ZONES = available_timezones()


@dataclass
class Debtor:
    """One consumer of the portfolio with everything its rows say."""

    id: str
    country: str
    subdivision: str = ""
    city: str = ""
    zones: set[str] = field(default_factory=set)
    accounts: dict[str, dict[str, str]] = field(default_factory=dict)
    values: set[str] = field(default_factory=set)
    opt_outs: set[str] = field(default_factory=set)
    holds: set[str] = field(default_factory=set)
    consents: dict[str, str] = field(default_factory=dict)
    person_key: str = ""
    kind: str = "person"


@dataclass(frozen=True)
class Contact:
    """One line of receipts.jsonl."""

    at: datetime
    channel: str
    attempt_id: str
    consumer_id: str
    account_ids: tuple[str, ...]
    address: str
    content: str
    digest: str
    outcome: str
    line: int


@dataclass(frozen=True)
class Act:
    """One line of events.jsonl."""

    at: datetime
    kind: str
    consumer_id: str
    account_ids: tuple[str, ...]
    channel: str | None
    address: str | None
    raw: dict[str, object]


@dataclass(frozen=True)
class Judgement:
    """One line of decisions.jsonl."""

    at: datetime
    attempt_id: str | None
    decision: str
    digest: str | None
    policy_digest: str | None


def read_lines(path: Path) -> list[dict[str, object]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def moment(text: object) -> datetime:
    at = datetime.fromisoformat(str(text))
    assert at.tzinfo is not None, f"a time without a zone: {text}"
    return at


def read_contacts(path: Path) -> list[Contact]:
    return [
        Contact(
            moment(row["at"]), str(row["channel"]), str(row["attempt_id"]), str(row["consumer_id"]),
            tuple(row["account_ids"]), str(row["address"]), str(row["content"]),  # type: ignore[arg-type]
            str(row["content_digest"]), str(row["outcome"]), number,
        )
        for number, row in enumerate(read_lines(path), start=1)
    ]  # fmt: skip


def read_acts(path: Path) -> list[Act]:
    return [
        Act(
            moment(row["at"]), str(row["kind"]), str(row["consumer_id"]),
            tuple(row.get("account_ids") or ()),  # type: ignore[arg-type]
            row.get("channel"), row.get("address"), row,  # type: ignore[arg-type]
        )
        for row in read_lines(path)
    ]  # fmt: skip


def read_judgements(path: Path) -> list[Judgement]:
    return [
        Judgement(
            moment(row["at"]), row.get("attempt_id"), str(row["decision"]),  # type: ignore[arg-type]
            row.get("content_digest"), row.get("policy_digest"),  # type: ignore[arg-type]
        )
        for row in read_lines(path)
    ]  # fmt: skip


def zones_by_area_code() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for place in zipcodes.list_all():
        if place["timezone"] in KNOWN_ZONES:
            for code in place["area_codes"]:
                found[code].add(place["timezone"])
    return found


AREA = zones_by_area_code()


def zones_of_number(text: str, country: str) -> set[str]:
    number = phonenumbers.parse(text, country)
    if number.country_code == 1:
        national = str(number.national_number)
        return set(AREA.get(national[:3], ())) | {
            zone for zone in phone_zone.time_zones_for_number(number) if zone in KNOWN_ZONES
        }
    return {zone for zone in phone_zone.time_zones_for_number(number) if zone in KNOWN_ZONES}


def zones_of_postcode(code: str, country: str) -> set[str]:
    if country != "US" or not code[:5].isdigit():
        return set()
    return {
        place["timezone"]
        for place in zipcodes.filter_by(zip_code=code[:5])
        if place["timezone"] in KNOWN_ZONES
    }


def plausible_zones(row: dict[str, str]) -> set[str]:
    country = row["country"].upper()
    zones = zones_of_postcode(row.get("postal_code", ""), country)
    if row.get("time_zone"):
        zones.add(row["time_zone"])
    for column in ("mobile", "landline"):
        if row.get(column):
            zones |= zones_of_number(row[column], country)
    if country == "CN":
        zones = {"Asia/Shanghai"}
    return {zone for zone in zones if ZoneInfo(zone)}


def normal_value(column: str, text: str, country: str) -> str:
    if column in ("mobile", "landline"):
        return phonenumbers.format_number(
            phonenumbers.parse(text, country), phonenumbers.PhoneNumberFormat.E164
        )
    return text.strip().lower()


def read_book(path: Path) -> dict[str, Debtor]:
    """The portfolio by consumer; rows of one consumer are joined."""
    book: dict[str, Debtor] = {}
    with path.open(encoding="utf-8-sig", newline="") as handle:
        for row in csv.DictReader(handle):
            debtor = book.setdefault(row["consumer_id"], Debtor(row["consumer_id"], row["country"].upper()))
            join_row(debtor, row)
    return book


def join_row(debtor: Debtor, row: dict[str, str]) -> None:
    debtor.kind = row.get("kind") or debtor.kind
    debtor.subdivision = row.get("subdivision") or debtor.subdivision
    debtor.city = row.get("city") or debtor.city
    debtor.person_key = row.get("person_key") or debtor.person_key
    debtor.zones |= plausible_zones(row)
    debtor.accounts[row["account_id"]] = row
    debtor.opt_outs |= {part for part in (row.get("opt_out") or "").split(";") if part}
    debtor.holds |= {part for part in (row.get("holds") or "").split(";") if part}
    for column in ("mobile", "landline", "email"):
        if row.get(column):
            debtor.values.add(normal_value(column, row[column], debtor.country))
    for channel in ("sms", "email", "voice"):
        if row.get(f"consent_{channel}"):
            debtor.consents[channel] = row[f"consent_{channel}"]


def pools(book: dict[str, Debtor]) -> dict[str, str]:
    """consumer id -> the smallest id among all who share a person key, a number or a mailbox, however far."""
    group = {consumer: {consumer} for consumer in book}
    owners: dict[str, list[str]] = defaultdict(list)
    for debtor in book.values():
        for key in {*debtor.values, *([f"person:{debtor.person_key}"] if debtor.person_key else [])}:
            owners[key].append(debtor.id)
    for sharers in owners.values():
        joined = set().union(*(group[one] for one in sharers))
        for one in joined:
            group[one] = joined
    return {consumer: min(members) for consumer, members in group.items()}


def as_date(text: str) -> date:
    return date.fromisoformat(text)
