"""What the command line says to somebody who made a mistake: once, where, and in the words of the trade."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestrator.cli.main import run
from orchestrator.cli.terminal import shown


def test_a_day_that_is_none_is_said_without_the_parsers_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["audit", "replay", "--from", "2026-13-01"]) == 2
    said = capsys.readouterr().err
    assert "--from" in said
    assert "'2026-13-01' is not a date like 2026-03-31" in said
    assert "Value error" not in said


def test_a_downgrade_says_what_is_lost_and_what_to_say(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["db", "downgrade", "base"]) == 2
    assert capsys.readouterr().err.startswith("--yes: what later columns hold would be lost (say --yes")


def test_a_rule_is_shown_as_a_pack_writes_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policies", "show", "regf-7in7-attempts"]) == 0
    said = capsys.readouterr().out
    assert "caps: [{limit: 7, window: local_days, n: 7}]" in said


def test_what_makes_a_firm_file_unfit_is_said_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "firm.yaml"
    file.write_text("nam: x\ncreditors: []\n", encoding="utf-8")
    assert run(["firm", "lint", str(file)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(f"{file}:1: ")


def test_instants_of_a_table_are_shown_to_the_minute_in_utc() -> None:
    assert shown(datetime(2026, 11, 29, 1, 26, 38, 729_000, UTC)) == "2026-11-29 01:26 UTC"
    assert shown(None) == ""
