"""A person who signs in: the name, the preferences, and what may be given for them."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Literal, get_args
from zoneinfo import available_timezones

import msgspec

from orchestrator.domain.permission import Role
from orchestrator.errors import InputError

Language = Literal["en", "zh"]
Theme = Literal["auto", "light", "dark"]
Density = Literal["comfortable", "compact"]
MAX_NAME = 200
_NAME = re.compile(r"[^\s\x00-\x1f\x7f<>\"'`/\\,;:]+")


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """How the console looks and listens: `theme` auto follows the browser, `time_zone` is the person's own (IANA),
    `single_keys` are the one-letter keys."""

    language: Language = "en"
    time_zone: str = "UTC"
    theme: Theme = "auto"
    density: Density = "comfortable"
    single_keys: bool = True


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A person without the password. Times are RFC 3339; `must_change_password`: the one in use was given out."""

    id: str
    name: str
    display_name: str
    role: Role
    preferences: Preferences
    must_change_password: bool
    is_sample: bool
    created_at: str
    disabled_at: str | None
    password_changed_at: str


def folded(name: str) -> str:
    """The name as it is compared: what looks the same signs in the same person."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def sign_in_name(name: str) -> str:
    """A new person's name, a word or an e-mail address, folded; an InputError says what is wrong with it."""
    kept = folded(name)
    if not 1 <= len(kept) <= MAX_NAME or not _NAME.fullmatch(kept):
        raise InputError(
            f"a name to sign in with is a word or an e-mail address of at most {MAX_NAME} characters",
            where="name",
            hint="letters, digits, . - _ + @",
        )
    return kept


def display_name(text: str, name: str) -> str:
    """What the person is called on screens; without one, the name to sign in with."""
    kept = " ".join(text.split()) or name
    if len(kept) > MAX_NAME or not kept.isprintable():
        raise InputError(f"at most {MAX_NAME} printable characters", where="display_name")
    return kept


@cache
def time_zones() -> frozenset[str]:
    """The zones that a person may choose."""
    return frozenset(name for name in available_timezones() if "/" in name or name == "UTC")


def preferences(*, language: str, time_zone: str, theme: str, density: str, single_keys: bool) -> Preferences:
    """Preferences as a form gives them; a word that is none of the choices is an InputError at its field."""
    given = {"language": language, "theme": theme, "density": density}
    for field, kind in (("language", Language), ("theme", Theme), ("density", Density)):
        if given[field] not in get_args(kind):
            raise InputError("not one of the choices", where=field, hint=", ".join(get_args(kind)))
    if time_zone not in time_zones():
        raise InputError("there is no such time zone", where="time_zone", hint="such as America/Chicago")
    return msgspec.convert({**given, "time_zone": time_zone, "single_keys": single_keys}, Preferences)
