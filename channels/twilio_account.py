"""The Twilio account that SMS and voice share: its client over our HTTP caller, and its signatures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec
from twilio.base.exceptions import TwilioException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from channels.contract import Message
from channels.errors import Ambiguous, Permanent, Refused, SetupError, WebhookError
from channels.http import PARALLEL, HttpCaller, Request, Timeouts, refusal
from channels.setting import text_setting

MAX_WEBHOOK_BYTES = 65_536
_MAX_FIELDS = 200
_GONE = (Permanent, "bad_recipient")

CODES: Mapping[str, tuple[type[Refused], str]] = {
    "21610": (Permanent, "opted_out"),
    "21211": _GONE,
    "21214": _GONE,
    "21217": _GONE,
    "21604": _GONE,
    "21612": (Permanent, "unreachable"),
    "21614": (Permanent, "not_mobile"),
    "21635": (Permanent, "not_mobile"),
    "21408": (Refused, "country_not_enabled"),
    "21606": (Refused, "sender_unusable"),
    "21659": (Refused, "sender_unusable"),
    "21212": (Refused, "sender_unusable"),
    "21617": (Refused, "too_long"),
    "21602": (Refused, "empty"),
    "21605": (Refused, "too_long"),
    "20003": (Refused, "bad_credentials"),
}
"""What the account's error codes mean to us; any other 4xx with a JSON error is a plain refusal."""


class TwilioSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`sender`: our number in E.164, or a Messaging Service (MG...). `base_url`: a compatible server."""

    account_sid: str
    auth_token: str
    sender: str
    base_url: str = "https://api.twilio.com"


def twilio_settings(settings: Mapping[str, object]) -> TwilioSettings | None:
    """Read `twilio_*`; None if there are none, SetupError if some are missing."""
    names = ("twilio_account_sid", "twilio_auth_token", "twilio_from")
    values = {name: text_setting(settings, name) for name in names}
    missing = [name for name, value in values.items() if not value]
    if len(missing) == len(names):
        return None
    if missing:
        raise SetupError(
            f"{', '.join(missing)} missing", code="setting_missing", hint="give all of the account's settings"
        )
    return TwilioSettings(
        account_sid=values["twilio_account_sid"],
        auth_token=values["twilio_auth_token"],
        sender=values["twilio_from"],
        base_url=text_setting(settings, "twilio_base_url", "https://api.twilio.com"),
    )


class _RedirectedHttp(AsyncTwilioHttpClient):  # type: ignore[misc] # the client has no types
    """The client's transport, with what it lacks: timeouts, another server, no addresses in logs."""

    def __init__(self, base_url: str, provider: str, caller: HttpCaller) -> None:
        # without a pool the parent opens no session, which would need a running loop here
        super().__init__(pool_connections=False)
        self._base = urlsplit(base_url)
        self._provider = provider
        self._caller = caller

    async def request(  # noqa: PLR0917 - the client's own signature
        self,
        method: str,
        url: str,
        params: object = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """One call. A refusal is raised here, because the client drops the headers that say when to retry."""
        del params, timeout, allow_redirects
        # lists repeat their field, as the client's own transports write them
        form = urlencode(data or {}, doseq=True).encode("ascii")
        answer = await self._caller.exchange(
            Request(url=self._moved(url), method=method, body=form, headers=headers or {}, login=auth)
        )
        if not 200 <= answer.status < 300:
            raise refusal(answer, self._provider, CODES)
        return Response(answer.status, answer.text, answer.headers)

    async def close(self) -> None:
        await self._caller.close()

    def _moved(self, url: str) -> str:
        parts = urlsplit(url)
        path = self._base.path.rstrip("/") + parts.path
        return urlunsplit((self._base.scheme, self._base.netloc, path, parts.query, ""))


class TwilioAccount:
    """The real client on our transport."""

    def __init__(
        self, settings: TwilioSettings, provider: str, timeouts: Timeouts | None = None, most: int = 1000
    ) -> None:
        self.sender = settings.sender
        self._provider = provider
        self._caller = HttpCaller(provider, timeouts, parallel=min(PARALLEL, most), most=most)
        self._http = _RedirectedHttp(settings.base_url, provider, self._caller)
        self.client = Client(settings.account_sid, settings.auth_token, http_client=self._http)

    async def created_sid(self, creation: Any) -> str:
        """Await a `create_async` call and give the new resource's id."""
        try:
            made = await creation
        except (TwilioException, ValueError, LookupError, TypeError, AttributeError) as error:
            raise self._unclear(type(error).__name__) from error
        if not isinstance(made.sid, str) or not made.sid:
            raise self._unclear("no id")
        return made.sid

    @property
    def max_per_500ms(self) -> int:
        return self._caller.pace.per_500ms

    async def close(self) -> None:
        await self._http.close()

    def _unclear(self, reason: str) -> Ambiguous:
        """A success that cannot be read was a success for the other side."""
        return Ambiguous(
            "the answer names no message",
            code="unclear_answer",
            provider=self._provider,
            provider_code=reason,
        )


def callback_for(message: Message, **marks: str) -> str:
    """The callback URL with our attempt id and `marks` in its query; empty if the message has none."""
    if not message.callback_url:
        return ""
    parts = urlsplit(message.callback_url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    if message.attempt_id not in message.callback_url:
        query.append(("attempt", message.attempt_id))
    query += marks.items()
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query), ""))


class Form(dict[str, list[str]]):
    """A posted form; every value of a name counts for the signature."""

    def getlist(self, name: str) -> list[str]:
        return self.get(name, [])

    def first(self, name: str) -> str:
        values = self.get(name)
        return values[0] if values else ""


def verified_form(url: str, body: bytes, signature: str | None, auth_token: str) -> Form:
    """The form in `body`, once its signature is proven.

    `url` is the public URL that was called, query included. Raises WebhookError: 413 over 64 KiB, 403 without
    a right signature, 400 for a body that is no form. Nothing is parsed before the size is known.
    """
    if len(body) > MAX_WEBHOOK_BYTES:
        raise WebhookError("the body is over 64 KiB", code="webhook_too_big", status=413)
    if not signature:
        raise WebhookError("the signature is missing", code="webhook_unsigned", status=403)
    form = read_form(body)
    if not auth_token or not RequestValidator(auth_token).validate(url, form, signature):
        raise WebhookError("the signature is wrong", code="webhook_forged", status=403)
    return form


def read_form(body: bytes) -> Form:
    """Parse a posted form without checking who sent it; WebhookError 400 if it is none."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            max_num_fields=_MAX_FIELDS,
            errors="strict",
        )
    except ValueError:
        raise WebhookError("the body is no form", code="webhook_malformed", status=400) from None
    form = Form()
    for name, value in pairs:
        form.setdefault(name, []).append(value)
    return form
