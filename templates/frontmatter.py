"""The typed front matter of a template: what it is, which slots it has, which obligations it can carry."""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec

from templates.errors import Diagnostic
from templates.source import Lines, Source, read_yaml
from templates.value import Variable
from templates.vocabulary import CARRIED_BY, CONTENT_PREFIXES, CONTENTS, OBLIGATIONS, PARTS

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
LOCALE = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?")
_RESERVED = frozenset(
    {"self", "super", "loop", "caller", "varargs", "kwargs", "true", "false", "none", "not", "and"}
)
T = TypeVar("T")


class ObligationSlots(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`slots`: slot name -> obligations whose texts it takes, in order. `carried`: fulfilled by the words."""

    slots: dict[str, tuple[str, ...]] = {}
    carried: tuple[str, ...] = ()


class FrontMatter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """As written at the top of the file; `max_segments` bounds an SMS with its longest values.

    `reply`: an approved answer to what the consumer wrote; it leaves as that, and as nothing else.
    """

    name: str
    channel: str
    locale: str
    content: str
    description: str = ""
    reply: bool = False
    max_segments: int = 6
    variables: dict[str, Variable] = {}
    obligations: ObligationSlots = ObligationSlots()


def read_front(source: Source) -> tuple[FrontMatter | None, list[Diagnostic], Lines]:
    """Front matter and what is wrong with it; None where too much is wrong to go on."""
    data, lines = read_yaml(source.front, source.file, source.front_line)
    reader = _Reader(source.file, lines)
    if not isinstance(data, dict):
        reader.refuse("", "front_matter_missing", "the front matter is not a mapping")
        return None, reader.findings, lines
    declared = data.pop("variables", None) or {}
    slots = data.pop("obligations", None) or {}
    variables = reader.variables(declared)
    obligations = reader.convert(slots, ObligationSlots, "obligations")
    front = reader.convert(data, FrontMatter, "")
    if front is None or obligations is None:
        return None, reader.findings, lines
    front = msgspec.structs.replace(front, variables=variables, obligations=obligations)
    return front, reader.findings + _words(front, source.file, lines), lines


class _Reader:
    """Converts strings to typed pieces, keeping every finding with the line of its key."""

    def __init__(self, file: str, lines: Lines):
        self.file, self.lines = file, lines
        self.findings: list[Diagnostic] = []

    def refuse(self, path: str, code: str, message: str, hint: str = "") -> None:
        self.findings.append(Diagnostic(self.file, self.lines.near(path), code, message, hint))

    def variables(self, data: Any) -> dict[str, Variable]:
        if not isinstance(data, dict):
            self.refuse("variables", "bad_front_matter", "variables is not a mapping")
            return {}
        result = {}
        for name, spec in data.items():
            path = f"variables.{name}"
            if not NAME.fullmatch(name) or name in _RESERVED:
                hint = "lower-case letters, digits and underscores"
                self.refuse(path, "bad_name", f"{name} cannot name a variable", hint)
                continue
            full = {"type": spec} if isinstance(spec, str) else spec
            variable = self.convert(full, Variable, path)
            if variable is not None:
                result[name] = variable
        return result

    def convert(self, data: Any, kind: type[T], path: str) -> T | None:
        try:
            return msgspec.convert(data, kind, strict=False)
        except msgspec.ValidationError as fault:
            text, _, where = str(fault).partition(" - at `$")
            unknown = re.search(r"unknown field `([^`]+)`", text)
            key = unknown.group(1) if unknown else re.sub(r"\[[^]]*\]", "", where.strip("`.")).strip(".")
            place = ".".join(piece for piece in (path, key) if piece)
            code = "unknown_key" if unknown else "bad_front_matter"
            self.refuse(place, code, f"{place or 'front matter'}: {text}")
            return None


def _words(front: FrontMatter, file: str, lines: Lines) -> list[Diagnostic]:
    found: list[Diagnostic] = []

    def refuse(path: str, code: str, message: str, hint: str = "") -> None:
        found.append(Diagnostic(file, lines.near(path), code, message, hint))

    if not NAME.fullmatch(front.name):
        refuse(
            "name",
            "bad_name",
            f"{front.name!r} cannot name a template",
            "lower-case letters, digits, underscores",
        )
    if front.channel not in PARTS:
        refuse("channel", "unknown_channel", f"{front.channel!r} is no channel", "one of " + ", ".join(PARTS))
    if not LOCALE.fullmatch(front.locale):
        refuse("locale", "bad_locale", f"{front.locale!r} is no locale", "for example en, es or zh")
    if front.content not in CONTENTS and not front.content.startswith(CONTENT_PREFIXES):
        refuse(
            "content",
            "unknown_content",
            f"{front.content!r} is no content",
            "one of " + ", ".join(sorted(CONTENTS)),
        )
    for name, variable in front.variables.items():
        if not 0 <= variable.max <= 1000 or not 1 <= variable.items <= 100:
            refuse(f"variables.{name}", "bad_limit", f"{name}: max is 1 to 1000, items 1 to 100")
    _obligation_words(front, refuse)
    return found


def _obligation_words(front: FrontMatter, refuse: Any) -> None:
    seen: set[str] = set()
    for slot, ids in front.obligations.slots.items():
        path = f"obligations.slots.{slot}"
        if not NAME.fullmatch(slot) or slot in _RESERVED or slot in front.variables:
            refuse(path, "bad_name", f"{slot} cannot name a slot, or a variable has that name")
        for one in ids:
            if one not in OBLIGATIONS:
                refuse(
                    path,
                    "unknown_obligation",
                    f"{one!r} is no obligation",
                    "one of " + ", ".join(OBLIGATIONS),
                )
            elif one in seen:
                refuse(path, "obligation_twice", f"{one} is placed twice")
            seen.add(one)
    for one in front.obligations.carried:
        if one not in CARRIED_BY:
            refuse(
                "obligations.carried", "unknown_obligation", f"{one!r} cannot be carried by the words alone"
            )
        elif one in seen:
            refuse("obligations.carried", "obligation_twice", f"{one} has a slot and is carried as well")
