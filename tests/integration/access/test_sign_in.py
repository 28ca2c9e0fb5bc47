"""Signing in and out on both databases: who gets in, for how long, and what slows guessers down."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher

from orchestrator.clock import RunningClock, VirtualClock
from orchestrator.domain import password as passwords
from orchestrator.domain.permission import Role
from orchestrator.domain.throttle import ACCOUNT, ADDRESS
from orchestrator.engine.house import House
from orchestrator.errors import AuthenticationError, ThrottledError, UnavailableError
from orchestrator.services import sign_in, user
from orchestrator.services.sign_in import ABSOLUTE_S, IDLE_S, SignedIn
from orchestrator.store import user_session

WORDS = "correct horse battery"
HERE = "192.0.2.1"


@pytest.fixture(autouse=True)
def kim(house: House) -> user.Given:
    return user.add(house, "kim@example.com", Role.COLLECTOR, by="test", password=WORDS)


def enter(house: House, name: str = "kim@example.com", words: str = WORDS, address: str = HERE) -> SignedIn:
    return sign_in.sign_in(house, name, words, address)


def fail(house: House, times: int, name: str = "kim@example.com", address: str = HERE) -> None:
    for _ in range(times):
        with pytest.raises(AuthenticationError):
            enter(house, name, "something else entirely", address)


def rows(house: House, table: str) -> str:
    with house.database.read(house.clock) as unit:
        return str(unit.query(f"SELECT * FROM {table}"))


def test_the_right_password_opens_a_session_of_that_person(house: House) -> None:
    signed_in = enter(house, " Kim@Example.COM ")
    session = sign_in.session_of(house, signed_in.token)
    assert session is not None
    assert (session.user.name, session.user.role, session.csrf) == (
        "kim@example.com",
        Role.COLLECTOR,
        signed_in.csrf,
    )


def test_neither_token_nor_password_nor_address_lies_in_the_database(house: House) -> None:
    signed_in = enter(house)
    fail(house, 1, name="i typed my password here")
    kept = rows(house, "user_session") + rows(house, "user_account") + rows(house, "sign_in_failure")
    for secret in (signed_in.token, WORDS, "i typed my password here", HERE):
        assert secret not in kept


def test_a_token_that_is_not_ours_opens_nothing(house: House) -> None:
    for token in (None, "", "x", "x" * 10_000, "\x00", "é"):
        assert sign_in.session_of(house, token) is None


def test_nobody_a_disabled_person_and_a_wrong_password_get_the_same_answer_the_same_way(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No timing is measured here: each of them has one hash verified, against what takes the same time."""
    gone = user.add(house, "gone", Role.AUDITOR, by="test", password=WORDS)
    user.disable(house, gone.user.id, by="test")
    verified: list[str] = []

    def watch(kept: str, words: str) -> bool:
        verified.append(kept)
        return matches(kept, words)

    matches = passwords.matches
    monkeypatch.setattr(passwords, "matches", watch)
    answers = []
    for name, words in (("nobody", WORDS), ("gone", WORDS), ("kim@example.com", "not this one at all")):
        with pytest.raises(AuthenticationError) as caught:
            enter(house, name, words)
        answers.append((caught.value.line(), caught.value.status))
    assert len(set(answers)) == 1
    assert len(verified) == 3
    assert verified[0] == verified[1] == passwords.nobody()
    assert {kept.rsplit("$", 2)[0] for kept in verified} == {verified[0].rsplit("$", 2)[0]}


def test_signing_out_closes_the_session_at_once(house: House) -> None:
    signed_in, other = enter(house), enter(house)
    sign_in.sign_out(house, signed_in.token)
    assert sign_in.session_of(house, signed_in.token) is None
    assert sign_in.session_of(house, other.token) is not None


def test_rotating_gives_a_new_token_and_closes_the_old_one(house: House) -> None:
    old = enter(house)
    new = sign_in.rotate(house, old.token)
    assert new.token != old.token
    assert new.csrf != old.csrf
    assert sign_in.session_of(house, old.token) is None
    assert sign_in.session_of(house, new.token) is not None
    with pytest.raises(AuthenticationError):
        sign_in.rotate(house, old.token)


