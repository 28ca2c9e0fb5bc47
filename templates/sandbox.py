"""The Jinja2 environments in which templates run, and the cap on what they may write.

The sandbox alone is not enough (it lets a template build gigabytes), so only what `syntax` allows is ever
compiled here, values are flat, and output is counted piece by piece while it is made.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateRuntimeError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from templates.errors import MissingVariable, OutputTooLarge, TemplateError

MAX_OUTPUT_BYTES = 64 * 1024


def _join(values: Sequence[str], separator: str = ", ") -> str:
    return separator.join(values)


# The whole list of filters; each returns at most what it was given.
FILTERS: dict[str, Any] = {
    "upper": str.upper,
    "lower": str.lower,
    "capitalize": str.capitalize,
    "trim": str.strip,
    "join": _join,
}


def _environment(*, html: bool) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(  # autoescape is off for plain text only
        autoescape=html, undefined=StrictUndefined, cache_size=0
    )
    environment.globals.clear()
    environment.tests.clear()
    environment.filters.clear()
    environment.filters.update(FILTERS)
    return environment


# A line of nothing but tags leaves no empty line behind; a tag at the end of a sentence keeps its line end.
_TAG_LINE = re.compile(r"^[ \t]*((?:\{%[^%\n]*%\}[ \t]*)+)\n", re.MULTILINE)

TEXT = _environment(html=False)
HTML = _environment(html=True)


@lru_cache(maxsize=2048)
def compiled(source: str, *, html: bool = False) -> Template:
    """A compiled part; a compile costs milliseconds, so it is kept under its own source."""
    return (HTML if html else TEXT).from_string(_TAG_LINE.sub(r"\1", source))


def produce(
    template: Template, values: dict[str, Any], *, limit: int = MAX_OUTPUT_BYTES, file: str = ""
) -> str:
    """Render with at most `limit` bytes of UTF-8, counted while pieces come, so that no more is ever held."""
    pieces: list[str] = []
    size = 0
    try:
        # shared: there are no globals to add, and what a template sets is kept beside the values
        for piece in template.root_render_func(template.new_context(values, shared=True)):
            size += len(piece)
            if size > limit:
                raise _too_large(limit, file)
            pieces.append(piece)
    except UndefinedError as fault:
        raise MissingVariable(str(fault), file=file) from None
    except TemplateError:
        raise
    except (
        TemplateRuntimeError,
        ArithmeticError,
        TypeError,
        ValueError,
        MemoryError,
        RecursionError,
    ) as fault:
        raise TemplateError(f"rendering failed: {fault}", file=file) from None
    made = "".join(pieces)
    if not made.isascii() and len(made.encode("utf-8")) > limit:
        raise _too_large(limit, file)
    return made


def _too_large(limit: int, file: str) -> OutputTooLarge:
    return OutputTooLarge(f"the output passes {limit} bytes", file=file, hint="shorten loops or values")
