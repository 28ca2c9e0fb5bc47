"""What "done" means for a page: sound for axe, never wider than the window, silent; light and dark, both languages."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest
from playwright.sync_api import Page

from tests.browser import axe, place
from tests.browser.book import LANGUAGES
from tests.browser.conftest import NARROW, WIDE, Open, Theme
from tests.browser.serve import Served
from tests.browser.watch import settle

WIDTHS = (320, 390, 768, 1088, 1280, 1600)
TOO_WIDE = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  const inside = (node) => node.parentElement && node.parentElement !== document.body
    && (getComputedStyle(node.parentElement).overflowX !== "visible" || inside(node.parentElement));
  return ["page " + document.documentElement.scrollWidth + " of " + wide]
    .concat(Array.from(document.querySelectorAll("body *"))
      .filter((node) => node.getBoundingClientRect().right > wide + 0.5 && !inside(node))
      .slice(0, 5).map((node) => node.outerHTML.slice(0, 120)));
}"""


def looks(page: Page) -> dict[str, list[str]]:
    """What axe finds in light, in dark and on a phone."""
    found = {}
    for theme, size in product(get_args(Theme), (WIDE, NARROW)):
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size(size)
        if problems := axe.findings(page):
            found[f"{theme} {size['width']}"] = problems
    return found


def overflow(page: Page) -> dict[int, list[str]]:
    """By width, what makes the page scroll sideways."""
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if problems := page.evaluate(TOO_WIDE):
            found[width] = problems
    return found


def is_part(page: Page) -> bool:
    """Whether the route gives a part of a page: those are looked at inside their pages."""
    return not page.evaluate("document.doctype")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", place.names())
def test_a_page_is_done(library: Served, enter: Open, name: str, language: str) -> None:
    who = None if name in {place.GUEST, place.CONSUMERS} else "administrator"
    page = enter(library, who, language=language)
    page.watch.allowed = {404} if name == place.MISSING else set()  # type: ignore[attr-defined]
    page.goto(place.address(library.runtime, name))
    if is_part(page):
        return
    settle(page)
    # a consumer reads the language of the message that the link was in
    reads = "en" if name == place.CONSUMERS else language
    assert page.locator("html").get_attribute("lang") == reads
    assert overflow(page) == {}
    assert looks(page) == {}
