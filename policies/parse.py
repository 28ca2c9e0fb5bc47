"""YAML text to a typed pack. Scalars are read as text (21:00 and NO stay what they are), then typed by the structs.

Refused, with file and line: duplicate keys, unknown keys, anchors and aliases, tags, several documents.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import msgspec
import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from policies.compose import traits_of_rule
from policies.errors import Diagnostic, PackError
from policies.facts import Settings
from policies.pack import Pack
from policies.rule import RuleInForce, kinds

Path = tuple[str | int, ...]
_STEP = re.compile(r"\.([A-Za-z_][A-Za-z0-9_]*)|\[(\d+)\]|(\[\.\.\.\])")
_UNKNOWN_KEY = re.compile(r"unknown field `([^`]+)`")
_MAX_BYTES = 2_000_000


# the same nodes from the C library, ten times as fast, where the installed yaml has it
_Loader: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


class _TextLoader(_Loader):  # type: ignore[misc]
    """Builds nodes only; no scalar is turned into anything but text."""


_TextLoader.yaml_implicit_resolvers = {}


@dataclass(frozen=True, slots=True)
class Document:
    """Plain data with the line (from 1) of everything in it, by path."""

    data: Any
    lines: dict[Path, int]
    origin: str

    def line(self, path: Path) -> int:
        """The line of the deepest part of the path that exists."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def diagnose(self, code: str, message: str, path: Path, hint: str = "") -> Diagnostic:
        return Diagnostic(self.origin, self.line(path), code, message, hint)


class _Reader:
    """Turns nodes into dicts, lists and text, noting lines and faults on the way."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.lines: dict[Path, int] = {}
        self.faults: list[Diagnostic] = []
        self._seen: set[int] = set()

    def read(self, node: Node, path: Path = ()) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if id(node) in self._seen:
            self._fault(node, "yaml_alias", "an anchor is used twice", "write the value out in both places")
            return None
        self._seen.add(id(node))
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.read(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _fault(self, node: Node, code: str, message: str, hint: str) -> None:
        self.faults.append(Diagnostic(self.origin, node.start_mark.line + 1, code, message, hint))

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self._fault(key_node, "yaml_key", "a key must be plain text", "use a word as the key")
                continue
            key = str(key_node.value)
            if key in found:
                self._fault(key_node, "duplicate_key", f"the key {key!r} is here twice", "keep one of them")
                continue
            self.lines[(*path, key)] = key_node.start_mark.line + 1
            found[key] = self.read(value_node, (*path, key))
        return found

    def _scalar(self, node: Node) -> str | None:
        if node.tag not in ("tag:yaml.org,2002:str", "!"):
            self._fault(node, "yaml_tag", f"the tag {node.tag} is not read", "leave the tag out")
        text = str(node.value)
        plain = not getattr(node, "style", None)
        return None if plain and text in ("", "~") else text


def read_document(text: str, origin: str) -> Document:
    """One YAML document as text, lists and dicts. Raises PackError with every fault found."""
    if len(text) > _MAX_BYTES:
        raise PackError("the file is too large to be a policy", code="too_large", file=origin, line=1)
    try:
        node = yaml.compose(text, Loader=_TextLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise PackError(f"not YAML: {error.problem}", code="bad_yaml", file=origin, line=line) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise PackError("not YAML", code="bad_yaml", file=origin, line=1) from error
    if node is None:
        raise PackError("the file is empty", code="empty_file", file=origin, line=1)
    reader = _Reader(origin)
    data = reader.read(node)
    if reader.faults:
        raise PackError.from_diagnostics(tuple(reader.faults))
    return Document(data, reader.lines, origin)


def path_of(message: str) -> Path:
    """The place that a msgspec message names (`... - at `$.rules[0].kind``), as a path."""
    _, _, tail = message.rpartition(" - at `$")
    steps: list[str | int] = []
    for name, index, anything in _STEP.findall(tail.rstrip("`")):
        if anything:
            break
        steps.append(name or int(index))
    unknown = _UNKNOWN_KEY.search(message)
    if unknown:
        steps.append(unknown.group(1))
    return tuple(steps)


def _plain(message: str) -> str:
    """A msgspec message without its place, in words that a person who edits YAML knows."""
    text = message.partition(" - at `")[0]
    unknown = _UNKNOWN_KEY.search(text)
    if unknown:
        return f"the key {unknown.group(1)!r} is not known here"
    return text[:1].lower() + text[1:]


def convert(document: Document, data: Any, shape: Any, base: Path, code: str) -> Any:
    """Type plain data; a mismatch raises PackError at its line."""
    try:
        return msgspec.convert(data, shape, strict=False)
    except msgspec.ValidationError as error:
        message = str(error)
        found = document.diagnose(
            code, _plain(message), (*base, *path_of(message)), "see docs/how-to/add-a-jurisdiction.md"
        )
        raise PackError.from_diagnostics((found,)) from error


def _refuse_unfit(document: Document, pack: Pack) -> None:
    """Compile every span of every rule once, so that hours or calendars that cannot be read are refused at load."""
    for index, rule in enumerate(pack.rules):
        kind = kinds().get(rule.kind)
        for date, raw in rule.values.items():
            if kind is None or raw is None:
                continue
            params: Any = msgspec.convert(raw, kind.params, strict=False)
            try:
                kind.compile(RuleInForce(rule, params, Settings()), traits_of_rule(rule))
            except Exception as error:  # a kind may raise anything over parameters that it cannot use
                path: Path = ("rules", index, "values", date.isoformat())
                message = getattr(error, "message", None) or f"{type(error).__name__}: {error}"
                found = document.diagnose("bad_params", f"{rule.id}: {message}", path, "correct the value")
                raise PackError.from_diagnostics((found,)) from error


def parse_pack(text: str, origin: str, *, client: bool = False) -> Pack:
    """A pack from its YAML text, every rule's parameters typed by its kind. Raises PackError."""
    document = read_document(text, origin)
    pack: Pack = convert(document, document.data, Pack, (), "bad_pack")
    for index, rule in enumerate(pack.rules):
        kind = kinds().get(rule.kind)
        for date, params in rule.values.items():
            if kind is not None and params is not None:
                path: Path = ("rules", index, "values", date.isoformat())
                convert(document, params, kind.params, path, "bad_params")
    _refuse_unfit(document, pack)
    lines = {rule.id: document.line(("rules", index)) for index, rule in enumerate(pack.rules)}
    return msgspec.structs.replace(pack, origin=origin, lines=lines, client=client)
