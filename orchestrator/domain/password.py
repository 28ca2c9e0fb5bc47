"""Passwords: what is good enough, how they are kept (argon2id, RFC 9106), and one that nobody has to think up."""

from __future__ import annotations

import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from orchestrator.errors import InputError

SHORTEST, LONGEST = 12, 256
FEWEST_DIFFERENT = 5
# without l, o, 0, 1 and vowels: read off a terminal, typed without doubt, spelling nothing
_LETTERS = "bcdfghjkmnpqrstvwxz23456789"
# the second recommended option of RFC 9106: 64 MiB, three passes
hasher = PasswordHasher()


def hashed(password: str) -> str:
    """The encoded hash with its salt and parameters."""
    return hasher.hash(_plain(password))


def matches(password_hash: str, password: str) -> bool:
    """True for the right password; the time does not depend on how wrong another one is."""
    plain = _plain(password)
    try:
        return hasher.verify(password_hash, plain[:LONGEST]) and len(plain) <= LONGEST
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(password_hash: str) -> bool:
    """True if the hash was made with other parameters than today's."""
    return hasher.check_needs_rehash(password_hash)


@cache
def nobody() -> str:
    """A hash that no password matches: verified in place of an unknown person's, so that both take the same time."""
    return hashed(secrets.token_urlsafe(32))


def generated() -> str:
    """A password of 76 random bits in four groups."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def ensure_good(password: str, name: str) -> None:
    """An InputError unless it is long, varied and not made of the person's name; nothing else is asked of it."""
    plain = _plain(password)
    if not SHORTEST <= len(plain) <= LONGEST:
        raise InputError(
            f"a password has {SHORTEST} to {LONGEST} characters", where="password", hint="a few words will do"
        )
    if len(set(plain)) < FEWEST_DIFFERENT:
        raise InputError(f"a password has at least {FEWEST_DIFFERENT} different characters", where="password")
    own = name.split("@", maxsplit=1)[0]
    if len(own) >= 4 and own in plain.casefold():
        raise InputError("the name is in the password", where="password", hint="take other words")


def _plain(password: str) -> str:
    """However a keyboard composes its letters, the same password is the same text."""
    return unicodedata.normalize("NFKC", password)
