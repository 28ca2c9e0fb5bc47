"""Campaigns: defined, started, paused, resumed, stopped, ended. Who did it and when stands in the row and the ledger.

Accounts are chosen at the start and stay: who comes to fit the segment later is not in this campaign. A stop of one
campaign is another thing than the stop switch, which stops everything.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

import msgspec

from orchestrator.audit import ledger
from orchestrator.audit.ledger import Line, LineKind
from orchestrator.domain import campaign as rules
from orchestrator.domain.cadence import Cadence
from orchestrator.domain.campaign import CampaignError, CampaignState, Definition, FieldProblem
from orchestrator.domain.enrollment import ExitReason
from orchestrator.domain.instant import from_micros, to_micros
from orchestrator.engine.campaign import end_everybody, note, release_reserved
from orchestrator.engine.house import House
from orchestrator.errors import ConflictError, UnavailableError, UnknownReference
from orchestrator.services.segment import fitting
from orchestrator.store import campaign as store
from orchestrator.store import enrollment
from orchestrator.store.campaign import CampaignRow
from orchestrator.store.identifier import derived_id
from orchestrator.store.session import Session

AT_ONCE = 1_000
_STOP_WAIT_S = 1.5
_TRIES = 5
T = TypeVar("T")
Progress = Callable[[int, int], None]
"""Takes (done, total) accounts."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign as it stands. `cadence_digest`, `not_before`, `not_after` are known once it is started.

    zone: whose hours and days the limits and dates count by (IANA). not_after: nothing leaves from here on.
    """

    id: str
    definition: Definition
    state: CampaignState
    zone: str
    cadence_digest: str | None
    not_before: datetime | None
    not_after: datetime | None
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str
    started_at: datetime | None
    started_by: str | None
    paused_at: datetime | None
    paused_by: str | None
    resumed_at: datetime | None
    resumed_by: str | None
    stopped_at: datetime | None
    stopped_by: str | None
    done_at: datetime | None

    @property
    def name(self) -> str:
        return self.definition.name

    def may_become(self, state: CampaignState) -> bool:
        """Whether a button for it makes sense."""
        return rules.may_become(self.state, state)


@dataclass(frozen=True, slots=True)
class Started:
    """What a start came to, in accounts. `elsewhere`: fit, but are in another enrollment that has not ended."""

    campaign: Campaign
    enrolled: int
    held_out: int
    elsewhere: int


def zone_of(house: House) -> str:
    """Whose hours and days a campaign counts by."""
    return house.firm.time_zone or "UTC"


def definition_digest(definition: Definition) -> str:
    """Names what a forecast was made of; the campaign's name changes nothing."""
    values = msgspec.to_builtins(definition, order="deterministic")
    values.pop("name")
    return hashlib.sha256(msgspec.json.encode(values, order="deterministic")).hexdigest()


def create(house: House, definition: Definition, by: str) -> Campaign:
    """A draft; CampaignError says what is wrong with it, a name that is taken is a ConflictError."""
    _check(house, definition)
    with house.database.write(house.clock) as unit:
        campaign_id = derived_id("cm", definition.name)
        now = {"created_at": unit.now_micros, "created_by": by, "zone": zone_of(house)}
        row = {"id": campaign_id, "state": "draft", **_columns(definition), **now, **_changed(unit, by)}
        if not store.insert(unit, row):
            raise ConflictError(
                f"there is a campaign {definition.name!r} already", code="name_taken", where="name",
                hint="take another name",
            )  # fmt: skip
        note(unit, campaign_id, "created", by, definition=definition_digest(definition))
        return _found(unit, campaign_id)


def change(house: House, key: str, definition: Definition, by: str) -> Campaign:
    """Define a draft anew; its name, from which its id comes, stays."""
    _check(house, definition)
    with house.database.write(house.clock) as unit:
        row = _row(unit, key, lock=True)
        if row.name != definition.name:
            raise CampaignError([FieldProblem("name", "a campaign keeps its name", "make a new campaign")])
        if row.state != CampaignState.DRAFT or row.cadence_digest is not None:
            raise _refused(row, "changed", "a draft that nobody has started can be changed")
        store.update(unit, row.id, {**_columns(definition), **_changed(unit, by)}, {CampaignState.DRAFT})
        note(unit, row.id, "changed", by, definition=definition_digest(definition))
        return _found(unit, row.id)


def find(house: House, key: str) -> Campaign:
    """By id or name; none is an UnknownReference."""
    with house.database.read(house.clock) as unit:
        return _found(unit, key)


def list_all(house: House) -> tuple[Campaign, ...]:
    """Every campaign: what runs first, then paused ones, drafts, and the newest of the past."""
    with house.database.read(house.clock) as unit:
        return tuple(_campaign(row) for row in store.all_rows(unit))


def page(house: House, after: str | None, limit: int) -> tuple[Campaign, ...]:
    """At most `limit + 1` campaigns by id behind `after`: the one too many says that there are more."""
    with house.database.read(house.clock) as unit:
        return tuple(_campaign(row) for row in store.page(unit, after, limit))


