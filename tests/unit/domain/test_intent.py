"""A stop in any wording stops; a doubt suppresses."""

from __future__ import annotations

import pytest

from orchestrator.domain.intent import Intent, read

STOPS = [
    "STOP",
    "Stop please",
    "stpo",
    "STOPP",
    "sotp",
    "s t o p",
    "Stop.",
    "stop!!!",
    "ST0P",
    "please stop texting me",
    "Unsubscibe",
    "unsubscribe me",
    "opt out",
    "I want to opt out",
    "quit",
    "cancel",
    "END",
    "Remove me please",
    "take me off your list",
    "do not contact me again",
    "don't call me",
    "no more texts",
    "STOP. I dispute this debt",
    "alto",
    "baja",
    "No me llamen más",
    "Deje de llamarme",
    "ya no quiero mensajes",
    "no quiero recibir mensajes",
    "退订",
    "TD",
    "T",
    "不要再联系我",
    "请不要再给我打电话",
    "停止",
    "别再发了",
    "别打了",
    "停止发送",
    "请勿打扰",
]
DOUBTS = [
    "I will stop by tomorrow",
    "meet me at the bus stop",
    "cancel my appointment",
    "lose my number",
    "go away",
    "烦死了",
    "取消吧",
    "detente",
]
DOUBTS += [
    "Lose this number", "leave me the hell alone", "No!", "no more", "not interested", "I want out", "cease",
    "no longer wish to receive this", "I don't want these messages", "I do not want to receive texts", "unsub",
    "Please unsub", "stop2end", "no texts", "No calls please", "dont txt me", "stop txting", "do not disturb", "DNC",
    "I will sue if you text me again", "勿打", "ARRÊT", "cancelen", "ya no",
]  # fmt: skip
HARMLESS = [
    "No, I will pay on Friday",
    "I have no email, write to me here",
    "I want to pay by phone",
    "don't call until Tuesday",
    "ok thanks",
    "hello",
    "who is this?",
    "step 1 done",
    "¿Cuánto debo?",
    "what is the end date",
    "Shop closed",
    "",
]


@pytest.mark.parametrize("text", STOPS)
def test_a_stop_in_any_wording_is_a_stop(text: str) -> None:
    assert read(text).first is Intent.STOP
    assert read(text).suppresses


@pytest.mark.parametrize("text", DOUBTS)
def test_a_doubt_suppresses_and_asks_a_person(text: str) -> None:
    assert read(text).suppresses
    assert Intent.MAYBE_STOP in read(text).intents


@pytest.mark.parametrize("text", HARMLESS)
def test_an_ordinary_answer_does_not_suppress(text: str) -> None:
    assert not read(text).suppresses


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("my lawyer will call you", Intent.ATTORNEY),
        ("请联系我的律师", Intent.ATTORNEY),
        ("I filed chapter 13", Intent.BANKRUPTCY),
        ("he passed away", Intent.DECEASED),
        ("他去世了", Intent.DECEASED),
        ("wrong number", Intent.WRONG_PARTY),
        ("打错了", Intent.WRONG_PARTY),
        ("This is not my debt", Intent.DISPUTE),
        ("I'll pay on Friday", Intent.PROMISE),
        ("我下周还款", Intent.PROMISE),
        ("call me tomorrow", Intent.CALL_BACK),
        ("cease and desist", Intent.CEASE),
        ("我要投诉", Intent.COMPLAINT),
        ("START", Intent.START),
        ("help", Intent.HELP),
    ],
)
def test_what_else_a_message_asks_for(text: str, intent: Intent) -> None:
    assert intent in read(text).intents


def test_several_intents_are_all_found_and_the_most_protective_comes_first() -> None:
    reading = read("STOP! I dispute this, talk to my lawyer")
    assert reading.first is Intent.STOP
    assert {Intent.DISPUTE, Intent.ATTORNEY} <= set(reading.intents)
