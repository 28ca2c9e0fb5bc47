"""What template code may say: output of declared names, `if` over them, `for` over lists, few filters.

Everything else (attributes, items, calls, macros, includes, arithmetic, tests, assignments, ...) is refused
with its line before anything is compiled. What is left cannot reach Python and cannot grow beyond its input.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import msgspec
from jinja2 import TemplateSyntaxError, nodes

from templates.errors import Diagnostic
from templates.sandbox import FILTERS, TEXT
from templates.source import Part

MAX_LOOPS = 8
MAX_DEPTH = 6


class Use(msgspec.Struct, frozen=True):
    """One place where a name stands; `conditions` are the names that every enclosing `if` asks for."""

    name: str
    part: str
    line: int
    conditions: tuple[str, ...]  # "" stands for a condition that is more than one plain name
    tested: bool = False  # True: only asked in a condition, not written


class Syntax(msgspec.Struct, frozen=True):
    uses: tuple[Use, ...]
    findings: tuple[Diagnostic, ...]
    literals: tuple[tuple[int, str], ...]  # (line, template text between the tags)


class _RefusedError(Exception):
    def __init__(self, node: nodes.Node, what: str, hint: str):
        super().__init__(what)
        self.line, self.what, self.hint = node.lineno, what, hint


def analyse(part: Part, file: str, lists: Collection[str]) -> Syntax:
    """Walk one part. `lists` are the declared names that a `for` may run over."""
    try:
        tree = TEXT.parse(part.source)
    except TemplateSyntaxError as fault:
        line = part.line + (fault.lineno or 1) - 1
        found = Diagnostic(file, line, "bad_syntax", fault.message or "the template code cannot be read")
        return Syntax((), (found,), ())
    except RecursionError:
        return Syntax(
            (), (Diagnostic(file, part.line, "bad_syntax", "the template code is nested too deeply"),), ()
        )
    walker = _Walker(part, file, lists)
    try:
        walker.block(tree.body, (), frozenset())
    except _RefusedError as fault:
        line = part.line + fault.line - 1
        walker.findings.append(Diagnostic(file, line, "syntax_not_allowed", fault.what, fault.hint))
    except RecursionError:
        walker.findings.append(
            Diagnostic(file, part.line, "bad_syntax", "the template code is nested too deeply")
        )
    return Syntax(tuple(walker.uses), tuple(walker.findings), tuple(walker.literals))


class _Walker:
    def __init__(self, part: Part, file: str, lists: Collection[str]):
        self.part, self.file, self.lists = part, file, lists
        self.uses: list[Use] = []
        self.findings: list[Diagnostic] = []
        self.literals: list[tuple[int, str]] = []
        self.loops = 0

    def block(self, body: list[nodes.Node], conditions: tuple[str, ...], bound: frozenset[str]) -> None:
        for node in body:
            if isinstance(node, nodes.Output):
                self.output(node, conditions, bound)
            elif isinstance(node, nodes.If):
                self.branch(node, conditions, bound)
            elif isinstance(node, nodes.For):
                self.loop(node, conditions, bound)
            else:
                raise _refusal(node)

    def output(self, node: nodes.Output, conditions: tuple[str, ...], bound: frozenset[str]) -> None:
        for child in node.nodes:
            if isinstance(child, nodes.TemplateData):
                self.literals.append((self.line(child), child.data))
            else:
                for name in _names(child):
                    if name.name not in bound:
                        self.uses.append(Use(name.name, self.part.name, self.line(name), conditions))

    def branch(self, node: nodes.If, conditions: tuple[str, ...], bound: frozenset[str]) -> None:
        if len(conditions) > MAX_DEPTH:
            raise _RefusedError(node, "conditions nested too deeply", f"at most {MAX_DEPTH} levels")
        for name in _tested(node.test):
            if name.name not in bound:
                self.uses.append(Use(name.name, self.part.name, self.line(name), conditions, tested=True))
        self.block(node.body, (*conditions, *_positive(node.test)), bound)
        for other in node.elif_:
            self.branch(other, (*conditions, ""), bound)
        self.block(node.else_, (*conditions, ""), bound)

    def loop(self, node: nodes.For, conditions: tuple[str, ...], bound: frozenset[str]) -> None:
        self.loops += 1
        if bound or self.loops > MAX_LOOPS:
            raise _RefusedError(
                node, "a loop inside a loop, or too many loops", "use one loop over a declared list"
            )
        if not isinstance(node.iter, nodes.Name) or node.iter.name not in self.lists:
            raise _RefusedError(
                node, "a loop over something that is not a declared list", "declare an account_lines slot"
            )
        if not isinstance(node.target, nodes.Name) or node.test is not None or node.recursive:
            raise _RefusedError(
                node, "a loop with a filter, several targets or recursion", "write {% for line in lines %}"
            )
        self.uses.append(Use(node.iter.name, self.part.name, self.line(node), conditions))
        inside = frozenset({node.target.name})
        self.block(node.body, conditions, inside)
        self.block(node.else_, (*conditions, ""), bound)

    def line(self, node: nodes.Node) -> int:
        return self.part.line + node.lineno - 1


def _names(node: nodes.Node) -> Iterator[nodes.Name]:
    """The names that an output expression writes: a name, or a name behind allowed filters."""
    if isinstance(node, nodes.Name):
        yield node
    elif isinstance(node, nodes.Filter) and node.node is not None:
        if node.name not in FILTERS:
            raise _RefusedError(
                node, f"the filter {node.name} is not allowed", "allowed: " + ", ".join(FILTERS)
            )
        _check_arguments(node)
        yield from _names(node.node)
    else:
        raise _refusal(node)


def _check_arguments(node: nodes.Filter) -> None:
    plain = not node.kwargs and node.dyn_args is None and node.dyn_kwargs is None
    short = all(
        isinstance(a, nodes.Const) and isinstance(a.value, str) and len(a.value) <= 4 for a in node.args
    )
    allowed = 1 if node.name == "join" else 0
    if not plain or not short or len(node.args) > allowed:
        raise _RefusedError(
            node, f"the filter {node.name} has arguments that are not allowed", "join takes one short text"
        )


def _tested(node: nodes.Node) -> Iterator[nodes.Name]:
    """The names in a condition: names, not, and, or, and comparison of a name with a constant."""
    if isinstance(node, nodes.Name):
        yield node
    elif isinstance(node, nodes.Not):
        yield from _tested(node.node)
    elif isinstance(node, nodes.And | nodes.Or):
        yield from _tested(node.left)
        yield from _tested(node.right)
    elif isinstance(node, nodes.Compare) and len(node.ops) == 1:
        if node.ops[0].op in {"in", "notin"} or not isinstance(node.ops[0].expr, nodes.Const):
            raise _RefusedError(
                node, "a comparison with something that is not a constant", "compare with a number or text"
            )
        yield from _tested(node.expr)
    else:
        raise _refusal(node)


def _positive(node: nodes.Node) -> tuple[str, ...]:
    if isinstance(node, nodes.Name):
        return (node.name,)
    if isinstance(node, nodes.And):
        return (*_positive(node.left), *_positive(node.right))
    return ("",)


def _refusal(node: nodes.Node) -> _RefusedError:
    what = f"{type(node).__name__} is not allowed in a template"
    return _RefusedError(node, what, "write {{ name }}, {% if name %} or {% for line in lines %}")
