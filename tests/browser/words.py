"""The console's words, by which a test finds a control as a reader would; what matters is written out in the test."""

from __future__ import annotations

from orchestrator.console.language import translations


def said(language: str, message: str, **values: str) -> str:
    """A message of the catalogue in this language."""
    text = translations(language).gettext(message)
    return text % values if values else text
