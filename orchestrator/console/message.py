"""Marks sentences of Python code for the catalogues; they are translated where they are shown."""

from __future__ import annotations


def N_(text: str) -> str:  # noqa: N802 - the name that extractors know
    """The text as it is; templates translate it with `_`."""
    return text
