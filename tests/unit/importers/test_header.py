"""Headers: the kind they tell, and what is wrong with them, by name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orchestrator.errors import InputError
from orchestrator.importers.header import NO_MAPPING, ColumnMapping, load_mapping, understand
from orchestrator.importers.kind import LAYOUTS, Kind

PORTFOLIO = (
    "consumer_id kind given_name family_name country mobile account_id creditor actor currency balance "
    "delinquent_since"
)
HEADERS = {
    Kind.PORTFOLIO: PORTFOLIO,
    Kind.HISTORY: "at consumer_id account_id channel direction outcome",
    Kind.OPT_OUTS: "consumer_id address channel at",
    Kind.PARTIES: "consumer_id party_id role name",
    Kind.PAYMENTS: "at account_id amount currency",
    Kind.RECALLS: "at account_id reason",
    Kind.CHECKS: "at address kind result source",
}


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_is_told_by_its_header(kind: Kind) -> None:
    assert understand(HEADERS[kind].split(), "f:1", None, NO_MAPPING).layout is LAYOUTS[kind]
    assert understand(list(LAYOUTS[kind].names), "f:1", None, NO_MAPPING).layout is LAYOUTS[kind]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (PORTFOLIO.replace("balance", "balence"), "unknown column 'balence'.*did you mean 'balance'"),
        (PORTFOLIO.replace(" balance", ""), "needs column 'balance'"),
        (
            PORTFOLIO.replace(" mobile", ""),
            "needs one of the columns email or mobile or landline or address_line1",
        ),
        (PORTFOLIO.replace(" given_name", ""), "given_name and family_name or organization"),
        (PORTFOLIO + " balance", "'balance' is there twice"),
        ("consumer_id;address", "not separated by commas"),
        ("one two three", "cannot tell what kind.*--as"),
    ],
)
def test_a_wrong_header_is_one_clear_line(header: str, words: str) -> None:
    with pytest.raises(InputError) as raised:
        understand(header.split(), "book.csv:1", None, NO_MAPPING)
    assert raised.value.exit_code == 2
    line = raised.value.line()
    assert line.startswith("book.csv:1: ")
    assert "\n" not in line
    assert re.search(words, line), line


def test_a_column_without_a_name_is_refused() -> None:
    with pytest.raises(InputError, match="column 2 has no name"):
        understand(["consumer_id", "", "address"], "f:1", None, NO_MAPPING)


def test_a_mapping_renames_leaves_out_and_fills_in() -> None:
    mapping = ColumnMapping(
        columns={"Debtor": "consumer_id"}, ignore=["Note"], constants={"actor": "debt_buyer"}
    )
    names = [name for name in PORTFOLIO.split() if name not in {"consumer_id", "actor"}]
    header = understand(["Debtor", "Note", *names], "f:1", None, mapping)
    assert (0, "consumer_id") in header.places
    assert header.width == len(names) + 2
    assert "actor" in header.present
    with pytest.raises(InputError, match="'Debtor' that is not there"):
        understand(["consumer_id", *names], "f:1", None, mapping)


@pytest.mark.parametrize("body", ["columns: [a]", "colours: {}", "columns: {a: b", "- x", "\x00"])
def test_a_mapping_that_is_none_says_where(tmp_path: Path, body: str) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(body)
    with pytest.raises(InputError, match="is not a column mapping"):
        load_mapping(path)


def test_a_mapping_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text("columns: {No: account_id}\nvalues: {currency: USD}\n")
    assert load_mapping(path) == ColumnMapping(columns={"No": "account_id"}, constants={"currency": "USD"})
