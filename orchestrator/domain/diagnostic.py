"""What is wrong in a file a person wrote: where, what, and what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding about a file; `line` counts from 1."""

    file: str
    line: int
    code: str
    message: str
    hint: str = ""

    def text(self) -> str:
        """`file:line: message (hint) [code]`, one line for a terminal."""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.file}:{self.line}: {self.message}{hint} [{self.code}]"
