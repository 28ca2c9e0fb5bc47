"""What a campaign would do, before it is started: shapes that screens, the command line and the API show. No I/O.

A forecast is not a permit: each contact is judged again when it is sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class Outcome(StrEnum):
    """What is foreseen for one account's first contact."""

    NOW = "now"  # allowed at the moment for which it was forecast
    LATER = "later"
    BLOCKED = "blocked"  # no step of the cadence ever makes a contact
    HELD = "held"  # waits for a fact or a person
    BEYOND = "beyond"  # not before the campaign's end, or the horizon
    HELD_OUT = "held_out"
    ELSEWHERE = "elsewhere"  # in another enrollment that has not ended


CONTACTED = (Outcome.NOW, Outcome.LATER)


@dataclass(frozen=True, slots=True)
class Count:
    """How many accounts and how many different consumers."""

    accounts: int = 0
    consumers: int = 0


@dataclass(frozen=True, slots=True)
class RuleCount:
    """What one rule keeps back. `rule` is a rule's id, or a reason of the engine's own (`no_contact_point`,
    `template_missing`, a suspension such as `dispute`, a limit); then citation and url are empty.
    """

    outcome: Outcome
    rule: str
    found: str
    citation: str
    url: str
    accounts: int
    consumers: int


@dataclass(frozen=True, slots=True)
class DayCount:
    """One local date of the consumers. allowed: accounts that become allowed then, limits aside. expected: accounts
    whose first contact leaves then. waiting: allowed by the end of that date, and not contacted by then.
    """

    on: date
    allowed: int
    expected: int
    waiting: int


@dataclass(frozen=True, slots=True)
class ChannelCount:
    """First contacts over one channel. now, later: accounts. contacts: one may cover several accounts.

    units: what the price is for (segments of a text, else contacts). price, cost: None where no price is set.
    """

    channel: str
    now: int
    later: int
    contacts: int
    units: int
    price: Decimal | None
    per: str | None
    currency: str | None
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """The whole. `starts_at`: for which moment "now" was asked; `ends_at`: up to where it looks, exclusive.

    counts: by outcome, every outcome is there. enrolled: whom a start would enrol. cost: by currency, of the channels
    that have a price. unpriced: channels with contacts that have none. first_at, last_at: the first and the last
    first contact.
    """

    campaign_id: str
    made_at: datetime
    made_by: str
    starts_at: datetime
    ends_at: datetime
    policy_digest: str
    cadence: str
    cadence_digest: str
    definition_digest: str
    total: Count
    counts: dict[Outcome, Count]
    contacts: int
    channels: tuple[ChannelCount, ...]
    days: tuple[DayCount, ...]
    rules: tuple[RuleCount, ...]
    cost: dict[str, Decimal]
    unpriced: tuple[str, ...]
    first_at: datetime | None
    last_at: datetime | None
    took_s: float
    enrolled: Count = Count()

    def of_outcome(self, *outcomes: Outcome) -> tuple[RuleCount, ...]:
        """The rules behind these outcomes, the largest first."""
        return tuple(one for one in self.rules if one.outcome in outcomes)


class Stale(StrEnum):
    """Why a forecast does not say any more what would happen."""

    POLICIES = "policies_changed"
    CADENCE = "cadence_changed"
    CAMPAIGN = "campaign_changed"
    AGE = "older_than_a_day"


@dataclass(frozen=True, slots=True)
class Person:
    """One account behind a number. expected_at: when its first contact is foreseen to leave."""

    account_id: str
    consumer_id: str
    outcome: Outcome
    channel: str | None
    rule: str | None
    allowed_at: datetime | None
    allowed_on: date | None
    expected_at: datetime | None
    expected_on: date | None
