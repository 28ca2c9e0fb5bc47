"""`import_file`: a file into the database, chunk by chunk, with everything refused kept beside it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from orchestrator.audit.ledger import LineKind
from orchestrator.clock import Clock
from orchestrator.engine.house import House
from orchestrator.errors import UnavailableError, UsageError
from orchestrator.importers import (
    check,
    header,
    history,
    money_moved,
    opt_out,
    party,
    portfolio,
    reading,
    standing,
    whole,
)
from orchestrator.importers.ahead import Ahead, reading_ahead
from orchestrator.importers.batch import Batch
from orchestrator.importers.kind import Kind
from orchestrator.importers.options import ImportOptions, ImportResult
from orchestrator.importers.progress import Reporter, Silent
from orchestrator.importers.rejected import RejectedFile
from orchestrator.importers.source import Source, open_file
from orchestrator.store import book, bulk
from orchestrator.store.database import Database
from orchestrator.store.identifier import new_id
from orchestrator.store.sealing import Sealer
from orchestrator.store.session import Session

# chunks are sized so that a write transaction takes about this long, and opt-outs always get through
LONG_SECONDS = 0.25
# a chunk that met a deadlock, or waited too long for its turn, is tried again
TRIES = 4
SMALLEST_CHUNK, FIRST_CHUNK = 200, 500
# opt-outs commit in small transactions: each is in force as soon as it can be
OPT_OUT_ROWS = 500

Write = Callable[[Session, Batch, Sequence[Any]], None]

_WRITE: dict[Kind, Write] = {
    Kind.PORTFOLIO: portfolio.write_chunk,
    Kind.HISTORY: history.write_chunk,
    Kind.OPT_OUTS: opt_out.write_chunk,
    Kind.PARTIES: party.write_chunk,
    Kind.PAYMENTS: money_moved.write_payments,
    Kind.RECALLS: money_moved.write_recalls,
    Kind.CHECKS: check.write_chunk,
}


def import_file(  # noqa: PLR0917 - the interface that commands, API and simulation share
    database: Database,
    path: Path,
    options: ImportOptions,
    clock: Clock,
    sealer: Sealer,
    progress: Reporter | None = None,
    house: House | None = None,
) -> ImportResult:
    """Validate, normalise and upsert the rows of `path`; refused rows go to `FILE-STEM.rejected.csv` beside
    it.

    Chunks commit by themselves, so other writers get in between. What is wrong with the whole file (encoding,
    header, an option that does not fit) is an InputError, and then nothing was imported. With the engine's
    `house`, contacts that a corrected history makes unlawful are reported as incidents.
    """
    job = _Job(database, path, options, clock, sealer)
    job.batch.house = house
    reporter = progress or Silent()
    reporter.start(f"import {path.name}", job.total)
    try:
        job.work(reporter)
    finally:
        reporter.stop()
        job.batch.rejected.close()
    return job.result()


class _Job:
    """One run of `import_file`."""

    def __init__(
        self, database: Database, path: Path, options: ImportOptions, clock: Clock, sealer: Sealer
    ) -> None:
        self._database, self._path, self._options, self._clock = database, path, options, clock
        survey = reading.survey(path)
        self.total = max(0, survey.lines - 1)
        mapping = header.load_mapping(options.mapping)
        self._source = Source(path, options.kind, mapping, sealer)
        self._kind = self._source.kind
        _refuse_misfit(options, self._kind, clock.now().date())
        self._gone: list[str] = []
        self._read_alone = False
        if options.full:
            records, known = open_file(path, options.kind, mapping)
            self._gone = whole.absent(database, records, known, options.max_closing, str(path))
        self.batch = Batch(
            id=new_id("im"),
            kind=self._kind,
            file_digest=survey.digest,
            sealer=sealer,
            rejected=RejectedFile(path, self._source.header.original),
            complete_since=options.complete_since.isoformat() if options.complete_since else None,
            cadence=options.cadence,
        )
        small = self._kind is Kind.OPT_OUTS
        self._most = min(options.chunk_rows, OPT_OUT_ROWS) if small else options.chunk_rows
        self._chunk = min(self._most, FIRST_CHUNK)

    def work(self, reporter: Reporter) -> None:
        """Every chunk: read and prepare outside, write inside a transaction of its own."""
        self._begin()
        with reading_ahead(self._source, self.total) as source:
            self._take(source, reporter)
            self._read_alone = isinstance(source, Ahead) and source.ended_early
        self._place_waiting()
        self._close_absent()
        if self._kind is Kind.HISTORY and self.batch.complete_since:
            self._complete()
        self._finish()

    def _take(self, source: Source | Ahead, reporter: Reporter) -> None:
        write = _WRITE[self._kind]
        while (chunk := source.read(self._chunk)).count:
            for line, reason, cells in chunk.refused:
                self.batch.rejected.add(line, reason, cells)
            self._write(write, chunk.ready)
            self.batch.rows += chunk.count
            reporter.advance(chunk.count)

    def _write(self, write: Write, prepared: list[Any]) -> None:
        """One chunk; contention with other writers is waited out, and the chunk tried again from its start."""
        if not prepared:
            self.batch.rejected.flush()
            return
        began = time.perf_counter()
        for left in reversed(range(TRIES)):
            try:
                self._try(write, prepared)
                break
            except UnavailableError:
                self.batch.forget_chunk()
                if not left:
                    raise
        took = time.perf_counter() - began
        fitting = int(len(prepared) * LONG_SECONDS / max(took, 0.001))
        self._chunk = min(self._most, max(SMALLEST_CHUNK, min(fitting, 2 * self._chunk)))

    def _try(self, write: Write, prepared: list[Any]) -> None:
        enrolled, sharing = self.batch.enrolled, self.batch.sharing
        try:
            with self._database.write(self._clock, urgent=self._kind is Kind.OPT_OUTS) as unit:
                book.take_turn(unit)
                write(unit, self.batch, prepared)
                self.batch.follow(unit)
                self.batch.keep_refused()
        except UnavailableError:
            self.batch.enrolled, self.batch.sharing = enrolled, sharing
            raise

    def _place_waiting(self) -> None:
        if self.batch.waiting:
            with self._database.write(self._clock) as unit:
                book.take_turn(unit)
                standing.place_waiting(unit, self.batch)
                self.batch.follow(unit)

    def _close_absent(self) -> None:
        for start in range(0, len(self._gone), SMALLEST_CHUNK):
            with self._database.write(self._clock) as unit:
                book.take_turn(unit)
                money_moved.close_absent(unit, self.batch, self._gone[start : start + SMALLEST_CHUNK])
                self.batch.follow(unit)

    def _complete(self) -> None:
        after: str | None = ""
        while after is not None:
            with self._database.write(self._clock) as unit:
                after = history.complete(unit, self.batch, after, self._options.chunk_rows)

    def _begin(self) -> None:
        """Record that the import began, and whether this very file went in before."""
        batch = self.batch
        with self._database.write(self._clock) as unit:
            batch.seen_before = book.was_imported(unit, batch.file_digest, str(self._kind))
            columns = ("id", "kind", "file_name", "file_digest", "started_at", "complete_since")
            counts = ("rows", "accounts", "consumers", "rejected")
            told = (batch.id, str(self._kind), self._path.name, batch.file_digest, unit.now_micros)
            bulk.insert(
                unit, "import_batch", (*columns, *counts), [(*told, batch.complete_since, 0, 0, 0, 0)]
            )

    def _finish(self) -> None:
        batch = self.batch
        with self._database.write(self._clock) as unit:
            columns = ("finished_at", "rows", "accounts", "consumers", "rejected")
            counts = (batch.rows, batch.accounts, batch.consumers, batch.rejected.count)
            bulk.update(unit, "import_batch", columns, [(batch.id, unit.now_micros, *counts)])
            batch.note(
                LineKind.IMPORTED, None, kind=str(self._kind), digest=batch.file_digest, rows=batch.rows
            )
            batch.follow(unit)

    def result(self) -> ImportResult:
        """What came of it."""
        batch = self.batch
        refused = batch.rejected.count
        return ImportResult(
            kind=self._kind,
            rows=batch.rows,
            accounts=batch.accounts,
            consumers=batch.consumers,
            rejected=refused,
            rejected_path=batch.rejected.path if refused else None,
            closed=len(self._gone),
            enrolled=batch.enrolled,
            notes=tuple(_notes(batch, read_alone=self._read_alone)),
        )


def _notes(batch: Batch, *, read_alone: bool) -> Iterator[str]:
    if read_alone:
        yield "the process that read ahead ended early; the rest was read without it, slower and whole"
    if batch.seen_before:
        yield "this very file went in before: balances stay as they are"
    if batch.sharing:
        yield (
            f"numbers or mailboxes shared by two consumers: {batch.sharing}; the two count as one person for caps "
            "and stops until somebody settles it"
        )


def _refuse_misfit(options: ImportOptions, kind: Kind, today: date) -> None:
    """Options that the kind does not know are refused, never ignored."""
    if kind is not Kind.PORTFOLIO:
        for name, given in (("--full", options.full), ("--cadence", options.cadence is not None)):
            if given:
                raise UsageError(f"{name} belongs to a portfolio, not to a {kind} file", where=name)
    if options.complete_since and kind not in {Kind.PORTFOLIO, Kind.HISTORY}:
        raise UsageError(f"--complete-since belongs to a history or a portfolio, not to a {kind} file")
    # the firm's day may be one ahead of the one in UTC
    if options.complete_since and options.complete_since > today + timedelta(days=1):
        raise UsageError(
            f"{options.complete_since} has not come yet",
            where="--complete-since",
            hint="the day from which on the history holds every contact",
        )
    if not 0 <= options.max_closing <= 1:
        raise UsageError("--max-closing is a share between 0 and 1", where="--max-closing")
