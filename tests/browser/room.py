"""Browsers in which somebody is signed in, each watched; for a server that stays they are kept from test to test."""

from __future__ import annotations

import os
from collections.abc import Iterator
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
    if who is not None:
        context.add_cookies([{"name": "duecourse", "value": served.session(who), "url": served.address}])
    return context


class Rooms:
    """Contexts with a watch each. What was fetched once for a server that stays is not fetched again."""

    def __init__(self, browser: Browser):
        self.browser = browser
        self.kept: dict[tuple[str, ...], Watch] = {}
        self.used: list[tuple[tuple[str, ...], Watch, Page]] = []

    def open(self, served: Served, who: str | None, **how: Any) -> Page:
        """A new page of whoever it is; its `watch` fails the test at its end."""
        key = (served.address, str(who), repr(sorted(how.items())))
        watch = self.kept.pop(key, None) or Watch(new_context(self.browser, served, who, **how)).begin()
        page = watch.context.new_page()
        page.watch = watch  # type: ignore[attr-defined]
        self.used.append((key, watch, page) if served.stays else ((), watch, page))
        return page

    def leave(self) -> None:
        """Ends the pages of a test; then it fails if one of them did what none may do."""
        for key, watch, page in self.used:
            page.close()
            if key:
                self.kept[key] = watch
            else:
                watch.context.close()
        watches, self.used = [watch for _, watch, _ in self.used], []
        for watch in watches:
            watch.end()
