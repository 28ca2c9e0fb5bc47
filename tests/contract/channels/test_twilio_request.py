"""What we post to Twilio: exact fields, and, where the vendor's description is at hand, validated against it.

VENDOR_SPECS names a folder with `twilio_api_v2010.json`; without it that check is skipped.
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec
import pytest
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest

from channels.contract import Channel, Sender
from channels.errors import Ambiguous, Permanent, Refused
from channels.testing import Fault
from tests.contract.channels.rigs import TwilioRig, TwilioVoiceRig, message
from tests.contract.channels.stub import HttpStub

SPECS = os.environ.get("VENDOR_SPECS", "")
DESCRIPTION = Path(SPECS) / "twilio_api_v2010.json" if SPECS else None

MESSAGES = [
    message(Channel.SMS, "at_plain"),
    message(
        Channel.SMS,
        "at_zh",
        text="您好，请致电我们。",
        language="zh",
        address="+8613800138000",
        validity_s=60,
    ),
    message(Channel.SMS, "at_service", sender=Sender(number="MG" + "a" * 32)),
    message(Channel.SMS, "at_bare", callback_url=""),
    message(Channel.VOICE, "at_call"),
    message(Channel.VOICE, "at_call_es", language="es", validity_s=20, voicemail_text=""),
    message(Channel.VOICE, "at_call_bare", callback_url=""),
]


async def posted(sent: Any) -> tuple[str, dict[str, str], list[tuple[str, str]]]:
    """Send it, give the request line, headers and form that arrived."""
    rig = TwilioVoiceRig() if sent.channel is Channel.VOICE else TwilioRig()
    try:
        provider = await rig.provider(Fault.NONE)
        await provider.send(sent, float("inf"))
        await provider.close()
        stub = rig.stubs[0]
        assert isinstance(stub, HttpStub)
        return stub.requests[0]
    finally:
        await rig.close()


async def test_an_sms_is_posted_with_our_callback_and_a_short_life() -> None:
    line, headers, form = await posted(MESSAGES[0])
    assert line == f"POST /2010-04-01/Accounts/{'AC' + '1' * 32}/Messages.json HTTP/1.1"
    assert base64.b64decode(headers["authorization"].removeprefix("Basic ")).decode() == f"AC{'1' * 32}:token"
    assert dict(form) == {
        "To": "+13125550123",
        "From": "+13125550100",
        "Body": "Please call us.",
        "ValidityPeriod": "900",
        "StatusCallback": "https://calls.example.com/hook?attempt=at_plain",
    }


async def test_the_legal_window_shortens_the_life() -> None:
    _line, _headers, form = await posted(MESSAGES[1])
    assert dict(form)["ValidityPeriod"] == "60"
    assert dict(form)["Body"] == "您好，请致电我们。"


async def test_a_messaging_service_sends_instead_of_a_number() -> None:
    _line, _headers, form = await posted(MESSAGES[2])
    assert dict(form)["MessagingServiceSid"] == "MG" + "a" * 32
    assert "From" not in dict(form)


async def test_a_call_asks_us_what_to_say_once_it_knows_who_answered() -> None:
    line, _headers, form = await posted(MESSAGES[4])
    fields = dict(form)
    assert line.endswith("/Calls.json HTTP/1.1")
    assert fields["MachineDetection"] == "DetectMessageEnd"
    assert fields["Url"] == "https://calls.example.com/hook?attempt=at_call&stage=answer"
    assert fields["StatusCallback"] == "https://calls.example.com/hook?attempt=at_call&stage=status&leaves=1"
    assert [value for name, value in form if name == "StatusCallbackEvent"] == [
        "initiated", "ringing", "answered", "completed",
    ]  # fmt: skip
    assert "Please call us." not in str(form)


async def test_a_call_without_a_callback_says_the_limited_content_only() -> None:
    _line, _headers, form = await posted(MESSAGES[6])
    assert "Please call Anna" in dict(form)["Twiml"]
    assert "Please call us." not in dict(form)["Twiml"]


async def test_a_call_with_nothing_to_say_safely_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        await posted(message(Channel.VOICE, "at_mute", callback_url="", voicemail_text=""))
    assert refused.value.code == "no_callback"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": ""}, "empty"),
        ({"text": "x" * 1601}, "too_long"),
        ({"validity_s": 0}, "window_closed"),
        ({"address": "banana"}, "bad_recipient"),
        ({"address": "+1312555012"}, None),
        ({"address": "+1312555012345678"}, "bad_recipient"),
        ({"address": "13125550123"}, "bad_recipient"),
        ({"address": "+1312555٠١٢٣"}, "bad_recipient"),
    ],
)
async def test_what_twilio_would_not_check_we_check(changes: dict[str, Any], code: str | None) -> None:
    sent = msgspec.structs.replace(MESSAGES[0], **changes)
    if code is None:
        await posted(sent)
        return
    with pytest.raises(Refused) as refused:
        await posted(sent)
    assert refused.value.code == code


async def failed_with(status: int, body: str) -> Exception:
    rig = TwilioRig()
    stub = HttpStub(Fault.NONE, lambda _fault: (status, {}, body), "To")
    try:
        port = await rig.opened(stub)
        provider = rig.built(f"http://127.0.0.1:{port}")
        with pytest.raises(Exception) as failure:  # noqa: PT011 - the tests compare the type themselves
            await provider.send(MESSAGES[0], float("inf"))
        await provider.close()
        return failure.value
    finally:
        await rig.close()


async def test_an_opt_out_that_only_twilio_knew_is_told() -> None:
    failure = await failed_with(400, json.dumps({"code": 21610, "message": "unsubscribed", "status": 400}))
    assert isinstance(failure, Permanent)
    assert (failure.code, failure.provider_code) == ("opted_out", "21610")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, "not json"),
        (201, json.dumps({"no": "sid"})),
        (201, "[]"),
        (201, ""),
        (302, ""),
        (400, "<html>a proxy's words</html>"),
        (500, json.dumps({"code": 20500})),
        (502, ""),
    ],
)
async def test_answers_that_prove_nothing_are_ambiguous(status: int, body: str) -> None:
    assert isinstance(await failed_with(status, body), Ambiguous)


@pytest.mark.skipif(
    DESCRIPTION is None or not DESCRIPTION.exists(), reason="VENDOR_SPECS names no description"
)
@pytest.mark.parametrize("sent", MESSAGES, ids=lambda sent: sent.attempt_id)
async def test_requests_fit_the_vendors_description(sent: Any) -> None:
    assert DESCRIPTION is not None
    line, headers, form = await posted(sent)
    path = urlsplit(line.split()[1]).path
    request = MockRequest(
        "https://api.twilio.com",
        "post",
        path,
        headers={"Authorization": headers["authorization"]},
        data=urlencode(form).encode(),
        content_type=headers["content-type"],
    )
    api = OpenAPI.from_dict(json.loads(DESCRIPTION.read_text(encoding="utf-8")))
    api.validate_request(request)
    known = fields_of(DESCRIPTION, path)
    assert {name for name, _ in form} <= known


def fields_of(description: Path, path: str) -> set[str]:
    """The form fields that the description names, which its own validation does not insist on."""
    document = json.loads(description.read_text(encoding="utf-8"))
    kind = "Calls" if path.endswith("Calls.json") else "Messages"
    operation = document["paths"][f"/2010-04-01/Accounts/{{AccountSid}}/{kind}.json"]["post"]
    content = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]
    return set(content["schema"]["properties"])
