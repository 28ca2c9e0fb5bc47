"""Outbound HTTP for every provider that speaks it: one session, explicit timeouts, failures folded once.

What can be proven not to have left (no connection, TLS refused) is told apart from what may have been
processed (any failure once a connection carried the request), because only the first gives a contact back.
"""

from __future__ import annotations

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import aiohttp
import msgspec

from channels.contract import Accepted, Channel, Message, ensure_time_left
from channels.errors import Ambiguous, DeliveryFailure, Permanent, Refused, Temporary, Throttled
from channels.pace import Pace

MAX_ANSWER_BYTES = 65_536
PARALLEL = 100


class Timeouts(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds to connect (TLS included), between two reads, and for the whole call."""

    connect_s: float = 5.0
    read_s: float = 10.0
    total_s: float = 15.0


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One call; `login` for basic authentication. The headers say what the body is."""

    url: str
    method: str = "POST"
    body: bytes = b""
    headers: Mapping[str, str] = {}
    login: tuple[str, str] | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Status, headers and text (at most 64 KiB) of an answer."""

    status: int
    headers: Mapping[str, str]
    text: str

    def fields(self) -> dict[str, Any] | None:
        """The JSON object in the body; None if it is anything else."""
        try:
            found = json.loads(self.text)
        except ValueError:
            return None
        return found if isinstance(found, dict) else None

    def retry_after_s(self) -> float | None:
        """Seconds from Retry-After; a date there counts as unknown: we have no clock to compare it with."""
        value = self.headers.get("Retry-After", "").strip()
        return float(value) if value.isdecimal() and len(value) <= 6 else None


class HttpCaller:
    """Makes calls for one provider over connections that are kept. The session opens at the first call."""

    def __init__(
        self, provider: str, timeouts: Timeouts | None = None, parallel: int = PARALLEL, most: int = 1000
    ) -> None:
        self._provider = provider
        self._timeouts = timeouts or Timeouts()
        self._parallel = parallel
        self.pace = Pace(parallel, most)
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def exchange(self, request: Request) -> Answer:
        """Make the call once. Raises Temporary if nothing left for sure, Ambiguous if something may have."""
        passage = _Passage()
        try:
            with self.pace.timed():
                return await self._exchange(request, passage)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._folded(error, passage) from error

    async def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _exchange(self, request: Request, passage: _Passage) -> Answer:
        headers = dict(request.headers)
        if request.login:
            headers["Authorization"] = aiohttp.encode_basic_auth(*request.login)
        async with self._opened().request(
            request.method,
            request.url,
            data=request.body,
            headers=headers,
            allow_redirects=False,
            trace_request_ctx=passage,
        ) as response:
            raw = await response.content.read(MAX_ANSWER_BYTES)
            text = raw.decode("utf-8", "replace")
            return Answer(status=response.status, headers=response.headers, text=text)

    def _opened(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        # connections belong to the loop that made them: one that has ended left them unusable
        if self._session is None or self._session.closed or self._loop is not loop:
            self._loop = loop
            limits = self._timeouts
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._parallel, keepalive_timeout=20),
                timeout=aiohttp.ClientTimeout(
                    total=limits.total_s,
                    connect=limits.connect_s,
                    sock_connect=limits.connect_s,
                    sock_read=limits.read_s,
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=[_passage_tracing()],
                trust_env=False,
            )
        return self._session

    def _folded(self, error: Exception, passage: _Passage) -> DeliveryFailure:
        """Nothing was written before there was a connection; afterwards nobody can tell."""
        reason = type(error).__name__
        if isinstance(error, aiohttp.InvalidURL):
            return Refused(
                "the provider's address is not a URL",
                code="bad_url",
                provider=self._provider,
                provider_code=reason,
            )
        if (
            isinstance(error, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError))
            or not passage.open
        ):
            return Temporary(
                "no connection to the provider could be made, so nothing was sent",
                code="no_connection",
                provider=self._provider,
                provider_code=reason,
            )
        slow = isinstance(error, (TimeoutError, asyncio.TimeoutError))
        return Ambiguous(
            "the provider did not answer in time" if slow else "the connection broke before an answer came",
            code="timeout" if slow else "dropped",
            provider=self._provider,
            provider_code=reason,
        )


class _Passage:
    """Whether a connection was given to the request: from then on, bytes may have left."""

    def __init__(self) -> None:
        self.open = False


def _passage_tracing() -> aiohttp.TraceConfig:
    async def opened(_session: object, context: Any, _params: object) -> None:
        context.trace_request_ctx.open = True

    tracing = aiohttp.TraceConfig()
    tracing.on_connection_create_end.append(opened)
    tracing.on_connection_reuseconn.append(opened)
    return tracing


def refusal(
    answer: Answer, provider: str, codes: Mapping[str, tuple[type[Refused], str]], code_field: str = "code"
) -> DeliveryFailure:
    """Fold an answer that is not a success.

    429 is Throttled; another 4xx with a JSON object was refused before processing: `codes` says which failure
    and which code of ours a provider's code means (Refused if it is not listed). All else is Ambiguous: a
    5xx, or a 4xx that some proxy wrote, proves nothing.
    """
    fields = answer.fields()
    word = str(fields.get(code_field, "")) if fields is not None else ""
    if answer.status == 429:
        return Throttled(
            "the provider asks us to slow down",
            provider=provider,
            provider_code=word or "429",
            retry_after_s=answer.retry_after_s(),
        )
    if 400 <= answer.status < 500 and fields is not None:
        failure, code = codes.get(word, (Refused, "refused"))
        return failure(
            f"the provider refused with HTTP {answer.status}",
            code=code,
            provider=provider,
            provider_code=word or str(answer.status),
        )
    return Ambiguous(
        f"the provider answered HTTP {answer.status}, which proves nothing",
        code="server_error" if answer.status >= 500 else "unclear_answer",
        provider=provider,
        provider_code=word or str(answer.status),
    )


class HttpProvider(ABC):
    """A provider over plain HTTP. A subclass states its name, its payload and what its codes mean."""

    name: ClassVar[str]
    channel: ClassVar[Channel]
    codes: ClassVar[Mapping[str, tuple[type[Refused], str]]] = {}
    is_simulated = False

    def __init__(self, timeouts: Timeouts | None = None) -> None:
        self._caller = HttpCaller(self.name, timeouts)

    @property
    def max_per_500ms(self) -> int:
        return self._caller.pace.per_500ms

    @abstractmethod
    def payload(self, message: Message) -> Request:
        """The request that delivers `message`; raises Permanent or Refused for what can never be sent."""

    @abstractmethod
    def provider_id(self, fields: Mapping[str, Any]) -> str:
        """The provider's id in the JSON of a success; empty if there is none."""

    async def send(self, message: Message, deadline: float) -> Accepted:
        request = self.payload(message)
        ensure_time_left(deadline, self.name)
        answer = await self._caller.exchange(request)
        if not 200 <= answer.status < 300:
            raise refusal(answer, self.name, self.codes)
        provider_id = self.provider_id(answer.fields() or {})
        if not provider_id:
            raise Ambiguous("the answer names no message", code="unclear_answer", provider=self.name)
        return Accepted(provider=self.name, provider_id=provider_id)

    async def close(self) -> None:
        await self._caller.close()


def one_phone(address: str, provider: str) -> str:
    """The E.164 number in `address`; Permanent `bad_recipient` for anything else, lists included."""
    number = address.strip()
    digits = number[1:]
    if not (number.startswith("+") and digits.isascii() and digits.isdecimal() and 7 <= len(digits) <= 15):
        raise Permanent("exactly one number in E.164 is needed", code="bad_recipient", provider=provider)
    return number
