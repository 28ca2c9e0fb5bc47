"""Cadence files: what is shipped is fit, what is wrong is told with its line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from orchestrator.domain.cadence import StepChannel
from orchestrator.domain.cadence_file import CadenceError, lint, parse
from orchestrator.domain.cadence_library import load
from orchestrator.errors import UnknownReference

GOOD = """name: one
steps:
  - {name: reminder, day: 0, channels: [sms, email]}
  - {name: later, day: 3, channels: [letter]}
"""


def test_the_shipped_cadence_goes_from_reminder_to_letter_over_four_channels() -> None:
    standard = load().find("standard")
    used = {channel for step in standard.steps for channel in step.channels}
    assert {StepChannel.SMS, StepChannel.EMAIL, StepChannel.VOICE, StepChannel.LETTER} <= used
    assert standard.steps[0].template == "reminder"


def test_a_late_step_pushes_the_next_one() -> None:
    cadence = parse(GOOD, "one.yaml")
    entered = datetime(2026, 3, 2, tzinfo=UTC)
    assert cadence.due(1, entered) == entered + timedelta(days=3)
    assert cadence.due(1, entered, entered + timedelta(days=5)) == entered + timedelta(days=6)
    assert cadence.due(2, entered) is None


@pytest.mark.parametrize(
    ("body", "line", "code"),
    [
        ("name: [", 1, "yaml"),
        ("", 1, "not_a_mapping"),
        ("name: x\nsteps: []\n", 2, "steps_missing"),
        ("name: x\nname: y\nsteps:\n  - {name: a, day: 0, channels: [sms]}\n", 2, "key_twice"),
        ("name: x\nsteps:\n  - {name: a, day: 0, channels: [smss]}\n", 3, "channel_unknown"),
        ("name: x\nsteps:\n  - {name: a, day: soon, channels: [sms]}\n", 3, "bad_number"),
        (
            "name: x\nsteps:\n  - {name: a, day: 3, channels: [sms]}\n  - {name: b, day: 1, channels: [sms]}\n",
            4,
            "step_order",
        ),
        ("name: x\nbroken_promise: z\nsteps:\n  - {name: a, day: 0, channels: [sms]}\n", 2, "step_unknown"),
        ("name: x\nsteps:\n  - {name: a, day: 0, channels: [sms], retry: {wait: soon}}\n", 3, "bad_duration"),
        ("name: x\nsteps:\n  - {name: a, day: 0, channels: [sms], gap: 99999999999d}\n", 3, "bad_duration"),
        (
            "name: x\npromise_grace: 4000d\nsteps:\n  - {name: a, day: 0, channels: [sms]}\n",
            2,
            "bad_duration",
        ),
        ("name: x\nstepz: 1\nsteps:\n  - {name: a, day: 0, channels: [sms]}\n", 2, "key_unknown"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(body: str, line: int, code: str) -> None:
    found = lint(body, "x.yaml")
    assert (line, code) in [(one.line, one.code) for one in found]
    with pytest.raises(CadenceError, match=r".+"):
        parse(body, "x.yaml")


def test_an_unreadable_cadence_leaves_the_active_one(tmp_path) -> None:  # type: ignore[no-untyped-def]
    cadences = load()
    before = cadences.find("standard")
    with pytest.raises(CadenceError):
        cadences.activate(parse("name: standard\nsteps: no\n", "x.yaml"))
    assert cadences.find("standard") is before
    with pytest.raises(UnknownReference):
        cadences.find("nothing")