def test_a_session_ends_when_nobody_uses_it(house: House, clock: VirtualClock) -> None:
    signed_in = enter(house)
    clock.advance(timedelta(seconds=IDLE_S))
    assert sign_in.session_of(house, signed_in.token) is not None
    clock.advance(timedelta(seconds=IDLE_S + 1))
    assert sign_in.session_of(house, signed_in.token) is None


def test_a_page_that_asks_by_itself_does_not_prolong_it(house: House, clock: VirtualClock) -> None:
    signed_in = enter(house)
    for _ in range(3):
        clock.advance(timedelta(seconds=IDLE_S / 2))
        last = sign_in.session_of(house, signed_in.token, touch=False)
    assert last is None


def test_a_session_ends_after_a_working_day_however_much_it_is_used(
    house: House, clock: VirtualClock
) -> None:
    signed_in = enter(house)
    for _ in range(ABSOLUTE_S // 1_800 - 1):
        clock.advance(timedelta(seconds=1_800))
        assert sign_in.session_of(house, signed_in.token) is not None
    clock.advance(timedelta(seconds=1_800))
    assert sign_in.session_of(house, signed_in.token) is None


def test_looking_costs_one_statement_and_a_write_only_once_a_minute(
    house: House, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in = enter(house)
    touched: list[int] = []
    monkeypatch.setattr(user_session, "touch", lambda _unit, _id, now: touched.append(now))
    for _ in range(5):
        clock.advance(timedelta(seconds=11))
        sign_in.session_of(house, signed_in.token)
    assert not touched
    clock.advance(timedelta(seconds=6))
    sign_in.session_of(house, signed_in.token)
    assert len(touched) == 1


def test_a_database_that_takes_no_writes_still_shows_pages(
    house: House, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in = enter(house)
    clock.advance(timedelta(minutes=2))

    @contextmanager
    def full(*_args: object, **_more: object) -> Iterator[None]:
        raise UnavailableError("the disk is full")
        yield

    monkeypatch.setattr(type(house.database), "write", full)
    assert sign_in.session_of(house, signed_in.token) is not None


def test_days_that_go_by_faster_sign_nobody_out(house: House) -> None:
    """At 60 times real time an hour of the clock is a minute for the people before the screen."""
    house.clock = RunningClock(datetime.now(UTC) + timedelta(days=400), speed=86_400)
    signed_in = enter(house)
    began = house.clock.now()
    while house.clock.now() - began < timedelta(seconds=ABSOLUTE_S):
        pass
    assert sign_in.session_of(house, signed_in.token) is not None


def test_a_few_wrong_passwords_cost_nothing_and_then_each_costs_more(
    house: House, clock: VirtualClock
) -> None:
    fail(house, ACCOUNT.free)
    waits = []
    for _ in range(12):
        fail(house, 1)
        with pytest.raises(ThrottledError) as caught:
            enter(house)
        waits.append(caught.value.wait_s)
        clock.advance(timedelta(seconds=caught.value.wait_s))
    assert waits[:5] == [1, 2, 4, 8, 16]
    assert waits[-1] == ACCOUNT.longest_s
    assert enter(house).user.name == "kim@example.com"


def test_an_unknown_name_is_slowed_down_like_a_known_one(house: House) -> None:
    fail(house, ACCOUNT.free + 1, name="nobody")
    with pytest.raises(ThrottledError) as caught:
        enter(house, "nobody")
    assert caught.value.wait_s == 1
    assert caught.value.status == 429


def test_while_it_is_closed_no_password_is_looked_at_and_nothing_is_counted(
    house: House, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(house, ACCOUNT.free + 1)
    before = rows(house, "sign_in_failure")
    monkeypatch.setattr(passwords, "matches", lambda *_args: pytest.fail("a password was looked at"))
    for _ in range(3):
        with pytest.raises(ThrottledError):
            enter(house)
    assert rows(house, "sign_in_failure") == before


def test_the_right_password_clears_the_account_and_not_the_address(house: House) -> None:
    fail(house, ACCOUNT.free)
    enter(house)
    fail(house, ACCOUNT.free)
    with house.database.read(house.clock) as unit:
        counted = dict(unit.query("SELECT kind, failures FROM sign_in_failure"))
    assert counted == {"account": ACCOUNT.free, "address": 2 * ACCOUNT.free}


def test_many_names_from_one_address_close_the_address_and_no_other(house: House) -> None:
    for number in range(ADDRESS.free + 1):
        fail(house, 1, name=f"guess-{number}")
    with pytest.raises(ThrottledError):
        enter(house)
    assert enter(house, address="192.0.2.2").user.name == "kim@example.com"


def test_neighbours_in_one_ipv6_network_count_as_one_address(house: House) -> None:
    for number in range(ADDRESS.free + 1):
        fail(house, 1, name=f"guess-{number}", address=f"2001:db8::{number + 1:x}")
    with pytest.raises(ThrottledError):
        enter(house, address="2001:db8::ffff")
    assert enter(house, address="2001:db8:0:1::1")


def test_a_whole_floor_signs_in_from_one_address(house: House) -> None:
    tokens = {enter(house).token for _ in range(ADDRESS.free + 2)}
    assert len(tokens) == ADDRESS.free + 2


def test_guesses_made_at_once_count_like_guesses_one_after_another(house: House) -> None:
    """Every attempt counts before its password is looked at, so a burst gets no more looks than the limit."""
    looks: list[str] = []
    matches = passwords.matches

    def look(kept: str, words: str) -> bool:
        looks.append(kept)
        return matches(kept, words)

    def guess() -> None:
        with pytest.raises((AuthenticationError, ThrottledError)):
            enter(house, words="a guess of many at once")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "matches", look)
        threads = [threading.Thread(target=guess) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert 1 <= len(looks) <= ACCOUNT.free + 1


def test_a_hash_of_older_parameters_is_made_anew(
    house: House, kim: user.Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", stronger)
    before = rows(house, "user_account")
    enter(house)
    assert rows(house, "user_account") != before
    assert "t=2" in rows(house, "user_account")
    assert enter(house)


def test_a_password_changed_while_it_was_being_proven_opens_nothing(house: House, kim: user.Given) -> None:
    proof = sign_in.prove(house, kim.user.name, WORDS, HERE)
    user.set_password(house, kim.user.id, "another one of some length", by="test")
    with house.database.write(house.clock) as unit, pytest.raises(AuthenticationError):
        sign_in.settle(house, unit, proof)


def test_a_crowd_at_the_door_waits_and_is_told_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "_turns", threading.BoundedSemaphore(1))
    monkeypatch.setattr(sign_in, "PATIENCE_S", 0.01)
    with sign_in._turn(), pytest.raises(UnavailableError):
        enter(house)


def test_what_ended_long_ago_is_forgotten(house: House, clock: VirtualClock) -> None:
    enter(house)
    fail(house, 1, name="nobody")
    clock.advance(timedelta(days=3))
    enter(house)
    with house.database.read(house.clock) as unit:
        assert unit.one("SELECT count(*) FROM user_session") == (1,)
        assert unit.one("SELECT count(*) FROM sign_in_failure") == (1,)  # the address of this attempt


def test_signing_in_is_a_line_of_the_ledger_without_a_name(house: House, kim: user.Given) -> None:
    enter(house)
    with house.database.read(house.clock) as unit:
        lines = [
            bytes(row[0]).decode()
            for row in unit.query("SELECT body FROM ledger_entry WHERE kind = 'access' ORDER BY id")
        ]
    events = ("user_added", "signed_in")
    assert all(f'"event":"{event}"' in line for event, line in zip(events, lines, strict=True))
    assert all(kim.user.id in line for line in lines)
    assert "kim@" not in "".join(lines)
