"""After a fact: every enrollment of the person is looked at once, so that exits and suspensions show at once."""

from __future__ import annotations

from collections.abc import Iterable

from orchestrator.domain.enrollment import EnrollmentState
from orchestrator.domain.instant import to_micros
from orchestrator.engine.course import Course
from orchestrator.engine.house import House
from orchestrator.engine.reading import read_batch
from orchestrator.engine.record import Recorder
from orchestrator.engine.standing import Standing
from orchestrator.engine.versions import recall_versions
from orchestrator.store import claim
from orchestrator.store.claim import EnrollmentRow
from orchestrator.store.session import Session


def _ends_sooner(where: Standing, row: EnrollmentRow) -> bool:
    """Of two holds the one without an end was released: it is looked at again when the other one is over."""
    if where.until is None:
        return False
    return row.suspended_until is None or to_micros(where.until) < row.suspended_until


def reconsider(house: House, unit: Session, consumer_ids: Iterable[str]) -> None:
    """End or suspend what the new fact ends or suspends; what waited for a fact is judged again at once."""
    people = sorted(set(consumer_ids))
    rows = claim.of_consumers(unit, people)
    if not rows:
        return
    recall_versions(house, unit, ((row.cadence, row.cadence_digest) for row in rows))
    reader = read_batch(house, unit, people)
    recorder = Recorder(house, unit, reader, unit.now)
    for row in rows:
        course = Course(house, reader, recorder, row, unit.now)
        where = course.standing()
        if where.exit is not None:
            course.end(where.exit)
        elif where.suspend is not None and (
            row.state != EnrollmentState.SUSPENDED or row.reason != where.suspend or _ends_sooner(where, row)
        ):
            course.suspend(where)
        elif where.is_clear and row.state != EnrollmentState.ACTIVE:
            course.wake()
    recorder.flush()
