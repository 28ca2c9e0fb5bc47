"""The words of the policies, one name each. A value read from outside must be one of these or it is refused.

Open vocabularies (a content that is `legally_required:<which>`, a party that is `third_party:<who>`) are strings
of a fixed pattern in `facts`; their closed part is here.
"""

from __future__ import annotations

from enum import StrEnum


class Decision(StrEnum):
    """The four answers, least protective first; of several, the most protective wins."""

    ALLOW = "allow"
    DEFER = "defer"
    HOLD = "hold"
    DENY = "deny"


PROTECTION: dict[Decision, int] = {d: rank for rank, d in enumerate(Decision)}


class Channel(StrEnum):
    SMS = "sms"
    EMAIL = "email"
    VOICE = "voice"
    VOICEMAIL = "voicemail"
    LETTER = "letter"
    VISIT = "visit"
    IM = "im"
    FAX = "fax"
    WEB = "web"
    WEB_SESSION = "web_session"
    POSTCARD = "postcard"
    SOCIAL_PUBLIC = "social_public"
    SOCIAL_CONTACTS = "social_contacts"
    SOCIAL_PRIVATE = "social_private"
    TASK = "task"
    CREDIT_REPORT = "credit_report"
    COURT = "court"


ELECTRONIC: frozenset[str] = frozenset({"sms", "email", "im", "social_private"})
"""Channels whose messages arrive on a consumer's device without a voice."""


class Direction(StrEnum):
    OUTBOUND = "outbound"
    INBOUND = "inbound"


class Outcome(StrEnum):
    """How an event ended. `None` in an event: not known yet, the reservation counts."""

    CONVERSATION = "conversation"
    NO_ANSWER = "no_answer"
    VOICEMAIL = "voicemail"
    VOICEMAIL_NOT_LEFT = "voicemail_not_left"
    VOICEMAIL_WITHHELD = "voicemail_withheld"
    RINGLESS_VOICEMAIL = "ringless_voicemail"
    DROPPED = "dropped"
    WRONG_NUMBER = "wrong_number"
    CALLBACK_REQUESTED = "callback_requested"
    MET = "met"
    VISIT_MET = "visit_met"
    ANSWERING_MACHINE_DETECTED = "answering_machine_detected"
    BUSY = "busy"
    NOT_IN_SERVICE = "not_in_service"
    POWER_OFF = "power_off"
    UNREACHABLE = "unreachable"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    RECEIVED = "received"
    LETTER_DELIVERED = "letter_delivered"
    UNDELIVERED = "undelivered"
    BOUNCED = "bounced"
    FAILED = "failed"
    RETURNED = "returned"
    ACTIVE = "active"
    FURNISHED = "furnished"


UNCONNECTED: frozenset[str] = frozenset({"busy", "not_in_service"})
"""A call that never connected: left out of counts, but for rules that count attempts (`unconnected`).

Source: Supp. I to 12 CFR 1006, comment 14(b)(3)(ii)-1, read as these two alone: we found nothing on a telephone that is
switched off or out of reach, so such a call counts (verify with counsel).
"""

CALL_OUTCOMES: frozenset[str] = UNCONNECTED | {
    Outcome.CONVERSATION,
    Outcome.NO_ANSWER,
    Outcome.POWER_OFF,
    Outcome.UNREACHABLE,
    Outcome.VOICEMAIL,
    Outcome.VOICEMAIL_NOT_LEFT,
    Outcome.VOICEMAIL_WITHHELD,
    Outcome.RINGLESS_VOICEMAIL,
    Outcome.DROPPED,
    Outcome.WRONG_NUMBER,
    Outcome.CALLBACK_REQUESTED,
    Outcome.MET,
    Outcome.ANSWERING_MACHINE_DETECTED,
}
"""How a call that we made can end."""

MESSAGE_OUTCOMES: frozenset[str] = frozenset(
    {
        Outcome.SENT,
        Outcome.DELIVERED,
        Outcome.READ,
        Outcome.UNDELIVERED,
        Outcome.BOUNCED,
        Outcome.FAILED,
        Outcome.RETURNED,
    }
)
"""What can become of a message or letter that we sent. None of them is uncounted: it was handed over."""


class Content(StrEnum):
    """The closed part of what a contact says; `legally_required:<which>` and `overshadowing:<what>` are open."""

    COLLECTION = "collection"
    LIMITED_CONTENT = "limited_content"
    PAYMENT_REMINDER = "payment_reminder"
    VALIDATION_NOTICE = "validation_notice"
    AGENCY_NOTICE = "agency_notice"
    VERIFICATION = "verification"
    ORIGINAL_CREDITOR_ANSWER = "original_creditor_answer"
    CONSENT_REQUEST = "consent_request"
    OPT_OUT_CONFIRMATION = "opt_out_confirmation"
    OPT_OUT_CONFIRMATION_WITH_EXTRA = "opt_out_confirmation_with_extra"
    ADVISE_TERMINATING_EFFORTS = "advise_terminating_efforts"
    MAY_INVOKE_ORDINARY_REMEDY = "may_invoke_ordinary_remedy"
    INTENDS_TO_INVOKE_SPECIFIED_REMEDY = "intends_to_invoke_specified_remedy"
    MORTGAGE_EARLY_INTERVENTION_NOTICE = "mortgage_early_intervention_notice"
    THREAT_OF_SUIT = "threat_of_suit"
    PROOF_OF_CLAIM = "proof_of_claim"
    SERVICE_OF_PROCESS = "service_of_process"


