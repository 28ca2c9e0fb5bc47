"""Asks axe-core what is wrong with a page for people who hear it, or see it badly."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SCRIPT = Path(__file__).parent / "vendor" / "axe.min.js"
ASK = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
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


def findings(page: Page) -> list[str]:
    """Every finding, the worst first; empty on a page that is sound."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(source())
    found: list[dict[str, Any]] = page.evaluate(ASK)
    order = ("critical", "serious", "moderate", "minor")
    found.sort(key=lambda one: order.index(one["impact"] or "minor"))
    return [f"{one['impact']} {one['id']}: {one['help']}\n  " + "\n  ".join(one["where"]) for one in found]
