"""Behaviour files: what they say is what happens, and what is wrong in them is said with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.contract import Channel
from channels.errors import SetupError
from channels.simulator.behaviour import ACTS, OUTCOMES
from channels.simulator.parse import load, packaged, parse

GOOD = """\
default:
  sms:
    outcomes: {delivered: 1}
    acts: {stop: 0.5}
consumers:
  C1:
    sms: {acts: {}}
    voice: {outcomes: {conversation: 1}}
    script:
      - {channel: sms, ordinal: 2, outcome: undelivered}
      - {channel: voice, ordinal: 1, act: stop, text: no more calls, after: 30s}
misbehaviour: {throttled: 0.1, retry_after_s: 5s}
wordings: {stop: {en: [NO]}}
promise_kept: 1
"""


def test_a_file_changes_what_it_names_and_keeps_the_rest() -> None:
    found = parse(GOOD, "b.yaml")
    assert found.default[Channel.SMS].outcomes == {"delivered": 1.0}
    assert found.default[Channel.EMAIL] == packaged().default[Channel.EMAIL]
    assert found.for_contact("C1", Channel.SMS).acts == {}
    assert found.for_contact("C1", Channel.SMS).outcomes == {"delivered": 1.0}
    assert found.for_contact("C2", Channel.SMS).acts == {"stop": 0.5}
    assert found.for_contact("C1", Channel.VOICE).outcomes == {"conversation": 1.0}
    step = found.scripted("C1", Channel.VOICE, 1)
    assert step is not None
    assert (step.act, step.text, step.after_s) == ("stop", "no more calls", 30.0)
    assert found.scripted("C1", Channel.SMS, 1) is None
    assert found.phrases("stop", "en-US") == ("NO",)
    assert found.misbehaviour.retry_after_s == 5


def test_words_that_yaml_would_change_stay_words() -> None:
    found = parse("wordings: {stop: {en: [NO, OFF, 1:30, null, 0123]}}", "b.yaml")
    assert found.phrases("stop", "en") == ("NO", "OFF", "1:30", "null", "0123")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "empty"),
        ("default: [", 1, "cannot be read"),
        ("defaults: {}", 1, "unknown key `defaults`"),
        ("default: {}\ndefault: {}", 2, "given twice"),
        ("default:\n  fax: {}", 2, "unknown channel `fax`"),
        ("default:\n  sms:\n    outcomes: {delivered: 0.5}", 3, "add up to 0.5"),
        ("default:\n  sms:\n    outcomes: {delivered: 1.5}", 3, "1.5 is not a share"),
        ("default:\n  sms:\n    outcomes: {delivered: lots}", 3, "expected a share"),
        ("default:\n  sms:\n    outcomes: {delivered: nan}", 3, "is not a share"),
        ("default:\n  sms:\n    outcomes: {conversation: 1}", 3, "unknown key `conversation`"),
        ("default:\n  sms:\n    acts: {sing: 0.1}", 3, "unknown key `sing`"),
        ("default:\n  sms:\n    acts: {stop: 0.6, promise: 0.6}", 3, "above 1"),
        ("default:\n  sms:\n    delays: {delivered: [2, 4]}", 3, "expected a duration"),
        ("default:\n  sms:\n    delays: {delivered: [4s, 2s]}", 3, "the shorter first"),
        ("default:\n  sms: 1", 2, "expected a mapping"),
        ("consumers:\n  C1:\n    script: {}", 3, "expected a list"),
        ("consumers:\n  C1:\n    script: [{channel: sms}]", 3, "`ordinal` is missing"),
        ("consumers:\n  C1:\n    script: [{channel: sms, ordinal: 0}]", 3, "no ordinal"),
        (
            "consumers:\n  C1:\n    script: [{channel: sms, ordinal: 1, outcome: busy}]",
            3,
            "no outcome of sms",
        ),
        ("consumers:\n  C1:\n    script: [{channel: sms, ordinal: 1, act: sing}]", 3, "no act"),
        ("consumers:\n  C1:\n    fax: {}", 3, "unknown key `fax`"),
        ("misbehaviour:\n  throttled: 0.7\n  dropped: 0.7", 2, "more than 1"),
        ("promise_kept: maybe", 1, "expected a share"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(SetupError) as wrong:
        parse(text, "b.yaml")
    assert (wrong.value.file, wrong.value.line) == ("b.yaml", line)
    assert words in wrong.value.sentence()
    assert wrong.value.hint
    assert wrong.value.sentence().startswith(f"b.yaml:{line}: ")


def test_a_file_that_is_not_there_or_not_text_is_said(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="cannot be read"):
        load(tmp_path / "absent.yaml")
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SetupError, match="not UTF-8"):
        load(binary)
    good = tmp_path / "good.yaml"
    good.write_text(GOOD, encoding="utf-8")
    assert load(good) == parse(GOOD, str(good))


def test_the_packaged_behaviour_is_whole() -> None:
    found = packaged()
    assert set(found.default) == set(Channel)
    for channel, habits in found.default.items():
        assert set(habits.outcomes) <= OUTCOMES[channel]
        assert set(habits.acts) <= set(ACTS)
    assert {"en", "es", "zh"} <= set(found.wordings["stop"])
