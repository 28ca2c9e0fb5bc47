"""A campaign as a YAML file: read as strings, typed, unknown and double keys refused, every error with its line."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import yaml

from orchestrator.domain.campaign import Definition
from orchestrator.errors import FileFormatError

_PATH = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")


class _Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    name: str
    cadence: str
    segment: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    hourly_limit: int | None = None
    daily_limit: int | None = None
    held_out_share: float = 0.0


def load(path: Path) -> Definition:
    """The campaign in a file; a FileFormatError says where and what is wrong."""
    try:
        return parse(path.read_text(encoding="utf-8"), str(path))
    except OSError as problem:
        raise FileFormatError(f"it cannot be read: {problem.strerror}", where=str(path)) from None
    except UnicodeDecodeError:
        raise FileFormatError("it is not UTF-8", where=str(path)) from None


def parse(body: str, file: str) -> Definition:
    """The campaign in `body`, not yet checked for its meaning."""
    values, lines = _read(body, file)
    try:
        shape = msgspec.convert(values, _Shape, strict=False)
    except msgspec.ValidationError as problem:
        match = _PATH.search(str(problem))
        line = lines.get(match["path"].split(".")[0] if match else "", 1)
        words = _PATH.sub("", str(problem))
        raise FileFormatError(words, where=f"{file}:{line}", hint=f"the keys are: {_KEYS}") from None
    return Definition(**msgspec.structs.asdict(shape))


_KEYS = ", ".join(_Shape.__struct_fields__)


def _read(body: str, file: str) -> tuple[dict[str, Any], dict[str, int]]:
    try:
        root = yaml.compose(body, Loader=yaml.BaseLoader)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise FileFormatError("not YAML", where=f"{file}:{line}") from None
    if not isinstance(root, yaml.MappingNode):
        raise FileFormatError("a campaign is a mapping", where=f"{file}:1", hint=f"the keys are: {_KEYS}")
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for key, value in root.value:
        line = key.start_mark.line + 1
        if key.value in values:
            raise FileFormatError(f"{key.value!r} is there twice", where=f"{file}:{line}")
        if not isinstance(value, yaml.ScalarNode):
            raise FileFormatError(f"{key.value!r} is one value", where=f"{file}:{line}")
        lines[key.value] = line
        if value.value != "":
            values[key.value] = value.value
    return values, lines
