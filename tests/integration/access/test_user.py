"""People on both databases: who may be added, what ends their sessions, and that somebody stays in charge."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.domain.permission import Role
from orchestrator.domain.throttle import ACCOUNT
from orchestrator.domain.user import Preferences
from orchestrator.engine.house import House
from orchestrator.errors import (
    AuthenticationError,
    ConflictError,
    InputError,
    SettingError,
    ThrottledError,
    UnknownReference,
)
from orchestrator.services import sample_people, sign_in, user
from orchestrator.services.sign_in import SignedIn

WORDS = "correct horse battery"
OTHER_WORDS = "some other words than before"
HERE = "192.0.2.1"


@pytest.fixture(autouse=True)
def chief(house: House) -> user.Given:
    return user.add(house, "chief", Role.ADMINISTRATOR, by="test", password="a word that nobody else knows")


@pytest.fixture
def kim(house: House) -> user.Given:
    return user.add(house, "kim@example.com", Role.COLLECTOR, by="test", password=WORDS)


def enter(house: House, words: str = WORDS) -> SignedIn:
    return sign_in.sign_in(house, "kim@example.com", words, HERE)


def events(house: House) -> list[str]:
    with house.database.read(house.clock) as unit:
        rows = unit.query("SELECT body FROM ledger_entry WHERE kind = 'access' ORDER BY id")
    return [bytes(row[0]).decode().split('"event":"')[1].split('"')[0] for row in rows]


def test_a_password_that_is_made_up_must_be_changed_and_a_chosen_one_need_not(house: House) -> None:
    made_up = user.add(house, "lee", Role.AUDITOR, by="test")
    assert made_up.password is not None
    assert made_up.user.must_change_password
    assert sign_in.sign_in(house, "lee", made_up.password, HERE).user.must_change_password
    chosen = user.add(house, "max", Role.AUDITOR, by="test", password=WORDS)
    assert (chosen.password, chosen.user.must_change_password) == (None, False)


@pytest.mark.parametrize("again", ["kim@example.com", "KIM@example.com ", "ｋｉｍ@example.com"])
def test_a_name_is_given_once_however_it_is_written(house: House, kim: user.Given, again: str) -> None:
    with pytest.raises(ConflictError) as caught:
        user.add(house, again, Role.COLLECTOR, by="test")
    assert caught.value.code == "name_taken"
    user.disable(house, kim.user.id, by="test")
    with pytest.raises(ConflictError):
        user.add(house, again, Role.COLLECTOR, by="test")


def test_disabling_ends_every_session_at_once(house: House, kim: user.Given) -> None:
    sessions = [enter(house), enter(house)]
    disabled = user.disable(house, "kim@example.com", by="test")
    assert disabled.disabled_at is not None
    assert [sign_in.session_of(house, one.token) for one in sessions] == [None, None]
    with pytest.raises(AuthenticationError):
        enter(house)


def test_enabling_lets_in_again_but_opens_no_old_session(house: House, kim: user.Given) -> None:
    old = enter(house)
    user.disable(house, kim.user.id, by="test")
    user.enable(house, kim.user.id, by="test")
    assert sign_in.session_of(house, old.token) is None
    assert enter(house).user.disabled_at is None


@pytest.mark.parametrize("how", ["disable", "role"])
def test_the_last_administrator_stays(house: House, chief: user.Given, how: str) -> None:
    def remove() -> None:
        if how == "disable":
            user.disable(house, "chief", by="test")
        else:
            user.set_role(house, "chief", Role.AUDITOR, by="test")

    with pytest.raises(ConflictError) as caught:
        remove()
    assert caught.value.code == "last_administrator"
    second = user.add(house, "second", Role.ADMINISTRATOR, by="test")
    user.disable(house, second.user.id, by="test")
    with pytest.raises(ConflictError):
        remove()
    user.enable(house, second.user.id, by="test")
    remove()
    found = user.find(house, "chief")
    assert found.disabled_at is not None or found.role is Role.AUDITOR


def test_another_role_takes_a_new_sign_in(house: House, kim: user.Given) -> None:
    old = enter(house)
    assert user.set_role(house, kim.user.id, Role.AUDITOR, by="test").role is Role.AUDITOR
    assert sign_in.session_of(house, old.token) is None
    assert enter(house).user.role is Role.AUDITOR


def test_a_password_set_by_another_ends_sessions_and_must_be_changed(house: House, kim: user.Given) -> None:
    old = enter(house)
    given = user.set_password(house, kim.user.id, None, by="test")
    assert given.password is not None
    assert sign_in.session_of(house, old.token) is None
    with pytest.raises(AuthenticationError):
        enter(house)
    assert enter(house, given.password).user.must_change_password


def test_changing_ones_own_password_keeps_this_browser_and_ends_the_others(
    house: House, kim: user.Given
) -> None:
    given = user.set_password(house, kim.user.id, None, by="test")
    here, elsewhere = enter(house, str(given.password)), enter(house, str(given.password))
    new = user.change_own_password(house, here.token, str(given.password), OTHER_WORDS, HERE)
    assert not new.user.must_change_password
    assert sign_in.session_of(house, new.token) is not None
    assert sign_in.session_of(house, here.token) is None
    assert sign_in.session_of(house, elsewhere.token) is None
    assert enter(house, OTHER_WORDS)


def test_a_new_password_that_is_no_good_costs_no_try(house: House, kim: user.Given) -> None:
    here = enter(house)
    for _ in range(20):
        with pytest.raises(InputError):
            user.change_own_password(house, here.token, WORDS, "short", HERE)
    with pytest.raises(InputError):
        user.change_own_password(house, here.token, WORDS, WORDS, HERE)
    assert user.change_own_password(house, here.token, WORDS, OTHER_WORDS, HERE)


def test_guessing_the_old_password_in_a_session_left_open_is_slowed_down(
    house: House, kim: user.Given
) -> None:
    here = enter(house)
    for number in range(ACCOUNT.free + 1):
        with pytest.raises(AuthenticationError):
            user.change_own_password(house, here.token, f"guess number {number}", OTHER_WORDS, HERE)
    with pytest.raises(ThrottledError):
        user.change_own_password(house, here.token, WORDS, OTHER_WORDS, HERE)


def test_a_session_that_is_over_changes_no_password(house: House, kim: user.Given) -> None:
    here = enter(house)
    sign_in.sign_out(house, here.token)
    with pytest.raises(AuthenticationError) as caught:
        user.change_own_password(house, here.token, WORDS, OTHER_WORDS, HERE)
    assert caught.value.code == "session_over"


def test_preferences_are_seen_by_the_open_session(house: House, kim: user.Given) -> None:
    here = enter(house)
    wanted = Preferences(
        language="zh", time_zone="Asia/Shanghai", theme="dark", density="compact", single_keys=False
    )
    user.set_preferences(house, kim.user.id, wanted)
    session = sign_in.session_of(house, here.token)
    assert session is not None
    assert session.user.preferences == wanted


def test_nobody_of_this_name_is_not_found(house: House) -> None:
    for change in (user.disable, user.enable):
        with pytest.raises(UnknownReference):
            change(house, "nobody", by="test")


def test_every_change_is_a_line_of_the_ledger(house: House, kim: user.Given) -> None:
    user.set_role(house, kim.user.id, Role.AUDITOR, by="test")
    user.set_role(house, kim.user.id, Role.AUDITOR, by="test")
    user.set_password(house, kim.user.id, None, by="test")
    for _ in range(2):
        user.disable(house, kim.user.id, by="test")
    user.enable(house, kim.user.id, by="test")
    assert events(house) == [
        "user_added",
        "user_added",
        "user_role",
        "user_password",
        "user_disabled",
        "user_enabled",
    ]


# the sample people


def test_there_is_one_sample_person_for_each_role_and_one_password(house: House, tmp_path: Path) -> None:
    word = sample_people.ensure(house, tmp_path)
    assert word is not None
    assert {role for _, role, _ in sample_people.PEOPLE} == set(Role)
    for name, role, _ in sample_people.PEOPLE:
        entered = sign_in.sign_in(house, name, word, HERE).user
        assert (entered.role, entered.is_sample, entered.must_change_password) == (role, True, False)
    path = tmp_path / sample_people.KEPT_IN
    assert path.read_text(encoding="utf-8").strip() == word
    assert path.stat().st_mode & 0o077 == 0


def test_a_second_start_keeps_the_password_and_a_lost_one_is_made_anew(house: House, tmp_path: Path) -> None:
    first = sample_people.ensure(house, tmp_path)
    assert sample_people.ensure(house, tmp_path) == first
    (tmp_path / sample_people.KEPT_IN).unlink()
    again = sample_people.ensure(house, tmp_path)
    assert again is not None
    assert again != first
    assert sign_in.sign_in(house, "officer", again, HERE)


def test_a_start_that_was_interrupted_makes_the_rest(house: House, tmp_path: Path) -> None:
    word = sample_people.ensure(house, tmp_path)
    with house.database.write(house.clock) as unit:
        unit.execute("DELETE FROM user_account WHERE name IN ('admin', 'auditor')")
    assert sample_people.ensure(house, tmp_path) == word
    assert sign_in.sign_in(house, "admin", str(word), HERE).user.role is Role.ADMINISTRATOR


def test_production_waits_until_the_last_sample_person_is_disabled(house: House, tmp_path: Path) -> None:
    sample_people.refuse(house)
    sample_people.ensure(house, tmp_path)
    for name, _, _ in sample_people.PEOPLE:
        with pytest.raises(SettingError) as caught:
            sample_people.refuse(house)
        assert caught.value.code == "sample_people"
        assert name in caught.value.message
        user.disable(house, name, by="test")
    sample_people.refuse(house)
    assert sample_people.ensure(house, tmp_path) is None
