"""Rows with a cell too many or too few: what protects is taken where it can be told; both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orchestrator.importers.options import ImportResult
from tests.contract.importers.conftest import ANN, Desk

Ann = Callable[..., dict[str, str]]
NAMES = [*ANN, "opt_out", "holds"]


def bring(desk: Desk, header: str, line: str) -> ImportResult:
    desk.count += 1
    path = desk.folder / f"odd{desk.count}.csv"
    path.write_text(f"{header}\n{line}\n", encoding="utf-8")
    return desk.bring_file(path)


def portfolio(desk: Desk, names: list[str] = NAMES, /, **cells: str) -> ImportResult:
    """One row whose cells are written as they are, commas and all."""
    row = {**dict.fromkeys(names, ""), **ANN, **cells}
    return bring(desk, ",".join(names), ",".join(row[name] for name in names if row[name] is not None))


def holds(desk: Desk) -> list[str]:
    return [kind for (kind,) in desk.see("SELECT kind FROM hold ORDER BY kind")]


@pytest.mark.parametrize(
    ("cells", "kinds"),
    [
        ({"family_name": "Hill, Jr", "holds": "deceased"}, ["deceased"]),
        ({"holds": "deceased,bankruptcy"}, ["bankruptcy", "deceased"]),
        ({"family_name": "Hill, Jr", "holds": "deceased;ill"}, ["deceased"]),
        ({"family_name": "Hill\x07", "holds": "deceased"}, ["deceased"]),
        ({"family_name": "Hill, Jr"}, []),
    ],
)
def test_the_holds_of_a_row_that_broke_are_found_wherever_they_stand(
    desk: Desk, ann: Ann, cells: dict[str, str], kinds: list[str]
) -> None:
    desk.bring(ann())
    assert portfolio(desk, **cells).rejected == 1
    assert holds(desk) == kinds
    assert desk.see("SELECT count(*) FROM opt_out") == [(0,)]


def test_a_row_with_a_cell_too_few_holds_too(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    row = {**ANN, "opt_out": "", "holds": "deceased"}
    del row["kind"]
    assert bring(desk, ",".join(NAMES), ",".join(row.values())).rejected == 1
    assert holds(desk) == ["deceased"]


@pytest.mark.parametrize("cells", [{"opt_out": "sms,voice"}, {"family_name": "Hill, Jr", "opt_out": "sms"}])
def test_a_stop_in_a_row_that_broke_closes_every_channel(desk: Desk, ann: Ann, cells: dict[str, str]) -> None:
    desk.bring(ann())
    assert portfolio(desk, **cells).rejected == 1
    assert desk.see("SELECT consumer_id, channel FROM opt_out") == [("c1", None)]


def test_whom_it_is_about_is_not_guessed_behind_free_text(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    names = ["family_name", *(name for name in NAMES if name != "family_name")]
    result = portfolio(desk, names, family_name="Hill, Jr", holds="deceased", opt_out="all")
    assert "nothing of it is taken" in desk.reasons(result)[0]
    assert desk.see("SELECT count(*) FROM hold") == desk.see("SELECT count(*) FROM opt_out") == [(0,)]


def test_the_rejected_file_of_such_a_row_is_read_the_same_way(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    header = ",".join(["rejected_line", "rejected_reason", *NAMES])
    row = {**ANN, "family_name": "Hill, Jr", "opt_out": "", "holds": "deceased"}
    bring(desk, header, ",".join(["2", "has 14 cells", *row.values()]))
    assert holds(desk) == ["deceased"]


@pytest.mark.parametrize(
    ("header", "line", "table"),
    [
        ("consumer_id,channel,at", "c1,sms,voice,2026-04-01T00:00:00Z", "opt_out"),
        ("address,channel", "+12125550100,sms,voice", "opt_out"),
        ("account_id,reason,at", "a1,sold, at last,2026-04-01T00:00:00Z", "recall"),
        ("consumer_id,kind,result,source,at", "c1,deceased,yes,a,b,2026-04-01T00:00:00Z", "hold"),
        ("consumer_id,party_id,role,name", "c1,p1,attorney,Ann,Law", "representation"),
    ],
)
def test_what_the_other_files_protect_is_taken_from_a_row_that_broke(
    desk: Desk, ann: Ann, header: str, line: str, table: str
) -> None:
    desk.bring(ann())
    for _ in range(2):
        assert bring(desk, header, line).rejected == 1
    assert desk.see(f"SELECT count(*) FROM {table}") == [(1,)]
    if table == "opt_out":
        assert desk.see("SELECT channel FROM opt_out") == [(None,)]


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("at,account_id,amount,currency", "2026-04-01T00:00:00Z,a1,1,000,USD"),
        ("source,consumer_id,kind,result,at", "a,b,c1,deceased,yes,2026-04-01T00:00:00Z"),
    ],
)
def test_what_cannot_be_told_is_left(desk: Desk, ann: Ann, header: str, line: str) -> None:
    desk.bring(ann())
    assert "nothing of it is taken" in desk.reasons(bring(desk, header, line))[0]
    assert holds(desk) == []
    assert desk.see("SELECT count(*) FROM payment") == [(0,)]
