"""Campaigns made over the console's own forms."""

from __future__ import annotations

from tests.integration.console.conftest import Browser

FORM = {
    "name": "spring",
    "segment": "balance > 50.0",
    "cadence": "standard",
    "held_out": "0",
    "daily_limit": "2",
}


def drafted(browser: Browser, **more: str) -> str:
    """The address of a draft with its forecast made."""
    answer = browser.post("/campaigns/new", {**FORM, "act": "forecast", **more})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).removesuffix("/forecast")


def started(browser: Browser, **more: str) -> str:
    """The address of a campaign that runs."""
    address = drafted(browser, **more)
    assert browser.post(f"{address}/start").status_code == 303
    return address
