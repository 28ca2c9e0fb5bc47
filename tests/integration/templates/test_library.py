"""What loads, what is refused, and what stays active."""

from __future__ import annotations

from pathlib import Path

import pytest

from templates.errors import MissingObligation
from templates.library import load
from templates.render import render
from tests.unit.templates.forms import CATALOG, SMS

REMINDER = SMS.replace("name: probe", "name: reminder").replace("hello", "good day")


def write(root: Path, place: str, text: str) -> None:
    path = root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("language", "locale"),
    [
        ("en", "en"),
        ("en-US", "en"),
        ("EN_us", "en"),
        ("zh-Hans-CN", "zh"),
        ("es-419", "es"),
        ("fr", None),
        ("", None),
    ],
)
def test_finding_by_language(language: str, locale: str | None) -> None:
    found = CATALOG.find("reminder", "sms", language)
    assert (found.locale if found else None) == locale


def test_finding_what_is_not_there() -> None:
    assert CATALOG.find("nothing", "sms", "en") is None
    assert CATALOG.find("reminder", "pigeon", "en") is None
    assert CATALOG.get("en/sms") is None


def test_a_firm_s_file_replaces_the_packaged_one(tmp_path: Path) -> None:
    write(tmp_path, "en/sms/reminder.j2", REMINDER)
    catalog = load([tmp_path])
    assert not catalog.diagnostics
    found = catalog.find("reminder", "sms", "en")
    assert found is not None
    assert "good day" in found.body
    assert len(catalog) == len(CATALOG)


def test_a_broken_file_leaves_what_was_active(tmp_path: Path) -> None:
    write(tmp_path, "en/sms/reminder.j2", REMINDER)
    write(tmp_path, "en/sms/extra.j2", SMS.replace("name: probe", "name: extra"))
    active = load([tmp_path])
    write(tmp_path, "en/sms/reminder.j2", REMINDER.replace("good day", "{{ nobody }}"))
    write(tmp_path, "en/sms/extra.j2", "nothing")
    again = load([tmp_path], active=active)
    kept = again.find("reminder", "sms", "en")
    assert kept is active.find("reminder", "sms", "en")
    assert again.find("extra", "sms", "en") is active.find("extra", "sms", "en")
    places = {(Path(f.file).name, f.line, f.code) for f in again.diagnostics}
    assert places == {("reminder.j2", 14, "undeclared_variable"), ("extra.j2", 1, "front_matter_missing")}


def test_a_broken_file_without_an_active_one_leaves_the_packaged_one(tmp_path: Path) -> None:
    write(tmp_path, "en/sms/reminder.j2", "nothing")
    again = load([tmp_path])
    kept, packaged = again.find("reminder", "sms", "en"), CATALOG.find("reminder", "sms", "en")
    assert kept is not None
    assert packaged is not None
    assert kept.version == packaged.version


def test_a_file_in_the_wrong_folder_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "es/sms/reminder.j2", REMINDER)
    assert {f.code for f in load([tmp_path]).diagnostics} == {"path_mismatch"}


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert [f.code for f in load([tmp_path / "gone"]).diagnostics] == ["no_folder"]


def test_another_language_needs_its_own_obligations(tmp_path: Path) -> None:
    french = REMINDER.replace("locale: en", "locale: fr")
    write(tmp_path, "fr/sms/reminder.j2", french)
    assert "obligation_without_text" in {f.code for f in load([tmp_path]).diagnostics}
    texts = "".join(
        f"{one}:\n  citation: probe\n  text: Avis {one}.\n"
        for one in (
            "mini_miranda_first",
            "mini_miranda",
            "opt_out_notice",
            "agency_relation",
            "official_phone",
        )
    )
    write(
        tmp_path,
        "fr/obligations.yaml",
        texts + "complaint_phone:\n  citation: probe\n  text: 'Non {{ phone }}'\n",
    )
    catalog = load([tmp_path])
    assert not catalog.diagnostics
    found = catalog.find("reminder", "sms", "fr-CA")
    assert found is not None
    values = {"sender_name": "Nord", "consumer_name": "Anne"}
    assert "Avis mini_miranda." in render(found, values, ["mini_miranda"]).text
    with pytest.raises(MissingObligation):
        render(found, values, ["complaint_phone"])


def test_a_broken_obligation_keeps_the_packaged_text(tmp_path: Path) -> None:
    write(
        tmp_path,
        "en/obligations.yaml",
        "mini_miranda:\n  citation: x\n  text: '{{ nobody }}'\nopt_out_notice:\n  citation: x\n  text: Say stop.\n"
        "other:\n  citation: x\n  text: y\nmini_miranda_first:\n  text: no citation\n",
    )
    catalog = load([tmp_path])
    assert {(f.line, f.code) for f in catalog.diagnostics} == {
        (3, "undeclared_variable"),
        (7, "unknown_obligation"),
        (10, "bad_obligation"),
    }
    texts = catalog.texts["en"]
    assert texts.fill("mini_miranda", "sms", {}) == "This is from a debt collector."
    assert texts.fill("opt_out_notice", "sms", {}) == "Say stop."


def test_an_unreadable_obligations_file_keeps_what_was_active(tmp_path: Path) -> None:
    write(tmp_path, "en/obligations.yaml", "opt_out_notice:\n  citation: x\n  text: Say stop.\n")
    active = load([tmp_path])
    write(tmp_path, "en/obligations.yaml", "opt_out_notice: [")
    again = load([tmp_path], active=active)
    assert [f.code for f in again.diagnostics] == ["bad_yaml"]
    assert again.texts["en"].fill("opt_out_notice", "sms", {}) == "Say stop."
