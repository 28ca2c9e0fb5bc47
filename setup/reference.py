"""Writes the reference pages that follow from the code: commands, errors, rule kinds, vocabularies, facts, columns.

`make docs` writes them, a test compares: a page cannot drift from what it describes.
"""

from __future__ import annotations

import ast
import enum
import re
import sys
import typing
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import typer

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
CODE = ("policies", "channels", "templates", "orchestrator")
NOTE = "<!-- written by `make docs` from the code: change it there -->\n\n"


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    cells = [tuple(cell.replace("|", "\\|").replace("\n", " ") for cell in row) for row in rows]
    lines = ["| " + " | ".join(row) + " |" for row in (head, tuple("---" for _ in head), *cells)]
    return "\n".join(lines) + "\n"


def first_sentence(text: str | None) -> str:
    words = " ".join((text or "").split("\n\n")[0].split())
    return re.split(r"(?<=\.)\s", words)[0] if words else ""


# commands


def commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    children = getattr(command, "commands", None)
    if children is None:
        yield path, command
        return
    for name, child in children.items():
        yield from commands(child, f"{path} {name}")


def commands_page() -> str:
    from orchestrator.cli.main import app  # noqa: PLC0415 - only this page needs the whole command line

    parts = [
        "# Commands\n\n",
        NOTE,
        "Exit 0: success. Exit 1: a negative result. Exit 2: bad usage or input, one line on",
    ]
    parts.append(" stderr. Results go to stdout, everything else to stderr.\n")
    for path, command in commands(typer.main.get_command(app), "duecourse"):
        parts.append(f"\n## `{path}`\n\n{' '.join((command.help or '').split())}\n\n")
        rows = [parameter_row(parameter) for parameter in command.params if parameter.name != "help"]
        if rows:
            parts.append(table(("option", "meaning"), rows) + "\n")
        if command.epilog:
            parts.append(f"{command.epilog.replace('Example: ', 'Example: `', 1)}`\n")
    return "".join(parts)


def parameter_row(parameter: Any) -> tuple[str, str]:
    if getattr(parameter, "param_type_name", "") == "argument":
        name = f"`{(parameter.metavar or parameter.name or '').upper()}`" + (
            "" if parameter.required else " (optional)"
        )
    else:
        name = ", ".join(f"`{option}`" for option in parameter.opts)
    return name, getattr(parameter, "help", None) or ""


# errors


def errors_page() -> str:
    rows = sorted({row for path in sources() for row in error_rows(path)})
    intro = (
        "Every error has a stable code. The same code stands at the end of a line on the terminal, in a problem"
        " document over HTTP and in the log. A refused contact is a verdict and has none.\n\n"
    )
    return "# Error codes\n\n" + NOTE + intro + table(("code", "said", "by"), rows)


def sources() -> Iterator[Path]:
    for package in CODE:
        yield from sorted((ROOT / package).rglob("*.py"))


def error_rows(path: Path) -> Iterator[tuple[str, str, str]]:
    module = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            code = next((k.value for k in node.keywords if k.arg == "code"), None)
            if (
                isinstance(code, ast.Constant)
                and isinstance(code.value, str)
                and re.fullmatch(r"[a-z_]+", code.value)
            ):
                yield f"`{code.value}`", said(node), module
        elif isinstance(node, ast.ClassDef):
            yield from class_rows(node, module)


def class_rows(node: ast.ClassDef, module: str) -> Iterator[tuple[str, str, str]]:
    """`code = "..."` or `code, status = "...", n` in the body of an error class."""
    for line in node.body:
        if not isinstance(line, ast.Assign):
            continue
        target, value = line.targets[0], line.value
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            target, value = target.elts[0], value.elts[0]
        if isinstance(target, ast.Name) and target.id == "code" and isinstance(value, ast.Constant):
            yield f"`{value.value!s}`", first_sentence(ast.get_docstring(node)) or node.name, module


