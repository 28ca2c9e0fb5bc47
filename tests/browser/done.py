"""What "done" means for a page: sound for axe, never wider than the window, by keyboard, and it says what is played.

English pages are looked at in full; Chinese ones for what words and their width can break, the rest being one markup.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from tests.browser import axe
from tests.browser.room import NARROW, WIDE

WIDTHS = {"en": (320, 390, 768, 1088, 1280, 1600), "zh": (320, 1280)}
NOTICE = {"en": "Simulated", "zh": "模拟渠道"}
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
NOTICED = """(word) => Array.from(document.querySelectorAll("header *, aside"))
  .some((node) => !node.children.length && node.textContent.trim().startsWith(word) && node.checkVisibility())"""
# What a mouse could reach, as far as it is shown; of radio buttons with one name a tab key reaches one. The walk is
# noted inside the page: a question after each key would cost more than the keys. A page that puts the reader into a
# field would have the walk begin there, so it begins at the top.
BEGIN_WALK = """(most) => {
  const there = Array.from(document.querySelectorAll(
      "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"))
    .filter((node) => node.checkVisibility({ visibilityProperty: true }) && !node.disabled && node.tabIndex >= 0
      && !node.closest("[popover]:not(:popover-open), dialog:not([open])"));
  const ring = (one) => {
    if (!one) return false;
    const style = getComputedStyle(one);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== "none";
  };
  const at = window.__walk = { there, seen: new Set(), dim: [], ended: false };
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
  document.addEventListener("focusin", ({ target: node }) => {
    if (at.ended || node === document.body || at.seen.size === most) return;
    if (at.seen.has(node)) { at.ended = true; return; }
    at.seen.add(node);
    if (!ring(node) && !ring(node.closest(".channel, label, .search, .check, tr, .field")))
      at.dim.push(node.outerHTML.slice(0, 120));
  });
  return there.length;
}"""
WALKED = """() => {
  const { there, seen, dim, ended } = window.__walk;
  const outside = document.activeElement === document.body || document.activeElement === null;
  const radios = new Set(Array.from(seen, (node) => node.type === "radio" && node.name));
  const missed = there.filter((node) => !seen.has(node) && !(node.type === "radio" && radios.has(node.name)))
    .map((node) => node.outerHTML.slice(0, 120));
  return { reached: seen.size, missed, dim, ended: ended || outside };
}"""
MOST = 400
# a date has several stops inside, so the keys are more than the places
MORE = 12


@dataclass(frozen=True, slots=True)
class Walk:
    """`reached`: at how many places the tab key stopped; `missed`: where only a mouse gets; `dim`: no ring was seen."""

    reached: int
    missed: list[str]
    dim: list[str]


def overflow(page: Page, widths: tuple[int, ...] = WIDTHS["en"]) -> dict[int, list[str]]:
    """By width, what makes the page scroll sideways."""
    found = {}
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        if problems := page.evaluate(TOO_WIDE):
            found[width] = problems
    return found


def looks(page: Page) -> dict[str, list[str]]:
    """What axe finds: everything in light and on a phone, what depends on colours in dark."""
    found = {}
    for name, theme, size, only in (
        ("light", "light", WIDE, ()),
        ("dark", "dark", WIDE, axe.COLOURS),
        ("dark 390", "dark", NARROW, axe.COLOURS),
        ("light 390", "light", NARROW, ()),
    ):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.set_viewport_size(size)
        if problems := axe.findings(page, only):
            found[name] = problems
    return found


def walk(page: Page) -> Walk:
    """Holds the tab key down through a page."""
    keys, before = min(int(page.evaluate(BEGIN_WALK, MOST)), MOST) + 1, -1
    while True:
        for _ in range(keys):
            page.keyboard.down("Tab")
        at: dict[str, Any] = page.evaluate(WALKED)
        if at["ended"] or at["reached"] in (before, MOST):
            page.keyboard.up("Tab")
            return Walk(at["reached"], [] if at["reached"] == MOST else at["missed"], at["dim"])
        keys, before = MORE, at["reached"]


def is_noticed(page: Page, language: str) -> bool:
    """Whether one reads that channels are simulated."""
    return bool(page.evaluate(NOTICED, NOTICE[language]))


def problems(page: Page, language: str) -> list[str]:
    """Everything that keeps a settled page from being done, in words; the window is left as it was found."""
    found = [f"{width} px wide: {what}" for width, what in overflow(page, WIDTHS[language]).items()]
    if language == "en":
        found += [f"axe, {look}: {one}" for look, what in looks(page).items() for one in what]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(WIDE)
    if language != "en":
        return found + [f"axe: {one}" for one in axe.findings(page, axe.WORDS)]
    walked = walk(page)
    found += [f"no ring is seen at {one}" for one in walked.dim]
    return found + [f"the tab key does not reach {one}" for one in walked.missed]


def unnoticed(page: Page, language: str) -> list[str]:
    """The widths at which nothing says that channels are simulated."""
    found = []
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)
        if not is_noticed(page, language):
            found.append(f"{size['width']} px wide: nothing says that channels are simulated")
    return found
