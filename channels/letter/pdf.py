"""Typeset a letter as PDF: one Typst compiler per process, kept, with the packaged fonts only.

The same data gives the same bytes: no date, no system fonts. A call costs a few milliseconds.
"""

from __future__ import annotations

import contextlib
import importlib.util
import re
import threading
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
import typst

from channels.errors import Permanent, Refused, SetupError

_COUNT = re.compile(rb"/Type\s*/Pages\b(?:(?!endobj).)*?/Count (\d+)", re.DOTALL)
_COUNT_FIRST = re.compile(rb"/Count (\d+)(?:(?!endobj).)*?/Type\s*/Pages\b", re.DOTALL)
_FONT_PACKAGE = "cvttf_NotoSansCJK_Regular"


class Pdf(msgspec.Struct, frozen=True):
    data: bytes
    pages: int


class Typesetter:
    """Thread-safe; keeps the compiler and its font book."""

    def __init__(self, font_paths: tuple[str, ...] = ()) -> None:
        # A file, not bytes: a compiler made from bytes loses them after its first letter
        self._files = contextlib.ExitStack()
        layout = resources.files("channels.letter") / "layout.typ"
        source = str(self._files.enter_context(resources.as_file(layout)))
        self._lock = threading.Lock()
        self._compiler = typst.Compiler(
            source, font_paths=[*font_paths, *_packaged_fonts()], ignore_system_fonts=True
        )

    def typeset(self, data: dict[str, Any], provider: str) -> Pdf:
        """PDF of one letter; raises Permanent where the address does not fit its window."""
        inputs = {"letter": msgspec.json.encode(data).decode()}
        try:
            with self._lock:
                made = self._compiler.compile(format="pdf", sys_inputs=inputs, timestamp=0, pdf_tags=False)
        except typst.TypstError as fault:
            raise _failure(str(fault), provider) from None
        if not isinstance(made, bytes):
            raise Refused("the typesetter gave no PDF", code="typesetting_failed", provider=provider)
        return Pdf(made, _pages(made))


def _failure(text: str, provider: str) -> Refused:
    if "does-not-fit:address" in text:
        return Permanent(
            "the postal address is too long for the envelope's window",
            code="address_too_long",
            provider=provider,
            hint="shorten the address",
        )
    if "does-not-fit:return" in text:
        return Refused(
            "the return name and address are too long for the envelope",
            code="return_too_long",
            provider=provider,
            hint="shorten the sender's neutral name or address",
        )
    first = text.strip().splitlines()[0][:200] if text.strip() else "unknown"
    return Refused(f"the letter cannot be typeset: {first}", code="typesetting_failed", provider=provider)


def _pages(data: bytes) -> int:
    found = _COUNT.search(data) or _COUNT_FIRST.search(data)
    if found is None:
        raise Refused("the pages of the letter cannot be counted", code="typesetting_failed")
    return int(found.group(1))


def _packaged_fonts() -> list[str]:
    spec = importlib.util.find_spec(_FONT_PACKAGE)
    if spec is None or spec.origin is None:
        raise SetupError(
            "the font package for Chinese letters is missing",
            code="fonts_missing",
            hint="install cvttf-notosanscjk-regular",
        )
    return [str(Path(spec.origin).parent)]
