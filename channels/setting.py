"""Reading one value from the plain mapping of settings that providers are built from."""

from __future__ import annotations

from collections.abc import Mapping


def text_setting(settings: Mapping[str, object], name: str, default: str = "") -> str:
    """The value as text, the default if absent or empty. A secret is opened: its mask is no password."""
    value = settings.get(name)
    reveal = getattr(value, "get_secret_value", None)
    if reveal is not None:
        value = reveal()
    return str(value) if value not in (None, "") else default
