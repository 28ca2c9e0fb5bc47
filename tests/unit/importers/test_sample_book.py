"""The sample book: the files in the package are the generator's, and nobody in it is real."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from orchestrator.sample import book

DAY = date(2026, 3, 2)


@pytest.mark.parametrize("name", [book.PORTFOLIO, book.OPT_OUTS, book.HISTORY])
def test_the_packaged_files_are_the_generators(tmp_path: Path, name: str) -> None:
    packaged = resources.files("orchestrator.sample").joinpath(f"sample-{name}").read_text(encoding="utf-8")
    assert packaged == book.write(tmp_path, DAY)[name].read_text(encoding="utf-8")


def test_the_book_is_mixed_and_large_enough_to_try_things_with() -> None:
    rows = book.portfolio(DAY)
    countries = Counter(row["country"] for row in rows)
    assert len({row["account_id"] for row in rows}) >= 400
    assert min(countries["US"], countries["CN"]) >= 100
    assert {row["language"] for row in rows} == {"en", "es", "zh", "zh-CN"}


def test_nobody_in_it_can_be_reached() -> None:
    rows = book.portfolio(DAY)
    american = [row[column] for row in rows for column in ("mobile", "landline") if row["country"] == "US"]
    assert all(re.fullmatch(r"\+1[2-9]\d{2}55501\d{2}", number) for number in american if number)
    assert all(re.search(r"@example\.(org|com)$", row["email"]) for row in rows if row["email"])


def test_the_parts_of_a_balance_add_up() -> None:
    for row in book.portfolio(DAY):
        assert float(row["balance"]) == sum(float(row[name]) for name in ("principal", "interest", "fees"))


def test_the_same_day_and_seed_give_the_same_book() -> None:
    assert book.portfolio(DAY) == book.portfolio(DAY)
    assert book.portfolio(DAY, seed=2) != book.portfolio(DAY)
