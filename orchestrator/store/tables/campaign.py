"""Campaigns: what was defined, who is in one, what was forecast."""

from datetime import date, datetime

from sqlalchemy import Column, Index, LargeBinary
from sqlmodel import Field

from orchestrator.store.tables.base import SQLModel, instant, optional_instant, text
from orchestrator.store.tables.types import Instant


class Campaign(SQLModel, table=True):
    """`cadence_digest`, `zone`, `not_before` and `not_after` are fixed when it is started."""

    __tablename__ = "campaign"

    id: str = Field(primary_key=True)
    name: str = Field(unique=True)
    segment: str = text()
    cadence: str
    cadence_digest: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    hourly_limit: int | None = None
    daily_limit: int | None = None
    held_out_share: float = 0.0
    zone: str = "UTC"
    not_before: datetime | None = optional_instant()
    not_after: datetime | None = optional_instant()
    state: str = "draft"  # draft | running | paused | stopped | done
    created_at: datetime = instant()
    created_by: str = "system"
    changed_at: datetime = instant()
    changed_by: str = "system"
    started_at: datetime | None = optional_instant()
    started_by: str | None = None
    paused_at: datetime | None = optional_instant()
    paused_by: str | None = None
    resumed_at: datetime | None = optional_instant()
    resumed_by: str | None = None
    stopped_at: datetime | None = optional_instant()
    stopped_by: str | None = None
    done_at: datetime | None = optional_instant()


class CampaignMember(SQLModel, table=True):
    """One account in one campaign, held out or enrolled, with the first time that each thing came of it."""

    __tablename__ = "campaign_member"
    __table_args__ = (
        # the counts of a campaign are read off this index alone
        Index(
            "campaign_member_counts", "campaign_id", "held_out", "contacted_at", "delivered_at", "answered_at"
        ),
    )

    campaign_id: str = Field(foreign_key="campaign.id", primary_key=True)
    account_id: str = Field(foreign_key="account.id", primary_key=True, index=True)
    consumer_id: str = Field(foreign_key="consumer.id", index=True)
    held_out: bool
    entered_at: datetime = instant()
    contacted_at: datetime | None = optional_instant()
    delivered_at: datetime | None = optional_instant()
    answered_at: datetime | None = optional_instant()


class CampaignHour(SQLModel, table=True):
    """Contacts of a campaign that left in one past hour, folded up once nothing can change them any more.

    The last hour of a campaign is there even if nothing left in it: attempts are counted from behind it.
    """

    __tablename__ = "campaign_hour"

    campaign_id: str = Field(foreign_key="campaign.id", primary_key=True)
    starts_at: datetime = Field(sa_type=Instant, primary_key=True)
    sent: int


class CampaignForecast(SQLModel, table=True):
    """The last forecast of a campaign, and what it was made of: any digest that differs now makes it stale."""

    __tablename__ = "campaign_forecast"

    campaign_id: str = Field(foreign_key="campaign.id", primary_key=True)
    made_at: datetime = instant()
    made_by: str = "system"
    policy_digest: str
    cadence_digest: str
    definition_digest: str
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class CampaignForecastAccount(SQLModel, table=True):
    """What was forecast for one account: the people behind every number."""

    __tablename__ = "campaign_forecast_account"
    __table_args__ = (
        Index("campaign_forecast_outcome", "campaign_id", "outcome", "account_id"),
        Index("campaign_forecast_expected", "campaign_id", "expected_at"),
    )

    campaign_id: str = Field(foreign_key="campaign.id", primary_key=True)
    account_id: str = Field(foreign_key="account.id", primary_key=True)
    consumer_id: str
    outcome: str
    channel: str | None = None
    rule: str | None = None
    allowed_at: datetime | None = optional_instant()
    allowed_on: date | None = None
    expected_at: datetime | None = optional_instant()
    expected_on: date | None = None