def start(
    house: House, key: str, by: str, progress: Progress | None = None, *, foreseen: str | None = None
) -> Started:
    """Enrol everybody who fits and begin; interrupted, it is started again and goes on where it was.

    `foreseen`: the digest of the definition that somebody saw forecast; if it was changed since, a ConflictError.
    """
    with house.database.write(house.clock) as unit:
        row = _row(unit, key, lock=True)
        if row.state != CampaignState.DRAFT:
            raise _refused(row, "started", "a draft can be started")
        cadence = house.cadences.find(row.cadence)
        definition = definition_of(row)
        if foreseen is not None and foreseen != definition_digest(definition):
            raise ConflictError(
                f"the campaign {row.name!r} was changed since this forecast: nobody was enrolled",
                code="campaign_changed",
                where=row.id,
                hint="forecast it again",
            )
        _check(house, definition)
        fixed = _fixed(house, unit, definition, cadence)
        store.update(unit, row.id, {**fixed, **_changed(unit, by)}, {CampaignState.DRAFT})
        enrollment.keep_version(unit, cadence.name, cadence.digest, cadence.source)
    with house.database.read(house.clock) as unit:
        chosen = [(one.account_id, one.consumer_id) for one in fitting(unit, definition, cadence)]
        engaged = store.engaged(unit)
    free = [one for one in chosen if engaged.get(one[0], row.id) == row.id]
    due_from: int = fixed["not_before"]
    entered = _enter_all(house, row.id, definition, cadence, free, due_from, progress)
    with house.database.write(house.clock) as unit:
        now = {"started_at": unit.now_micros, "started_by": by, "state": CampaignState.RUNNING.value}
        if not store.update(unit, row.id, {**now, **_changed(unit, by)}, {CampaignState.DRAFT}):
            raise _refused(_row(unit, row.id), "started", "somebody else was faster")
        store.wake(unit, row.id, [rules.Wait.PAUSED.value], max(unit.now_micros, fixed["not_before"]))
        enrolled, held_out = entered
        counts = {"enrolled": enrolled, "held_out": held_out, "elsewhere": len(chosen) - len(free)}
        note(unit, row.id, "started", by, cadence_digest=cadence.digest, **counts)
        return Started(_found(unit, row.id), **counts)


def _fixed(house: House, unit: Session, definition: Definition, cadence: Cadence) -> dict[str, Any]:
    """What stays as it is from the start on."""
    zone = zone_of(house)
    begins, ends = definition.starts_on, rules.end_of(definition, zone)
    if ends is not None and ends <= unit.now:
        raise CampaignError([FieldProblem("ends_on", "its last day is over", "choose a later one")])
    first = max(unit.now, rules.day_start(begins, zone)) if begins is not None else unit.now
    return {
        "cadence_digest": cadence.digest,
        "zone": zone,
        "not_before": to_micros(first),
        "not_after": None if ends is None else to_micros(ends),
    }


def _enter_all(  # noqa: PLR0917 - one call, of a start
    house: House,
    campaign_id: str,
    definition: Definition,
    cadence: Cadence,
    chosen: list[tuple[str, str]],
    first: int,
    progress: Progress | None,
) -> tuple[int, int]:
    """Enrol in transactions of at most a thousand; gives how many are enrolled and held out in all."""
    share = definition.held_out_share
    for begin in range(0, len(chosen), AT_ONCE):
        part = chosen[begin : begin + AT_ONCE]
        apart = [one for one in part if rules.is_held_out(campaign_id, one[1], share)]
        rest = [account_id for account_id, consumer_id in part if (account_id, consumer_id) not in set(apart)]
        with house.database.write(house.clock) as unit:
            found = enrollment.candidates_among(unit, rest)
            due = max(first, unit.now_micros)
            inside = enrollment.enter(
                unit, found, cadence=cadence.name, digest=cadence.digest, next_at=due, campaign_id=campaign_id
            )
            store.add_members(
                unit, campaign_id, [(one.account_id, one.consumer_id) for one in inside], held_out=False
            )
            store.add_members(unit, campaign_id, apart, held_out=True)
            body = {"cadence": cadence.name, "digest": cadence.digest, "campaign": campaign_id}
            ledger.append(
                unit,
                [
                    Line(LineKind.ENROLLED, unit.now_micros, body, house.sealer.reference(one.consumer_id))
                    for one in inside
                ],
            )
        if progress is not None:
            progress(min(begin + AT_ONCE, len(chosen)), len(chosen))
    with house.database.read(house.clock) as unit:
        return store.member_counts(unit, campaign_id)


def pause(house: House, key: str, by: str) -> Campaign:
    """Nothing of it leaves from when this returns; what was reserved and not sent is given back."""
    return _halt(house, key, by, CampaignState.PAUSED, {CampaignState.RUNNING})


