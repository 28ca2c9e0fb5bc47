"""The contract suite: what every provider must do, as checks that any test run can call.

Write a `Rig` for your provider (a stub of its other side that behaves as told) and run every check of
`CHECKS` on it whose fault the rig knows. A check raises AssertionError with a sentence.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from typing import Protocol

import msgspec

from channels.contract import Accepted, Message, Provider
from channels.errors import Ambiguous, DeliveryFailure, Permanent, Refused, Throttled

RETRY_AFTER_S = 7.0
"""What a throttling stub says, where its protocol can say it."""


class Fault(StrEnum):
    """How the other side behaves."""

    NONE = "none"
    SLOW = "slow"
    REFUSE = "refuse"
    GONE = "gone"
    THROTTLE = "throttle"
    SERVER_ERROR = "server_error"
    HANG = "hang"
    DROP = "drop"
    NO_CONNECTION = "no_connection"
    BAD_TLS = "bad_tls"


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One call as the other side saw it: to whom, and everything that was in it."""

    recipients: tuple[str, ...]
    content: str


class Rig(Protocol):
    """A provider wired to a stub.

    faults: what the stub can do. says_when: whether a throttling answer can carry a time. two_addresses: an
    address that names two recipients, empty where there is no such thing.
    """

    faults: frozenset[Fault]
    says_when: bool
    two_addresses: str

    def message(self, attempt_id: str) -> Message: ...
    async def provider(self, fault: Fault) -> Provider: ...
    def deliveries(self) -> Sequence[Delivery]: ...


class Check(msgspec.Struct, frozen=True):
    """One promise of the contract; `needs` is the fault that the rig must be able to show."""

    name: str
    needs: Fault
    run: Callable[[Rig], Awaitable[None]]


async def accepts(rig: Rig) -> None:
    provider = await rig.provider(Fault.NONE)
    message = rig.message("at_accepts")
    accepted = await provider.send(message, _soon())
    await provider.close()
    _expect(
        isinstance(accepted, Accepted) and accepted.provider == provider.name, "an Accepted of its own name"
    )
    _expect(bool(accepted.provider_id), "the provider's id of the message")
    _expect(provider.channel is message.channel, "the channel of its messages")
    _expect(provider.max_per_500ms > 0, "how many sends start in half a second")


async def carries_one_recipient_and_the_attempt(rig: Rig) -> None:
    provider = await rig.provider(Fault.NONE)
    message = rig.message("at_carried")
    await provider.send(message, _soon())
    await provider.close()
    seen = rig.deliveries()
    _expect(len(seen) == 1, f"one call, not {len(seen)}")
    _expect(seen[0].recipients == (message.address,), f"one recipient, not {seen[0].recipients}")
    _expect("at_carried" in seen[0].content, "our attempt id in what is sent, so that a report finds it")


async def refuses_two_addresses(rig: Rig) -> None:
    if not rig.two_addresses:
        return
    provider = await rig.provider(Fault.NONE)
    message = msgspec.structs.replace(rig.message("at_two"), address=rig.two_addresses)
    failure = await _failure(provider, message)
    await provider.close()
    _expect(isinstance(failure, Refused), f"a refusal of two addresses, not {failure!r}")
    _expect(not rig.deliveries(), "no call")


async def makes_no_call_after_its_deadline(rig: Rig) -> None:
    provider = await rig.provider(Fault.NONE)
    failure = await _failure(provider, rig.message("at_late"), time.monotonic() - 0.001)
    await provider.close()
    _expect(
        isinstance(failure, Refused) and failure.code == "deadline_passed",
        f"deadline_passed, not {failure!r}",
    )
    _expect(not rig.deliveries(), "no call after the deadline")


async def waits_for_a_slow_answer(rig: Rig) -> None:
    provider = await rig.provider(Fault.SLOW)
    accepted = await provider.send(rig.message("at_slow"), _soon())
    await provider.close()
    _expect(bool(accepted.provider_id), "a slow answer counts")


async def folds_a_refusal(rig: Rig) -> None:
    failure = await _failed_with(rig, Fault.REFUSE)
    _expect(isinstance(failure, Refused) and failure.proven_unsent, f"Refused, not {failure!r}")
    _expect(failure.provider_code is not None, "the provider's own word, kept")


