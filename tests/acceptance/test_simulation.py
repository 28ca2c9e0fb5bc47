"""A month over a mixed portfolio: everyone who may be reached is, nobody who may not be, and it can be repeated."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.portfolio import write_portfolio
from tests.acceptance.replay.check import replay

RUN = "import sys; from orchestrator.cli.main import main; sys.exit(main())"
FILES = ("receipts.jsonl", "decisions.jsonl", "events.jsonl")


def simulate(portfolio: Path, out: Path, *, start: str, days: int, seed: int) -> dict[str, object]:
    command = [
        sys.executable, "-c", RUN, "simulate", str(portfolio), "--cadence", "standard", "--from", start,
        "--days", str(days), "--seed", str(seed), "--out", str(out), "--json",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    summary: dict[str, object] = json.loads(done.stdout)
    return summary


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, object]]:
    folder = tmp_path_factory.mktemp("month")
    portfolio = folder / "portfolio.csv"
    write_portfolio(portfolio, 420, seed=11)
    summary = simulate(portfolio, folder / "out", start="2026-10-10", days=30, seed=3)
    return portfolio, folder / "out", summary


@pytest.mark.slow
def test_every_channel_is_used_and_most_consumers_are_reached(
    month: tuple[Path, Path, dict[str, object]],
) -> None:
    _, out, summary = month
    channels = summary["channels"]
    assert isinstance(channels, dict)
    assert all(channels[name] >= 20 for name in ("sms", "email", "voice", "letter")), channels
    receipts = [
        json.loads(line) for line in (out / "receipts.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    good = {"delivered", "read", "conversation", "voicemail"}
    reached = {
        one["consumer_id"]
        for one in receipts
        if one["outcome"] in good or (one["channel"] == "letter" and one["outcome"] == "sent")
    }
    assert summary["reached"] == len(reached)
    assert len(reached) >= 0.6 * 420


@pytest.mark.slow
def test_no_contact_breaks_a_rule(month: tuple[Path, Path, dict[str, object]]) -> None:
    """Clocks go back on 2026-11-01 in the United States, in the middle of this month."""
    portfolio, out, _ = month
    assert replay(portfolio, out) == []


@pytest.mark.slow
def test_the_same_seed_gives_the_same_files_and_another_does_not(tmp_path: Path) -> None:
    portfolio = tmp_path / "portfolio.csv"
    write_portfolio(portfolio, 60, seed=5)
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        simulate(portfolio, tmp_path / name, start="2026-03-01", days=14, seed=seed)
    for name in FILES:
        first = (tmp_path / "one" / name).read_bytes()
        assert first == (tmp_path / "again" / name).read_bytes(), name
        assert first != (tmp_path / "other" / name).read_bytes(), name