def said(node: ast.Call) -> str:
    """The message as it is written, with `…` for what is filled in."""
    if not node.args:
        return ""
    words = ast.unparse(node.args[0])
    return re.sub(r"\{[^{}]*\}", "…", words.strip("f").strip("'\""))[:160]


# vocabularies and facts


def enum_table(kind: type[enum.Enum]) -> str:
    return (
        f"**{kind.__name__}**: {first_sentence(kind.__doc__)}\n\n"
        + ", ".join(f"`{one.value}`" for one in kind)
        + "\n\n"
    )


def rule_kinds_page() -> str:
    from policies.rule import kinds  # noqa: PLC0415
    from policies.vocabulary import RuleKind  # noqa: PLC0415

    parts = [
        "# Rule kinds\n\n",
        NOTE,
        "A kind without parameters here is known to packs and not judged yet: never a pass.\n\n",
    ]
    for kind in RuleKind:
        built = kinds().get(kind)
        parts.append(f"## `{kind.value}`\n\n")
        if built is None:
            parts.append("Not judged yet.\n\n")
            continue
        module = sys.modules[built.params.__module__]
        parts.append(" ".join((module.__doc__ or "").split("\n\n")[0].split()) + "\n\n")
        parts.append(struct_table(built.params) + "\n")
    return "".join(parts)


def struct_table(struct: Any) -> str:
    rows = [
        (f"`{one.encode_name}`", f"{type_name(one.type)}", "" if one.required else f"`{default_of(one)}`")
        for one in msgspec.structs.fields(struct)
    ]
    return table(("key", "type", "default"), rows) if rows else "No parameters.\n"


def default_of(one: Any) -> str:
    value = one.default_factory() if one.default is msgspec.NODEFAULT else one.default
    return str(getattr(value, "value", value)) or "empty"


PLAIN = {
    "str": "text",
    "int": "number",
    "float": "number",
    "bool": "yes or no",
    "datetime": "instant",
    "NoneType": "none",
}


