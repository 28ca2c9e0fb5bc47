"""One question to the policies: facts in, a verdict with the facts it was given out. Fails closed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
from msgspec.structs import replace

from orchestrator.domain.enrollment import EXIT_OF_ACCOUNT_STATE
from orchestrator.engine.facts import Proposal, Reader
from orchestrator.engine.house import House
from orchestrator.store.dossier import PointRow
from policies import facts as f
from policies.compose import Stack
from policies.evaluate import judge
from policies.verdict import Alternative, Decision, Finding, Verdict

_FAR = datetime(9999, 1, 1, tzinfo=UTC)
NOT_OPEN = "account_not_open"
# what is owed to the consumer whatever became of the account
_STILL_OWED = ("opt_out_confirmation", "legally_required")


class Judged(msgspec.Struct, frozen=True):
    """A contact with its verdict.

    left_out: accounts that one contact may not cover now. encoded: the facts as the verdict's row keeps them.
    """

    proposal: Proposal
    facts: f.Facts
    verdict: Verdict
    left_out: tuple[str, ...] = ()
    stack: Stack | None = None
    encoded: bytes | None = None

    @property
    def decision(self) -> Decision:
        return self.verdict.decision

    @property
    def is_allowed(self) -> bool:
        return self.verdict.decision is Decision.ALLOW


def judge_one(house: House, reader: Reader, proposal: Proposal, at: datetime) -> Judged:
    """Judge exactly the accounts of the proposal, together."""
    facts = reader.facts(proposal, at)
    if house.library is None:
        return Judged(proposal, facts, refusal("policy_unavailable", "no valid policy is loaded", at, facts))
    stack = house.library.stack(facts.jurisdictions, facts.actor, at.date(), settings=house.settings)
    if not reader.keeps:
        verdict = judge(facts, stack, at, facts_digest="", brief=True)
        return _about_open(reader, Judged(proposal, facts, verdict, stack=stack))
    encoded = f.encode(facts)
    verdict = judge(facts, stack, at, facts_digest=hashlib.sha256(encoded).hexdigest())
    return _about_open(reader, Judged(proposal, facts, verdict, stack=stack, encoded=encoded))


def _about_open(reader: Reader, judged: Judged) -> Judged:
    """An account that is paid, recalled or closed is nobody's to collect on, whoever asks and by whatever way."""
    proposal = judged.proposal
    if not judged.is_allowed or proposal.content.startswith(_STILL_OWED):
        return judged
    over = [
        row
        for row in reader.accounts(proposal.consumer_id)
        if row.id in proposal.account_ids and row.state in EXIT_OF_ACCOUNT_STATE
    ]
    if not over:
        return judged
    found = f"the account {over[0].id} is {over[0].state}: nothing is collected on it any more"
    return instead(judged, NOT_OPEN, found, decision=Decision.DENY)


def judge_group(house: House, reader: Reader, proposal: Proposal, at: datetime) -> Judged:
    """Judge a contact about several accounts: those that are not ALLOW are left out; none left: the earliest answer."""
    whole = judge_one(house, reader, proposal, at)
    if whole.is_allowed or len(proposal.account_ids) < 2:
        return whole
    each = [
        judge_one(house, reader, replace(proposal, account_ids=(one,)), at) for one in proposal.account_ids
    ]
    kept = tuple(one.proposal.account_ids[0] for one in each if one.is_allowed)
    if not kept:
        return min(each, key=earliest)
    part = judge_one(house, reader, replace(proposal, account_ids=kept), at)
    left_out = tuple(one for one in proposal.account_ids if one not in kept)
    return replace(part, left_out=left_out)


def earliest(judged: Judged) -> tuple[int, datetime]:
    """Orders answers by how soon they let something happen: ALLOW, DEFER by time, HOLD, DENY."""
    rank = {Decision.ALLOW: 0, Decision.DEFER: 1, Decision.HOLD: 2, Decision.DENY: 3}[judged.decision]
    at = judged.verdict.retry_at
    return rank, _FAR if at is None else at


def alternative(judged: Judged) -> Alternative:
    """What another channel or contact point would have answered, in a line."""
    verdict, proposal = judged.verdict, judged.proposal
    return Alternative(
        channel=proposal.channel,
        address=proposal.contact_point_id,
        decision=verdict.decision,
        retry_at=verdict.retry_at,
    )


def refusal(
    code: str, found: str, at: datetime, facts: f.Facts | None, decision: Decision = Decision.HOLD
) -> Verdict:
    """A verdict of the engine's own, where the policies cannot be asked or the contact cannot be made."""
    finding = Finding(id=code, answer=decision, found=found)
    digest = f.digest(facts) if facts is not None else ""
    return Verdict(decision=decision, rules=(finding,), as_of=at, facts_digest=digest)


def instead(
    judged: Judged,
    code: str,
    found: str,
    *,
    decision: Decision = Decision.HOLD,
    retry_at: datetime | None = None,
) -> Judged:
    """What the policies allow does not leave for a reason of the engine's own; it still cites what allowed it."""
    finding = Finding(id=code, answer=decision, found=found)
    verdict = Verdict(
        decision=decision,
        retry_at=retry_at,
        rules=(finding,),
        as_of=judged.verdict.as_of,
        facts_digest=judged.verdict.facts_digest,
        policy_digest=judged.verdict.policy_digest,
    )
    return replace(judged, verdict=verdict)


def usable_points(reader: Reader, consumer_id: str, channel: str) -> Sequence[PointRow | None]:
    """The contact points to ask about, best first; a task needs none."""
    points = reader.points(consumer_id, channel)
    if channel == "task":
        return points or [None]
    return points
