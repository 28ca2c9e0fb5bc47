"""What a provider's final refusal teaches: the address is dead, or its owner opted out where we did not know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orchestrator.engine.house import House
from orchestrator.engine.point_learning import enter_point_state
from orchestrator.engine.stop import enter_opt_out
from orchestrator.engine.task import open_incident
from orchestrator.engine.told import Told
from orchestrator.store import entry
from orchestrator.store.admission import Admitted
from orchestrator.store.session import Session

OPTED_OUT = "opted_out"


def learn_from_refusals(
    house: House, unit: Session, attempts: Sequence[Admitted], codes: Mapping[str, str]
) -> None:
    """`codes` by attempt id. The next contact point is tried when the step is judged again."""
    for attempt in attempts:
        if attempt.contact_point_id is None:
            continue
        told = Told(unit.now, f"provider:{attempt.channel}", attempt.id)
        if codes.get(attempt.id) != OPTED_OUT:
            detail = {"code": codes.get(attempt.id)}
            enter_point_state(
                house, unit, attempt.contact_point_id, told, kind="bounce", state="invalid", detail=detail
            )
            continue
        found = entry.point(unit, attempt.contact_point_id)
        if found is not None:
            enter_opt_out(house, unit, told, value_index=found[1], channel=attempt.channel)
        open_incident(
            house, unit, "unknown_opt_out", attempt.consumer_id, attempt_ids=[attempt.id], key=attempt.id
        )
