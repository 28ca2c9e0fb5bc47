"""The bodies about what a person wishes or agreed to, and who represents them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from orchestrator.api.schema import Body, Day, Id, Moment, Short, Verdict
from policies.vocabulary import Weekday

Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class WishRecord(Body):
    """A wish of the consumer, held from now on.

    `inconvenient_time` names `days` (none: every day), `start` and `end` in the consumer's own time (without a start
    from midnight, without an end to midnight, past midnight where the end is the earlier one) and its last day `until`;
    `inconvenient_place` names a `place`; `excluded_channel` and `preferred_channel` a `channel`.
    """

    consumer_id: Id
    kind: Literal["inconvenient_time", "inconvenient_place", "excluded_channel", "preferred_channel"]
    days: Annotated[tuple[Weekday, ...], Field(max_length=7)] = ()
    start: Clock | None = None
    end: Clock | None = None
    until: Day | None = None
    place: Literal["work", "home"] | None = None
    channel: Literal["sms", "email", "voice", "letter"] | None = None


class WishEnding(Body):
    """`reason`: what the consumer said."""

    reason: Short


class CallBackRecord(Body):
    """A call that was agreed with the consumer for `at`, to a telephone number of theirs."""

    consumer_id: Id
    account_id: Id
    contact_point_id: Id
    at: Moment


class CallBack(Verdict):
    """The verdict for that moment; `task_id` is null where the call may not be made then: nothing was recorded."""

    task_id: str | None = None


class AttorneyRecord(Body):
    """An attorney represents the consumer: nobody but the attorney is contacted until a person has looked."""

    consumer_id: Id
