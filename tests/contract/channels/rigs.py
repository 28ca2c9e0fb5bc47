"""Every provider that ships, wired to a stub of its other side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import msgspec

from channels.contract import Channel, Message, Provider, Sender
from channels.email.smtp import SmtpProvider, SmtpSettings
from channels.errors import Permanent, Refused
from channels.http import HttpProvider, Request, Timeouts
from channels.letter.spool import LetterSpool
from channels.simulator.behaviour import Misbehaviour
from channels.simulator.parse import packaged
from channels.simulator.provider import SimulatedProvider
from channels.simulator.world import World
from channels.sms.twilio import TwilioSms
from channels.task.worklist import WorklistProvider
from channels.testing import RETRY_AFTER_S, Delivery, Fault
from channels.twilio_account import TwilioSettings
from channels.voice.twilio import TwilioVoice
from tests.contract.channels.stub import HttpStub, SmtpStub, Stub, json_answers

NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)
QUICK = Timeouts(connect_s=1.0, read_s=0.5, total_s=1.0)
ADDRESSES = {
    Channel.EMAIL: "maria@example.org",
    Channel.LETTER: "Maria Lopez\n1 Main Street\nSpringfield, IL 62701",
    Channel.TASK: "",
}
NETWORK = frozenset(Fault)


def message(channel: Channel, attempt_id: str, **changes: Any) -> Message:
    plain = Message(
        attempt_id=attempt_id,
        channel=channel,
        address=ADDRESSES.get(channel, "+13125550123"),
        subject="About your account",
        text="Please call us.",
        html="<p>Please call us.</p>",
        voicemail_text="Please call Anna at 312 555 0100.",
        sender=Sender(name="Example Recovery", number="+13125550100", email="office@example.com"),
        callback_url=f"https://calls.example.com/hook?attempt={attempt_id}",
        unsubscribe_url="https://calls.example.com/u/abc",
        sent_at=NOON,
        consumer_ref="C1",
        account_refs=("A1",),
    )
    return msgspec.structs.replace(plain, **changes)


class BaseRig:
    """A provider and what its other side saw. `close` ends the stubs that were opened."""

    faults = NETWORK
    says_when = True
    two_addresses = ""
    channel = Channel.SMS

    def __init__(self) -> None:
        self.stubs: list[Stub] = []

    def message(self, attempt_id: str) -> Message:
        return message(self.channel, attempt_id)

    async def provider(self, fault: Fault) -> Provider:
        raise NotImplementedError

    def deliveries(self) -> Sequence[Delivery]:
        return [delivery for stub in self.stubs for delivery in stub.deliveries]

    async def close(self) -> None:
        for stub in self.stubs:
            await stub.close()

    async def opened(self, stub: Stub) -> int:
        self.stubs.append(stub)
        await stub.open()
        return stub.port


class TwilioRig(BaseRig):
    two_addresses = "+13125550123,+13125550124"
    sid = "SM" + "0" * 32

    async def provider(self, fault: Fault) -> Provider:
        answers = json_answers(
            {"sid": self.sid}, {"code": 21606, "message": "no"}, {"code": 21211, "message": "no"}
        )
        port = await self.opened(HttpStub(fault, answers, "To"))
        scheme = "https" if fault is Fault.BAD_TLS else "http"
        return self.built(f"{scheme}://127.0.0.1:{port}")

    def built(self, base_url: str) -> Provider:
        return TwilioSms(self.settings(base_url), QUICK)

    def settings(self, base_url: str) -> TwilioSettings:
        return TwilioSettings(
            account_sid="AC" + "1" * 32, auth_token="token", sender="+13125550100", base_url=base_url
        )


class TwilioVoiceRig(TwilioRig):
    channel = Channel.VOICE
    sid = "CA" + "0" * 32

    def built(self, base_url: str) -> Provider:
        return TwilioVoice(self.settings(base_url), QUICK)


class SmtpRig(BaseRig):
    channel = Channel.EMAIL
    says_when = False
    two_addresses = "maria@example.org,jose@example.org"

    async def provider(self, fault: Fault) -> Provider:
        port = await self.opened(SmtpStub(fault))
        tls = "tls" if fault is Fault.BAD_TLS else "none"
        return SmtpProvider(
            SmtpSettings(
                host="127.0.0.1", port=port, sender="office@example.com", tls=tls, connect_s=1.0, reply_s=0.5
            )
        )


class LetterRig(BaseRig):
    """The spool is a folder: an address that cannot be printed is refused, a folder that is gone is no letter."""

    channel = Channel.LETTER
    faults = frozenset({Fault.NONE, Fault.GONE, Fault.NO_CONNECTION})

    def __init__(self) -> None:
        super().__init__()
        self._folder: TemporaryDirectory[str] | None = None
        self._address = ADDRESSES[Channel.LETTER]

    def message(self, attempt_id: str) -> Message:
        return message(self.channel, attempt_id, address=self._address)

    async def provider(self, fault: Fault) -> Provider:
        folder = self._spool()
        provider = LetterSpool(folder)
        if fault is Fault.GONE:
            self._address = "Maria Lopez"
        if fault is Fault.NO_CONNECTION:
            rmtree(folder)
        return provider

    def deliveries(self) -> Sequence[Delivery]:
        manifest = self._spool() / "manifest.jsonl"
        lines = manifest.read_text(encoding="utf-8").splitlines() if manifest.exists() else []
        return [Delivery(recipients=(self._address,), content=line) for line in lines]

    async def close(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()

    def _spool(self) -> Path:
        self._folder = self._folder or TemporaryDirectory()
        return Path(self._folder.name) / "spool"


class WorklistRig(BaseRig):
    """The sink is in this process: it can refuse, or leave us in doubt."""

    channel = Channel.TASK
    faults = frozenset({Fault.NONE, Fault.REFUSE, Fault.SERVER_ERROR})

    def __init__(self) -> None:
        super().__init__()
        self._seen: list[Delivery] = []

    async def provider(self, fault: Fault) -> Provider:
        async def sink(task: Message) -> str:
            if fault is Fault.REFUSE:
                raise Refused("no such agent", provider="worklist", provider_code="no_agent")
            self._seen.append(Delivery(recipients=(task.address,), content=task.attempt_id))
            if fault is Fault.SERVER_ERROR:
                raise OSError("the disk is full")
            return "task-1"

        return WorklistProvider(sink)

    def deliveries(self) -> Sequence[Delivery]:
        return self._seen


class SimulatedRig(BaseRig):
    """The simulator keeps the contract too, with a clock that does not wait."""

    faults = frozenset({Fault.NONE, Fault.SLOW, Fault.THROTTLE, Fault.SERVER_ERROR, Fault.DROP})
    misbehaviour: ClassVar = {
        Fault.SLOW: Misbehaviour(slow=1),
        Fault.THROTTLE: Misbehaviour(throttled=1, retry_after_s=RETRY_AFTER_S),
        Fault.SERVER_ERROR: Misbehaviour(server_error=1),
        Fault.DROP: Misbehaviour(dropped=1),
    }

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self.channel = channel
        self.two_addresses = {Channel.EMAIL: SmtpRig.two_addresses, Channel.SMS: TwilioRig.two_addresses}.get(
            channel, ""
        )
        self.receipts: list[dict[str, object]] = []

    async def provider(self, fault: Fault) -> Provider:
        async def sleep(_seconds: float) -> None: ...

        behaviour = msgspec.structs.replace(
            packaged(), misbehaviour=self.misbehaviour.get(fault, Misbehaviour())
        )
        world = World(behaviour, 1, lambda: NOON, lambda _at, _event: None, self.receipts.append, sleep=sleep)
        return SimulatedProvider(self.channel, world)

    def deliveries(self) -> Sequence[Delivery]:
        return [
            Delivery(recipients=(str(receipt["address"]),), content=str(receipt["attempt_id"]))
            for receipt in self.receipts
        ]


class PlainHttpProvider(HttpProvider):
    """The whole of a provider over plain HTTP: its payload and its codes."""

    name = "plain_http"
    channel = Channel.SMS
    codes: ClassVar[Mapping[str, tuple[type[Refused], str]]] = {
        "unknown_number": (Permanent, "bad_recipient")
    }

    def __init__(self, base_url: str) -> None:
        super().__init__(QUICK)
        self._base_url = base_url

    def payload(self, message: Message) -> Request:
        if "," in message.address:
            raise Permanent("one number is needed", code="bad_recipient", provider=self.name)
        fields = {"to": message.address, "text": message.text, "reference": message.attempt_id}
        return Request(
            url=f"{self._base_url}/messages",
            body=msgspec.json.encode(fields),
            headers={"Content-Type": "application/json"},
        )

    def provider_id(self, fields: Mapping[str, Any]) -> str:
        return str(fields.get("id", ""))


class PlainHttpRig(BaseRig):
    two_addresses = TwilioRig.two_addresses

    async def provider(self, fault: Fault) -> Provider:
        answers = json_answers({"id": "m-1"}, {"code": "no_credit"}, {"code": "unknown_number"})
        port = await self.opened(HttpStub(fault, answers, "to"))
        scheme = "https" if fault is Fault.BAD_TLS else "http"
        return PlainHttpProvider(f"{scheme}://127.0.0.1:{port}")


RIGS: Mapping[str, Callable[[], BaseRig]] = {
    "twilio_sms": TwilioRig,
    "twilio_voice": TwilioVoiceRig,
    "smtp": SmtpRig,
    "letter_spool": LetterRig,
    "worklist": WorklistRig,
    "plain_http": PlainHttpRig,
    **{f"simulated_{channel.value}": partial(SimulatedRig, channel) for channel in Channel},
}
