"""Rows of people, sessions and failures: the same on both databases, also with two writers at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from orchestrator.clock import VirtualClock
from orchestrator.domain.throttle import Limit
from orchestrator.domain.user import Preferences
from orchestrator.store import sign_in_failure, user, user_session
from orchestrator.store.database import Database
from orchestrator.store.session import Session

CLOCK = VirtualClock(datetime(2026, 3, 2, tzinfo=UTC))
SECOND = 1_000_000
LIMIT = Limit(free=2, longest_s=60, forget_s=100)


def person(name: str, **more: Any) -> dict[str, Any]:
    """A row of somebody who can sign in."""
    return {
        "id": f"usr_{name}",
        "name": name,
        "display_name": name.title(),
        "role": "collector",
        "password_hash": f"hash of {name}",
        "must_change_password": False,
        "is_sample": False,
        **user.preference_values(Preferences()),
        "created_at": 1,
        "password_changed_at": 1,
        **more,
    }


@pytest.fixture
def people(database: Database) -> Database:
    with database.write(CLOCK) as unit:
        assert user.add(unit, person("ann"))
        assert user.add(unit, person("bob", role="administrator", is_sample=True, created_at=2))
    return database


def test_a_person_is_read_as_written(people: Database) -> None:
    chosen = Preferences(
        language="zh", time_zone="Asia/Shanghai", theme="dark", density="compact", single_keys=False
    )
    with people.write(CLOCK) as unit:
        user.change(unit, "usr_ann", {**user.preference_values(chosen), "disabled_at": 5 * SECOND})
    with people.read(CLOCK) as unit:
        found = user.find(unit, name="ann")
        assert found is not None
        assert found == user.find(unit, user_id="usr_ann")
        assert (found.preferences, found.disabled_at) == (chosen, "1970-01-01T00:00:05+00:00")
        assert [one.name for one in user.everybody(unit)] == ["ann", "bob"]
        assert user.find(unit, name="nobody") is None


def test_a_name_is_taken_once(people: Database) -> None:
    with people.write(CLOCK) as unit:
        assert not user.add(unit, person("ann", id="usr_other"))
    with people.read(CLOCK) as unit:
        assert user.find(unit, user_id="usr_other") is None


def test_the_hash_of_a_disabled_person_is_not_given(people: Database) -> None:
    with people.write(CLOCK) as unit:
        assert user.password_hash(unit, "usr_ann", lock=True) == "hash of ann"
        user.change(unit, "usr_ann", {"disabled_at": 1})
        assert user.password_hash(unit, "usr_ann") is None
        assert user.password_hash(unit, "usr_nobody") is None


def test_who_is_in_charge_and_who_is_a_sample(people: Database) -> None:
    with people.write(CLOCK) as unit:
        assert user.hold_administrators(unit) == ["usr_bob"]
        assert user.sample_names(unit) == ["bob"]
        user.change(unit, "usr_bob", {"disabled_at": 1})
        assert user.hold_administrators(unit) == []
        assert user.sample_names(unit) == []


def opened(unit: Session, name: str = "s", **more: int) -> None:
    user_session.add(unit, name, "usr_ann", "csrf", **{"now": 10, "expires": 100} | more)


def found(database: Database, name: str, now: int, seen_since: int = 0) -> bool:
    with database.read(CLOCK) as unit:
        return user_session.find(unit, name, now=now, seen_since=seen_since) is not None


def test_a_session_is_open_until_it_expires_is_unused_or_revoked(people: Database) -> None:
    with people.write(CLOCK) as unit:
        opened(unit)
    assert found(people, "s", 99)
    assert not found(people, "s", 100)
    assert found(people, "s", 50, seen_since=10)
    assert not found(people, "s", 50, seen_since=11)
    with people.write(CLOCK) as unit:
        user_session.touch(unit, "s", 40)
        user_session.touch(unit, "s", 30)
    assert found(people, "s", 50, seen_since=40)
    with people.write(CLOCK) as unit:
        assert user_session.revoke(unit, 60, session_id="s") == 1
        assert user_session.revoke(unit, 61, session_id="s") == 0
        user_session.touch(unit, "s", 70)
    assert not found(people, "s", 70)


def test_all_sessions_of_a_person_end_and_nobody_elses(people: Database) -> None:
    with people.write(CLOCK) as unit:
        opened(unit, "one")
        opened(unit, "two")
        user_session.add(unit, "other", "usr_bob", "csrf", now=10, expires=100)
        assert user_session.revoke(unit, 20, user_id="usr_ann") == 2
    assert [found(people, name, 30) for name in ("one", "two", "other")] == [False, False, True]


def test_a_disabled_person_has_no_open_session(people: Database) -> None:
    with people.write(CLOCK) as unit:
        opened(unit)
        user.change(unit, "usr_ann", {"disabled_at": 1})
    assert not found(people, "s", 20)


def test_old_sessions_are_forgotten(people: Database) -> None:
    with people.write(CLOCK) as unit:
        opened(unit, "old", expires=50)
        opened(unit, "new", expires=500)
        user_session.forget(unit, 100)
    with people.read(CLOCK) as unit:
        assert unit.query("SELECT id FROM user_session") == [("new",)]


def fail(unit: Session, now_s: int, subject: str = "x") -> None:
    held = sign_in_failure.hold(unit, "account", subject, now_s * SECOND)
    sign_in_failure.count(unit, held, LIMIT, now_s * SECOND)


def closed_s(unit: Session, subject: str = "x") -> int:
    return sign_in_failure.closed_until(unit, "account", subject) // SECOND


def test_failures_close_a_subject_longer_and_longer(database: Database) -> None:
    with database.write(CLOCK) as unit:
        assert closed_s(unit) == 0
        closed = []
        for _ in range(5):
            fail(unit, 1_000)
            closed.append(closed_s(unit) - 1_000)
        assert closed == [0, 0, 1, 2, 4]
        assert closed_s(unit, "y") == 0


def test_failures_are_forgotten_taken_back_and_cleared(database: Database) -> None:
    with database.write(CLOCK) as unit:
        for _ in range(4):
            fail(unit, 1_000)
        fail(unit, 1_250)  # two of the four are forgotten by then
        assert closed_s(unit) == 1_251
        sign_in_failure.take_back(unit, "account", "x", LIMIT, 1_250 * SECOND)
        assert closed_s(unit) == 1_250
        sign_in_failure.take_back(unit, "account", "nobody", LIMIT, 1_250 * SECOND)
        sign_in_failure.clear(unit, "account", "x")
        assert unit.query("SELECT * FROM sign_in_failure") == []


def test_failures_at_rest_are_forgotten_whole(database: Database) -> None:
    with database.write(CLOCK) as unit:
        fail(unit, 1_000, "old")
        fail(unit, 2_000, "new")
        sign_in_failure.forget(unit, 1_500 * SECOND)
        assert unit.query("SELECT subject_hash FROM sign_in_failure") == [("new",)]


def at_once(*works: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_failures_at_once_are_all_counted(database: Database) -> None:
    def work() -> None:
        for _ in range(5):
            with database.write(CLOCK) as unit:
                fail(unit, 1_000)

    at_once(work, work, work)
    with database.read(CLOCK) as unit:
        assert unit.one("SELECT failures FROM sign_in_failure") == (15,)


def test_two_administrators_do_not_remove_each_other_at_once(people: Database) -> None:
    with people.write(CLOCK) as unit:
        user.add(unit, person("eve", role="administrator"))

    def remove(user_id: str) -> Callable[[], None]:
        def work() -> None:
            with people.write(CLOCK) as unit:
                if user.hold_administrators(unit) != [user_id]:
                    user.change(unit, user_id, {"disabled_at": 1})

        return work

    at_once(remove("usr_bob"), remove("usr_eve"))
    with people.write(CLOCK) as unit:
        assert len(user.hold_administrators(unit)) == 1
