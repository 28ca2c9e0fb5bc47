"""The texts of obligations per locale, filled with sender variables. A missing text means: not sent.

A file `<locale>/obligations.yaml` maps each obligation to its citation, its text, and shorter or longer texts
for a channel. Texts are templates of the same small language and use the standard variables only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from templates.errors import BrokenTemplate, Diagnostic, MissingObligation
from templates.sandbox import compiled, produce
from templates.source import Lines, Part, read_yaml
from templates.standard import STANDARD
from templates.syntax import analyse
from templates.value import to_slot
from templates.vocabulary import OBLIGATIONS

MAX_FILLED = 10_000
# What belongs to the sender is the same for many messages; nothing of one consumer is kept.
KEPT = frozenset(
    {
        "sender_name",
        "neutral_name",
        "creditor_name",
        "agent_name",
        "phone",
        "official_phone",
        "complaint_phone",
    }
)


class ObligationText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`text` serves every channel that has no text of its own."""

    citation: str
    text: str
    sms: str | None = None
    email: str | None = None
    voice: str | None = None
    letter: str | None = None
    task: str | None = None

    def for_channel(self, channel: str) -> str:
        own: str | None = getattr(self, channel, None)
        return own if own is not None else self.text


class ObligationTexts:
    """All obligation texts of one locale."""

    def __init__(
        self, locale: str, file: str, texts: Mapping[str, ObligationText], refused: Iterable[str] = ()
    ):
        self.locale, self.file, self.texts = locale, file, dict(texts)
        self.refused = frozenset(refused)
        self._filled: dict[tuple[Any, ...], str] = {}
        self._needs: dict[tuple[str, str], dict[str, bool]] = {}

    def needs(self, obligation: str, channel: str) -> dict[str, bool]:
        """The standard variables of an obligation's text in a channel; True: it cannot be told without it."""
        key = (obligation, channel)
        if key not in self._needs:
            syntax = analyse(Part("text", 1, self.texts[obligation].for_channel(channel)), self.file, ())
            needs: dict[str, bool] = {}
            for use in syntax.uses:
                is_needed = not use.tested and use.name not in use.conditions
                needs[use.name] = needs.get(use.name, False) or is_needed
            self._needs[key] = needs
        return self._needs[key]

    def fill(self, obligation: str, channel: str, variables: Mapping[str, Any]) -> str:
        """The text of one obligation; raises MissingObligation where the text or a variable is missing."""
        if obligation not in self.texts:
            raise MissingObligation(
                f"there is no text for {obligation} in {self.locale}",
                file=self.file,
                hint="add it to obligations.yaml",
            )
        values = {}
        for name, is_needed in self.needs(obligation, channel).items():
            values[name] = variables.get(name)
            if is_needed and values[name] in (None, ""):
                raise MissingObligation(
                    f"{obligation} needs {name}, which the sender has not given", file=self.file
                )
        if not values.keys() <= KEPT or not all(isinstance(value, str) for value in values.values()):
            return self._render(obligation, channel, values)
        key = (obligation, channel, *values.values())
        text = self._filled.get(key)
        if text is None:
            text = self._render(obligation, channel, values)
            if len(self._filled) < MAX_FILLED:
                self._filled[key] = text
        return text

    def _render(self, obligation: str, channel: str, values: Mapping[str, Any]) -> str:
        flat = {
            name: ""
            if value in (None, "")
            else to_slot(name, value, STANDARD[name].variable, self.locale, file=self.file)
            for name, value in values.items()
        }
        template = compiled(self.texts[obligation].for_channel(channel))
        return produce(template, flat, file=self.file).strip()


def read_obligations(text: str, locale: str, file: str) -> tuple[ObligationTexts, list[Diagnostic]]:
    """Typed texts of a file and what is wrong with it; an entry with a finding is left out."""
    data, lines = read_yaml(text, file)
    if not isinstance(data, dict):
        raise BrokenTemplate("the file is not a mapping of obligations", code="bad_yaml", file=file, line=1)
    texts: dict[str, ObligationText] = {}
    findings: list[Diagnostic] = []
    for name, entry in data.items():
        found = _entry(name, entry, file, lines, texts)
        findings.extend(found)
    return ObligationTexts(locale, file, texts, set(data) - set(texts)), findings


def _entry(
    name: str, entry: Any, file: str, lines: Lines, texts: dict[str, ObligationText]
) -> list[Diagnostic]:
    line = lines.near(name)
    if name not in OBLIGATIONS:
        return [Diagnostic(file, line, "unknown_obligation", f"{name!r} is no obligation")]
    try:
        text = msgspec.convert(entry, ObligationText, strict=False)
    except msgspec.ValidationError as fault:
        return [Diagnostic(file, line, "bad_obligation", f"{name}: {fault}")]
    findings: list[Diagnostic] = []
    for channel in ("text", "sms", "email", "voice", "letter", "task"):
        source = getattr(text, channel)
        if source is not None:
            syntax = analyse(Part(channel, lines.near(f"{name}.{channel}"), source), file, ())
            findings += syntax.findings
            findings += [
                Diagnostic(file, use.line, "undeclared_variable", f"{use.name} is no standard variable")
                for use in syntax.uses
                if use.name not in STANDARD
            ]
    if not findings:
        texts[name] = text
    return findings
