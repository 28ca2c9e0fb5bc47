"""The ledger as auditors read it, and a verification on request."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from orchestrator.audit.head import Signer, last_outside, write_head
from orchestrator.audit.sealer import seal_pending
from orchestrator.bootstrap import Runtime
from orchestrator.errors import ConflictError, InputError
from orchestrator.services import verification
from orchestrator.services.ledger_view import LedgerState, LineSought, list_lines, read_ledger
from tests.integration.console.contacts import calls, later
from tests.integration.faces.conftest import NOW


def sealed(runtime: Runtime) -> str:
    """Seal what waits and sign a head; our public key."""
    signer = Signer(runtime.sealer.ring.signing_key)
    seal_pending(runtime.database, "test", runtime.clock, whole=True)
    write_head(runtime.database, signer, runtime.ledger_heads, runtime.clock)
    return signer.public_key


def tamper(runtime: Runtime, sql: str) -> None:
    """What somebody does who holds the database itself: the triggers are no obstacle to them."""
    with runtime.database.write(runtime.clock) as unit:
        for (name,) in unit.query("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            unit.execute(f"DROP TRIGGER {name}")
        unit.execute(sql)


def state(runtime: Runtime, key: str) -> LedgerState:
    return read_ledger(runtime.house, runtime.ledger_heads, key)


def verified(runtime: Runtime, key: str) -> verification.VerificationState:
    begun = verification.begin(runtime.house, "user:ann")
    return verification.run(runtime.house, begun, runtime.ledger_heads, key)


def test_what_is_sealed_and_what_waits(runtime: Runtime) -> None:
    key = sealed(runtime)
    before = state(runtime, key)
    assert before.sealed > 0
    assert before.waiting == 0
    calls(runtime, 3)
    after = state(runtime, key)
    assert (after.sealed, after.waiting) == (before.sealed, 3)
    assert after.inside is not None
    assert after.outside is not None
    assert (after.inside.seq, after.inside.fits, after.outside.fits) == (before.sealed, True, True)


def test_a_head_of_another_key_or_another_chain_does_not_fit(runtime: Runtime) -> None:
    key = sealed(runtime)
    foreign = state(runtime, Signer(b"x" * 32).public_key)
    assert foreign.inside is not None
    assert not foreign.inside.fits
    tamper(runtime, "UPDATE ledger_link SET chained = zeroblob(32)")
    rewritten = state(runtime, key)
    assert rewritten.inside is not None
    assert not rewritten.inside.fits


def test_the_newest_head_outside_is_read_past_a_cut_line(tmp_path: Path, runtime: Runtime) -> None:
    sealed(runtime)
    known = last_outside(runtime.ledger_heads)
    assert known is not None
    with runtime.ledger_heads.open("ab") as file:
        file.write(b'{"seq": 99, "chai')
    assert last_outside(runtime.ledger_heads) == known
    assert last_outside(tmp_path / "none") is None


def test_lines_come_newest_first_a_page_at_a_time(runtime: Runtime) -> None:
    calls(runtime, 8)
    found, before = [], None
    for _ in range(20):
        page = list_lines(runtime.house, LineSought(), before=before, limit=3)
        found += [(row.at, row.id) for row in page.rows]
        before = page.before
        if before is None:
            break
    assert found == sorted(found, reverse=True)
    with runtime.database.read() as unit:
        assert len(found) == unit.query("SELECT count(*) FROM ledger_entry")[0][0]


def test_lines_are_found_by_kind_and_day(runtime: Runtime) -> None:
    made = calls(runtime, 8)
    later(runtime, days=1)
    refused = list_lines(runtime.house, LineSought(kind="refused")).rows
    assert [row.decision_id for row in refused] == [made[-1]]
    assert len(list_lines(runtime.house, LineSought(kind="reserved")).rows) == 7
    tomorrow = LineSought(since=NOW + timedelta(days=1))
    assert not list_lines(runtime.house, tomorrow).rows
    first = LineSought(kind="reserved", until=NOW + timedelta(minutes=2))
    assert [row.decision_id for row in list_lines(runtime.house, first).rows] == made[:2][::-1]
    with pytest.raises(InputError):
        list_lines(runtime.house, LineSought(kind="nonsense"))
    with pytest.raises(InputError):
        list_lines(runtime.house, LineSought(), before="1.x")


def test_a_verification_keeps_its_result(runtime: Runtime) -> None:
    assert verification.last_verification(runtime.house) is None
    calls(runtime, 2)
    key = sealed(runtime)
    result = verified(runtime, key)
    assert (result.state, result.by, result.heads_outside) == (verification.SOUND, "user:ann", 1)
    assert result.checked == result.total == state(runtime, key).sealed
    assert verification.last_verification(runtime.house) == result


def test_a_changed_line_is_found(runtime: Runtime) -> None:
    calls(runtime, 2)
    key = sealed(runtime)
    tamper(runtime, "UPDATE ledger_entry SET kind = 'promise' WHERE kind = 'reserved'")
    result = verified(runtime, key)
    assert result.state == verification.UNSOUND
    assert "was changed" in result.findings[0]


def test_a_file_of_heads_that_cannot_be_read_is_a_failure_and_no_result(runtime: Runtime) -> None:
    key = sealed(runtime)
    runtime.ledger_heads.write_bytes(b"no head\n" + runtime.ledger_heads.read_bytes())
    result = verified(runtime, key)
    assert result.state == verification.FAILED
    assert "not a signed head" in result.error


def test_one_verification_at_a_time_until_it_is_silent(runtime: Runtime) -> None:
    verification.begin(runtime.house, "user:ann")
    with pytest.raises(ConflictError):
        verification.begin(runtime.house, "user:bob")
    later(runtime, seconds=verification.SILENT_S + 1)
    assert verification.begin(runtime.house, "user:bob").by == "user:bob"
