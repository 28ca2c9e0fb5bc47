"""What can go wrong with a message template. One bad template or value blocks one contact, never a run.

TemplateError
├── BrokenTemplate       the file cannot be used: refused at load, what was active stays active
├── MissingVariable      a declared variable was not given
├── InvalidVariable      a value does not fit the type of its slot
├── MissingObligation    a disclosure has no text, no slot, or did not reach the output
└── OutputTooLarge       the output passed its cap while rendering
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


class Diagnostic(msgspec.Struct, frozen=True):
    """One finding about a file: where it is, what is wrong, what to do. Only errors refuse a template."""

    file: str
    line: int
    code: str
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR

    def text(self) -> str:
        """The finding as one line for a terminal."""
        end = f" ({self.hint})" if self.hint else ""
        return f"{self.file}:{self.line}: {self.severity}: {self.message}{end} [{self.code}]"


class TemplateError(Exception):
    """Base of the tree: `code` is stable, `file` and `line` say where, `hint` says what to do."""

    code = "template_error"

    def __init__(
        self, message: str, *, code: str | None = None, file: str = "", line: int = 0, hint: str | None = None
    ):
        super().__init__(message)
        self.message = message
        self.file = file
        self.line = line
        self.hint = hint
        if code is not None:
            self.code = code

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file

    def diagnostic(self) -> Diagnostic:
        """The error as a finding, so that load and lint speak with one voice."""
        return Diagnostic(self.file, max(self.line, 1), self.code, self.message, self.hint or "")


class BrokenTemplate(TemplateError):  # noqa: N818 - the name says what is wrong
    code = "broken_template"


class MissingVariable(TemplateError):  # noqa: N818 - the name says what is wrong
    code = "missing_variable"


class InvalidVariable(TemplateError):  # noqa: N818 - the name says what is wrong
    code = "invalid_variable"


class MissingObligation(TemplateError):  # noqa: N818 - the name says what is wrong
    code = "missing_obligation"


class OutputTooLarge(TemplateError):  # noqa: N818 - the name says what is wrong
    code = "output_too_large"
