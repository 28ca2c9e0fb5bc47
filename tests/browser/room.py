"""Browsers in which somebody is signed in, each watched; for a server that stays they are kept from test to test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from tests.browser import chromium
from tests.browser.serve import Served
from tests.browser.watch import Watch

ARGUMENTS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--force-color-profile=srgb",
)  # fmt: skip
WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}
Theme = Literal["light", "dark"]
PATIENCE_MS = 15_000


def launched() -> Iterator[Browser]:
    path = chromium.find()
    if path is None:
        pytest.exit(chromium.HOW, 2)
    with sync_playwright() as driver:
        as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = driver.chromium.launch(executable_path=path, args=[*ARGUMENTS, *as_root])
        yield browser
        browser.close()


def new_context(
    browser: Browser,
    served: Served,
    who: str | None,
    *,
    language: str = "en",
    theme: Theme = "light",
    viewport: ViewportSize = WIDE,
    scripts: bool = True,
) -> BrowserContext:
    """A browser of its own in which `who` is signed in; None is a guest."""
    context = browser.new_context(
        base_url=served.address,
        color_scheme=theme,
        reduced_motion="reduce",
        viewport=viewport,
        locale="zh-CN" if language == "zh" else "en-US",
        java_script_enabled=scripts,
    )
    context.set_default_timeout(PATIENCE_MS)
    sign_in(context, served, who)
    return context


def sign_in(context: BrowserContext, served: Served, who: str | None) -> None:
    """From here on `who` sits there, nobody else."""
    context.clear_cookies()
    if who is not None:
        context.add_cookies([{"name": "duecourse", "value": served.session(who), "url": served.address}])


class Rooms:
    """Browsers with a watch each, kept from test to test: a new one fetches all anew and costs more than most tests.

    They are told apart by what cannot be changed; who sits there can.
    """

    def __init__(self, browser: Browser):
        self.browser = browser
        self.free: dict[str, list[Page]] = {}
        self.taken: list[tuple[str, Page]] = []

    def open(self, served: Served, who: str | None, **how: Any) -> Page:
        """An empty page of whoever it is; its `watch` fails the test at its end."""
        kind = f"{served.address} {sorted(how.items())}"
        free = self.free.get(kind)
        if free:
            page = free.pop()
            sign_in(page.context, served, who)
            page.set_viewport_size(how.get("viewport", WIDE))
            page.emulate_media(color_scheme=how.get("theme", "light"))
        else:
            watch = Watch(new_context(self.browser, served, who, **how)).begin()
            page = watch.context.new_page()
            page.watch = watch  # type: ignore[attr-defined]
        self.taken.append((kind, page))
        return page

    def leave(self) -> None:
        """Ends the test's pages; then it fails if one of them did what none may do."""
        taken, self.taken = self.taken, []
        with ExitStack() as every:
            for kind, page in taken:
                empty(page)
                self.free.setdefault(kind, []).append(page)
                every.callback(page.watch.end)  # type: ignore[attr-defined]


def empty(page: Page) -> None:
    """As it was when it was new: nothing shown, kept or planted."""
    for other in page.context.pages:
        if other is not page:
            other.close()
    page.unroute_all()
    if page.url.startswith("http"):
        page.evaluate("sessionStorage.clear()")
    page.goto("about:blank")
