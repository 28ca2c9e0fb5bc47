"""What a worker does beside the contacts: a busy ledger is signed before the minute is over."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.book import Book
from orchestrator.audit.head import HEAD_EVERY_ROWS, Signer, read_outside
from orchestrator.audit.ledger import Line, LineKind, append
from orchestrator.engine.worker import Heads, Worker
from orchestrator.store.database import Database
from tests.integration.engine.stage import Stage, build


@pytest.fixture
def stage(database: Database) -> Stage:
    return build(database, book=Book(count=1), enroll=False)


def write_lines(stage: Stage, count: int) -> None:
    with stage.database.write(stage.clock) as unit:
        append(unit, [Line(LineKind.RESERVED, unit.now_micros, {"n": n}, f"ref{n}") for n in range(count)])


def test_a_head_is_signed_after_so_many_lines(stage: Stage, tmp_path: Path) -> None:
    outside = tmp_path / "heads.jsonl"
    worker = Worker(stage.house, Heads(Signer(bytes(32)), outside))
    worker.seal()
    worker.unsigned = 0
    write_lines(stage, HEAD_EVERY_ROWS - 1)
    worker.seal()
    assert not outside.exists()
    write_lines(stage, 1)
    worker.seal()
    worker.seal()
    assert len(list(read_outside(outside))) == 1
