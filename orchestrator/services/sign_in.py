"""Signing in and out: a password against its hash, a session against its token, and what slows guessers down.

An attempt counts as failed from before its password is looked at and is taken back when it was right, so that guesses
made at once count like guesses one after another. An unknown name, a disabled person and a wrong password take the
same way and get the same answer.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import msgspec
import structlog

from orchestrator.audit import ledger
from orchestrator.audit.ledger import Line, LineKind
from orchestrator.clock import RunningClock, SystemClock
from orchestrator.domain import password as passwords
from orchestrator.domain.instant import to_micros
from orchestrator.domain.throttle import ACCOUNT, ADDRESS, origin
from orchestrator.domain.user import User, folded
from orchestrator.engine.house import House
from orchestrator.errors import AuthenticationError, ThrottledError, UnavailableError
from orchestrator.store import sign_in_failure, user, user_session
from orchestrator.store.session import Session as Unit
from orchestrator.store.user_session import Kept

SECOND = 1_000_000
# an hour without a page, and a working day with its overtime
IDLE_S, ABSOLUTE_S = 3_600, 12 * 3_600
TOUCH_S = 60
KEPT_S = 24 * 3_600
# each hash takes 64 MiB while it is made: more at once would let strangers fill the memory
AT_ONCE, PATIENCE_S = 4, 5.0

log = structlog.get_logger("sign_in")
_turns = threading.BoundedSemaphore(AT_ONCE)


class SignedIn(msgspec.Struct, frozen=True):
    """A new session: `token` goes into the cookie and is kept nowhere, `csrf` into every form."""

    token: str
    csrf: str
    user: User


class Proof(msgspec.Struct, frozen=True):
    """A password that was right: whose, and what was counted against it until then."""

    user: User
    password_hash: str
    account: str
    address: str
    renewed_hash: str | None = None


def sign_in(house: House, name: str, password: str, address: str) -> SignedIn:
    """A session for whoever knows the password; `address` is where the request came from.

    Raises AuthenticationError, the same for a wrong password and for nobody, and ThrottledError with the seconds
    to wait after too many failures for this name or from this address.
    """
    proof = prove(house, name, password, address)
    with house.database.write(house.clock) as unit:
        settle(house, unit, proof)
        user_session.forget(unit, real_micros(house, unit) - KEPT_S * SECOND)
        body = {"event": "signed_in", "user": proof.user.id}
        ledger.append(unit, [Line(LineKind.ACCESS, unit.now_micros, body)])
        return open_session(house, unit, proof.user.id)


def prove(house: House, name: str, password: str, address: str) -> Proof:
    """Who this is, if the password is right. It counts as a failure until `settle`. Raises as `sign_in` does."""
    name = folded(name)
    account, source = _hash(house, name), _hash(house, origin(address))
    _count_attempt(house, account, source)
    with house.database.read(house.clock) as unit:
        found = user.find(unit, name=name)
        kept = user.password_hash(unit, found.id) if found is not None else None
    with _turn():
        is_right = passwords.matches(kept if kept is not None else passwords.nobody(), password)
    if found is None or kept is None or not is_right:
        log.warning("sign_in_refused", account=account[:12], address=source[:12])
        raise _refusal()
    renewed = passwords.hashed(password) if passwords.is_outdated(kept) else None
    return Proof(found, kept, account, source, renewed)


def settle(house: House, unit: Unit, proof: Proof) -> None:
    """Takes back what was counted, in the transaction of what the proof was for.

    Raises AuthenticationError if the password was changed or the person disabled since it was proven.
    """
    if user.password_hash(unit, proof.user.id, lock=True) != proof.password_hash:
        raise _refusal()
    sign_in_failure.clear(unit, "account", proof.account)
    sign_in_failure.take_back(unit, "address", proof.address, ADDRESS, real_micros(house, unit))
    if proof.renewed_hash is not None:
        user.change(unit, proof.user.id, {"password_hash": proof.renewed_hash})


def session_of(house: House, token: str | None, *, touch: bool = True) -> Kept | None:
    """The open session of a cookie's token, or None. Counts as use at most once a minute; `touch` False never does,
    for a page that asks by itself while nobody looks at it."""
    if not token or len(token) > 200:
        return None
    session_id = _session_id(house, token)
    with house.database.read(house.clock) as unit:
        now = real_micros(house, unit)
        found = user_session.find(unit, session_id, now=now, seen_since=now - IDLE_S * SECOND)
    if found is not None and touch and now - found.last_seen >= TOUCH_S * SECOND:
        # a database that takes no writes just now still shows its pages
        with suppress(UnavailableError), house.database.write(house.clock) as unit:
            user_session.touch(unit, session_id, now)
    return found


def sign_out(house: House, token: str) -> None:
    """From the commit on, the token opens nothing."""
    with house.database.write(house.clock, urgent=True) as unit:
        user_session.revoke(unit, real_micros(house, unit), session_id=_session_id(house, token))


def rotate(house: House, token: str) -> SignedIn:
    """The same person under a new token; the old one opens nothing any more. AuthenticationError if it did not."""
    session = session_of(house, token, touch=False)
    if session is None:
        raise AuthenticationError("this session is over", code="session_over", hint="sign in again")
    with house.database.write(house.clock) as unit:
        if not user_session.revoke(unit, real_micros(house, unit), session_id=session.id):
            raise AuthenticationError("this session is over", code="session_over", hint="sign in again")
        return open_session(house, unit, session.user.id)


def open_session(house: House, unit: Unit, user_id: str) -> SignedIn:
    """A new session in this transaction."""
    found = user.find(unit, user_id=user_id)
    if found is None or found.disabled_at is not None:
        raise _refusal()
    token, csrf, now = secrets.token_urlsafe(32), secrets.token_urlsafe(24), real_micros(house, unit)
    user_session.add(
        unit, _session_id(house, token), user_id, csrf, now=now, expires=now + ABSOLUTE_S * SECOND
    )
    return SignedIn(token, csrf, found)


def real_micros(house: House, unit: Unit) -> int:
    """The time in which people live: a clock that makes days pass faster must not sign them out."""
    return to_micros(SystemClock().now()) if isinstance(house.clock, RunningClock) else unit.now_micros


def _refusal() -> AuthenticationError:
    return AuthenticationError("this name and password do not fit together", code="sign_in_failed")


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=PATIENCE_S):
        raise UnavailableError(
            "too many people sign in at this moment", code="sign_in_busy", hint="try again"
        )
    try:
        yield
    finally:
        _turns.release()


def _count_attempt(house: House, account: str, address: str) -> None:
    """Counts the attempt against its account and address, or refuses it uncounted while one of them is closed."""
    subjects = (("account", account, ACCOUNT), ("address", address, ADDRESS))
    with house.database.read(house.clock) as unit:
        closed = [sign_in_failure.closed_until(unit, kind, subject) for kind, subject, _ in subjects]
        _refuse_closed(real_micros(house, unit), *closed)
    with house.database.write(house.clock) as unit:
        now = real_micros(house, unit)
        held = [(sign_in_failure.hold(unit, kind, subject, now), limit) for kind, subject, limit in subjects]
        _refuse_closed(now, *(counted.closed_until for counted, _ in held))
        for counted, limit in held:
            sign_in_failure.count(unit, counted, limit, now)
        sign_in_failure.forget(unit, now - KEPT_S * SECOND)


def _refuse_closed(now: int, *closed_until: int) -> None:
    left = max(closed_until) - now
    if left > 0:
        raise ThrottledError(math.ceil(left / SECOND))


def _hash(house: House, text: str) -> str:
    return hmac.new(_key(house), text.encode(), hashlib.sha256).hexdigest()


def _session_id(house: House, token: str) -> str:
    return hmac.new(_key(house), b"session\x1f" + token.encode(), hashlib.sha256).hexdigest()


def _key(house: House) -> bytes:
    return hmac.digest(house.sealer.ring.reference_key, b"sign-in", "sha256")
