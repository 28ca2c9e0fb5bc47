"""What a call says, as TwiML, made only with Twilio's builders so that every text is escaped.

A machine hears the limited-content text and nothing else. A person is asked who they are before anything is
said about the matter; whoever is not the right person hears no more.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from twilio.twiml.voice_response import Gather, VoiceResponse

RIGHT_PERSON, WRONG_PERSON, STOP_CALLS = "1", "2", "9"
_RING_INPUT_S = 8

_VOICES: Mapping[str, str] = {"en": "en-US", "es": "es-MX", "zh": "zh-CN"}


class Phrases(msgspec.Struct, frozen=True, kw_only=True):
    """The neutral sentences around a call's own text; `{name}` is the person asked for."""

    question: str
    sorry: str
    stopped: str
    goodbye: str
    choice: str


_PHRASES: Mapping[str, Phrases] = {
    "en": Phrases(
        question="Hello. This call is for {name}. If you are {name}, press 1. If this is the wrong person, "
        "press 2. To stop calls to this number, press 9.",
        sorry="Sorry for the disturbance. Goodbye.",
        stopped="We will not call this number again. Goodbye.",
        goodbye="Thank you. Goodbye.",
        choice="To stop calls to this number, press 9.",
    ),
    "es": Phrases(
        question="Hola. Esta llamada es para {name}. Si usted es {name}, pulse 1. Si no es esta persona, "
        "pulse 2. Para no recibir más llamadas en este número, pulse 9.",
        sorry="Disculpe la molestia. Adiós.",
        stopped="No volveremos a llamar a este número. Adiós.",
        goodbye="Gracias. Adiós.",
        choice="Para no recibir más llamadas en este número, pulse 9.",
    ),
    "zh": Phrases(
        question="您好，此电话找{name}。如果您是{name}本人，请按1；如果打错了，请按2；不想再接到电话，请按9。",
        sorry="打扰了，再见。",
        stopped="我们不会再拨打此号码，再见。",
        goodbye="谢谢，再见。",
        choice="不想再接到电话，请按9。",
    ),
}
_NOBODY: Mapping[str, str] = {
    "en": "the person we are trying to reach",
    "es": "la persona que buscamos",
    "zh": "本人",
}


class CallScript(msgspec.Struct, frozen=True, kw_only=True):
    """What one call may say.

    text: for the right person. voicemail_text: for a machine, empty to hang up. prompt: the question, with
    the keys 1, 2 and 9 in it; sorry: for whoever is not the right person; empty for the neutral ones.
    """

    text: str
    voicemail_text: str = ""
    recipient_name: str = ""
    prompt: str = ""
    sorry: str = ""
    language: str = "en"


def greeting(script: CallScript, answered_by: str, action_url: str) -> str:
    """TwiML for the moment the call is answered; `answered_by` is what machine detection found."""
    response = VoiceResponse()
    if answered_by.startswith("machine"):
        if script.voicemail_text:
            _say(response, script.voicemail_text, script.language)
        response.hangup()
    elif answered_by == "fax":
        response.hangup()
    else:
        phrases = _phrases(script.language)
        name = script.recipient_name or _nobody(script.language)
        _ask(response, script.prompt or phrases.question.format(name=name), script.language, action_url)
        _say(response, phrases.goodbye, script.language)
        response.hangup()
    return str(response)


def reply(script: CallScript, digits: str, action_url: str) -> str:
    """TwiML after a key was pressed. Only the right person hears the text; anything unclear ends the call."""
    response = VoiceResponse()
    phrases = _phrases(script.language)
    if digits == RIGHT_PERSON:
        _say(response, script.text, script.language)
        _ask(response, phrases.choice, script.language, action_url)
        _say(response, phrases.goodbye, script.language)
    elif digits == STOP_CALLS:
        _say(response, phrases.stopped, script.language)
    else:
        _say(response, script.sorry or phrases.sorry, script.language)
    response.hangup()
    return str(response)


def silence() -> str:
    """TwiML that ends the call without a word: the window closed, or the attempt is not ours."""
    response = VoiceResponse()
    response.hangup()
    return str(response)


def unattended(script: CallScript) -> str:
    """TwiML for a call nobody can steer (no public URL): the limited content only, whoever answers."""
    response = VoiceResponse()
    if script.voicemail_text:
        _say(response, script.voicemail_text, script.language)
    response.hangup()
    return str(response)


def _ask(response: VoiceResponse, question: str, language: str, action_url: str) -> None:
    gather = Gather(
        input="dtmf speech",
        num_digits=1,
        timeout=_RING_INPUT_S,
        action=action_url,
        method="POST",
        language=_voice(language),
    )
    _say(gather, question, language)
    response.append(gather)


def _say(verb: VoiceResponse | Gather, text: str, language: str) -> None:
    verb.say(text, language=_voice(language))


def _voice(language: str) -> str:
    return _VOICES.get(language.partition("-")[0].lower(), "en-US")


def _phrases(language: str) -> Phrases:
    return _PHRASES.get(language.partition("-")[0].lower(), _PHRASES["en"])


def _nobody(language: str) -> str:
    return _NOBODY.get(language.partition("-")[0].lower(), _NOBODY["en"])
