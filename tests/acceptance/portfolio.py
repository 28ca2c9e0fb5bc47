"""A mixed American and Chinese portfolio, drawn by seed, with what real files bring: shared numbers, stops, gaps."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import phonenumbers
import zipcodes

COLUMNS = [
    "consumer_id",
    "kind",
    "given_name",
    "family_name",
    "country",
    "account_id",
    "creditor",
    "actor",
    "currency",
    "balance",
    "delinquent_since",
    "person_key",
    "language",
    "email",
    "mobile",
    "landline",
    "address_line1",
    "city",
    "subdivision",
    "postal_code",
    "product",
    "placed_on",
    "validation_sent_on",
    "validation_medium",
    "agency_notice_on",
    "consent_sms",
    "consent_email",
    "consent_voice",
    "opt_out",
    "holds",
    "account_label",
]
# states with caps or hours of their own come up more often than their size
STATES = ["NY", "DC", "WA", "MA", "FL", "WV", "CA", "TX", "TN", "KY", "HI", "AK", "IL", "AZ"]
CONSENTED = "2026-06-01T12:00:00-05:00"


def write_portfolio(path: Path, consumers: int, seed: int) -> None:
    """Rows for `consumers` people, seven of ten in the United States; some owe twice, some share a number."""
    draw = random.Random(seed)
    places = usable_places()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        shared = ""
        for number in range(consumers):
            row = american(draw, places, number) if number % 10 < 7 else chinese(draw, number)
            row |= {"consumer_id": f"C{number:05}", "kind": "person", "account_id": f"A{number:05}"}
            row |= {
                "delinquent_since": "2026-05-10",
                "placed_on": "2026-08-15",
                "account_label": f"x{number:04}",
            }
            row |= {"balance": f"{draw.randint(20, 5_000)}.{draw.randint(0, 99):02}"} | stops(draw)
            if number % 10 == 3 and shared:
                row["mobile"] = shared
            if number % 10 == 2:
                shared = row["mobile"]
            if draw.random() < 0.05:
                row["person_key"] = f"key{number // 40}"
            writer.writerow(row)
            if draw.random() < 0.1:
                writer.writerow(row | {"account_id": f"A{number:05}b", "balance": "77.50"})


def usable_places() -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = {state: [] for state in STATES}
    for place in zipcodes.list_all():
        usable = place["zip_code_type"] == "STANDARD" and place["area_codes"] and "/" in place["timezone"]
        if usable and place["state"] in found:
            found[place["state"]].append(place)
    return found


def american(draw: random.Random, places: dict[str, list[dict[str, object]]], number: int) -> dict[str, str]:
    place = draw.choice(places[draw.choice(STATES)])
    lived_before = draw.choice(places[draw.choice(STATES)])
    row = {
        "country": "US",
        "currency": "USD",
        "language": draw.choice(["en", "en", "es"]),
        "given_name": draw.choice(["Ann", "José", "Bo"]),
        "family_name": draw.choice(["Lee", "O'Hara", "Núñez"]),
        "mobile": mobile(draw, lived_before if draw.random() < 0.3 else place),
        "email": f"u{number}@example.org",
        "address_line1": f"{number} Main St",
        "city": str(place["city"]),
        "subdivision": f"US-{place['state']}",
        "postal_code": str(place["zip_code"]),
        "product": draw.choice(["credit_card", "medical", "personal_loan"]),
        "actor": draw.choice(
            ["third_party_collector", "debt_buyer", "third_party_collector", "original_creditor"]
        ),
        "creditor": draw.choice(["northbank", "citycard"]),
    }
    if draw.random() < 0.9:
        row |= {"validation_sent_on": "2026-07-20", "validation_medium": "mail"}
    for channel in ("sms", "email", "voice"):
        if draw.random() < 0.7:
            row[f"consent_{channel}"] = CONSENTED
    return row


def mobile(draw: random.Random, place: dict[str, object]) -> str:
    codes = place["area_codes"]
    assert isinstance(codes, list)
    while True:
        text = f"+1{draw.choice(codes)}{draw.randint(200, 999)}{draw.randint(0, 9_999):04}"
        if phonenumbers.is_valid_number(phonenumbers.parse(text)):
            return text


def chinese(draw: random.Random, number: int) -> dict[str, str]:
    row = {
        "country": "CN",
        "currency": "CNY",
        "language": "zh",
        "given_name": draw.choice("伟芳娜敏静"),
        "family_name": draw.choice("王李张刘陈"),
        "mobile": f"+86138{draw.randint(0, 99_999_999):08}",
        "email": f"u{number}@example.cn",
        "address_line1": f"人民路{number}号",
        "city": "北京",
        "subdivision": "CN-BJ",
        "postal_code": "100000",
        "product": "online_loan",
        "actor": draw.choice(["third_party_collector", "original_creditor"]),
        "creditor": "jiafin",
    }
    if draw.random() < 0.9:
        row["agency_notice_on"] = "2026-08-01"
    if draw.random() < 0.5:
        row |= {"consent_sms": CONSENTED, "consent_voice": CONSENTED}
    return row


def stops(draw: random.Random) -> dict[str, str]:
    found = {}
    if draw.random() < 0.03:
        found["opt_out"] = draw.choice(["sms", "email", "voice;sms", "all"])
    if draw.random() < 0.03:
        found["holds"] = draw.choice(["attorney", "bankruptcy", "cease", "dispute", "complaint", "military"])
    return found
