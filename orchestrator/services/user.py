"""People who sign in: adding, disabling, roles, passwords, preferences. Each change is a line of the ledger."""

from __future__ import annotations

import msgspec

from orchestrator.audit import ledger
from orchestrator.audit.ledger import Line, LineKind
from orchestrator.domain import password as passwords
from orchestrator.domain import user as person
from orchestrator.domain.permission import Role
from orchestrator.domain.user import Preferences, User
from orchestrator.engine.house import House
from orchestrator.errors import AuthenticationError, ConflictError, InputError, UnknownReference
from orchestrator.services import sign_in
from orchestrator.services.sign_in import SignedIn
from orchestrator.store import user as rows
from orchestrator.store import user_session
from orchestrator.store.identifier import new_id
from orchestrator.store.session import Session

PREFIX = "usr"
DEFAULTS = Preferences()


class Given(msgspec.Struct, frozen=True):
    """A person and the password to hand over, which is shown once and must be changed at the first sign-in.

    None: it was chosen by whoever asked, and stays.
    """

    user: User
    password: str | None = None


def add(
    house: House,
    name: str,
    role: Role,
    *,
    by: str,
    display_name: str = "",
    password: str | None = None,
    chosen: Preferences = DEFAULTS,
    must_change: bool | None = None,
    is_sample: bool = False,
) -> Given:
    """A new person. Without `password` one is made up. A name that was ever given is a ConflictError.

    `must_change`: None means that a password that was made up must be changed and a chosen one need not.
    """
    name = person.sign_in_name(name)
    if password is not None and not is_sample:
        passwords.ensure_good(password, name)
    made_up = passwords.generated() if password is None else None
    user_id, password_hash = new_id(PREFIX), passwords.hashed(password or made_up or "")
    values = {
        "id": user_id,
        "name": name,
        "display_name": person.display_name(display_name, name),
        "role": role.value,
        "password_hash": password_hash,
        "must_change_password": made_up is not None if must_change is None else must_change,
        "is_sample": is_sample,
        **rows.preference_values(chosen),
    }
    with house.database.write(house.clock) as unit:
        times = {"created_at": unit.now_micros, "password_changed_at": unit.now_micros}
        if not rows.add(unit, values | times):
            raise ConflictError(
                "this name was given before",
                code="name_taken",
                where="name",
                hint="choose another, or enable the person",
            )
        _record(unit, "user_added", user_id, by, role=role.value)
        return Given(_need(unit, user_id), made_up)


def everybody(house: House) -> list[User]:
    """Every person, disabled ones too, by name."""
    with house.database.read(house.clock) as unit:
        return rows.everybody(unit)


def find(house: House, which: str) -> User:
    """The person of this name or id, or an UnknownReference."""
    with house.database.read(house.clock) as unit:
        return _need(unit, which)


def disable(house: House, which: str, *, by: str) -> User:
    """From the commit on, the person's sessions open nothing and nobody signs in; the last administrator stays."""
    with house.database.write(house.clock, urgent=True) as unit:
        found = _need(unit, which)
        _keep_an_administrator(unit, found)
        if found.disabled_at is None:
            rows.change(unit, found.id, {"disabled_at": unit.now_micros})
            _record(unit, "user_disabled", found.id, by)
        _close_sessions(house, unit, found.id)
        return _need(unit, found.id)


def enable(house: House, which: str, *, by: str) -> User:
    """The person may sign in again, with the password as it was."""
    with house.database.write(house.clock) as unit:
        found = _need(unit, which)
        if found.disabled_at is not None:
            rows.change(unit, found.id, {"disabled_at": None})
            _record(unit, "user_enabled", found.id, by)
        return _need(unit, found.id)


def set_role(house: House, which: str, role: Role, *, by: str) -> User:
    """Another role, which the person has after signing in anew."""
    with house.database.write(house.clock) as unit:
        found = _need(unit, which)
        if found.role is role:
            return found
        _keep_an_administrator(unit, found)
        rows.change(unit, found.id, {"role": role.value})
        _record(unit, "user_role", found.id, by, role=role.value)
        _close_sessions(house, unit, found.id)
        return _need(unit, found.id)


def set_password(
    house: House, which: str, password: str | None, *, by: str, must_change: bool = True
) -> Given:
    """Another person's password, which they must change when they sign in; None makes one up. Ends their sessions."""
    found = find(house, which)
    if password is not None:
        passwords.ensure_good(password, found.name)
    made_up = passwords.generated() if password is None else None
    password_hash = passwords.hashed(password or made_up or "")
    with house.database.write(house.clock) as unit:
        _change_password(house, unit, found.id, password_hash, must_change=must_change, by=by)
        return Given(_need(unit, found.id), made_up)


def change_own_password(house: House, token: str, old: str, new: str, address: str) -> SignedIn:
    """Proves the old password, sets the new one, ends every session of the person and opens a new one for this browser.

    Guesses of the old password count like guesses at sign-in. InputError at `password` if the new one is no good.
    """
    session = sign_in.session_of(house, token)
    if session is None:
        raise AuthenticationError("this session is over", code="session_over", hint="sign in again")
    found = session.user
    passwords.ensure_good(new, found.name)
    if new == old:
        raise InputError("this is the password that is to be changed", where="password", hint="take another")
    proof = sign_in.prove(house, found.name, old, address)
    password_hash = passwords.hashed(new)
    with house.database.write(house.clock) as unit:
        sign_in.settle(house, unit, proof)
        _change_password(house, unit, found.id, password_hash, must_change=False, by=f"user:{found.id}")
        return sign_in.open_session(house, unit, found.id)


def set_preferences(house: House, user_id: str, chosen: Preferences) -> User:
    """How the console looks and listens for this person; sessions see it at once."""
    with house.database.write(house.clock) as unit:
        rows.change(unit, user_id, rows.preference_values(chosen))
        return _need(unit, user_id)


def sample_names(house: House) -> list[str]:
    """The sample people who can still sign in."""
    with house.database.read(house.clock) as unit:
        return rows.sample_names(unit)


def _change_password(
    house: House, unit: Session, user_id: str, password_hash: str, *, must_change: bool, by: str
) -> None:
    values = {
        "password_hash": password_hash,
        "must_change_password": must_change,
        "password_changed_at": unit.now_micros,
    }
    rows.change(unit, user_id, values)
    _record(unit, "user_password", user_id, by)
    _close_sessions(house, unit, user_id)


def _close_sessions(house: House, unit: Session, user_id: str) -> None:
    user_session.revoke(unit, sign_in.real_micros(house, unit), user_id=user_id)


def _keep_an_administrator(unit: Session, found: User) -> None:
    if rows.hold_administrators(unit) == [found.id]:
        raise ConflictError(
            "this is the last administrator",
            code="last_administrator",
            where=found.name,
            hint="add another first",
        )


def _need(unit: Session, which: str) -> User:
    found = rows.find(unit, name=person.folded(which)) or rows.find(unit, user_id=which)
    if found is None:
        raise UnknownReference("nobody has this name or id", where=which, hint="duecourse users list")
    return found


def _record(unit: Session, event: str, user_id: str, by: str, **more: str) -> None:
    """The ledger holds ids only: names and addresses of staff are personal data too."""
    body = {"event": event, "user": user_id, "by": by, **more}
    ledger.append(unit, [Line(LineKind.ACCESS, unit.now_micros, body)])
