"""Which passwords are good enough, and how they are kept."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from orchestrator.domain import password as passwords
from orchestrator.errors import InputError


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def test_what_is_in_use_is_argon2id_with_the_memory_that_rfc_9106_names() -> None:
    shipped = PasswordHasher()
    assert shipped.type.name == "ID"
    assert shipped.memory_cost >= 64 * 1024
    assert shipped.time_cost >= 3


@pytest.mark.parametrize(
    "words", ["correct horse battery", "密码是这一句长长的话哦好的", "x" * 12 + "abcd", "9k4t-jdgw-kzgs-fb6c"]
)
def test_the_same_words_match_and_others_do_not(words: str) -> None:
    kept = passwords.hashed(words)
    assert kept.startswith("$argon2id$")
    assert words not in kept
    assert passwords.matches(kept, words)
    assert not passwords.matches(kept, words + " ")
    assert not passwords.matches(kept, "")


def test_however_a_keyboard_composes_a_letter_it_is_the_same_password() -> None:
    assert passwords.matches(passwords.hashed("caf\u00e9 au lait, bien"), "cafe\u0301 au lait, bien")


def test_a_longer_text_that_begins_with_the_password_is_another() -> None:
    words = "ab" * (passwords.LONGEST // 2)
    assert not passwords.matches(passwords.hashed(words), words + "c")


@pytest.mark.parametrize("kept", ["", "nonsense", "$argon2id$broken"])
def test_a_hash_that_cannot_be_read_matches_nothing(kept: str) -> None:
    assert not passwords.matches(kept, "correct horse battery")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("short words", "kim"),
        ("", "kim"),
        ("aaaaaaaaaaaaaaaa", "kim"),
        ("abababababababab", "kim"),
        ("Kimberley is my name", "kimberley@example.com"),
        ("x" * 257, "kim"),
    ],
)
def test_what_is_not_good_enough_says_so_at_its_field(words: str, name: str) -> None:
    with pytest.raises(InputError) as caught:
        passwords.ensure_good(words, name)
    assert caught.value.where == "password"
    assert words == "" or words not in caught.value.line()


@pytest.mark.parametrize("words", ["correct horse battery", "twelve chars", "短语也可以作为密码的一句话"])
def test_long_words_are_good_whatever_they_are_made_of(words: str) -> None:
    passwords.ensure_good(words, "kim")
    assert passwords.matches(passwords.hashed(words), words)


def test_a_password_that_is_made_up_is_good_and_never_the_same() -> None:
    made = {passwords.generated() for _ in range(200)}
    assert len(made) == 200
    for words in made:
        passwords.ensure_good(words, "kim")
