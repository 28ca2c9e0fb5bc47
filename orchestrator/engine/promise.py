"""What became of a promise once its day and its grace are over."""

from __future__ import annotations

from orchestrator.audit.ledger import LineKind
from orchestrator.domain.instant import to_micros
from orchestrator.engine.record import Recorder
from orchestrator.engine.standing import is_kept, open_promise
from orchestrator.store.claim import EnrollmentRow
from orchestrator.store.dossier import Pool, PromiseRow
from orchestrator.store.identifier import derived_id

_COLUMNS = (
    "id", "consumer_id", "occurred_at", "recorded_at", "source", "recorded_by", "corrects_id", "correction_reason",
    "withdrawn", "account_id", "amount_minor", "currency", "due_on", "state",
)  # fmt: skip


def settle(recorder: Recorder, pool: Pool, row: EnrollmentRow) -> bool:
    """Record whether the open promise of this account was kept; True if it was broken, False if none was open."""
    promise = open_promise(pool, row.account_id)
    if promise is None:
        return False
    kept = is_kept(pool, promise)
    _record(recorder, promise, "kept" if kept else "broken")
    pool.promises.remove(promise)
    return not kept


def _record(recorder: Recorder, promise: PromiseRow, state: str) -> None:
    now = to_micros(recorder.now)
    recorder.unit.insert_many(
        "promise",
        _COLUMNS,
        [
            (
                derived_id("pr", promise.id, state), promise.consumer_id, promise.occurred_at, now, "engine", "system",
                promise.id, f"{state} when its day was over", False, promise.account_id, promise.amount_minor,
                promise.currency, promise.due_on, state,
            )
        ],
    )  # fmt: skip
    body: dict[str, object] = {"promise_id": promise.id, "state": state}
    recorder.line(LineKind.PROMISE, promise.consumer_id, None, body)
