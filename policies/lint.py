"""What makes a pack unfit: values without date, source, grade or check date, memory taken for law, no boundary cases.

Faults of form (keys, types, hours that cannot be read) are found by the parser; here is what only a reader who knows
packs would see. Every finding has file, line, code and hint.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from policies.errors import Diagnostic, PolicyError
from policies.library import Library, load
from policies.pack import Pack, Rule, checked_on
from policies.parse import parse_pack
from policies.rule import kinds
from policies.vocabulary import Force, Grade, Status

Finding = tuple[str, str, str]
"""Code, message, hint."""


def _sourced(pack: Pack, rule: Rule) -> Iterator[Finding]:
    if not rule.citation.strip():
        yield "no_citation", f"{rule.id} names no source", "cite the article, section or comment"
    if not rule.url and rule.grade is not Grade.FIRM:
        yield "no_url", f"{rule.id} does not say where its text can be read", "add url"
    elif rule.url and not rule.url.startswith(("https://", "http://")):
        yield "bad_url", f"{rule.id} has an address that cannot be opened", "start it with https://"
    if checked_on(pack, rule) is None:
        yield "no_check_date", f"{rule.id} was never looked up", "add checked_on to the rule or the pack"
    if not rule.title.en.strip():
        yield "no_title", f"{rule.id} has no title", "say in a few words what it demands"


def _dated(rule: Rule) -> Iterator[Finding]:
    if not rule.values:
        yield (
            "no_values",
            f"{rule.id} has no dated values",
            "give values from the first date on which they hold",
        )
    elif all(params is None for params in rule.values.values()):
        yield "never_in_force", f"{rule.id} is in force on no date", "give it parameters or remove it"


def _graded(rule: Rule) -> Iterator[Finding]:
    if rule.status is not Status.ON:
        return
    if rule.grade is Grade.M:
        yield "memory_in_force", f"{rule.id} is in force from memory alone", "read the text, or set draft_off"
    if rule.grade is Grade.D and rule.force is not Force.POLICY:
        hint = "set force: policy, or status: needs_review"
        yield "derived_in_force", f"{rule.id} is derived, not read, and claims to be law", hint


def _proven(pack: Pack, rule: Rule) -> Iterator[Finding]:
    """Every rule in force has a case in its own file that it decides, or that names it."""
    if rule.status is not Status.ON:
        return
    if rule.kind not in kinds():
        hint = "set status: needs_review until this version can judge it"
        yield "kind_not_built", f"{rule.id} is of the kind {rule.kind}, which holds every contact", hint
        return
    for case in pack.cases:
        if case.expect.rule == rule.id or rule.id in (case.given.rules or ()):
            return
    yield "no_case", f"{rule.id} has no boundary case in this file", "add a case whose expected rule it is"


def lint_pack(pack: Pack) -> list[Diagnostic]:
    """What is wrong with one pack that could be parsed."""
    found: list[Diagnostic] = []
    for rule in pack.rules:
        line = pack.lines.get(rule.id, 1)
        for part in (_sourced(pack, rule), _dated(rule), _graded(rule), _proven(pack, rule)):
            for code, message, hint in part:
                found.append(Diagnostic(pack.origin, line, code, message, hint))
    return found


def _lifting(library: Library) -> Iterator[Diagnostic]:
    """Exceptions that name a rule which is not there lift nothing: a name was mistyped."""
    for pack in library.packs.values():
        for rule in pack.rules:
            for params in rule.values.values():
                for target in (params or {}).get("lifts", ()):
                    if target not in library.rules:
                        line = pack.lines.get(rule.id, 1)
                        message = f"{rule.id} lifts {target}, which no pack has"
                        yield Diagnostic(pack.origin, line, "unknown_rule", message, "correct the id")


def lint_library(library: Library) -> list[Diagnostic]:
    """What is wrong with the packs in use, and between them."""
    found = [finding for pack in library.packs.values() for finding in lint_pack(pack)]
    return found + list(_lifting(library))


def _files(path: Path) -> Iterable[Path]:
    return sorted([*path.rglob("*.yaml"), *path.rglob("*.yml")]) if path.is_dir() else [path]


def lint_path(path: Path) -> list[Diagnostic]:
    """What is wrong with the packs of a file or a folder, as a firm's own packs beside those that ship."""
    found: list[Diagnostic] = []
    for file in _files(path):
        try:
            found += lint_pack(parse_pack(file.read_text(encoding="utf-8"), str(file), client=True))
        except PolicyError as error:
            found += error.diagnostics or (
                Diagnostic(
                    error.file or str(file), error.line or 1, error.code, error.message, error.hint or ""
                ),
            )
        except (OSError, UnicodeDecodeError):
            found.append(Diagnostic(str(file), 1, "unreadable", "the file cannot be read as UTF-8", ""))
    if not found and path.is_dir():
        try:
            load((str(path),))
        except PolicyError as error:
            place = error.file or str(path)
            found.append(Diagnostic(place, error.line or 1, error.code, error.message, error.hint or ""))
    return found
