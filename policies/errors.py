"""What can be wrong with a policy: every fault has a stable code, a place and a hint.

    PolicyError                  code, message, file, line, hint
    ├── PackError                a pack that cannot be used: nothing of it is loaded
    ├── CaseError                a case file that cannot be read
    └── StackError               packs that cannot stand together (a client pack that would loosen the law)

A refused contact is a verdict, never an error.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing that is wrong (or, in a warning, doubtful) in a file: `line` counts from 1."""

    file: str
    line: int
    code: str
    message: str
    hint: str = ""

    def sentence(self) -> str:
        """One line for a terminal: where, what, what to do."""
        end = f" ({self.hint})" if self.hint else ""
        return f"{self.file}:{self.line}: {self.message}{end} [{self.code}]"


class PolicyError(Exception):
    """Base: `code` is stable, `file` and `line` say where, `hint` what to do."""

    code = "policy_error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        file: str | None = None,
        line: int | None = None,
        hint: str | None = None,
        diagnostics: tuple[Diagnostic, ...] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.line = line
        self.hint = hint
        self.diagnostics = diagnostics
        if code is not None:
            self.code = code

    def sentence(self) -> str:
        """One line for a terminal: where, what, what to do."""
        place = self.file or ""
        if place and self.line is not None:
            place = f"{place}:{self.line}"
        start = f"{place}: " if place else ""
        end = f" ({self.hint})" if self.hint else ""
        return f"{start}{self.message}{end} [{self.code}]"

    @classmethod
    def from_diagnostics(cls, found: tuple[Diagnostic, ...]) -> PolicyError:
        """The first fault speaks for all; the others stay in `diagnostics`."""
        first = found[0]
        return cls(
            first.message,
            code=first.code,
            file=first.file,
            line=first.line,
            hint=first.hint or None,
            diagnostics=found,
        )


class PackError(PolicyError):
    code = "bad_pack"


class CaseError(PolicyError):
    code = "bad_case"


class StackError(PolicyError):
    code = "bad_stack"
