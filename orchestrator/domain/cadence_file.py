"""Read a cadence from YAML: strings only, nothing guessed, every finding with its line.

An unreadable or inconsistent cadence is refused whole: the caller keeps the version it had.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import timedelta

import yaml

from orchestrator.domain import condition
from orchestrator.domain.cadence import RETRYABLE, Cadence, Retry, Step, StepChannel
from orchestrator.domain.diagnostic import Diagnostic
from orchestrator.errors import FileFormatError

_TOP = (
    "name",
    "description",
    "promise_grace",
    "broken_promise",
    "enter_when",
    "exit_when",
    "suspend_when",
    "steps",
)
_STEP = ("name", "day", "channels", "template", "content", "gap", "not_after", "retry")
_RETRY = ("tries", "wait", "after")
# a step comes no later than this either: what is longer is a slip of the keys, and could be past the calendar's end
_LONGEST, _MOST_DIGITS = timedelta(days=3650), 9
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,59}")


class CadenceError(FileFormatError):
    """A cadence that is not taken; `diagnostics` lists everything that is wrong with it."""

    code = "bad_cadence"

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        first = diagnostics[0]
        more = f" and {len(diagnostics) - 1} more" if len(diagnostics) > 1 else ""
        super().__init__(first.message + more, where=f"{first.file}:{first.line}", hint=first.hint or None)
        self.diagnostics = tuple(diagnostics)


def parse(body: str, file: str) -> Cadence:
    """The cadence in `body`; anything wrong is one CadenceError that lists all findings."""
    reader = _Reader(file)
    cadence = reader.cadence(body)
    if cadence is None or reader.found:
        raise CadenceError(reader.found or [Diagnostic(file, 1, "cadence_empty", "the file is empty")])
    return cadence


def lint(body: str, file: str) -> list[Diagnostic]:
    """Everything that is wrong with the cadence in `body`, by line; an empty list is a fit cadence."""
    try:
        parse(body, file)
    except CadenceError as error:
        return sorted(error.diagnostics, key=lambda found: found.line)
    return []


class _Reader:
    """Walks the YAML nodes, so that every value still knows its line."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Diagnostic] = []

    def note(self, node: yaml.Node | None, code: str, message: str, hint: str = "") -> None:
        line = node.start_mark.line + 1 if node is not None else 1
        self.found.append(Diagnostic(self.file, line, code, message, hint))

    def cadence(self, body: str) -> Cadence | None:
        try:
            root = yaml.compose(body, Loader=yaml.BaseLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else 1
            self.found.append(Diagnostic(self.file, line, "yaml", f"not readable as YAML: {_problem(error)}"))
            return None
        fields = self.mapping(root, _TOP, ("name", "steps"))
        if fields is None or "name" not in fields or "steps" not in fields:
            return None
        steps = self.steps(fields["steps"])
        return Cadence(
            name=self.name(fields["name"]),
            description=self.text(fields.get("description")) or "",
            digest=hashlib.sha256(body.encode()).hexdigest(),
            steps=steps,
            broken_promise=self.index(fields.get("broken_promise"), steps),
            promise_grace=self.duration(fields.get("promise_grace"), timedelta(days=1)),
            enter_when=self.condition(fields.get("enter_when")),
            exit_when=self.condition(fields.get("exit_when")),
            suspend_when=self.condition(fields.get("suspend_when")),
            source=body,
        )

    def steps(self, node: yaml.Node) -> tuple[Step, ...]:
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            self.note(node, "steps_missing", "steps must be a list with at least one step")
            return ()
        read = [step for item in node.value if (step := self.step(item)) is not None]
        seen: set[str] = set()
        for before, step in zip([None, *read], read, strict=False):
            at = Diagnostic(
                self.file, step.line, "step_order", f"step {step.name} falls due before the one above it"
            )
            if before is not None and step.day < before.day:
                self.found.append(at)
            if step.name in seen:
                self.found.append(
                    Diagnostic(self.file, step.line, "step_twice", f"two steps are named {step.name}")
                )
            seen.add(step.name)
        return tuple(read)

    def step(self, node: yaml.Node) -> Step | None:
        fields = self.mapping(node, _STEP, ("name", "day", "channels"))
        if fields is None or not {"name", "day", "channels"} <= fields.keys():
            return None
        name = self.name(fields["name"])
        return Step(
            name=name,
            day=self.number(fields["day"], 0, 3650),
            channels=self.channels(fields["channels"]),
            template=self.name(fields["template"]) if "template" in fields else name,
            content=self.text(fields.get("content")) or "collection",
            gap=self.duration(fields.get("gap"), timedelta(days=1)),
            not_after=self.duration(fields.get("not_after"), timedelta(days=14)),
            retry=self.retry(fields.get("retry")),
            line=node.start_mark.line + 1,
        )

    def retry(self, node: yaml.Node | None) -> Retry:
        fields = self.mapping(node, _RETRY, ()) if node is not None else {}
        if not fields:
            return Retry()
        after = Retry().after
        if "after" in fields:
            after = frozenset(self.words(fields["after"], RETRYABLE, "retry_outcome"))
        tries = self.number(fields["tries"], 1, 20) if "tries" in fields else Retry().tries
        return Retry(tries=tries, wait=self.duration(fields.get("wait"), Retry().wait), after=after)

    def channels(self, node: yaml.Node) -> tuple[StepChannel, ...]:
        words = self.words(node, frozenset(StepChannel), "channel")
        if len(set(words)) != len(words):
            self.note(node, "channel_twice", "a channel is named twice")
        return tuple(StepChannel(word) for word in words)

    def words(self, node: yaml.Node, known: frozenset[str], code: str) -> list[str]:
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            self.note(node, f"{code}_list", "a list with at least one word is needed")
            return []
        for item in node.value:
            if item.value not in known:
                self.note(
                    item,
                    f"{code}_unknown",
                    f"{item.value!r} is not known",
                    f"one of {', '.join(sorted(known))}",
                )
        return [item.value for item in node.value if item.value in known]

    def mapping(
        self, node: yaml.Node | None, known: Sequence[str], needed: Sequence[str]
    ) -> dict[str, yaml.Node] | None:
        if not isinstance(node, yaml.MappingNode):
            self.note(node, "not_a_mapping", "keys with values are needed here")
            return None
        fields: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if key.value in fields:
                self.note(key, "key_twice", f"{key.value!r} stands here twice")
            if key.value not in known:
                self.note(
                    key, "key_unknown", f"{key.value!r} is not a key here", f"one of {', '.join(known)}"
                )
            fields[key.value] = value
        for missing in [name for name in needed if name not in fields]:
            self.note(node, "key_missing", f"{missing!r} is missing")
        return fields

    def name(self, node: yaml.Node) -> str:
        if isinstance(node, yaml.ScalarNode) and _NAME.fullmatch(node.value):
            return str(node.value)
        self.note(node, "bad_name", "a name is lower-case letters, digits, - and _, and starts with a letter")
        return ""

    def text(self, node: yaml.Node | None) -> str | None:
        if node is None:
            return None
        if isinstance(node, yaml.ScalarNode) and node.value.strip():
            return str(node.value)
        self.note(node, "bad_text", "text is needed here")
        return None

    def condition(self, node: yaml.Node | None) -> str | None:
        text = self.text(node)
        if text is None:
            return None
        try:
            condition.parse(text)
        except condition.ConditionError as error:
            self.note(node, "bad_condition", f"{error.where or '1:1'}: {error.message}", error.hint or "")
        return text

    def number(self, node: yaml.Node, low: int, high: int) -> int:
        if isinstance(node, yaml.ScalarNode) and node.value.isdecimal() and low <= int(node.value) <= high:
            return int(node.value)
        self.note(node, "bad_number", f"a whole number from {low} to {high} is needed here")
        return low

    def duration(self, node: yaml.Node | None, otherwise: timedelta) -> timedelta:
        if node is None:
            return otherwise
        value = node.value if isinstance(node, yaml.ScalarNode) else ""
        if value[:-1].isdecimal() and value[-1:] in _UNITS and len(value) <= _MOST_DIGITS:
            found = timedelta(**{_UNITS[value[-1]]: int(value[:-1])})
            if found <= _LONGEST:
                return found
        hint = f"for example 30m, 4h or 3d, at most {_LONGEST.days}d"
        self.note(node, "bad_duration", f"{value!r} is not a duration", hint)
        return otherwise

    def index(self, node: yaml.Node | None, steps: Sequence[Step]) -> int | None:
        if node is None:
            return None
        for place, step in enumerate(steps):
            if step.name == node.value:
                return place
        self.note(node, "step_unknown", f"no step is named {node.value!r}")
        return None


def _problem(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", None) or error).splitlines()[0]
