"""The page behind the link in a message, for a consumer: looking changes nothing, the button does, no debt is named."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from orchestrator.engine.message import unsubscribe_token
from tests.browser import axe
from tests.browser.conftest import Open
from tests.browser.done import overflow
from tests.browser.place import one
from tests.browser.room import NARROW
from tests.browser.serve import Served

ATTEMPT = (
    "SELECT a.id FROM attempt AS a JOIN consumer AS c ON c.id = a.consumer_id WHERE a.channel = 'email' "
    "AND a.state = 'delivered' AND c.country = '%s' ORDER BY a.id LIMIT 1"
)
TELLING = ("debt", "collect", "balance", "overdue", "creditor", "欠", "催收", "逾期", "账户", "债")
WISHES = "SELECT count(*) FROM opt_out"


@pytest.mark.parametrize("country", ["US", "CN"])
@pytest.mark.parametrize("scripts", [True, False])
def test_looking_stops_nothing_and_the_button_stops(
    served: Served, enter: Open, country: str, scripts: bool
) -> None:
    attempt = one(ATTEMPT % country)(served.runtime)
    page = enter(served, None, viewport=NARROW, scripts=scripts)
    before = served.scalar(WISHES)
    page.goto(f"/u/{unsubscribe_token(served.runtime.house, attempt)}")
    said = page.locator("body").inner_text().casefold()
    assert [word for word in TELLING if word in said] == []
    assert served.scalar(WISHES) == before
    page.locator("main button, form button").first.click()
    expect(page.locator("body")).not_to_have_text(said)
    assert int(str(served.scalar(WISHES))) > int(str(before))
    said = page.locator("body").inner_text().casefold()
    assert [word for word in TELLING if word in said] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_is_done_too(library: Served, enter: Open, theme: str) -> None:
    attempt = one(ATTEMPT % "US")(library.runtime)
    page = enter(library, None, theme=theme)
    page.goto(f"/u/{unsubscribe_token(library.runtime.house, attempt)}")
    assert overflow(page) == {}
    assert axe.findings(page) == []


def test_a_link_that_is_not_ours_says_so(library: Served, enter: Open) -> None:
    page = enter(library, None)
    page.watch.allowed = {404}  # type: ignore[attr-defined]
    page.goto("/u/at_nothing.forged")
    expect(page.locator("body")).not_to_be_empty()
