"""What is documented exists, what exists is documented, and links lead somewhere."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from orchestrator.settings import Settings, variable
from tests.meta.source import ROOT, name, tracked

DOCS = ROOT / "docs"
PAGES = [path for path in tracked() if path.suffix == ".md"]
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")


def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference", ROOT / "setup" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("field", sorted(Settings.model_fields))
def test_every_setting_is_documented(field: str) -> None:
    assert f"`{variable(field)}`" in (DOCS / "reference" / "settings.md").read_text(encoding="utf-8")


def test_every_documented_setting_exists() -> None:
    text = (DOCS / "reference" / "settings.md").read_text(encoding="utf-8")
    known = {variable(field) for field in Settings.model_fields} | {"DUECOURSE_ENV_FILE"}
    assert set(re.findall(r"DUECOURSE_[A-Z_]+[A-Z]", text)) <= known


@pytest.mark.parametrize("page", sorted(reference().PAGES))
def test_what_follows_from_the_code_is_written_anew(page: str) -> None:
    """Run `make docs` after changing a command, an error code, a rule kind, a fact, a word or a column."""
    written = (DOCS / "reference" / page).read_text(encoding="utf-8")
    assert written == reference().PAGES[page]()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    targets = [
        link.split("#")[0] for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link
    ]
    missing = [target for target in targets if target and not (page.parent / target).exists()]
    assert not missing


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150


@pytest.mark.parametrize("record", sorted((DOCS / "decisions").glob("0*.md")), ids=name)
def test_a_decision_record_is_one_page(record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60
    for part in ("Status: ", "## Context", "## Decision", "## Consequences"):
        assert part in text


def test_all_decisions_are_recorded() -> None:
    numbers = [path.name[:4] for path in sorted((DOCS / "decisions").glob("0*.md"))]
    assert numbers[:15] == [f"{number:04}" for number in range(1, 16)]
