"""What a call says: nothing about the matter to a machine, or before the right person answered."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

import pytest

from channels.voice.twilio_script import CallScript, greeting, reply, silence, unattended

SECRET = "You owe 120 dollars to Example Bank & <Sons>."
SAFE = "This is Anna. Please call 312 555 0100."
ACTION = "https://calls.example.com/hook?attempt=at_1&stage=key"
SCRIPT = CallScript(text=SECRET, voicemail_text=SAFE, recipient_name="Maria <b>Lopez</b> & Co")


def parsed(twiml: str) -> Xml.Element:
    return Xml.fromstring(twiml)  # noqa: S314 - we wrote it


def said(twiml: str) -> str:
    return " | ".join("".join(verb.itertext()) for verb in parsed(twiml).iter("Say"))


def verbs(twiml: str) -> list[str]:
    return [verb.tag for verb in parsed(twiml)]


@pytest.mark.parametrize(
    "answered_by", ["machine_start", "machine_end_beep", "machine_end_silence", "machine_end_other"]
)
def test_a_machine_hears_the_limited_content_only(answered_by: str) -> None:
    twiml = greeting(SCRIPT, answered_by, ACTION)
    assert said(twiml) == SAFE
    assert verbs(twiml) == ["Say", "Hangup"]


def test_a_machine_hears_nothing_where_there_is_nothing_safe_to_say() -> None:
    assert verbs(greeting(CallScript(text=SECRET), "machine_end_beep", ACTION)) == ["Hangup"]
    assert verbs(greeting(SCRIPT, "fax", ACTION)) == ["Hangup"]


@pytest.mark.parametrize("answered_by", ["human", "unknown", "", "something_new"])
@pytest.mark.parametrize("language", ["en", "es", "zh-CN", "fr"])
def test_a_person_is_asked_before_anything_is_said(answered_by: str, language: str) -> None:
    script = CallScript(text=SECRET, voicemail_text=SAFE, recipient_name="Maria <b>", language=language)
    twiml = greeting(script, answered_by, ACTION)
    assert "120" not in twiml
    assert "Maria <b>" in said(twiml)
    gather = parsed(twiml).find("Gather")
    assert gather is not None
    assert (gather.get("action"), gather.get("numDigits")) == (ACTION, "1")
    assert all(key in said(twiml) for key in "129")


def test_only_the_right_person_hears_the_matter() -> None:
    assert SECRET in said(reply(SCRIPT, "1", ACTION))
    for digits in ("2", "9", "", "0", "11", "*"):
        assert "120" not in reply(SCRIPT, digits, ACTION)
        assert verbs(reply(SCRIPT, digits, ACTION))[-1] == "Hangup"


def test_a_question_of_our_own_is_asked_as_it_is() -> None:
    script = CallScript(text=SECRET, prompt="Is this Maria? 1 yes, 2 no, 9 stop. {name}")
    assert "Is this Maria? 1 yes, 2 no, 9 stop. {name}" in said(greeting(script, "human", ACTION))


def test_calls_that_nobody_steers_stay_safe() -> None:
    assert said(unattended(SCRIPT)) == SAFE
    assert verbs(silence()) == ["Hangup"]
