"""Every page is done: what that means is in done.py. And what a page does meanwhile is watched (watch.py)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser import done, place
from tests.browser.book import LANGUAGES
from tests.browser.conftest import Open
from tests.browser.serve import Served
from tests.browser.watch import settle


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
    # a consumer reads the language of the message that the link was in, and no notice of ours
    is_ours = name != place.CONSUMERS
    assert page.locator("html").get_attribute("lang") == (language if is_ours else "en")
    assert done.problems(page, language) + (done.unnoticed(page, language) if is_ours else []) == []