def type_name(kind: Any) -> str:
    """A type as a person would say it: limits on length and pattern are left out."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is None:
        return str(PLAIN.get(kind.__name__, kind.__name__))
    # what annotates a type besides another type (a pattern, a length) has no name
    names = [type_name(one) for one in arguments if isinstance(one, type) or typing.get_origin(one)]
    if origin is typing.Annotated:
        return names[0]
    if origin is dict:
        return " -> ".join(names)
    if origin is tuple:
        return f"list of {names[0]}" if arguments[-1] is ... else " and ".join(names)
    return " or ".join(names)


def facts_page() -> str:
    from policies import facts  # noqa: PLC0415

    intro = "What a verdict is made from: the keys of a case, and of the facts kept with every recorded verdict.\n\n"
    structs = [
        kind for kind in vars(facts).values() if isinstance(kind, type) and issubclass(kind, msgspec.Struct)
    ]
    parts = [
        f"## {kind.__name__}\n\n{first_sentence(kind.__doc__)}\n\n{struct_table(kind)}\n"
        for kind in structs
        if msgspec.structs.fields(kind)
    ]
    return "# Facts\n\n" + NOTE + intro + "".join(parts)


def vocabulary_page() -> str:
    from channels import contract, events  # noqa: PLC0415
    from channels.simulator import act  # noqa: PLC0415
    from orchestrator.audit import ledger  # noqa: PLC0415
    from orchestrator.domain import attempt, enrollment  # noqa: PLC0415
    from policies import vocabulary  # noqa: PLC0415

    parts = ["# Words and events\n\n", NOTE]
    titles = (
        ("Words of the policies", vocabulary),
        ("States of an attempt", attempt),
        ("States of an enrollment", enrollment),
        ("Channels", contract),
        ("Delivery events", events),
        ("What simulated people do", act),
        ("Ledger lines", ledger),
    )
    for title, module in titles:
        parts.append(f"## {title}\n\n")
        parts += [
            enum_table(kind)
            for kind in vars(module).values()
            if isinstance(kind, type) and issubclass(kind, enum.Enum) and kind.__module__ == module.__name__
        ]
    return "".join(parts)


def columns_page() -> str:
    from orchestrator.importers.kind import LAYOUTS  # noqa: PLC0415

    intro = (
        "CSV with a header in UTF-8; history also as JSON lines. An empty cell is no change. Unknown columns are"
        " refused by name; `--mapping FILE` maps the names of another system.\n\n"
    )
    parts = ["# Columns of imported files\n\n", NOTE, intro]
    for kind, layout in LAYOUTS.items():
        rows = [(f"`{one.name}`", "yes" if one.required else "", one.note) for one in layout.columns]
        parts.append(f"## {kind.value}\n\n{table(('column', 'required', 'meaning'), rows)}\n")
    return "".join(parts)


def fields_page() -> str:
    from orchestrator.domain.condition import MAX_BYTES  # noqa: PLC0415
    from orchestrator.domain.field import FIELDS  # noqa: PLC0415

    intro = (
        "A condition (a campaign's `segment`, `cadences enroll --where`, a cadence's `enter_when`, `exit_when`, "
        "`suspend_when`) is one expression in [CEL](https://cel.dev) over these fields, which is true or false: "
        '`days_past_due > 30 && country == "US"`, `"us-ny" in jurisdictions`, `age != null && age >= 70`. '
        f"It has at most {MAX_BYTES} bytes and goes through no list (`exists`, `all`, `map`, `filter`). A field "
        "marked “may be empty” is null where nothing is known: compare it behind `FIELD != null &&`. Dates are "
        "text like `2026-03-31` and compare in the order of time. An answer that is not clear is no.\n\n"
    )
    rows = [
        (f"`{one.name}`", one.type.value, one.unit, "yes" if one.may_be_empty else "", one.meaning)
        for one in FIELDS.values()
    ]
    head = ("field", "type", "unit", "may be empty", "meaning")
    return "# Fields of conditions\n\n" + NOTE + intro + table(head, rows)


def template_variables_page() -> str:
    from templates.standard import STANDARD  # noqa: PLC0415
    from templates.vocabulary import EXPECTED, PARTS, REVEALING  # noqa: PLC0415

    intro = (
        "What every template may declare. A type marked * tells others about a debt: it is kept out of subjects,"
        " envelopes and voicemails.\n\n"
    )
    rows = [
        (
            f"`{name}`",
            f"{one.variable.type}{' *' if one.variable.type in REVEALING else ''}",
            str(one.variable.limit),
            one.description,
        )
        for name, one in STANDARD.items()
    ]
    parts = ["# Variables, parts and obligations of templates\n\n", NOTE, intro]
    parts.append(table(("variable", "type", "characters", "meaning"), rows))
    channels = [
        (channel, ", ".join(f"`{part}`" for part in needed), ", ".join(f"`{part}`" for part in more))
        for channel, (needed, more) in PARTS.items()
    ]
    parts.append(f"\n## Parts\n\n{table(('channel', 'needed', 'may be left out'), channels)}")
    asked = [(channel, ", ".join(f"`{one}`" for one in ids)) for channel, ids in EXPECTED.items()]
    parts.append(f"\n## Obligations that a verdict may ask for\n\n{table(('channel', 'obligations'), asked)}")
    return "".join(parts)


PAGES = {
    "commands.md": commands_page,
    "errors.md": errors_page,
    "rule-kinds.md": rule_kinds_page,
    "facts.md": facts_page,
    "vocabulary.md": vocabulary_page,
    "columns.md": columns_page,
    "fields.md": fields_page,
    "template-variables.md": template_variables_page,
}


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, write in PAGES.items():
        (FOLDER / name).write_text(write(), encoding="utf-8")
        print(f"docs/reference/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
