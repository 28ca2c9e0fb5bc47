"""What must hold over a whole simulation. Each function returns sentences; an empty list means it holds."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.acceptance.replay.book import (
    Act,
    Contact,
    Debtor,
    Judgement,
    pools,
    read_acts,
    read_book,
    read_contacts,
    read_judgements,
)

CONNECTED = {
    "conversation", "dropped", "no_answer", "voicemail", "voicemail_not_left", "voicemail_withheld",
    "ringless_voicemail", "wrong_number", "callback_requested",
}  # fmt: skip
COLLECTORS = {"third_party_collector", "debt_buyer"}
NYC_COUNTIES = {"new york", "brooklyn", "bronx", "queens", "staten island", "manhattan", "new york city"}


def local(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone))


def is_within(at: datetime, zones: Iterable[str], opens: time, closes: time) -> bool:
    return all(opens <= local(at, zone).time() < closes for zone in zones)


def check_hours(contacts: Sequence[Contact], book: dict[str, Debtor]) -> list[str]:
    """Reg F and the state pages: 08 to 21 in every plausible zone; China: 08 to 22; letters: 08 to 20."""
    wrong = []
    for contact in contacts:
        debtor = book[contact.consumer_id]
        opens, closes = time(8), time(22) if debtor.country == "CN" else time(21)
        if contact.channel == "letter":
            closes = time(20)
        if not debtor.zones:
            wrong.append(f"receipt {contact.line}: {debtor.id} has no plausible zone and was contacted")
        elif not is_within(contact.at, debtor.zones, opens, closes):
            wrong.append(
                f"receipt {contact.line}: {contact.channel} at {contact.at} in {sorted(debtor.zones)}"
            )
    return wrong


def over_cap(days: Sequence[date], limit: int, window: int) -> date | None:
    """The first of the sorted `days` that ends a `window` with more than `limit` of them."""
    for index, day in enumerate(days):
        first = bisect_right(days, day - timedelta(days=window))
        if index - first + 1 > limit:
            return day
    return None


def over_daily(days: Sequence[date], limit: int) -> date | None:
    return next((day for day, number in sorted(Counter(days).items()) if number > limit), None)


def over_weekly(days: Sequence[date], limit: int) -> date | None:
    """Weeks that start on Sunday."""
    weeks = Counter(day - timedelta(days=day.isoweekday() % 7) for day in days)
    return next((week for week, number in sorted(weeks.items()) if number > limit), None)


class Caps:
    """Counts per key in each plausible zone; each cap is one line of `check_caps`."""

    def __init__(self, contacts: Sequence[Contact], book: dict[str, Debtor]):
        self.contacts, self.book, self.pool = contacts, book, pools(book)
        self.wrong: list[str] = []

    def cap(
        self,
        name: str,
        keys: Callable[[Contact, Debtor], Iterable[str]],
        breach: Callable[[Sequence[date]], date | None],
    ) -> None:
        counted: dict[tuple[str, str], list[date]] = defaultdict(list)
        for contact in self.contacts:
            debtor = self.book[contact.consumer_id]
            for key in keys(contact, debtor):
                for zone in debtor.zones:
                    counted[key, zone].append(local(contact.at, zone).date())
        for (key, zone), days in sorted(counted.items()):
            day = breach(sorted(days))
            if day is not None:
                self.wrong.append(f"{name}: {key} on {day} in {zone}")

    def per_account(self, contact: Contact, debtor: Debtor, actors: set[str] | None = None) -> list[str]:
        pool = self.pool[debtor.id]
        return [
            f"{pool}/{account}"
            for account in contact.account_ids
            if actors is None or debtor.accounts[account]["actor"] in actors
        ]


def is_in(debtor: Debtor, state: str) -> bool:
    return debtor.country == "US" and debtor.subdivision.upper() == f"US-{state}"


def is_call(contact: Contact) -> bool:
    return contact.channel == "voice" and contact.outcome in CONNECTED


ELECTRONIC = {"sms", "email"}
Chosen = Callable[[Contact, Debtor], bool]


def check_caps(contacts: Sequence[Contact], book: dict[str, Debtor]) -> list[str]:
    """Every cap of the packs that this replay knows, in every plausible zone."""
    caps = Caps(contacts, book)
    check_federal_and_city_caps(caps)
    check_state_caps(caps)
    check_chinese_caps(caps)
    return caps.wrong


def check_federal_and_city_caps(caps: Caps) -> None:
    """Seven in seven (12 CFR 1006.14(b)); New York City (6 RCNY 5-77)."""

    def calls(contact: Contact, debtor: Debtor) -> Iterable[str]:
        is_counted = debtor.country == "US" and is_call(contact)
        return caps.per_account(contact, debtor, COLLECTORS) if is_counted else ()

    def in_the_city(contact: Contact, debtor: Debtor) -> Iterable[str]:
        lives_there = is_in(debtor, "NY") and debtor.city.lower() in NYC_COUNTIES
        is_counted = lives_there and contact.channel in {"voice", *ELECTRONIC}
        return caps.per_account(contact, debtor, COLLECTORS) if is_counted else ()

    caps.cap("us seven in seven", calls, in_days(7, 7))
    caps.cap("new york city three in seven", in_the_city, in_days(3, 7))


def check_state_caps(caps: Caps) -> None:
    """D.C. Code 28-3814, RCW 19.16.250(13), 940 CMR 7.04 with 209 CMR 18.16."""

    def of_account(chosen: Chosen) -> Callable[[Contact, Debtor], Iterable[str]]:
        return lambda contact, debtor: caps.per_account(contact, debtor) if chosen(contact, debtor) else ()

    def of_agency_in_washington(contact: Contact, debtor: Debtor) -> Iterable[str]:
        is_bound = is_in(debtor, "WA") and caps.per_account(contact, debtor, COLLECTORS)
        return [caps.pool[debtor.id]] if is_bound else ()

    def dc_calls(contact: Contact, debtor: Debtor) -> bool:
        left_out = {"voicemail_not_left", "wrong_number"}
        return is_in(debtor, "DC") and is_call(contact) and contact.outcome not in left_out

    def ma_initiated(contact: Contact, debtor: Debtor) -> bool:
        calls = is_call(contact) and contact.outcome not in {"voicemail_not_left", "no_answer"}
        return is_in(debtor, "MA") and (contact.channel == "sms" or calls)

    caps.cap("d.c. four calls", of_account(dc_calls), in_days(4, 7))
    caps.cap(
        "d.c. five electronic",
        of_account(lambda contact, debtor: is_in(debtor, "DC") and contact.channel in ELECTRONIC),
        in_days(5, 7),
    )
    caps.cap("washington three a week", of_agency_in_washington, lambda days: over_weekly(days, 3))
    caps.cap("massachusetts two in seven", of_account(ma_initiated), in_days(2, 7))


def check_chinese_caps(caps: Caps) -> None:
    """GB/T 45251-2025: three talks a day; the banking association: six unanswered calls a day to one number."""

    def talks(contact: Contact, debtor: Debtor) -> Iterable[str]:
        is_talk = contact.channel == "voice" and contact.outcome == "conversation"
        return [caps.pool[debtor.id]] if debtor.country == "CN" and is_talk else ()

    def unanswered(contact: Contact, debtor: Debtor) -> Iterable[str]:
        is_unanswered = contact.channel == "voice" and contact.outcome in {"no_answer", "busy"}
        number = f"{caps.pool[debtor.id]}/{contact.address}"
        return [number] if debtor.country == "CN" and is_unanswered else ()

    caps.cap("china three talks a day", talks, lambda days: over_daily(days, 3))
    caps.cap("china six unanswered a day", unanswered, lambda days: over_daily(days, 6))


def in_days(limit: int, window: int) -> Callable[[Sequence[date]], date | None]:
    return lambda days: over_cap(days, limit, window)


def check_after_conversation(
    contacts: Sequence[Contact], acts: Sequence[Act], book: dict[str, Debtor]
) -> list[str]:
    """Seven dates from a conversation, its own date included (12 CFR 1006.14(b)(2)(i)(B))."""
    pool, wrong = pools(book), []
    talks: dict[str, list[datetime]] = defaultdict(list)
    consents: dict[str, list[datetime]] = defaultdict(list)
    for act in acts:
        if act.kind == "inbound_call":
            for account in act.account_ids:
                talks[f"{pool[act.consumer_id]}/{account}"].append(act.at)
        if act.kind == "call_back_consent":
            for account in act.account_ids or tuple(book[act.consumer_id].accounts):
                consents[f"{pool[act.consumer_id]}/{account}"].append(act.at)
    for contact in sorted(contacts, key=lambda one: one.at):
        debtor = book[contact.consumer_id]
        if debtor.country != "US" or contact.channel != "voice" or contact.outcome not in CONNECTED:
            continue
        for account in contact.account_ids:
            if debtor.accounts[account]["actor"] not in COLLECTORS:
                continue
            key = f"{pool[debtor.id]}/{account}"
            for talk in talks[key]:
                if talk < contact.at and is_too_soon(talk, contact, debtor) and not consents[key]:
                    wrong.append(f"receipt {contact.line}: call about {account} within seven dates of {talk}")
            if contact.outcome == "conversation":
                talks[key].append(contact.at)
    return wrong


def is_too_soon(talk: datetime, contact: Contact, debtor: Debtor) -> bool:
    return any(
        local(contact.at, zone).date() < local(talk, zone).date() + timedelta(days=7) for zone in debtor.zones
    )


ALL_STOPS = {"cease", "deceased", "bankruptcy", "complaint", "attorney"}
STANDING_HOLDS = {"attorney", "bankruptcy", "cease", "complaint", "deceased", "fraud", "legal"}


def check_stops(contacts: Sequence[Contact], acts: Sequence[Act], book: dict[str, Debtor]) -> list[str]:
    """Nothing after an opt-out (channel, address or all), a stop, a payment in full or a recall."""
    pool, wrong = pools(book), []
    by_pool: dict[str, list[Act]] = defaultdict(list)
    by_address: dict[str, list[Act]] = defaultdict(list)
    for act in acts:
        by_pool[pool[act.consumer_id]].append(act)
        if act.kind == "opt_out" and act.address:
            by_address[act.address.strip().lower()].append(act)
    for contact in contacts:
        debtor = book[contact.consumer_id]
        if "all" in debtor.opt_outs or contact.channel in debtor.opt_outs:
            wrong.append(f"receipt {contact.line}: {contact.channel} was opted out in the portfolio")
        if debtor.holds & STANDING_HOLDS:
            wrong.append(f"receipt {contact.line}: {debtor.id} has the hold {sorted(debtor.holds)}")
        for act in by_pool[pool[debtor.id]]:
            if act.at < contact.at and is_stopped_by(act, contact, book):
                wrong.append(
                    f"receipt {contact.line}: {contact.channel} at {contact.at} after {act.kind} at {act.at}"
                )
        for act in by_address[contact.address.strip().lower()]:
            if act.at < contact.at and contact.content != "opt_out_confirmation":
                wrong.append(f"receipt {contact.line}: {contact.address} opted out at {act.at}")
    return wrong


def is_stopped_by(act: Act, contact: Contact, book: dict[str, Debtor]) -> bool:
    if contact.content == "opt_out_confirmation":
        return False
    if act.kind == "opt_out":
        whole = act.address is None and act.channel in (None, contact.channel)
        return whole or (act.address == contact.address and act.channel in (None, contact.channel))
    if act.kind in ALL_STOPS:
        return act.kind != "complaint" or act.consumer_id == contact.consumer_id
    if act.kind == "recall" or (act.kind == "payment" and act.raw.get("paid_in_full")):
        return bool(set(act.account_ids) & set(contact.account_ids))
    return False


def check_permits(contacts: Sequence[Contact], judgements: Sequence[Judgement]) -> list[str]:
    """Every receipt has exactly one earlier ALLOW with the same digest, and no attempt leaves twice."""
    wrong = []
    allows: dict[str, list[Judgement]] = defaultdict(list)
    for judgement in judgements:
        if judgement.decision == "allow" and judgement.attempt_id:
            allows[judgement.attempt_id].append(judgement)
    for attempt, number in Counter(contact.attempt_id for contact in contacts).items():
        if number > 1:
            wrong.append(f"attempt {attempt} left {number} times")
    for contact in contacts:
        mine = allows.get(contact.attempt_id, [])
        if len(mine) != 1:
            wrong.append(f"receipt {contact.line}: {len(mine)} ALLOW lines for {contact.attempt_id}")
        elif mine[0].at > contact.at or mine[0].digest != contact.digest or not mine[0].policy_digest:
            wrong.append(f"receipt {contact.line}: its ALLOW is later, of another text or without a policy")
    return wrong


def replay(portfolio: Path, folder: Path) -> list[str]:
    """Every sentence that says what a simulation did wrong; empty when it did nothing wrong."""
    book = read_book(portfolio)
    contacts = read_contacts(folder / "receipts.jsonl")
    acts = read_acts(folder / "events.jsonl")
    judgements = read_judgements(folder / "decisions.jsonl")
    return [
        *check_hours(contacts, book),
        *check_caps(contacts, book),
        *check_after_conversation(contacts, acts, book),
        *check_stops(contacts, acts, book),
        *check_permits(contacts, judgements),
    ]