def resume(house: House, key: str, by: str) -> Campaign:
    """Go on: everybody is where they were, and judged again before anything leaves."""
    with house.database.write(house.clock) as unit:
        row = _row(unit, key, lock=True)
        if row.state != CampaignState.PAUSED:
            raise _refused(row, "resumed", "a paused one can be resumed")
        now = {"resumed_at": unit.now_micros, "resumed_by": by, "state": CampaignState.RUNNING.value}
        store.update(unit, row.id, {**now, **_changed(unit, by)}, {CampaignState.PAUSED})
        store.wake(unit, row.id, [rules.Wait.PAUSED.value], max(unit.now_micros, row.not_before or 0))
        note(unit, row.id, "resumed", by)
        return _found(unit, row.id)


def stop(house: House, key: str, by: str) -> Campaign:
    """For good: when this returns no call of this campaign can start any more. A second stop changes nothing."""
    states = {CampaignState.DRAFT, CampaignState.RUNNING, CampaignState.PAUSED}
    stopped = _halt(house, key, by, CampaignState.STOPPED, states)
    _insist(lambda: end_everybody(house, stopped.id, ExitReason.CAMPAIGN_STOPPED))
    return stopped


def _halt(
    house: House, key: str, by: str, state: CampaignState, sources: Collection[CampaignState]
) -> Campaign:
    campaign_id = _insist(lambda: _mark_halted(house, key, by, state, sources))
    wait_for_permits(house, campaign_id)
    while _insist(lambda: release_reserved(house, campaign_id, AT_ONCE)):
        continue
    return find(house, campaign_id)


def _mark_halted(
    house: House, key: str, by: str, state: CampaignState, sources: Collection[CampaignState]
) -> str:
    """From this commit on no permit of the campaign is minted."""
    with house.database.write(house.clock, urgent=True) as unit:
        row = _row(unit, key, lock=True)
        if row.state != state:
            if CampaignState(row.state) not in sources:
                hint = "one that runs can be paused, one that is not over stopped"
                raise _refused(row, state.value, hint)
            now = {f"{state}_at": unit.now_micros, f"{state}_by": by, "state": state.value}
            store.update(unit, row.id, {**now, **_changed(unit, by)}, sources)
            note(unit, row.id, state.value, by)
        return row.id


def _insist(work: Callable[[], T]) -> T:
    """A halt is worth asking a busy database again; done twice it changes nothing."""
    for _ in range(_TRIES - 1):
        try:
            return work()
        except UnavailableError:
            continue
    return work()


def wait_for_permits(house: House, campaign_id: str) -> None:
    """Returns when every permit that was minted before has run out: about a second at most."""
    if house.inline:
        return
    with house.database.read(house.clock) as unit:
        left_s = (store.last_permit(unit, campaign_id) - unit.now_micros) / 1e6
    if left_s > 0:
        time.sleep(min(left_s, _STOP_WAIT_S))


# rows


def definition_of(row: CampaignRow) -> Definition:
    return Definition(
        name=row.name,
        cadence=row.cadence,
        segment=row.segment,
        starts_on=_day(row.starts_on),
        ends_on=_day(row.ends_on),
        hourly_limit=row.hourly_limit,
        daily_limit=row.daily_limit,
        held_out_share=row.held_out_share,
    )


def _campaign(row: CampaignRow) -> Campaign:
    values = {
        name: value
        for name, value in row._asdict().items()
        if name in Campaign.__slots__ and name not in {"definition", "state"}
    }
    times = {name: _at(values[name]) for name in values if name.endswith(("_at", "not_before", "not_after"))}
    return Campaign(definition=definition_of(row), state=CampaignState(row.state), **{**values, **times})


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _at(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)


def _columns(definition: Definition) -> dict[str, Any]:
    return {
        "name": definition.name,
        "cadence": definition.cadence,
        "segment": definition.segment,
        "starts_on": definition.starts_on and definition.starts_on.isoformat(),
        "ends_on": definition.ends_on and definition.ends_on.isoformat(),
        "hourly_limit": definition.hourly_limit,
        "daily_limit": definition.daily_limit,
        "held_out_share": definition.held_out_share,
    }


def _changed(unit: Session, by: str) -> dict[str, Any]:
    return {"changed_at": unit.now_micros, "changed_by": by}


def _check(house: House, definition: Definition) -> None:
    rules.check(definition)
    try:
        house.cadences.find(definition.cadence)
    except UnknownReference as error:
        raise CampaignError([FieldProblem("cadence", error.message, error.hint)]) from None


def _row(unit: Session, key: str, *, lock: bool = False) -> CampaignRow:
    row = store.find(unit, key, lock=lock)
    if row is None:
        raise UnknownReference(f"no campaign {key!r}", where="campaign", hint="duecourse campaigns list")
    return row


def _found(unit: Session, key: str) -> Campaign:
    return _campaign(_row(unit, key))


def _refused(row: CampaignRow, verb: str, hint: str) -> ConflictError:
    return ConflictError(
        f"the campaign {row.name!r} is {row.state} and cannot be {verb}",
        code="campaign_state",
        where=row.id,
        hint=hint,
    )
