"""`import`: a portfolio file into the book, on both databases, while opt-outs go in from another thread.

No peer does this work. Beside the rate stand the longest wait of an opt-out and how much the memory grew.
"""

from __future__ import annotations

import csv
import resource
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bench.ground import sealer
from bench.line import Line, rounded
from bench.storage import DIALECTS, fresh
from orchestrator.bootstrap import settle_memory
from orchestrator.clock import SystemClock
from orchestrator.importers import place
from orchestrator.importers.options import ImportOptions
from orchestrator.importers.run import import_file
from orchestrator.sample import book
from orchestrator.store.database import Database
from orchestrator.store.identifier import new_id

ROWS, QUICK_ROWS = 100_000, 5_000
DAY = date(2026, 3, 2)
BETWEEN_OPT_OUTS_S = 0.05


def lines(*, quick: bool = False) -> Iterator[Line]:
    """Rows a second on each database."""
    with tempfile.TemporaryDirectory(prefix="duecourse-bench-") as folder:
        path = Path(folder) / "portfolio.csv"
        rows = write_portfolio(path, QUICK_ROWS if quick else ROWS)
        place.understand("US", "US-NY", "Albany", "12207")  # the tables of places, loaded once a process
        settle_memory()
        for dialect in DIALECTS:
            with fresh(dialect) as database:
                yield measure(database, path, rows)


def measure(database: Database, path: Path, rows: int) -> Line:
    """One import, timed, with opt-outs beside it."""
    waits: list[float] = []
    done = threading.Event()
    writer = threading.Thread(target=opt_out_until, args=(database, done, waits))
    before = peak_megabytes()
    writer.start()
    began = time.perf_counter()
    result = import_file(database, path, ImportOptions(), SystemClock(), sealer())
    took = time.perf_counter() - began
    done.set()
    writer.join()
    detail = {
        "rows": rows,
        "rejected": result.rejected,
        "seconds": rounded(took),
        "memory_grew_mb": rounded(peak_megabytes() - before),
        "opt_outs": len(waits),
        "opt_out_longest_wait_ms": rounded(1_000 * max(waits, default=0.0)),
    }
    return Line(name=f"import {database.dialect}", ours=rounded(rows / took), unit="rows/s", detail=detail)


def opt_out_until(database: Database, done: threading.Event, waits: list[float]) -> None:
    """Write one opt-out after another, and how long each took to be durable."""
    while not done.wait(BETWEEN_OPT_OUTS_S):
        began = time.perf_counter()
        with database.write(SystemClock(), urgent=True) as unit:
            unit.execute(
                "INSERT INTO opt_out (id, value_index, channel, occurred_at, recorded_at, source, recorded_by, "
                "withdrawn) VALUES (:id, :value, 'sms', :now, :now, 'bench', 'bench', :no)",
                {"id": new_id("oo"), "value": new_id("v"), "now": unit.now_micros, "no": False},
            )
        waits.append(time.perf_counter() - began)


def peak_megabytes() -> float:
    """The most memory that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024


def write_portfolio(path: Path, rows: int) -> int:
    """The sample book, repeated with other ids and numbers until it has that many rows."""
    few = book.portfolio(DAY)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, book.COLUMNS)
        writer.writeheader()
        for number in range(rows):
            writer.writerow(another(few[number % len(few)], number))
    return rows


def another(row: dict[str, str], number: int) -> dict[str, str]:
    """The same kind of person with another identity."""
    mobile = row["mobile"]
    if mobile.startswith("+1"):
        mobile = f"{mobile[:5]}{2_000_000 + number * 37 % 7_000_000:07}"
    elif mobile:
        mobile = f"+86199{number:08}"
    return {
        **row,
        "consumer_id": f"C{number:07}",
        "account_id": f"A{number:07}",
        "person_key": f"{number:032x}",
        "mobile": mobile,
        "landline": f"{row['landline'][:5]}{2_000_000 + number * 41 % 7_000_000:07}"
        if row["landline"]
        else "",
        "email": f"person{number}@example.org" if row["email"] else "",
        "account_number": f"{10**11 + number}",
    }
