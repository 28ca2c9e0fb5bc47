"""Asks axe-core what is wrong with a page for people who hear it, or see it badly."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SCRIPT = Path(__file__).parent / "vendor" / "axe.min.js"
COLOURS = ("color-contrast", "link-in-text-block")
WORDS = ("color-contrast", "html-has-lang", "html-lang-valid", "valid-lang")
# no page has frames, and no rule that is asked reads style sheets of other places
ASK = """async (only) => {
  const found = await axe.run(document, { resultTypes: ["violations"], preload: false, iframes: false,
    ...(only.length && { runOnly: only }) });
  return found.violations.map((one) => ({
    id: one.id, impact: one.impact, help: one.help,
    where: one.nodes.slice(0, 5).map((node) =>
      `${node.target.join(" ")} ${node.html.slice(0, 160)} ${(node.failureSummary || "").slice(0, 300)}`),
  }));
}"""


@cache
def source() -> str:
    assert SCRIPT.is_file(), "axe-core is missing: make setup fetches it"
    return SCRIPT.read_text(encoding="utf-8")


def findings(page: Page, only: Sequence[str] = ()) -> list[str]:
    """Every finding, the worst first; empty on a page that is sound. `only`: the rules to ask, else all."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(source())
    found: list[dict[str, Any]] = page.evaluate(ASK, list(only))
    order = ("critical", "serious", "moderate", "minor")
    found.sort(key=lambda one: order.index(one["impact"] or "minor"))
    return [f"{one['impact']} {one['id']}: {one['help']}\n  " + "\n  ".join(one["where"]) for one in found]
