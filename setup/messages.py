"""What the console says, held against its catalogues: `python setup/messages.py` lists what a translator has to do.

Messages come from the pages and from Python (`_`, `ngettext`, `N_`); translations from every .po file of a language.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
CONSOLE = ROOT / "orchestrator" / "console"
METHODS = [("**.py", "python"), ("pages/**.html", "jinja2.ext:babel_extract")]
OPTIONS = {"pages/**.html": {"extensions": "jinja2.ext.i18n,jinja2.ext.do", "newstyle_gettext": "true"}}
KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|%%|%[a-z]")


@dataclass
class State:
    """How a language stands: `missing` with where they are said, `unused` and `broken` with their catalogue."""

    missing: dict[str, str] = field(default_factory=dict)
    unused: dict[str, str] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)


def said() -> dict[str, str]:
    """Every message (its singular) with the first place that says it."""
    found: dict[str, str] = {}
    for name, line, message, _, _ in extract_from_dir(
        CONSOLE, method_map=METHODS, options_map=OPTIONS, keywords=KEYWORDS
    ):
        single = message if isinstance(message, str) else message[0]
        if single:
            found.setdefault(single, f"{name}:{line}")
    return found


def translated(language: str) -> Iterator[tuple[str, tuple[str, ...], bool, str]]:
    """(message, translations, is fuzzy, file) of every catalogue."""
    for path in sorted((CONSOLE / "locale" / language).glob("*.po")):
        for message in read_po(BytesIO(path.read_bytes()), locale=language):
            if message.id:
                single = message.id if isinstance(message.id, str) else message.id[0]
                told = message.string or ""
                texts = (told,) if isinstance(told, str) else tuple(told)
                yield single, texts, message.fuzzy, path.name


def compare(language: str) -> State:
    """The catalogues of a language against what is said."""
    state, wanted, have = State(), said(), set()
    for single, texts, is_fuzzy, file in translated(language):
        if single in have:
            state.broken[single] = f"{file}: translated twice"
        have.add(single)
        if single not in wanted:
            state.unused[single] = file
        if is_fuzzy or not all(texts):
            state.broken[single] = f"{file}: empty or marked fuzzy"
        elif any(names(text) != names(single) for text in texts):
            state.broken[single] = f"{file}: other placeholders than the English"
    state.missing = {single: where for single, where in wanted.items() if single not in have}
    return state


def names(text: str) -> set[str]:
    return {found.group(0) for found in PLACEHOLDER.finditer(text)}


def main() -> int:
    state = compare("zh")
    for title, entries in (("missing", state.missing), ("unused", state.unused), ("broken", state.broken)):
        for message, where in sorted(entries.items(), key=lambda entry: entry[1]):
            print(f"{title}\t{where}\t{message}")
    return 1 if state.missing or state.unused or state.broken else 0


if __name__ == "__main__":
    sys.exit(main())
