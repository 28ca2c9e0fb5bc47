"""A template file as text: front matter between two `---` lines, then parts headed `=== name ===`.

YAML is read as strings first with the line of every key: a finding can say where it is, and `no` stays `no`.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import msgspec
import yaml

from templates.errors import BrokenTemplate

MAX_FILE_BYTES = 64 * 1024
MAX_YAML_DEPTH = 8
MAX_YAML_NODES = 5_000
_PART = re.compile(r"===\s*([a-z_]+)\s*===")


class Part(msgspec.Struct, frozen=True):
    """One section of the body; `line` is where its first line stands in the file."""

    name: str
    line: int
    source: str


class Source(msgspec.Struct, frozen=True):
    """A file taken apart. `front_line` is the line before the first line of the front matter."""

    file: str
    front: str
    front_line: int
    parts: tuple[Part, ...]
    digest: str


def decode(raw: bytes, file: str) -> str:
    """Bytes of a file as normalised text: UTF-8, NFC, plain line ends, no trailing spaces."""
    if len(raw) > MAX_FILE_BYTES:
        raise BrokenTemplate(
            f"the file has {len(raw)} bytes, {MAX_FILE_BYTES} are allowed",
            code="file_too_large",
            file=file,
            line=1,
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = raw[: fault.start].count(b"\n") + 1
        raise BrokenTemplate("the file is not UTF-8", code="not_utf8", file=file, line=line) from None
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).rstrip("\n") + "\n"


def split(text: str, file: str) -> Source:
    """Take a normalised file apart; its digest is that of the whole text."""
    lines = text.split("\n")
    if lines[0] != "---" or "---" not in lines[1:]:
        raise BrokenTemplate(
            "the file does not begin with front matter between two lines of ---",
            code="front_matter_missing",
            file=file,
            line=1,
        )
    end = lines.index("---", 1)
    parts = tuple(_parts(lines, end + 1, file))
    return Source(file, "\n".join(lines[1:end]), 1, parts, hashlib.sha256(text.encode()).hexdigest())


def _parts(lines: list[str], start: int, file: str) -> Iterator[Part]:
    name, first, seen = "text", start, set[str]()
    for number in range(start, len(lines) + 1):
        found = _PART.fullmatch(lines[number]) if number < len(lines) else None
        if found is None and number < len(lines):
            continue
        body = lines[first:number]
        if any(body) or name != "text" or first != start:
            if name in seen:
                raise BrokenTemplate(
                    f"the part {name} stands twice", code="part_twice", file=file, line=first
                )
            seen.add(name)
            yield _part(name, first, body)
        if found:
            name, first = found.group(1), number + 1


def _part(name: str, first: int, body: list[str]) -> Part:
    while body and not body[0]:
        body, first = body[1:], first + 1
    return Part(name, first + 1, "\n".join(body).rstrip("\n"))


class Lines(dict[str, int]):
    """Dotted path of a key -> its line; an unknown path answers with the nearest known parent."""

    def near(self, path: str) -> int:
        while path and path not in self:
            path = path.rpartition(".")[0]
        return self.get(path, 1)


def read_yaml(text: str, file: str, offset: int = 0) -> tuple[Any, Lines]:
    """YAML as nested dicts and lists of strings (None where nothing stands), with the line of every key."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        line = offset + (mark.line + 1 if mark else 1)
        problem = getattr(fault, "problem", None) or "the YAML cannot be read"
        raise BrokenTemplate(str(problem), code="bad_yaml", file=file, line=line) from None
    except RecursionError:
        raise BrokenTemplate("the YAML is nested too deeply", code="bad_yaml", file=file, line=1) from None
    walker = _YamlWalker(file, offset)
    return (walker.plain(node, "", 0) if node is not None else {}), walker.lines


class _YamlWalker:
    def __init__(self, file: str, offset: int):
        self.file, self.offset, self.lines = file, offset, Lines()
        self.count = 0

    def plain(self, node: yaml.Node, path: str, depth: int) -> Any:
        self.lines.setdefault(path, self.line(node))
        self.count += 1
        if depth > MAX_YAML_DEPTH or self.count > MAX_YAML_NODES:  # aliases can multiply one node
            raise self.refusal(node, "bad_yaml", "the YAML is nested too deeply or too large")
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item, f"{path}.{i}", depth + 1) for i, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path, depth)
        is_empty = getattr(node, "style", None) is None and node.value in {"", "~", "null"}
        return None if is_empty else node.value

    def mapping(self, node: yaml.MappingNode, path: str, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in result:
                raise self.refusal(key, "duplicate_key", f"the key {name} stands twice")
            child = f"{path}.{name}" if path else name
            self.lines[child] = self.line(key)
            result[name] = self.plain(value, child, depth + 1)
        return result

    def line(self, node: yaml.Node) -> int:
        return self.offset + node.start_mark.line + 1

    def refusal(self, node: yaml.Node, code: str, message: str) -> BrokenTemplate:
        return BrokenTemplate(message, code=code, file=self.file, line=self.line(node))
