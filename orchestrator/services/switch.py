"""The stop switch: no provider call starts later than a second after `stop` returns."""

from __future__ import annotations

import json

from orchestrator.audit import ledger
from orchestrator.audit.ledger import Line, LineKind
from orchestrator.engine.house import House
from orchestrator.store import claim


def stop(house: House, by: str) -> None:
    """Nothing is planned and no permit is minted from here; those out live a second from before this began."""
    _set(house, True, by)


def resume(house: House, by: str) -> None:
    """Go on; everything is judged again before it leaves."""
    _set(house, False, by)


def is_stopped(house: House) -> bool:
    with house.database.read(house.clock) as unit:
        return claim.is_stopped(unit)


def _set(house: House, value: bool, by: str) -> None:
    with house.database.write(house.clock, urgent=True) as unit:
        unit.execute(
            "INSERT INTO switch (name, value, changed_at, changed_by) VALUES ('stop', :value, :now, :by) "
            "ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at, "
            "changed_by = excluded.changed_by",
            {"value": json.dumps(value), "now": unit.now_micros, "by": by},
        )
        ledger.append(unit, [Line(LineKind.SWITCH, unit.now_micros, {"stop": value, "by": by})])