async def folds_a_dead_address(rig: Rig) -> None:
    failure = await _failed_with(rig, Fault.GONE)
    _expect(isinstance(failure, Permanent), f"Permanent, not {failure!r}")


async def folds_throttling(rig: Rig) -> None:
    failure = await _failed_with(rig, Fault.THROTTLE)
    if not isinstance(failure, Throttled):
        raise _broken(f"Throttled, not {failure!r}")
    wanted = RETRY_AFTER_S if rig.says_when else None
    _expect(failure.retry_after_s == wanted, f"retry after {wanted}, not {failure.retry_after_s}")


async def doubts_a_server_error(rig: Rig) -> None:
    await _doubts(rig, Fault.SERVER_ERROR)


async def doubts_a_timeout(rig: Rig) -> None:
    await _doubts(rig, Fault.HANG)


async def doubts_a_drop_after_the_write(rig: Rig) -> None:
    await _doubts(rig, Fault.DROP)


async def is_sure_without_a_connection(rig: Rig) -> None:
    failure = await _failed_with(rig, Fault.NO_CONNECTION)
    _expect(failure.proven_unsent, f"proof that nothing left, not {failure!r}")


async def is_sure_when_tls_fails(rig: Rig) -> None:
    failure = await _failed_with(rig, Fault.BAD_TLS)
    _expect(failure.proven_unsent, f"proof that nothing left, not {failure!r}")


async def closes_as_often_as_asked(rig: Rig) -> None:
    unused = await rig.provider(Fault.NONE)
    await unused.close()
    await unused.close()
    provider = await rig.provider(Fault.NONE)
    await provider.send(rig.message("at_closed"), _soon())
    await provider.close()
    await provider.close()


CHECKS: Sequence[Check] = (
    Check("accepts", Fault.NONE, accepts),
    Check("carries one recipient and the attempt", Fault.NONE, carries_one_recipient_and_the_attempt),
    Check("refuses two addresses", Fault.NONE, refuses_two_addresses),
    Check("makes no call after its deadline", Fault.NONE, makes_no_call_after_its_deadline),
    Check("closes as often as asked", Fault.NONE, closes_as_often_as_asked),
    Check("waits for a slow answer", Fault.SLOW, waits_for_a_slow_answer),
    Check("folds a refusal", Fault.REFUSE, folds_a_refusal),
    Check("folds a dead address", Fault.GONE, folds_a_dead_address),
    Check("folds throttling", Fault.THROTTLE, folds_throttling),
    Check("doubts a server error", Fault.SERVER_ERROR, doubts_a_server_error),
    Check("doubts a timeout", Fault.HANG, doubts_a_timeout),
    Check("doubts a drop after the write", Fault.DROP, doubts_a_drop_after_the_write),
    Check("is sure without a connection", Fault.NO_CONNECTION, is_sure_without_a_connection),
    Check("is sure when TLS fails", Fault.BAD_TLS, is_sure_when_tls_fails),
)


async def _failed_with(rig: Rig, fault: Fault) -> DeliveryFailure:
    provider = await rig.provider(fault)
    failure = await _failure(provider, rig.message(f"at_{fault.value}"))
    await provider.close()
    return failure


async def _doubts(rig: Rig, fault: Fault) -> None:
    failure = await _failed_with(rig, fault)
    _expect(isinstance(failure, Ambiguous), f"Ambiguous, not {failure!r}")
    _expect(len(rig.deliveries()) <= 1, "no second try: it may have been sent")


async def _failure(provider: Provider, message: Message, deadline: float | None = None) -> DeliveryFailure:
    try:
        accepted = await provider.send(message, deadline if deadline is not None else _soon())
    except DeliveryFailure as failure:
        return failure
    raise _broken(f"a typed failure, not {accepted!r}")


def _soon() -> float:
    return time.monotonic() + 30


def _expect(holds: bool, promise: str) -> None:
    if not holds:
        raise _broken(promise)


def _broken(promise: str) -> AssertionError:
    return AssertionError(f"the provider contract asks for {promise}")
