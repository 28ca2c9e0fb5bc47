"""Verifying the whole ledger on request: its progress and its result are kept for everybody who looks.

One verification runs at a time, whatever process it runs in. One that is not heard of any more may be begun again.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from orchestrator.audit.verify import verify
from orchestrator.engine.house import House
from orchestrator.errors import ConflictError, DuecourseError
from orchestrator.store.session import Session

_MARK = "ledger_verification"
"""Its row among the switches."""
SILENT_S = 120
"""After so long without a word a verification is taken for dead."""
_TELL_EVERY_S = 0.5
RUNNING, SOUND, UNSOUND, FAILED = "running", "sound", "unsound", "failed"


class VerificationState(msgspec.Struct, frozen=True, kw_only=True):
    """The last verification. `state`: running, sound, unsound (see `findings`), failed (it could not be done).

    `checked` of `total` lines; `heads_outside` 0: nothing kept outside was compared.
    """

    state: str
    by: str
    started_at: datetime
    told_at: datetime
    checked: int = 0
    total: int = 0
    waiting: int = 0
    last_seq: int = 0
    heads_inside: int = 0
    heads_outside: int = 0
    findings: tuple[str, ...] = ()
    error: str = ""

    def is_running(self, now: datetime) -> bool:
        return self.state == RUNNING and now - self.told_at < timedelta(seconds=SILENT_S)


def last_verification(house: House) -> VerificationState | None:
    """The one that runs, or the last one; None: the ledger was never verified here."""
    with house.database.read(house.clock) as unit:
        return _read(unit)


def begin(house: House, by: str) -> VerificationState:
    """Announce a verification that the caller will `run` now; a ConflictError while another one runs."""
    with house.database.write(house.clock) as unit:
        known = _read(unit)
        if known is not None and known.is_running(unit.now):
            raise ConflictError("the ledger is being verified already", code="verification_running")
        total = unit.query("SELECT COALESCE(max(seq), 0) FROM ledger_link")[0][0]
        begun = VerificationState(
            state=RUNNING, by=by, started_at=unit.now, told_at=unit.now, total=int(total)
        )
        _write(unit, begun)
    return begun


def run(house: House, begun: VerificationState, outside: Path, public_key: str) -> VerificationState:
    """Check every line, link and head, telling how far it is; whatever comes out is kept."""
    told, last, checked = begun, time.monotonic(), 0

    def advance(lines: int) -> None:
        nonlocal told, last, checked
        checked += lines
        if time.monotonic() - last >= _TELL_EVERY_S:
            last = time.monotonic()
            told = _tell(house, msgspec.structs.replace(told, checked=checked))

    try:
        result = verify(house.database, outside=outside, public_key=public_key, progress=advance)
    except DuecourseError as error:
        return _tell(house, msgspec.structs.replace(told, state=FAILED, checked=checked, error=error.message))
    return _tell(
        house,
        msgspec.structs.replace(
            told,
            state=SOUND if result.is_sound else UNSOUND,
            checked=result.lines,
            total=result.lines,
            waiting=result.waiting,
            last_seq=result.last_seq,
            heads_inside=result.heads_inside,
            heads_outside=result.heads_outside,
            findings=tuple(result.findings),
        ),
    )


def _tell(house: House, state: VerificationState) -> VerificationState:
    with house.database.write(house.clock) as unit:
        told = msgspec.structs.replace(state, told_at=unit.now)
        _write(unit, told)
    return told


def _read(unit: Session) -> VerificationState | None:
    row = unit.one("SELECT value FROM switch WHERE name = :name", {"name": _MARK})
    if row is None:
        return None
    if isinstance(row[0], str | bytes):
        return msgspec.json.decode(row[0], type=VerificationState)
    return msgspec.convert(row[0], VerificationState)


def _write(unit: Session, state: VerificationState) -> None:
    unit.execute(
        "INSERT INTO switch (name, value, changed_at, changed_by) VALUES (:name, :value, :now, :by) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at, "
        "changed_by = excluded.changed_by",
        {"name": _MARK, "value": msgspec.json.encode(state).decode(), "now": unit.now_micros, "by": state.by},
    )
