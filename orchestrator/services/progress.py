"""Counters for whoever watches: how far the book is worked, what left, what waits for a person."""

from __future__ import annotations

from dataclasses import dataclass, field

from orchestrator.engine.house import House
from orchestrator.store.session import Session


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts at one moment. `contacts` by channel, of attempts that left; `attempts` of all by state."""

    enrollments: dict[str, int] = field(default_factory=dict)
    contacts: dict[str, int] = field(default_factory=dict)
    attempts: dict[str, int] = field(default_factory=dict)
    open_tasks: dict[str, int] = field(default_factory=dict)
    open_incidents: int = 0
    due_now: int = 0


def read_progress(house: House) -> Progress:
    """The counters now."""
    with house.database.read(house.clock) as unit:
        now = {"now": unit.now_micros}
        return Progress(
            enrollments=_counts(unit, "SELECT state, count(*) FROM enrollment GROUP BY state"),
            contacts=_counts(
                unit,
                "SELECT channel, count(*) FROM attempt WHERE state NOT IN ('reserved', 'released', 'expired') "
                "GROUP BY channel",
            ),
            attempts=_counts(unit, "SELECT state, count(*) FROM attempt GROUP BY state"),
            open_tasks=_counts(unit, "SELECT kind, count(*) FROM task WHERE state = 'open' GROUP BY kind"),
            open_incidents=unit.query("SELECT count(*) FROM incident WHERE closed_at IS NULL")[0][0],
            due_now=unit.query(
                "SELECT count(*) FROM enrollment WHERE state = 'active' AND next_at <= :now", now
            )[0][0],
        )


def _counts(unit: Session, sql: str) -> dict[str, int]:
    return dict(sorted((str(name), int(count)) for name, count in unit.query(sql)))
