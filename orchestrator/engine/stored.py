"""Open JSON as it comes back: text from one database, values from the other."""

from __future__ import annotations

from typing import Any

import msgspec


def plain(value: Any) -> Any:
    """The value of a JSON column."""
    return msgspec.json.decode(value) if isinstance(value, str | bytes) else value


def id_list(value: Any) -> tuple[str, ...]:
    """The ids in a JSON column."""
    return tuple(plain(value) or ())
