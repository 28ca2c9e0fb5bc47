"""A call-back that somebody agreed with the consumer: refused where it would be unlawful then, else due at that time.

What the consumer asked for is recorded first, for it may be what makes the call lawful; then the call is judged at its
moment, and if it may not be made nothing of it is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from orchestrator.engine.consent import enter_call_back
from orchestrator.engine.facts import Proposal
from orchestrator.engine.house import House
from orchestrator.engine.judgement import judge_one
from orchestrator.engine.reading import read_batch
from orchestrator.engine.told import Told
from orchestrator.errors import UnknownReference, UsageError
from orchestrator.services.consumer_view import main_zone
from orchestrator.services.fact import By
from orchestrator.services.follow_up import add_task
from orchestrator.services.local_days import day_in
from orchestrator.services.quiet import wait_for_permits
from orchestrator.store import contacting
from orchestrator.store import entry as rows
from orchestrator.store.identifier import new_id
from orchestrator.store.session import Session
from policies.verdict import Decision, Verdict

FURTHEST = timedelta(days=731)
"""Nobody agrees a call further ahead than this."""


@dataclass(frozen=True, slots=True)
class CallBack:
    """The task on the work list, or the verdict that refuses the call at that time."""

    verdict: Verdict
    task_id: str | None = None


class _RefusedError(Exception):
    """Leaves the transaction without keeping anything."""

    def __init__(self, verdict: Verdict):
        self.verdict = verdict
        super().__init__(verdict.decision)


def plan_call_back(
    house: House, by: By, consumer_id: str, account_id: str, *, point_id: str, at: datetime
) -> CallBack:
    """Judges the call at `at` (aware) and puts it on the work list for that time, with the consent to it."""
    with house.database.read(house.clock) as unit:
        _check(unit, consumer_id, account_id, point_id, at)
    try:
        with house.database.write(house.clock, urgent=True) as unit:
            told = Told(unit.now, by.source, by.key or new_id("fact"), by.who, by.proof)
            verdict = _judged(house, unit, told, Proposal(consumer_id, (account_id,), "voice", point_id), at)
            detail = {"channel": "voice", "contact_point_id": point_id, "by": by.who}
            key = (told.key, consumer_id, account_id)
            made = add_task(unit, "call", "call_back", consumer_id, account_id, at, detail, key)
            people = rows.pool_members(unit, [consumer_id])
    except _RefusedError as refused:
        return CallBack(refused.verdict)
    wait_for_permits(house, people)
    return CallBack(verdict, made)


def _judged(house: House, unit: Session, told: Told, proposal: Proposal, at: datetime) -> Verdict:
    consumer_id, (account_id,) = proposal.consumer_id, proposal.account_ids
    zones = read_batch(house, unit, [consumer_id]).consumer(consumer_id).zones or ()
    enter_call_back(
        house,
        unit,
        consumer_id,
        told,
        scope_date=day_in(at, main_zone(zones)),
        account_id=account_id,
        via="voice",
    )
    verdict = judge_one(house, read_batch(house, unit, [consumer_id]), proposal, at).verdict
    if verdict.decision is not Decision.ALLOW:
        raise _RefusedError(verdict)
    return verdict


def _check(unit: Session, consumer_id: str, account_id: str, point_id: str, at: datetime) -> None:
    if account_id not in contacting.accounts_of(unit, consumer_id):
        raise UnknownReference(f"{consumer_id} has no account {account_id!r}", where="account_id")
    if contacting.own_phone(unit, consumer_id, point_id) is None:
        raise UnknownReference(f"{consumer_id} has no number {point_id!r}", where="contact_point_id")
    if not unit.now < at < unit.now + FURTHEST:
        raise UsageError("a call-back lies ahead, within two years", where="at")
