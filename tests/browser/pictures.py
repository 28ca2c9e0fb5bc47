"""Every page as a picture: 1280 and 390 px wide, English and Chinese, light and dark, with an index to leaf through.

    python -m tests.browser.pictures [words]   only the pages whose names contain one of the words

The book and the clock are fixed, so that two runs show the same people at the same hour.
"""

from __future__ import annotations

import re
import sys
import tempfile
from html import escape
from itertools import product
from pathlib import Path
from typing import get_args

from playwright.sync_api import Browser, Page

from orchestrator.clock import VirtualClock
from tests.browser import book, place
from tests.browser.room import NARROW, WIDE, Theme, launched, new_context
from tests.browser.serve import Served, serving
from tests.browser.watch import settle

ROOT = Path(__file__).resolve().parent.parent.parent
TARGET = ROOT / "var" / "screenshots"
LEFT_OUT = frozenset({"consumer made of scripts", "campaign made of scripts"})


def main(words: list[str]) -> int:
    TARGET.mkdir(parents=True, exist_ok=True)
    wanted = [name for name in place.names() if name not in LEFT_OUT]
    chosen = [name for name in wanted if not words or any(word in name for word in words)]
    with tempfile.TemporaryDirectory() as folder:
        print("Living the sample book first", flush=True)
        book.make(Path(folder))
        with serving(Path(folder), VirtualClock(book.NOW)) as served:
            for browser in launched():
                taken = [
                    file for language in book.LANGUAGES for file in take(browser, served, chosen, language)
                ]
    (TARGET / "index.html").write_text(index(), encoding="utf-8")
    print(f"{len(taken)} pictures: {TARGET / 'index.html'}")
    return 0


def take(browser: Browser, served: Served, names: list[str], language: str) -> list[Path]:
    """Pictures of these pages in one language."""
    found: list[Path] = []
    with (
        new_context(browser, served, f"administrator-{language}", language=language) as signed_in,
        new_context(browser, served, None, language=language) as guest,
    ):
        inside, outside = signed_in.new_page(), guest.new_page()
        for name in names:
            page = outside if name in {place.GUEST, place.CONSUMERS} else inside
            page.goto(place.address(served.runtime, name))
            if page.evaluate("document.doctype !== null"):
                settle(page)
                found += shoot(page, name, language)
    return found


def shoot(page: Page, name: str, language: str) -> list[Path]:
    found = []
    for size, theme in product((WIDE, NARROW), get_args(Theme)):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=theme)
        path = TARGET / f"{slug(name)}.{size['width']}.{language}.{theme}.png"
        page.screenshot(path=path, full_page=True)
        found.append(path)
    return found


def slug(name: str) -> str:
    """A page's name as a file's."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "home"


def index() -> str:
    """A page that lists every picture in the folder by page."""
    pages: dict[str, list[str]] = {}
    for path in sorted(TARGET.glob("*.png")):
        pages.setdefault(path.name.split(".")[0], []).append(path.name)
    body = "".join(
        f"<h2>{escape(page)}</h2><p>"
        + " ".join(f'<a href="{file}"><img src="{file}" width="300" alt="{file}"></a>' for file in files)
        for page, files in pages.items()
    )
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Screenshots</title><h1>Screenshots</h1>{body}'


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
