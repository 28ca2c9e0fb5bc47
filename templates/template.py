"""One message template, taken apart and typed: immutable, identified by the digest of its file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from templates.errors import Diagnostic
from templates.form import Form, can_be_left_open
from templates.frontmatter import FrontMatter, read_front
from templates.obligation import KEPT, ObligationTexts
from templates.source import Lines, Part, Source
from templates.syntax import Use, analyse
from templates.vocabulary import LETTER_ORDER, PARTS, VariableType


@dataclass(frozen=True, eq=False)
class Template:
    """A template ready to render. `version` is the SHA-256 of its normalised file; `body` is that text."""

    front: FrontMatter
    version: str
    file: str
    body: str
    parts: Mapping[str, Part]
    uses: tuple[Use, ...]
    literals: Mapping[str, tuple[tuple[int, str], ...]]
    lines: Lines
    texts: ObligationTexts | None = None
    slot_of: Mapping[str, str] = field(default_factory=dict)
    kept_slots: dict[tuple[str, str], Any] = field(default_factory=dict)
    """Checked values of the sender by name and text: they are the same for many messages."""
    forms: dict[tuple[str, ...], Form] = field(default_factory=dict)
    """Its output by shape, with the reader's own values left open."""

    @property
    def name(self) -> str:
        return self.front.name

    @property
    def channel(self) -> str:
        return self.front.channel

    @property
    def locale(self) -> str:
        return self.front.locale

    @property
    def content(self) -> str:
        return self.front.content

    @property
    def id(self) -> str:
        """`locale/channel/name`, the same for every version."""
        return f"{self.locale}/{self.channel}/{self.name}"

    @cached_property
    def can_be_left_open(self) -> bool:
        return can_be_left_open(self.body)

    def tells_of_reader(self, obligation: str) -> bool:
        """The obligation's text in this template holds values that are not the sender's."""
        texts = self.texts
        if texts is None or obligation not in self.slot_of or obligation not in texts.texts:
            return False
        return not texts.needs(obligation, self.channel).keys() <= KEPT

    def asks_for(self, name: str, obligations: Iterable[str]) -> bool:
        """A variable stands in the template or in the texts of these obligations."""
        if name in self.front.variables:
            return True
        texts = self.texts
        if texts is None:
            return False
        return any(one in texts.texts and name in texts.needs(one, self.channel) for one in obligations)

    def accepts(self, obligation: str) -> bool:
        """The template has a slot for the obligation, or its own words fulfil it."""
        return obligation in self.slot_of or obligation in self.front.obligations.carried


def build(
    source: Source, body: str, texts: ObligationTexts | None
) -> tuple[Template | None, list[Diagnostic]]:
    """A template and everything that is wrong with its form; None where its front matter cannot be used."""
    front, findings, lines = read_front(source)
    if front is None or any(f.code == "unknown_channel" for f in findings):
        return None, findings
    findings += _part_findings(front, source)
    lists = {name for name, v in front.variables.items() if v.type is VariableType.ACCOUNT_LINES}
    analysed = {part.name: analyse(part, source.file, lists) for part in source.parts}
    for syntax in analysed.values():
        findings += syntax.findings
    uses = tuple(use for syntax in analysed.values() for use in syntax.uses)
    findings += _undeclared(front, uses, source.file)
    template = Template(
        front=front,
        version=source.digest,
        file=source.file,
        body=body,
        parts={part.name: part for part in _in_order(front.channel, source.parts)},
        uses=uses,
        literals={name: syntax.literals for name, syntax in analysed.items()},
        lines=lines,
        texts=texts,
        slot_of={one: slot for slot, ids in front.obligations.slots.items() for one in ids},
    )
    return template, findings


def _in_order(channel: str, parts: tuple[Part, ...]) -> list[Part]:
    required, optional = PARTS[channel]
    order = LETTER_ORDER if channel == "letter" else (*required, *optional)
    return sorted(parts, key=lambda part: order.index(part.name) if part.name in order else len(order))


def _part_findings(front: FrontMatter, source: Source) -> list[Diagnostic]:
    required, optional = PARTS[front.channel]
    there = {part.name for part in source.parts if part.source.strip()}
    hint = "parts of this channel: " + ", ".join((*required, *optional))
    found = [
        Diagnostic(
            source.file,
            part.line,
            "unknown_part",
            f"{part.name} is no part of the channel {front.channel}",
            hint,
        )
        for part in source.parts
        if part.name not in (*required, *optional)
    ]
    found += [
        Diagnostic(source.file, 1, "missing_part", f"the part {name} is missing or empty", hint)
        for name in required
        if name not in there
    ]
    return found


def _undeclared(front: FrontMatter, uses: tuple[Use, ...], file: str) -> list[Diagnostic]:
    declared = {*front.variables, *front.obligations.slots}
    return [
        Diagnostic(
            file, use.line, "undeclared_variable", f"{use.name} is not declared", "add it to variables"
        )
        for use in uses
        if use.name not in declared
    ]
