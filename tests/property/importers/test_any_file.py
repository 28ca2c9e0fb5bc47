"""Whatever a file holds: only our own errors, nothing lost, and the database as it was or better."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.clock import VirtualClock
from orchestrator.domain import condition, firm_file
from orchestrator.domain.field import FIELDS, sample_record
from orchestrator.errors import DuecourseError, InputError
from orchestrator.importers import cell, phone, rejected
from orchestrator.importers.cell import CellError
from orchestrator.importers.kind import LAYOUTS, Kind
from orchestrator.importers.options import ImportOptions, ImportResult
from orchestrator.importers.run import import_file
from orchestrator.store.database import Database
from orchestrator.store.migration import upgrade
from orchestrator.store.sealing import KeyRing, Sealer

NUMBERS = itertools.count()
SEALER = Sealer(KeyRing.of_secret("a secret of the tests, long enough"))
CLOCK = VirtualClock(datetime(2026, 4, 7, tzinfo=UTC))
AWKWARD = st.sampled_from(
    ["", " ", '"', '""', ",", "\n", "\r", "\0", "=1+1", "@x", "+12125550100", "-1", "1e9", "2026-02-30",
     "US", "CN", "us-ny", "王", "\u202e", "\ufeff", "'", "'=x", "a@b.org", "all", "sms;email",
     "2026-04-01T00:00:00Z", "a1", "c1", "9" * 40, "USD", "yes", "reassigned", "mobile", "outbound", "no_answer",
     "voice", "harbor", "person", "debt_buyer", "120.50"]
)  # fmt: skip
CELL = st.one_of(AWKWARD, st.text(max_size=12))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, Path]]:
    folder = tmp_path_factory.mktemp("imports")
    database = Database(f"sqlite:///{folder / 'book.db'}")
    upgrade(database)
    yield database, folder
    database.close()


def bring(desk: tuple[Database, Path], content: bytes, kind: Kind | None, chunk: int = 3) -> ImportResult:
    database, folder = desk
    path = folder / f"file{next(NUMBERS)}.csv"
    path.write_bytes(content)
    result = import_file(database, path, ImportOptions(kind=kind, chunk_rows=chunk), CLOCK, SEALER)
    kept = 0
    if result.rejected_path is not None:
        with result.rejected_path.open(encoding="utf-8", newline="") as file:
            kept = sum(1 for _ in csv.reader(file)) - 1
    assert kept == result.rejected
    return result


@settings(max_examples=150)
@given(content=st.binary(max_size=300), kind=st.sampled_from([None, *Kind]))
def test_any_bytes_are_an_import_or_an_error_of_ours(
    desk: tuple[Database, Path], content: bytes, kind: Kind | None
) -> None:
    refused: InputError | None = None
    try:
        bring(desk, content, kind)
    except InputError as error:
        refused = error
    assert refused is None or (refused.exit_code == 2 and "\n" not in refused.line())


@settings(max_examples=150)
@given(data=st.data(), kind=st.sampled_from(Kind))
def test_every_row_goes_in_or_into_the_rejected_file(
    desk: tuple[Database, Path], data: st.DataObject, kind: Kind
) -> None:
    names = LAYOUTS[kind].names
    rows = data.draw(
        st.lists(st.lists(CELL, min_size=len(names), max_size=len(names)), min_size=1, max_size=8)
    )
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(names)
    writer.writerows(rows)
    content = text.getvalue().encode("utf-8", errors="surrogatepass")
    try:
        result = bring(desk, content, kind)
    except InputError:
        return
    assert 0 <= result.rejected <= result.rows
    with desk[0].read() as unit:
        last = unit.query("SELECT rows, rejected FROM import_batch ORDER BY id DESC LIMIT 1")
    assert last == [(result.rows, result.rejected)]


GOOD = {
    "consumer_id": "c1", "kind": "person", "given_name": "Ann", "family_name": "Hill", "country": "US",
    "mobile": "+12125550100", "landline": "", "email": "", "address_line1": "1 Oak St", "city": "Albany",
    "subdivision": "US-NY", "postal_code": "12207", "time_zone": "", "language": "en", "date_of_birth": "1990-01-01",
    "person_key": "k", "account_id": "a1", "creditor": "harbor", "actor": "debt_buyer", "currency": "USD",
    "balance": "120.50", "delinquent_since": "2025-11-01", "account_number": "4", "placed_on": "2026-01-01",
    "validation_sent_on": "2026-02-01", "validation_medium": "mail", "consent_sms": "2026-01-01T00:00:00Z",
    "opt_out": "", "holds": "",
}  # fmt: skip


@settings(max_examples=200)
@given(
    changes=st.lists(
        st.dictionaries(st.sampled_from(sorted(GOOD)), CELL, max_size=3), min_size=1, max_size=6
    ),
    chunk=st.integers(1, 4),
)
def test_a_good_row_with_odd_cells_goes_in_or_says_why(
    desk: tuple[Database, Path], changes: list[dict[str, str]], chunk: int
) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(GOOD))
    writer.writeheader()
    writer.writerows({**GOOD, **change} for change in changes)
    content = text.getvalue().encode("utf-8", errors="surrogatepass")
    try:
        first = bring(desk, content, Kind.PORTFOLIO, chunk)
    except InputError:
        return
    with desk[0].read() as unit:
        revisions = unit.query("SELECT count(*) FROM revision")
    again = bring(desk, content, Kind.PORTFOLIO, chunk)
    assert again.rows == first.rows
    if not first.rejected:
        with desk[0].read() as unit:
            assert unit.query("SELECT count(*) FROM revision") == revisions


@given(text=st.text(max_size=40), country=st.sampled_from([None, "US", "CN", "GB", "BR"]))
def test_any_text_is_a_number_or_refused(text: str, country: str | None) -> None:
    try:
        number = phone.parse(text, country)
    except CellError:
        return
    assert phone.parse(number.e164, None) == number


@given(text=st.text(max_size=60))
def test_a_mailbox_that_is_taken_is_exactly_one(text: str) -> None:
    try:
        mailbox = cell.email(text)
    except CellError:
        return
    assert mailbox.count("@") == 1
    assert mailbox.isascii()
    assert not set(mailbox) & set(' ,;<>"()\r\n')


@given(
    whole=st.integers(0, 10**12), digits=st.integers(0, 4), currency=st.sampled_from(["USD", "JPY", "KWD"])
)
def test_money_keeps_every_digit_or_is_refused(whole: int, digits: int, currency: str) -> None:
    most = {"USD": 2, "JPY": 0, "KWD": 3}[currency]
    text = f"{whole}" if digits == 0 else f"{whole}.{'7' * digits}"
    if digits > most:
        with pytest.raises(CellError):
            cell.amount(text, currency)
        return
    assert cell.amount(text, currency) == whole * 10**most + (int("7" * digits) if digits else 0) * 10 ** (
        most - digits
    )


@given(text=st.text(max_size=20))
def test_a_defused_cell_is_harmless_and_comes_back(text: str) -> None:
    defused = rejected.defuse(text)
    assert not defused.startswith(("=", "+", "-", "@", "\t", "\r"))
    if not text.startswith("'"):
        assert rejected.restore(defused) == text


@settings(max_examples=200)
@given(
    text=st.one_of(
        st.text(max_size=60),
        st.lists(
            st.sampled_from(
                [
                    *FIELDS,
                    "&&",
                    "||",
                    "!",
                    "(",
                    ")",
                    "==",
                    "<",
                    "null",
                    "true",
                    "1",
                    '"x"',
                    "in",
                    "[",
                    "]",
                    ".",
                    ",",
                ]
            ),
            max_size=12,
        ).map(" ".join),
    )
)
def test_any_text_is_a_condition_or_an_error_of_ours(text: str) -> None:
    try:
        parsed = condition.parse(text)
    except DuecourseError:
        return
    assert parsed.holds(sample_record()) in {True, False}
    for name in parsed.fields:
        if FIELDS[name].may_be_empty:
            assert parsed.holds({**sample_record(), name: None}) in {True, False}


@given(body=st.text(max_size=80))
def test_any_text_is_a_firm_or_an_error_of_ours(body: str) -> None:
    findings = firm_file.lint(body, "firm.yaml", CLOCK.now().date())
    assert all("\n" not in finding.file for finding in findings)
