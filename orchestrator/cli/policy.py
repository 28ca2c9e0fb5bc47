"""`duecourse policies`: which rules are installed, whether a pack is fit, whether its cases hold."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

import typer

from orchestrator.cli import terminal
from orchestrator.errors import UnknownReference, UsageError
from orchestrator.settings import load
from policies import cases, library
from policies.case import Case
from policies.errors import Diagnostic, PolicyError
from policies.pack import Pack, Rule

app = typer.Typer(name="policies", help="Policy packs: list, show, lint, test.", rich_markup_mode=None)
Json = Annotated[bool, typer.Option("--json", help="One JSON document instead of text.")]


def installed() -> library.Library:
    return library.load(tuple(map(str, load().policies_dir)))


@app.command("list", epilog="Example: duecourse policies list --json")
def list_packs(as_json: Json = False) -> None:
    """Every installed pack: jurisdiction, rules, cases, when it was last checked."""
    found = installed()
    if as_json:
        terminal.say_json({"digest": found.digest, "packs": [summary(pack) for pack in found.packs.values()]})
        return
    rows = [
        (pack.pack, pack.jurisdiction, len(pack.rules), len(pack.cases), pack.checked_on, pack.title.en)
        for pack in found.packs.values()
    ]
    terminal.say_table("Policy packs", ("pack", "jurisdiction", "rules", "cases", "checked", "title"), rows)


def summary(pack: Pack) -> dict[str, Any]:
    return {
        "pack": pack.pack,
        "jurisdiction": pack.jurisdiction,
        "title": pack.title,
        "checked_on": pack.checked_on,
        "client": pack.client,
        "rules": [rule.id for rule in pack.rules],
        "cases": len(pack.cases),
    }


@app.command(epilog="Example: duecourse policies show regf-7in7-attempts")
def show(name: Annotated[str, typer.Argument(help="A pack or a rule.")], as_json: Json = False) -> None:
    """One pack, or one rule with its dated values, citation and grade."""
    found = installed()
    if name in found.packs:
        pack = found.packs[name]
        show_pack(pack) if not as_json else terminal.say_json(summary(pack))
    elif name in found.rules:
        rule = found.rules[name]
        show_rule(rule) if not as_json else terminal.say_json(rule)
    else:
        raise UnknownReference(
            "no pack or rule has this id", where=name, hint="duecourse policies list shows the packs"
        )


def show_pack(pack: Pack) -> None:
    terminal.say(f"{pack.pack}: {pack.title.en} ({pack.jurisdiction}, checked {pack.checked_on or 'never'})")
    rows = [(rule.id, rule.kind, rule.status, rule.force, rule.citation) for rule in pack.rules]
    terminal.say_table("Rules", ("rule", "kind", "status", "force", "citation"), rows)


def show_rule(rule: Rule) -> None:
    terminal.say(f"{rule.id}: {rule.title.en}")
    terminal.say(f"{rule.citation} {rule.url}".rstrip())
    terminal.say(f"kind {rule.kind}, force {rule.force}, grade {rule.grade}, status {rule.status}")
    for day, values in sorted(rule.values.items()):
        shown = (
            "not in force"
            if values is None
            else ", ".join(f"{key}: {flow(value)}" for key, value in values.items())
        )
        terminal.say(f"from {day}: {shown}")


def flow(value: object) -> str:
    """A value as a pack writes it on one line."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {flow(inner)}' for key, inner in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(flow(inner) for inner in value)}]"
    return str(value)


@app.command(epilog="Example: duecourse policies lint my-packs/")
def lint(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Pack files or folders; none: those in use.")
    ] = None,
) -> None:
    """Says everything that is wrong with packs, with file, line, code and hint; exit 2 if one is unfit."""
    from policies import lint as linter  # noqa: PLC0415 - read only here: it loads the tables of every kind

    findings: list[Diagnostic] = []
    for path in paths or []:
        if not path.exists():
            raise UsageError("there is no such file or folder", where=str(path))
        findings += linter.lint_path(path)
    if not paths:
        findings += linter.lint_library(installed())
    for finding in findings:
        terminal.note(finding.sentence())
    if findings:
        raise typer.Exit(2)
    terminal.say("fit")


@app.command("test", epilog="Example: duecourse policies test my-cases.yaml --json")
def run_tests(
    files: Annotated[list[Path] | None, typer.Argument(help="Case files; none: those of every pack.")] = None,
    as_json: Json = False,
) -> None:
    """Runs worked examples: exit 1 if one fails, 2 if a file cannot be read."""
    found = installed()
    results = cases.run_cases(gather(files, found), found)
    if as_json:
        terminal.say_json(report(results))
    else:
        for result in results:
            if result.not_judged:
                terminal.say(f"not judged  {result.id}: {result.not_judged}")
            elif not result.ok:
                terminal.say(f"FAILED      {result.id}: {'; '.join(result.differs)}")
        counted = counts(results)
        terminal.say(", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counted.items()))
    if any(not result.ok and not result.not_judged for result in results):
        raise typer.Exit(1)


def gather(files: list[Path] | None, found: library.Library) -> list[Case]:
    """The cases of files; what cannot be read stops everything, so that a missing file is never a pass."""
    if not files:
        return [case for pack in found.packs.values() for case in pack.cases]
    gathered: list[Case] = []
    for file in files:
        try:
            gathered += cases.load_cases(file)
        except PolicyError as error:
            terminal.note(error.sentence())
            raise typer.Exit(2) from None
    return gathered


def counts(results: list[cases.CaseResult]) -> dict[str, int]:
    not_judged = sum(1 for result in results if result.not_judged)
    passed = sum(1 for result in results if result.ok)
    return {"passed": passed, "failed": len(results) - passed - not_judged, "not_judged": not_judged}


def report(results: list[cases.CaseResult]) -> dict[str, Any]:
    return counts(results) | {
        "cases": [
            {
                "id": result.id,
                "ok": result.ok,
                "decision": result.decision,
                "retry_at": instant(result.retry_at),
                "rules": result.rules,
                "not_judged": result.not_judged,
            }
            for result in results
        ]
    }


def instant(at: dt.datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")
