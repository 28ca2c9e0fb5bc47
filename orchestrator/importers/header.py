"""The header of a file: which kind it is, which columns it names, and what is wrong with it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import yaml

from orchestrator.errors import FileFormatError, UsageError
from orchestrator.importers.kind import LAYOUTS, Kind, Layout
from orchestrator.importers.rejected import LINE, REASON


class ColumnMapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"constants": "values"}):
    """`columns`: their name to ours; `ignore`: columns of theirs to leave out; `values`.

    The same cell in every row.
    """

    columns: dict[str, str] = {}
    ignore: list[str] = []
    constants: dict[str, str] = {}


NO_MAPPING = ColumnMapping()


def load_mapping(path: Path | None) -> ColumnMapping:
    """The column mapping of a YAML file; None maps nothing."""
    if path is None:
        return NO_MAPPING
    try:
        loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 # nosec B506 - strings only
        return msgspec.convert(loaded or {}, ColumnMapping)
    except OSError as problem:
        raise FileFormatError(f"cannot be read: {problem.strerror}", where=str(path)) from None
    except (yaml.YAMLError, UnicodeDecodeError, msgspec.ValidationError) as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        reason = getattr(problem, "problem", None) or str(problem)
        raise FileFormatError(
            f"is not a column mapping: {reason}", where=where, hint="write columns: {their name: our name}"
        ) from None


@dataclass(frozen=True, slots=True)
class Header:
    """Where each known column is. `width` cells a row; `original` as the file spells them."""

    layout: Layout
    original: tuple[str, ...]
    places: tuple[tuple[int, str], ...]
    constants: Mapping[str, str] = field(default_factory=dict)

    @property
    def width(self) -> int:
        return len(self.original)

    @property
    def present(self) -> frozenset[str]:
        return frozenset(name for _, name in self.places) | frozenset(self.constants)


def understand(original: Sequence[str], where: str, kind: Kind | None, mapping: ColumnMapping) -> Header:
    """The header understood as a file of `kind`, or of the one kind it fits.

    Else an error that names the column.
    """
    names = [_our_name(name, mapping) for name in original]
    _refuse_malformed(original, names, where, mapping)
    layout = LAYOUTS[kind] if kind else _detect(names, where, mapping)
    _refuse_unknown(names, layout, where, mapping)
    places = tuple((index, name) for index, name in enumerate(names) if name)
    header = Header(layout, tuple(original), places, dict(mapping.constants))
    _refuse_incomplete(header, where)
    return header


def _our_name(name: str, mapping: ColumnMapping) -> str:
    """Our name for a column of theirs; empty for one that is left out."""
    if name in mapping.ignore or name in {LINE, REASON}:
        return ""
    return mapping.columns.get(name, name.strip().casefold())


def _refuse_malformed(
    original: Sequence[str], names: Sequence[str], where: str, mapping: ColumnMapping
) -> None:
    for number, name in enumerate(original, start=1):
        if not name:
            raise FileFormatError(f"column {number} has no name", where=where, hint="name it or take it out")
    seen: set[str] = set()
    for name in names:
        if name and (name in seen or name in mapping.constants):
            raise FileFormatError(f"column {name!r} is there twice", where=where, hint="keep one of them")
        seen.add(name)
    for theirs in mapping.columns:
        if theirs not in original:
            raise FileFormatError(f"the mapping names a column {theirs!r} that is not there", where=where)


def _detect(names: Sequence[str], where: str, mapping: ColumnMapping) -> Layout:
    present = {name for name in names if name} | set(mapping.constants)
    whole = [
        layout
        for layout in LAYOUTS.values()
        if present <= set(layout.names) and _missing(layout, present) is None
    ]
    if len(whole) == 1:
        return whole[0]
    if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
        raise FileFormatError(
            "columns are not separated by commas", where=where, hint="save it as CSV with commas"
        )
    # the kind that knows the most of the header explains best what is wrong with it
    likely = max(LAYOUTS.values(), key=lambda layout: (len(present & set(layout.names)), -len(layout.names)))
    if 2 * len(present & set(likely.names)) > len(present):
        return likely
    kinds = ", ".join(LAYOUTS)
    raise UsageError("cannot tell what kind of file this is", where=where, hint=f"say it with --as: {kinds}")


def _refuse_unknown(names: Sequence[str], layout: Layout, where: str, mapping: ColumnMapping) -> None:
    known = layout.names
    for name in [*names, *mapping.constants]:
        if name and name not in known:
            close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
            hint = f"did you mean {close[0]!r}?" if close else f"a {layout.kind} file has: {', '.join(known)}"
            raise FileFormatError(f"unknown column {name!r} in a {layout.kind} file", where=where, hint=hint)


def _missing(layout: Layout, present: set[str] | frozenset[str]) -> str | None:
    for name in layout.required:
        if name not in present:
            return f"column {name!r}"
    for alternatives in layout.one_of:
        if not any(present.issuperset(group) for group in alternatives):
            return "one of the columns " + " or ".join(" and ".join(group) for group in alternatives)
    return None


def _refuse_incomplete(header: Header, where: str) -> None:
    missing = _missing(header.layout, header.present)
    if missing:
        raise FileFormatError(
            f"a {header.layout.kind} file needs {missing}",
            where=where,
            hint="add it, or map it with --mapping",
        )
