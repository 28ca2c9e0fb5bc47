"""The console's two languages: catalogues beside the pages, one a section, read once and never compiled by hand.

A sentence is one message with placeholders, never joined from parts; what a catalogue lacks is shown in English.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LANGUAGES = ("en", "zh")
NAMES = {"en": "English", "zh": "中文"}
FOLDER = Path(__file__).parent / "locale"


def closest(*wishes: str | None) -> str:
    """The first wish that is one of ours ("zh-CN" is "zh"), else English."""
    for wish in wishes:
        start = (wish or "").split("-")[0].split("_")[0].lower()
        if start in LANGUAGES:
            return start
    return LANGUAGES[0]


def preferred(header: str | None) -> str | None:
    """The language that a browser asks for first among ours; weights are taken in the order given."""
    for part in (header or "").split(","):
        start = part.split(";")[0].strip().split("-")[0].lower()
        if start in LANGUAGES:
            return start
    return None


def catalogs(language: str) -> list[Catalog]:
    """Every section's catalogue of a language; English needs none."""
    return [
        read_po(BytesIO(path.read_bytes()), locale=language)
        for path in sorted((FOLDER / language).glob("*.po"))
    ]


@cache
def translations(language: str) -> NullTranslations:
    """All sections of a language as one."""
    whole = Catalog(locale=language)
    for catalog in catalogs(language):
        for message in catalog:
            if message.id and message.string:
                whole.add(message.id, message.string, context=message.context)
    if not len(whole):
        return NullTranslations()
    binary = BytesIO()
    write_mo(binary, whole)
    binary.seek(0)
    return Translations(binary)
