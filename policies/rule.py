"""What a rule is to the judge: typed parameters compiled into a check over prepared facts and a moment.

A kind is one module in `policies/rules`: a frozen `Params` struct, a `compile` function and a `KIND`. Found there
by name, so a new kind touches its module, `RuleKind` in `vocabulary` and a test.

    def compile_rule(rule: RuleInForce[Params], traits: Traits) -> Check | None:
        '''None: this rule can never object to a contact with these traits.'''

    KIND = Kind(RuleKind.MIN_GAP, Params, compile_rule, needs=lambda params: (Fact.HISTORY,))

A check answers an int (passes until that instant if nothing else happens; FOREVER is allowed), a `Passed` (with
obligations, flags or used windows) or a `Blocked`. It may raise: that is a HOLD with the rule's id.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from policies.instant import FOREVER
from policies.vocabulary import Decision, RuleKind

if TYPE_CHECKING:
    from policies.facts import Settings
    from policies.pack import Rule
    from policies.prepare import Moment, Prepared
    from policies.verdict import Obligation, WindowUse

__all__ = [
    "FOREVER",
    "Blocked",
    "Check",
    "Kind",
    "Lift",
    "Passed",
    "Report",
    "RuleInForce",
    "Traits",
    "kinds",
]

P = TypeVar("P")


class Blocked:
    """An objection. `until` (microseconds): when it ends if nothing else happens, None: never by itself.

    `answer` DEFER needs an `until`; HOLD waits for a fact or a person; DENY ends this contact. `found` is one plain
    English sentence with the values that decided. `code` replaces the rule's id in the verdict (rarely: a reason
    of ours such as `history_unknown`). `details` carries what a content rule lists: missing, warnings, ...
    """

    __slots__ = ("_found", "answer", "code", "counted", "details", "flags", "until", "used")

    def __init__(
        self,
        answer: Decision,
        found: str | Callable[[], str],
        *,
        until: int | None = None,
        counted: tuple[str, ...] = (),
        used: tuple[WindowUse, ...] = (),
        flags: tuple[str, ...] = (),
        code: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        self.answer = answer
        self._found = found
        self.until = until
        self.counted = counted
        self.used = used
        self.flags = flags
        self.code = code
        self.details = details

    @property
    def found(self) -> str:
        """The sentence, written out when it is first read (a rule may give a function instead of the text)."""
        if not isinstance(self._found, str):
            self._found = self._found()
        return self._found

    def __repr__(self) -> str:
        return f"Blocked({self.answer}, {self.found!r}, until={self.until})"


class Passed:
    """No objection, but something to say: obligations for the text, flags, used windows, details of a reading."""

    __slots__ = ("details", "flags", "obligations", "until", "used")

    def __init__(
        self,
        until: int = FOREVER,
        *,
        obligations: tuple[Obligation, ...] = (),
        used: tuple[WindowUse, ...] = (),
        flags: tuple[str, ...] = (),
        details: Mapping[str, Any] | None = None,
    ) -> None:
        self.until = until
        self.obligations = obligations
        self.used = used
        self.flags = flags
        self.details = details

    def __repr__(self) -> str:
        return f"Passed(until={self.until}, flags={self.flags})"


Result = int | Passed | Blocked
Check = Callable[["Prepared", "Moment"], Result]
Report = Callable[["Prepared", "Moment"], "tuple[WindowUse, ...]"]
"""What is used of a rule's windows at this moment, for people to read; it decides nothing."""
Lift = Callable[["Prepared", "Moment"], int]
"""Of an exception rule: until when (microseconds) the rules it names are lifted for this contact; 0: not lifted."""


class Traits(NamedTuple):
    """What of a contact decides which rules can matter at all: a stack is compiled once for each."""

    channel: str
    actor: str
    party: str
    content: str
    number_kind: str | None
    place: str | None
    purpose: str | None
    automated: bool
    reply: bool
    direction: str = "outbound"


@dataclass(frozen=True, slots=True)
class RuleInForce(Generic[P]):
    """A rule of a pack with the parameters that hold in one span of dates, and the firm's settings."""

    rule: Rule
    params: P
    settings: Settings

    @property
    def id(self) -> str:
        return self.rule.id

    @property
    def citation(self) -> str:
        return self.rule.citation


def _no_needs(params: Any) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A shape of rules. `needs(params)`: the facts it must have; one that is named in `Facts.unknown` is a HOLD.

    `lift` marks an exception kind: instead of a check it compiles a Lift, for the rules in `params.lifts`.
    `reads(params)`: names of facts without any of which the check passes for ever, so that it need not be asked;
    None: always asked. `report` compiles a Report beside the check. `window_days(params)`: how far back in history
    it looks, None: for ever.
    """

    name: RuleKind
    params: type
    compile: Callable[[RuleInForce[Any], Traits], Any]
    needs: Callable[[Any], tuple[str, ...]] = field(default=_no_needs)
    lift: bool = False
    window_days: Callable[[Any], int | None] = field(default=lambda params: 0)
    report: Callable[[RuleInForce[Any], Traits], Report | None] | None = None
    reads: Callable[[Any], tuple[str, ...] | None] = field(default=lambda params: None)


@cache
def kinds() -> Mapping[RuleKind, Kind]:
    """Every kind that is built, by name: all modules of `policies.rules` that hold a KIND (or KINDS)."""
    package = importlib.import_module("policies.rules")
    found: dict[RuleKind, Kind] = {}
    for entry in sorted(pkgutil.iter_modules(package.__path__), key=lambda e: e.name):
        module = importlib.import_module(f"policies.rules.{entry.name}")
        kind = getattr(module, "KIND", None)
        if isinstance(kind, Kind):
            found[kind.name] = kind
    return found
