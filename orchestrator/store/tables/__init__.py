"""Every table of the product, by meaning. `SQLModel.metadata` is complete after importing this package."""

from orchestrator.store.tables.access import SignInFailure, UserAccount, UserSession
from orchestrator.store.tables.base import SQLModel
from orchestrator.store.tables.campaign import (
    Campaign,
    CampaignForecast,
    CampaignForecastAccount,
    CampaignHour,
    CampaignMember,
)
from orchestrator.store.tables.ledger import LedgerEntry, LedgerHead, LedgerLink
from orchestrator.store.tables.people import (
    Account,
    AccountConsumer,
    Consumer,
    ContactPoint,
    ContactPointFact,
    Creditor,
    Party,
    PoolLink,
    Revision,
)
from orchestrator.store.tables.standing import (
    Agreement,
    Assertion,
    CeaseRequest,
    CheckResult,
    Complaint,
    Consent,
    ConsentRevocation,
    ContactEvent,
    Dispute,
    DisputeAnswer,
    EmployerNote,
    Hold,
    HoldRelease,
    Note,
    Notice,
    OptOut,
    OriginalCreditorRequest,
    Payment,
    Preference,
    Promise,
    Recall,
    Representation,
)
from orchestrator.store.tables.work import (
    ApiKey,
    Attempt,
    CadenceVersion,
    DeliveryEvent,
    Enrollment,
    IdempotencyKey,
    ImportBatch,
    InboundMessage,
    Incident,
    Lease,
    PolicyVersion,
    Switch,
    Task,
    TemplateVersion,
    Verdict,
    WorkClaim,
)

__all__ = [
    "Account", "AccountConsumer", "Agreement", "ApiKey", "Assertion", "Attempt", "CadenceVersion", "Campaign",
    "CampaignForecast", "CampaignForecastAccount", "CampaignHour", "CampaignMember",
    "CeaseRequest", "CheckResult", "Complaint", "Consent", "ConsentRevocation", "Consumer", "ContactEvent",
    "ContactPoint", "ContactPointFact", "Creditor", "DeliveryEvent", "Dispute", "DisputeAnswer", "EmployerNote",
    "Enrollment", "Hold", "HoldRelease", "IdempotencyKey", "ImportBatch", "InboundMessage", "Incident", "Lease",
    "LedgerEntry", "LedgerHead", "LedgerLink", "Note", "Notice", "OptOut", "OriginalCreditorRequest", "Party",
    "Payment", "PolicyVersion", "PoolLink", "Preference", "Promise", "Recall", "Representation", "Revision", "SQLModel",
    "SignInFailure", "Switch", "Task", "TemplateVersion", "UserAccount", "UserSession", "Verdict",
    "WorkClaim",
]  # fmt: skip

# an index over one column that is mostly empty leaves those rows out: nobody looks for them, and an import writes less
for _table in SQLModel.metadata.tables.values():
    for _index in _table.indexes:
        if len(_index.columns) == 1 and _index.columns[0].nullable and not _index.expressions[1:]:
            for _dialect in ("sqlite", "postgresql"):
                if _index.dialect_options[_dialect]["where"] is None:
                    _index.dialect_options[_dialect]["where"] = _index.columns[0].is_not(None)
