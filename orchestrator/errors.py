"""The error tree. Every error has a stable code, an HTTP status, and says what is wrong, where, and what to do.

    DuecourseError
    ├── InputError            400/exit 2  something a person gave us is wrong
    │   ├── UsageError                    an option or argument
    │   ├── SettingError                  an environment value or the firm file
    │   ├── FileFormatError               a pack, cadence, template, portfolio: file, line, hint
    │   └── UnknownReference  404         an id that is not here (or not yours)
    ├── ConflictError         409         the same key with another body, a row changed meanwhile
    ├── AccessError          403/401      who you are does not allow it
    │   └── ThrottledError    429         too many failed sign-ins: how long to wait
    ├── UnavailableError      503         the database or a dependency is away: try again
    └── LedgerError           500         the ledger or a stored fact does not verify

A refused contact is a verdict, never an error.
"""

from __future__ import annotations


class DuecourseError(Exception):
    """Base of the tree: `code` is stable, `hint` says what to do, `where` is a file:line, option or id."""

    code = "error"
    status = 500
    exit_code = 1

    def __init__(
        self, message: str, *, code: str | None = None, where: str | None = None, hint: str | None = None
    ):
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint
        if code is not None:
            self.code = code

    def line(self) -> str:
        """One clear line for a terminal: where, what, what to do."""
        start = f"{self.where}: " if self.where else ""
        end = f" ({self.hint})" if self.hint else ""
        return f"{start}{self.message}{end} [{self.code}]"


class InputError(DuecourseError):
    code, status, exit_code = "bad_input", 400, 2


class UsageError(InputError):
    code = "bad_usage"


class SettingError(InputError):
    code = "bad_setting"


class FileFormatError(InputError):
    code = "bad_file"


class UnknownReference(InputError):  # noqa: N818 - the name says what it is
    code, status = "not_found", 404


class ConflictError(DuecourseError):
    code, status = "conflict", 409


class AccessError(DuecourseError):
    code, status = "forbidden", 403


class AuthenticationError(AccessError):
    code, status = "unauthenticated", 401


class ThrottledError(AccessError):
    code, status = "too_many_attempts", 429

    def __init__(self, wait_s: int):
        super().__init__("too many failed attempts to sign in", hint=f"try again in {wait_s} s")
        self.wait_s = wait_s


class UnavailableError(DuecourseError):
    code, status = "unavailable", 503


class LedgerError(DuecourseError):
    code, status = "ledger_broken", 500