class Actor(StrEnum):
    THIRD_PARTY_COLLECTOR = "third_party_collector"
    DEBT_BUYER = "debt_buyer"
    ORIGINAL_CREDITOR = "original_creditor"


class EventActor(StrEnum):
    """The short words of an event: an agency is a third-party collector or a debt buyer, a lender the creditor."""

    AGENCY = "agency"
    LENDER = "lender"
    THIRD_PARTY_COLLECTOR = "third_party_collector"
    DEBT_BUYER = "debt_buyer"
    ORIGINAL_CREDITOR = "original_creditor"


class NumberKind(StrEnum):
    MOBILE = "mobile"
    LANDLINE = "landline"
    WORK = "work"
    VOIP = "voip"


class Weekday(StrEnum):
    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


WEEKDAYS: tuple[str, ...] = tuple(Weekday)
"""Monday first, as in `date.weekday()`."""


class Answer(StrEnum):
    """Three-valued registers: what somebody knows, does not know, or knows not to be so."""

    YES = "yes"
    NO = "no"
    KNOWN = "known"
    UNKNOWN = "unknown"


class RuleKind(StrEnum):
    """The shapes that rules have. A kind without a module in `policies/rules` is not judged, never passed."""

    CONTACT_WINDOW = "contact_window"
    FREQUENCY_CAP = "frequency_cap"
    MIN_GAP = "min_gap"
    PRECONDITION = "precondition"
    CONSUMER_PREFERENCE = "consumer_preference"
    EXCEPTION_RULE = "exception_rule"
    CONSENT_RULE = "consent_rule"
    HOLD = "hold"
    PARTY_RULE = "party_rule"
    LOCATION_RULE = "location_rule"
    CONTENT_RULE = "content_rule"
    EVIDENCE_RULE = "evidence_rule"
    IDENTITY_RULE = "identity_rule"
    SCOPE_RULE = "scope_rule"
    CHANNEL_EXCLUSIVITY = "channel_exclusivity"
    DEADLINE = "deadline"
    RETENTION = "retention"
    MEDIUM_STOP = "medium_stop"
    CEASE = "cease"
    REPRESENTATION = "representation"
    DISPUTE_HOLD = "dispute_hold"
    VALIDATION_PERIOD = "validation_period"
    TIME_BARRED = "time_barred"
    THIRD_PARTY_LADDER = "third_party_ladder"
    DISCLOSURE_RULE = "disclosure_rule"
    LIMITED_CONTENT = "limited_content"
    NOTICE_CONTENT = "notice_content"
    DELIVERY_RULE = "delivery_rule"
    PASSIVE_COLLECTION = "passive_collection"
    SAFE_HARBOR = "safe_harbor"
    POINT_RULE = "point_rule"
    WORDING_RULE = "wording_rule"


class Force(StrEnum):
    """How binding a rule is, in the words of its source."""

    PROHIBIT = "prohibit"
    PRESUMPTION = "presumption"
    SAFE_HARBOR_LOSS = "safe_harbor_loss"
    CONTENT = "content"
    WORKFLOW = "workflow"
    ADVISORY = "advisory"
    RETENTION = "retention"
    MANDATORY = "mandatory"
    STANDARD = "standard"
    SELF_REGULATORY = "self-regulatory"
    GUIDELINE = "guideline"
    GUIDANCE = "guidance"
    SOFT = "soft"
    POLICY = "policy"
    FIRM = "firm"
    DRAFT = "draft"


class Grade(StrEnum):
    """How the value is evidenced. P primary text read · Q, QD official interpretation · R regulation text ·
    S2 two independent secondary sources · S one · D derived · firm ours · M memory (never on)."""

    P = "P"
    Q = "Q"
    QD = "QD"
    R = "R"
    S2 = "S2"
    S = "S"
    D = "D"
    FIRM = "firm"
    M = "M"


class Status(StrEnum):
    ON = "on"
    NEEDS_REVIEW = "needs_review"
    TEMPLATE = "template"
    DRAFT_OFF = "draft_off"
    SUPERSEDED = "superseded"


class Fact(StrEnum):
    """Facts that can be missing. Those of CORE hold every contact; the others hold it where a rule needs them."""

    ZONE = "zone"
    COUNTRY = "country"
    ACTOR = "actor"
    CURRENCY = "currency"
    RECIPIENT = "recipient"
    CONTACT_POINT = "contact_point"
    CONSENT = "consent"
    HISTORY = "history"
    SENDER = "sender"
    VALIDATION_NOTICE = "validation_notice"
    AGENCY_NOTICE = "agency_notice"
    HOLIDAYS = "holidays"
    CEASE = "cease"
    HOLDS = "holds"
    ATTORNEY = "attorney"
    DISPUTES = "disputes"
    MEDIA_STOP = "media_stop"
    INCONVENIENT = "inconvenient"
    INCONVENIENT_PLACES = "inconvenient_places"
    EMPLOYER = "employer"
    PARTY = "party"
    PLACE = "place"
    NUMBER_KIND = "number_kind"
    VALIDATION = "validation"
    DAYS_PAST_DUE = "days_past_due"
    CONTENT = "content"


CORE_FACTS: frozenset[str] = frozenset({"zone", "country", "actor", "currency", "recipient", "contact_point"})
"""Unknown holds every contact, whatever the rules say."""
