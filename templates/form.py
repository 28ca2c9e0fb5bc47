"""A template's output with the reader's own values left open: rendered once for each shape, then only filled in.

Which branches are taken depends on which slots are empty, on flags and on the number of lines, so messages of one
shape differ in nothing but the values. Templates with filters or comparisons are rendered anew each time.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from typing import Any

import msgspec
from markupsafe import escape

from templates.obligation import KEPT

MAX_FORMS = 256
_OPEN, _CLOSE = "\ue000", "\ue001"
"""Private-use signs, which no checked value holds."""
_HOLE = re.compile(f"{_OPEN}([a-z0-9_.]+){_CLOSE}")
_SPECIAL = re.compile("[&<>\"']")
_CODE = re.compile(r"\{[{%].*?[}%]\}", re.DOTALL)
_MORE_THAN_NAMES = re.compile(r"[|=<>]")


class Shape(msgspec.Struct, frozen=True):
    """`fixed`: everything that the branches and the fixed words depend on; `own`: what is left open, by name."""

    fixed: tuple[str, ...]
    own: dict[str, str]


class Form(msgspec.Struct, frozen=True):
    """For each part its name, its text with `%s` where a value stands, and the names of those values in order."""

    parts: tuple[tuple[str, str, tuple[str, ...]], ...]

    def fill(self, own: Mapping[str, str]) -> dict[str, str]:
        """The parts of one message, its values escaped where they stand in HTML."""
        made = {}
        for name, text, holes in self.parts:
            values = [own[hole] for hole in holes]
            if name == "html":
                values = [str(escape(value)) if _SPECIAL.search(value) else value for value in values]
            made[name] = text % tuple(values)
        return made


def can_be_left_open(body: str) -> bool:
    """True if a template does nothing with its values but write them and ask whether they are there."""
    return _OPEN not in body and not any(_MORE_THAN_NAMES.search(code) for code in _CODE.findall(body))


def shape_of(values: Mapping[str, Any], texts: Mapping[str, str], told: Container[str]) -> Shape | None:
    """The shape of a message with these checked values and these texts of obligations; None: it has to be written out.

    `told`: obligations whose texts hold values of the reader. A part of one line would close up double spaces.
    """
    fixed: list[str] = []
    own: dict[str, str] = {}
    for name, value in values.items():
        if value.__class__ is tuple:
            fixed.append(f"{len(value)}")
            own.update({f"{name}.{place}": line for place, line in enumerate(value)})
        elif name in KEPT or value.__class__ is not str:
            fixed.append(f"{value}")
        elif value:
            fixed.append(_OPEN)
            own[name] = value
        else:
            fixed.append("")
    for one, text in texts.items():
        fixed.append(one)
        if one in told:
            own[f"obligation.{one}"] = text
        else:
            fixed.append(text)
    return None if any("  " in text for text in own.values()) else Shape(tuple(fixed), own)


def opened(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with marks in place of those that are left open."""
    marked: dict[str, Any] = dict(values)
    for name, value in values.items():
        if value.__class__ is tuple:
            marked[name] = tuple(_mark(f"{name}.{place}") for place in range(len(value)))
        elif value and value.__class__ is str and name not in KEPT:
            marked[name] = _mark(name)
    return marked


def opened_texts(texts: Mapping[str, str], told: Container[str]) -> dict[str, str]:
    """The texts with marks in place of those that are left open."""
    return {one: _mark(f"obligation.{one}") if one in told else text for one, text in texts.items()}


def _mark(name: str) -> str:
    return f"{_OPEN}{name}{_CLOSE}"


def form_of(parts: Mapping[str, str]) -> Form:
    """Rendered parts with marks in them, taken apart."""
    return Form(
        tuple(
            (name, _HOLE.sub("%s", text.replace("%", "%%")), tuple(_HOLE.findall(text)))
            for name, text in parts.items()
        )
    )
