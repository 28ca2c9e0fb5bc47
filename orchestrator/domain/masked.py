"""Contact values for those who need not know them whole: enough to tell two apart, not enough to use."""

from __future__ import annotations

_HIDDEN = "\u00b7\u00b7"
_SHOWN = 4


def masked(kind: str, value: str) -> str:
    """The last four digits of a number, the first letter and the domain of a mailbox; nothing of an address."""
    if not value:
        return ""
    if kind == "email":
        name, _, domain = value.rpartition("@")
        return f"{name[:1]}{_HIDDEN}@{domain}" if name else _HIDDEN
    if kind == "phone":
        digits = [character for character in value if character.isdigit()]
        return _HIDDEN + "".join(digits[-_SHOWN:]) if len(digits) > _SHOWN else _HIDDEN
    return _HIDDEN
