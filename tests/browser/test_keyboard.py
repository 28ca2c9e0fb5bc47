"""Everything works without a mouse: the skip link, the order of the tab key, a focus that is seen, the single keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import place
from tests.browser.book import LANGUAGES
from tests.browser.conftest import Open
from tests.browser.serve import Served
from tests.browser.watch import settle

# what a mouse could reach, as far as it is shown; of radio buttons with one name a tab key reaches one
REACHABLE = """() => {
  const radios = new Set();
  return Array.from(document.querySelectorAll(
      "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"))
    .filter((node) => node.checkVisibility({ visibilityProperty: true }) && !node.disabled && node.tabIndex >= 0
      && !node.closest("[popover]:not(:popover-open), dialog:not([open])"))
    .filter((node) => node.type !== "radio" || (!radios.has(node.name) && radios.add(node.name)))
    .length;
}"""
FOCUSED = """() => {
  const node = document.activeElement;
  if (!node || node === document.body) return null;
  window.__seen = window.__seen || new Set();
  // a date has several stops inside
  const again = window.__seen.has(node) && window.__last !== node;
  const inside = window.__last === node;
  window.__last = node;
  window.__seen.add(node);
  const around = node.closest(".channel, label, .search, .check, tr, .field");
  const ring = (one) => {
    if (!one) return false;
    const style = getComputedStyle(one);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== "none";
  };
  return { again, inside, seen: Boolean(ring(node) || ring(around)), html: node.outerHTML.slice(0, 120) };
}"""
# a page that puts the reader into a field would have the walk begin there
FROM_THE_TOP = """() => {
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
}"""
MOST = 400
PLACES = [name for name in place.names() if name != place.GUEST]


def walk(page: Page) -> tuple[int, list[str]]:
    """Tabs through a page: how many stops there are, and those at which no ring is seen."""
    reached, dim = 0, []
    for _ in range(MOST):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        if at is None or at["again"]:
            break
        if at["inside"]:
            continue
        reached += 1
        if not at["seen"]:
            dim.append(at["html"])
    return reached, dim


@pytest.mark.parametrize("name", PLACES)
def test_the_tab_key_reaches_everything_and_shows_where_it_is(
    library: Served, enter: Open, name: str
) -> None:
    page = enter(library, "administrator")
    page.watch.allowed = {404} if name == place.MISSING else set()  # type: ignore[attr-defined]
    page.goto(place.address(library.runtime, name))
    if not page.evaluate("document.doctype"):
        return
    settle(page)
    page.evaluate(FROM_THE_TOP)
    there = page.evaluate(REACHABLE)
    reached, dim = walk(page)
    assert dim == []
    assert reached >= min(there, MOST) - 1


def test_the_first_stop_skips_to_the_content(library: Served, enter: Open) -> None:
    page = enter(library, "administrator")
    page.goto("/me")
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_keys_lead_to_every_section(library: Served, enter: Open, language: str) -> None:
    page = enter(library, "administrator", language=language)
    page.goto("/me")
    for key, path in {"w": "/work", "c": "/consumers", "m": "/campaigns", "p": "/policies", "d": "/decisions",
                      "l": "/ledger"}.items():  # fmt: skip
        # out of a field that a page puts the reader into
        page.keyboard.press("Escape")
        page.keyboard.press("g")
        page.keyboard.press(key)
        expect(page).to_have_url(f"{library.address}{path}")
    page.goto("/me")
    page.locator("body").press("/")
    page.keyboard.type("Adams")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{library.address}/consumers?q=Adams")


def test_rows_are_walked_and_opened_by_keys(library: Served, enter: Open) -> None:
    page = enter(library, "administrator")
    page.goto("/policies")
    page.locator("body").press("j")
    first = page.evaluate("document.activeElement.href")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.href") != first
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.href") == first
    page.keyboard.press("Enter")
    page.wait_for_url(first)


def test_single_keys_are_silent_in_fields_and_can_be_turned_off(served: Served, enter: Open) -> None:
    page = enter(served, "administrator")
    page.goto("/consumers")
    page.locator("#q").press_sequentially("gw/j?")
    expect(page.locator("#q")).to_have_value("gw/j?")
    page.goto("/me")
    page.locator("input[name=single_keys]").uncheck()
    page.locator("form[action='/me'] button").first.click()
    page.wait_for_url("**/me?done=saved")
    page.locator("body").press("g")
    page.locator("body").press("w")
    assert page.url.endswith("/me?done=saved")
