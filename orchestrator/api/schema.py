"""The bodies that the API takes and gives. External ids everywhere; amounts in minor units; times RFC 3339."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from orchestrator.domain import horizon
from orchestrator.domain.cadence import StepChannel
from orchestrator.importers.kind import HOLD_KINDS
from policies.vocabulary import Outcome

Id = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]
Short = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00]+$")]
Text = Annotated[str, StringConstraints(max_length=4_000, pattern=r"^[^\x00]*$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Minor = Annotated[int, Field(ge=1, le=10**15, description="minor units of the currency")]
HoldKind = Annotated[str, StringConstraints(pattern=f"^({'|'.join(HOLD_KINDS)})$")]
Day = Annotated[date, AfterValidator(horizon.in_span)]
Moment = Annotated[AwareDatetime, AfterValidator(horizon.moment_in_span)]
"""What is given to us; what we give is a plain one."""
MAX_BATCH = 1_000


def _moment_or_now(at: datetime | None) -> datetime | None:
    return None if at is None else horizon.moment_or_now(at)


class Body(BaseModel):
    """Unknown members are refused: a misspelt one must not be silently without effect."""

    model_config = ConfigDict(extra="forbid", frozen=True)


IN_REPLY_TO = (
    "the inbound message that it answers, by its id (`detail.message_id` of a reply on the work list): it leaves on the"
    " channel of that message, with a template that is an answer (`reply` in the list of templates), once a message"
)


class CheckRequest(Body):
    """May this contact be made? Without `account_ids`: every open account of the consumer, the worst answer."""

    consumer_id: Id
    channel: StepChannel
    account_ids: Annotated[list[Id], Field(max_length=100)] = []
    address: Short | None = Field(
        default=None, description="a number, mailbox or contact point id; none: the best one"
    )
    at: Moment | None = Field(default=None, description="when it would be made; none: now")
    in_reply_to: Id | None = Field(default=None, description=IN_REPLY_TO)


class CheckBatch(Body):
    """Up to 1,000 questions, answered in their order."""

    checks: Annotated[list[CheckRequest], Field(min_length=1, max_length=MAX_BATCH)]


class ContactRequest(Body):
    """A contact that is to be judged and then made."""

    consumer_id: Id
    channel: StepChannel
    template: Id
    account_ids: Annotated[list[Id], Field(max_length=100)] = []
    address: Short | None = None
    language: (
        Annotated[str, Field(max_length=35, description="of the message; left out: the consumer's")] | None
    ) = None
    in_reply_to: Id | None = Field(default=None, description=IN_REPLY_TO)


class ReservationRequest(Body):
    """A slot for a system outside: it counts from here until it is voided or runs out unstarted."""

    consumer_id: Id
    channel: StepChannel
    account_ids: Annotated[list[Id], Field(min_length=1, max_length=100)]
    address: Short | None = None
    ttl_s: Annotated[int, Field(ge=1, le=900)] = 300
    external_id: Id | None = None
    automated: bool | None = Field(
        default=None,
        description="an artificial or recorded voice, or an automatic dialer: it may need a consent of its own. Not"
        " said: judged as a call that a person makes, flagged `live_call_only`",
    )


class ReservationOutcome(Body):
    """How a reserved contact ended, in the words of the history."""

    outcome: Outcome
    conversation_accounts: Annotated[list[Id], Field(max_length=100)] = []
    started_at: Moment | None = None
    ended_at: Moment | None = None


class ReservationVoid(Body):
    """Why a reserved contact was never made, and what proves it."""

    reason: Short
    proof: Short


class Rule(BaseModel):
    """A rule that determined the answer."""

    id: str
    answer: Literal["allow", "defer", "hold", "deny"]
    found: str
    citation: str = ""
    url: str = ""
    force: str = ""
    until: AwareDatetime | None = None
    counted: list[str] = []


class Obligation(BaseModel):
    id: str
    text: str = ""
    citation: str = ""


class WindowUse(BaseModel):
    rule: str
    window_start: AwareDatetime
    window_end: AwareDatetime
    used: int
    limit: int


class Alternative(BaseModel):
    channel: str
    address: str | None = None
    decision: Literal["allow", "defer", "hold", "deny"]
    retry_at: AwareDatetime | None = None


class Verdict(BaseModel):
    """The answer, the same on the command line, over HTTP and in the ledger."""

    decision: Literal["allow", "defer", "hold", "deny"]
    retry_at: AwareDatetime | None = None
    valid_until: AwareDatetime | None = None
    rules: list[Rule] = []
    obligations: list[Obligation] = []
    used: list[WindowUse] = []
    alternatives: list[Alternative] = []
    flags: list[str] = []
    policy_digest: str = ""
    facts_digest: str = ""
    as_of: AwareDatetime | None = None


class Verdicts(BaseModel):
    verdicts: list[Verdict]


class Contact(Verdict):
    """A verdict and what came of it; `attempt_id` is null where nothing left."""

    attempt_id: str | None = None
    outcome: str | None = None


class Reservation(BaseModel):
    """All but `verdict` are null where the answer is not allow. The slot is for `contact_point_id` alone."""

    id: str | None = None
    state: str | None = None
    expires_at: AwareDatetime | None = None
    contact_point_id: str | None = None
    verdict: Verdict | None = None


class ConsentRecord(Body):
    """What the consumer agreed to, for a channel or for all."""

    consumer_id: Id
    type: Literal["electronic", "automated_voice", "call_frequency", "time", "commercial"]
    account_id: Id | None = None
    medium: StepChannel | None = None
    received_at: Moment
    via: Short | None = None
    quote: Text | None = None


class OptOutRecord(Body):
    """A stop. With `address` alone it closes that number or mailbox for everybody who has it.

    A time that cannot be meant is now: no slip in it loses a stop.
    """

    consumer_id: Id | None = None
    address: Short | None = None
    channel: StepChannel | None = Field(default=None, description="none: every channel")
    at: Annotated[AwareDatetime | None, AfterValidator(_moment_or_now)] = None
    source: Short = "api"
    proof: Text | None = None


class HoldRecord(Body):
    """`kind` in the words of the case vocabulary; `until` is the day on which it is looked at again."""

    consumer_id: Id
    kind: HoldKind
    account_id: Id | None = None
    until: Day | None = None


class HoldReleaseRecord(Body):
    reason: Short


class NoteRecord(Body):
    consumer_id: Id
    account_id: Id | None = None
    text: Annotated[
        str, StringConstraints(min_length=1, max_length=2_000, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")
    ]


class TaskClosing(Body):
    """`outcome`: what came of it, in a word; of a correction that waits: confirmed or rejected."""

    outcome: Short


class PromiseRecord(Body):
    account_id: Id
    amount_minor: Minor
    currency: Currency
    due_on: Day


class PaymentRecord(Body):
    account_id: Id
    amount_minor: Minor
    currency: Currency
    at: Moment
    reversal_of: Id | None = None
    external_id: Id | None = None


class ComplaintRecord(Body):
    consumer_id: Id
    account_id: Id | None = None
    text: Text


class ComplaintClosing(Body):
    """`reason`: what the answer was, or how it was put right."""

    closed_as: Literal["answered", "resolved"]
    reason: Short


class Changes(Body):
    """What is now known of a contact; what is left out stays."""

    outcome: Outcome | None = None
    debts_discussed: Annotated[list[Id], Field(max_length=100)] | None = None
    party: Short | None = None
    content: Short | None = None
    occurred_at: Moment | None = None


class CorrectionRecord(Body):
    """A correction of the contact history, with its reason."""

    consumer_id: Id
    changes: Changes
    reason: Short


class EnrollmentRequest(Body):
    """Enrols accounts; `where` is a condition in CEL over the documented fields."""

    cadence: Id
    where: Annotated[str, StringConstraints(max_length=2_048)] | None = None


class Recorded(BaseModel):
    """What was written down, and what followed from it."""

    id: str | None = None
    result: dict[str, Any] = {}
