"""Conditions in CEL over the documented fields: for segments, and for entry into and exit from a cadence.

The CEL package checks no types and lets nested macros run for seconds, so: at most 2 KB, no comprehensions, only
known functions, unknown fields found from the expression's own references, and types checked by evaluating
sample records, once with every field filled and once with each field that may be empty left empty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from orchestrator.domain.cel_library import cel
from orchestrator.domain.field import FIELDS, sample_record
from orchestrator.errors import InputError

MAX_BYTES = 2_048
_LITERAL = re.compile(
    r"""[rRbB]{0,2}(?:\"\"\".*?\"\"\"|'''.*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')""", re.DOTALL
)
_CALL = re.compile(r"(?P<dot>\.\s*)?(?P<name>[A-Za-z_]\w*)\s*\(")
_MEMBER_CALLS = frozenset({"startsWith", "endsWith", "contains", "size"})
_CALLS = frozenset({"size", "int", "double", "string", "has", "in"})
_MACROS = frozenset(
    {"all", "exists", "exists_one", "existsOne", "map", "filter", "transformList", "transformMap"}
)
_POSITION = re.compile(r"<input>:(?P<line>\d+):(?P<column>\d+): (?:Syntax error: )?(?P<reason>[^\n]*)")


class ConditionError(InputError):
    """A condition that is not taken; `where` is line:column where there is one.

    `kind` and `about` say the same as the message to who words it in another language: long, macro, function, field,
    syntax, deep, answer, empty, types or unreadable, about a name, a type or a reason.
    """

    code = "bad_condition"

    def __init__(
        self, message: str, *, kind: str, about: str = "", where: str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message, where=where, hint=hint)
        self.kind, self.about = kind, about


@dataclass(frozen=True, slots=True)
class Condition:
    """A checked condition."""

    text: str
    fields: tuple[str, ...]
    _program: Any

    def holds(self, record: Mapping[str, Any]) -> bool:
        """Whether the condition is true of a record of fields; an unclear answer is False."""
        try:
            return self._program.execute(dict(record)) is True
        except (TypeError, ValueError, ArithmeticError, RuntimeError, LookupError):
            return False


@lru_cache(maxsize=256)
def parse(text: str) -> Condition:
    """The condition in `text`; a ConditionError says what is wrong with it and where."""
    if len(text.encode()) > MAX_BYTES:
        raise ConditionError(
            f"{len(text.encode())} bytes, a condition has at most {MAX_BYTES}",
            kind="long",
            about=str(MAX_BYTES),
        )
    bare = _LITERAL.sub(lambda match: '"' + " " * (len(match[0]) - 2) + '"', text)
    _refuse_calls(bare)
    try:
        program = cel.compile(text)
    except ValueError as problem:
        raise _explain(str(problem)) from None
    names = tuple(program.variables())
    for name in names:
        if name not in FIELDS:
            raise ConditionError(
                f"unknown field {name!r}",
                kind="field",
                about=name,
                where=_place(bare, name),
                hint=f"there are: {', '.join(nearest(name))}",
            )
    _check_types(bare, program, names)
    return Condition(text, names, program)


def holds(text: str, record: Mapping[str, Any]) -> bool:
    """Whether the condition in `text` is true of a record; raises nothing, an unclear answer is False."""
    try:
        return parse(text).holds(record)
    except ConditionError:
        return False


def _refuse_calls(bare: str) -> None:
    for match in _CALL.finditer(bare):
        name, known = match["name"], _MEMBER_CALLS if match["dot"] else _CALLS
        if name in _MACROS:
            raise ConditionError(
                f"{name}() goes through a list, which a condition may not",
                kind="macro",
                about=name,
                where=_at(bare, match.start("name")),
            )
        if name not in known:
            functions = ", ".join(sorted(_CALLS | _MEMBER_CALLS))
            raise ConditionError(
                f"unknown function {name}()",
                kind="function",
                about=name,
                where=_at(bare, match.start("name")),
                hint=f"there are: {functions}",
            )


def _at(text: str, offset: int) -> str:
    line = text.count("\n", 0, offset) + 1
    return f"{line}:{offset - (text.rfind(chr(10), 0, offset) + 1) + 1}"


def _place(bare: str, name: str) -> str | None:
    match = re.search(rf"(?<![\w.]){re.escape(name)}\b", bare)
    return _at(bare, match.start()) if match else None


def _explain(words: str) -> ConditionError:
    match = _POSITION.search(words)
    if match is None:
        return ConditionError("cannot be read as CEL", kind="unreadable")
    reason, kind = match["reason"].split(" expecting ")[0], "syntax"
    if "Recursion limit" in reason:
        reason, kind = "nested too deeply", "deep"
    elif reason.endswith("'<EOF>'"):
        reason = "it ends too early"
    where = f"{match['line']}:{match['column']}"
    return ConditionError(f"syntax error: {reason}", kind=kind, about=reason, where=where)


def nearest(name: str) -> list[str]:
    """Every field there is, those that are spelled most like `name` first."""
    likeness = {known: SequenceMatcher(None, name.lower(), known).ratio() for known in FIELDS}
    return sorted(FIELDS, key=lambda known: (-likeness[known], known))


def _check_types(bare: str, program: Any, names: tuple[str, ...]) -> None:
    """The place that is named is that of the first field, for the package tells none."""
    record = sample_record()
    first = _place(bare, names[0]) if names else "1:1"
    types = ", ".join(f"{name} is {FIELDS[name].type}" for name in names)
    answer = _answer(program, record, types, first)
    if not isinstance(answer, bool):
        raise ConditionError(
            f"gives {type(answer).__name__}, a condition gives true or false",
            kind="answer",
            about=type(answer).__name__,
            where=first,
            hint=types or None,
        )
    for name in names:
        if FIELDS[name].may_be_empty:
            hint = f"{name} may be empty: write {name} != null && ..."
            for other in (None, FIELDS[name].sample):
                _answer(program, {**record, name: other}, hint, _place(bare, name), empty=name)


def _answer(program: Any, record: dict[str, Any], hint: str, where: str | None, empty: str = "") -> Any:
    try:
        return program.execute(record)
    except (TypeError, ValueError, ArithmeticError, RuntimeError, LookupError) as problem:
        reason = str(problem).split(":")[0].split(" the operation")[0]
        types = "the types do not fit" if isinstance(problem, TypeError) else reason
        fallback = "docs/reference/fields.md gives each field's type"
        kind = "empty" if empty else "types"
        raise ConditionError(
            types, kind=kind, about=empty or hint, where=where, hint=hint or fallback
        ) from None
