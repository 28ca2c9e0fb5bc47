"""The answer to one question, in the one shape that every face shows and the ledger keeps."""

from __future__ import annotations

import datetime as dt

import msgspec

from policies.vocabulary import PROTECTION, Decision, Force

__all__ = [
    "Alternative",
    "Decision",
    "Finding",
    "Obligation",
    "Verdict",
    "WindowUse",
    "deciding",
    "encode",
    "most_protective",
]


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """A frozen part of a verdict."""


class Finding(Value, frozen=True, kw_only=True):
    """One determining rule: `answer` is what it alone would say, `found` why, in plain words.

    `until`: when this rule stops objecting if nothing else happens (aware UTC), None: it does not say.
    `counted`: our attempt ids (or the instant, where an event has no id) that the rule counted.
    """

    id: str
    answer: Decision
    found: str
    citation: str = ""
    url: str = ""
    force: str = ""
    until: dt.datetime | None = None
    counted: tuple[str, ...] = ()


class Obligation(Value, frozen=True, kw_only=True):
    """Something that the message must carry; `text` may be empty until the template fills it."""

    id: str
    text: str = ""
    citation: str = ""


class WindowUse(Value, frozen=True, kw_only=True):
    """How much of a cap's window is used: instants are aware UTC, `window_end` is exclusive."""

    rule: str
    window_start: dt.datetime
    window_end: dt.datetime
    used: int
    limit: int


class Alternative(Value, frozen=True, kw_only=True):
    channel: str
    address: str | None = None
    decision: Decision = Decision.ALLOW
    retry_at: dt.datetime | None = None


class Verdict(Value, frozen=True, kw_only=True):
    """`retry_at` only with DEFER; `valid_until` only with ALLOW: the first instant at which a rule would object."""

    decision: Decision
    retry_at: dt.datetime | None = None
    valid_until: dt.datetime | None = None
    rules: tuple[Finding, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    used: tuple[WindowUse, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    flags: tuple[str, ...] = ()
    policy_digest: str = ""
    facts_digest: str = ""
    as_of: dt.datetime | None = None


_encoder = msgspec.json.Encoder(order="deterministic")


def encode(verdict: Verdict) -> bytes:
    """Canonical JSON of a verdict."""
    return _encoder.encode(verdict)


def deciding(verdict: Verdict) -> Finding | None:
    """The rule to name where there is room for one: of those that say what the verdict says, the one that lasts
    longest; law before the firm's own policy where both last as long. None: nothing objects.
    """
    said = [finding for finding in verdict.rules if finding.answer is verdict.decision] or list(verdict.rules)
    lasting = [finding for finding in said if finding.until is not None]
    return max(lasting or said, key=_rank, default=None)


def _rank(finding: Finding) -> tuple[dt.datetime, bool]:
    return finding.until or dt.datetime.min.replace(tzinfo=dt.UTC), finding.force != Force.FIRM


def most_protective(decisions: tuple[Decision, ...]) -> Decision:
    """The answer that protects the consumer most; of none: ALLOW."""
    return max(decisions, key=PROTECTION.__getitem__, default=Decision.ALLOW)
