"""A large file is read by a second process: the same rows, the same refusals, and nothing lost when it dies."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestrator.errors import FileFormatError
from orchestrator.importers import ahead, portfolio, run
from orchestrator.importers.batch import Batch
from orchestrator.importers.kind import Kind
from orchestrator.importers.options import ImportResult
from orchestrator.store.database import Database
from orchestrator.store.session import Session
from tests.contract.importers.conftest import Desk
from tests.postgres import sqlite_url

Ann = Callable[..., dict[str, str]]
Children = list[subprocess.Popen[bytes]]
# each import, each consumer's change and each line of the ledger has a name of its own
_BY_CHANCE = frozenset({"import_batch", "revision", "ledger_entry", "ledger_head", "alembic_version"})


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    """Two empty books: what reads and prepares knows nothing of the kind of database."""
    made = []
    for name in ("alone", "ahead"):
        (tmp_path / name).mkdir()
        made.append(Desk(Database(sqlite_url(tmp_path / name / "test.db")), tmp_path / name))
    yield made[0], made[1]
    for desk in made:
        desk.database.close()


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> Children:
    """Every file is worth a second process, which is waited for; those that were started."""
    started: Children = []
    real = subprocess.Popen

    def start(*told: Any, **how: Any) -> subprocess.Popen[bytes]:
        started.append(real(*told, **how))
        return started[-1]

    monkeypatch.setattr(ahead, "WORTH_LINES", 0)
    monkeypatch.setattr(ahead, "cores", lambda: 2)
    monkeypatch.setattr(ahead.Ahead, "_is_ready", staticmethod(lambda child: True))
    monkeypatch.setattr(subprocess, "Popen", start)
    return started


def people(ann: Ann, count: int) -> list[dict[str, str]]:
    return [
        ann(consumer_id=f"c{n}", account_id=f"a{n}", mobile=f"+121255{n + 50_000:05}") for n in range(count)
    ]


def mixed(ann: Ann, path: Path) -> tuple[Path, Path]:
    """A portfolio with every kind of row that is refused, columns of its own, and the mapping for it."""
    chinese = {"country": "CN", "mobile": "13800138000", "currency": "CNY", "given_name": "小明", "city": "上海",
               "family_name": "王", "postal_code": "200001", "address_line1": "南京路1号"}  # fmt: skip
    more = {"opt_out": "", "holds": "", "email": "", "address_line1": "", "postal_code": "", "city": "",
            "account_number": "", "consent_sms": "", "validation_sent_on": "", "person_key": ""}  # fmt: skip
    rows = [{**row, **more} for row in people(ann, 24)]
    rows[2] |= chinese
    rows[3] |= {"balance": "1,5", "opt_out": "sms;email", "holds": "cease"}  # refused, and protects
    rows[5] |= {"given_name": '=cmd|"x"!A1'}
    rows[6] |= {"email": "nobody", "account_number": "", "country": "ZZ"}
    rows[7] |= {"consumer_id": "c1", "family_name": "Other", "opt_out": "voice"}  # contradicts the book
    rows[8] |= {"consent_sms": "2026-03-01T10:00:00Z", "validation_sent_on": "2026-03-02", "person_key": "k"}
    rows[9] |= {"given_name": "A\nB"}
    rows[12] |= {
        "account_number": "1234567890",
        "email": "Person@Example.ORG",
        "holds": "dispute",
        "person_key": "k",
    }
    rows[14] |= {"mobile": "+12125550199", "consumer_id": "-1+2"}
    rows[15] |= {"mobile": "+12125550199"}
    for row in rows:
        row["Kunde"] = row.pop("consumer_id")
        del row["creditor"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    broken = ["too,few", '"opened and not closed', "", rows[20]["Kunde"] + "\x07"]
    path.write_bytes(path.read_bytes() + "\r\n".join(broken).encode() + b"\r\nna\xefve\r\n")
    mapping = path.with_suffix(".yaml")
    mapping.write_text("columns: {Kunde: consumer_id}\nvalues: {creditor: harbor}\n", encoding="utf-8")
    return path, mapping


def held(desk: Desk) -> dict[str, list[str]]:
    """Everything in the database but what chance names, sealed values opened."""
    tables = [name for (name,) in desk.see("SELECT name FROM sqlite_master WHERE type = 'table'")]
    ((batch, *_),) = desk.see("SELECT id FROM import_batch ORDER BY started_at DESC LIMIT 1")
    found = {}
    for table in sorted(set(tables) - _BY_CHANCE):
        rows = desk.see(f'SELECT * FROM "{table}"')
        found[table] = sorted(
            repr([opened(desk, cell) for cell in row]).replace(batch, "this import") for row in rows
        )
    return found


def opened(desk: Desk, cell: object) -> object:
    return desk.sealer.open(cell) if isinstance(cell, bytes) else cell


def told(result: ImportResult) -> tuple[object, ...]:
    rejected = result.rejected_path.read_bytes() if result.rejected_path else b""
    return (
        result.kind,
        result.rows,
        result.accounts,
        result.consumers,
        result.rejected,
        rejected,
        result.notes,
    )


def test_a_portfolio_comes_in_the_same_whoever_reads_it(
    desks: tuple[Desk, Desk], ann: Ann, children: Children, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = []
    for desk, cores in zip(desks, (1, 2), strict=True):
        monkeypatch.setattr(ahead, "cores", lambda cores=cores: cores)
        path, mapping = mixed(ann, desk.folder / "book.csv")
        results.append(desk.bring_file(path, mapping=mapping, chunk_rows=7))
    alone, other = desks
    assert len(children) == 1
    assert children[0].poll() is not None
    assert told(results[0]) == told(results[1])
    assert results[0].rejected > 7
    assert held(alone) == held(other)
    assert alone.see("SELECT count(*) FROM contact_point WHERE kind = 'postal'") == [(1,)]
    assert {channel for (channel,) in other.see("SELECT channel FROM opt_out")} == {"sms", "email", "voice"}


def test_a_history_as_json_lines_comes_in_the_same(
    desks: tuple[Desk, Desk], ann: Ann, children: Children, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = []
    for desk, cores in zip(desks, (1, 2), strict=True):
        monkeypatch.setattr(ahead, "cores", lambda: 1)
        desk.bring(*people(ann, 3))
        monkeypatch.setattr(ahead, "cores", lambda cores=cores: cores)
        call = {"channel": "voice", "direction": "outbound", "outcome": "no_answer"}
        lines = [
            json.dumps(
                {
                    **call,
                    "at": f"2026-03-{n + 1:02}T10:00:00Z",
                    "consumer_id": f"c{n % 4}",
                    "account_id": f"a{n % 4}",
                }
            )
            for n in range(20)
        ]
        lines[5] = "no object"
        lines[9] = json.dumps({**call, "at": "yesterday", "consumer_id": "c1"})
        path = desk.folder / "calls.jsonl"
        path.write_text("\n".join(lines), encoding="utf-8")
        results.append(desk.bring_file(path, chunk_rows=6))
    assert len(children) == 1
    assert told(results[0]) == told(results[1])
    assert (results[0].rows, results[0].rejected) == (20, 7)
    assert held(desks[0]) == held(desks[1])


@pytest.mark.parametrize("at", [1, 3])
def test_a_second_process_that_is_killed_loses_nothing(
    desks: tuple[Desk, Desk], ann: Ann, children: Children, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    chunks: list[list[str]] = []

    def killing(unit: Session, batch: Batch, rows: Any) -> None:
        chunks.append([row.account_id for row in rows])
        if len(chunks) == at:
            children[0].kill()
            children[0].wait()
        portfolio.write_chunk(unit, batch, rows)

    monkeypatch.setitem(run._WRITE, Kind.PORTFOLIO, killing)
    desk = desks[0]
    result = desk.bring(*people(ann, 30), chunk_rows=4)
    assert (result.rows, result.accounts, result.rejected) == (30, 30, 0)
    assert [account for chunk in chunks for account in chunk] == [f"a{n}" for n in range(30)]
    assert desk.see("SELECT count(*) FROM account") == [(30,)]
    assert any("ended early" in note for note in result.notes)


def test_without_a_second_process_the_import_goes_on_alone(
    desks: tuple[Desk, Desk], ann: Ann, children: Children, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/there/is/no/interpreter")
    result = desks[0].bring(*people(ann, 9), chunk_rows=4)
    assert (result.rows, result.accounts, len(children)) == (9, 9, 0)
    assert any("ended early" in note for note in result.notes)


def test_what_breaks_off_the_import_ends_the_second_process(
    desks: tuple[Desk, Desk], ann: Ann, children: Children, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaking(unit: Session, batch: Batch, rows: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(run._WRITE, Kind.PORTFOLIO, breaking)
    with pytest.raises(KeyboardInterrupt):
        desks[0].bring(*people(ann, 9), chunk_rows=4)
    assert children[0].poll() is not None


def test_a_file_that_cannot_be_understood_is_refused_as_ever(
    desks: tuple[Desk, Desk], children: Children
) -> None:
    path = desks[0].folder / "calls.jsonl"
    path.write_text('{"who": "c1"}\n', encoding="utf-8")
    with pytest.raises(FileFormatError, match="unknown name 'who'"):
        desks[0].bring_file(path)
    assert children[0].poll() is not None


def test_the_second_process_is_told_no_secret_where_others_can_see_it(
    desks: tuple[Desk, Desk], ann: Ann, children: Children, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, str]] = []
    start: Callable[..., Any] = subprocess.Popen

    def watched(*told: Any, **how: Any) -> Any:
        seen.append(how["env"])
        return start(*told, **how)

    monkeypatch.setenv("DUECOURSE_DATABASE_URL", "sqlite:///secret.db")
    monkeypatch.setattr(subprocess, "Popen", watched)
    desk = desks[0]
    desk.bring(*people(ann, 3))
    ring = desk.sealer.ring
    for key in (*ring.keys.values(), ring.index_key, ring.reference_key):
        assert repr(key) not in str(children[0].args)
        assert key.hex() not in str(children[0].args)
    assert not [name for name in seen[0] if name.startswith("DUECOURSE_")]


def test_small_files_and_opt_outs_start_no_process(
    desks: tuple[Desk, Desk], ann: Ann, children: Children, monkeypatch: pytest.MonkeyPatch
) -> None:
    desks[0].bring({"address": "+12125550100", "channel": "sms"})
    monkeypatch.setattr(ahead, "WORTH_LINES", 10)
    desks[0].bring(*people(ann, 9))
    assert children == []
