"""Packs are read as text, typed, and refused with file and line where something is wrong."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from policies.cases import load_cases, parse_cases
from policies.errors import CaseError, PackError, PolicyError, StackError
from policies.library import Library, load
from policies.lint import lint_pack, lint_path
from policies.parse import parse_pack, read_document

GOOD = """\
pack: firm-extra
jurisdiction: generic
title: {en: "Our own rules"}
checked_on: 2026-11-24
rules:
  - id: firm-lunch
    kind: contact_window
    title: {en: "Not at lunch"}
    channels: [voice]
    force: policy
    citation: our handbook
    grade: firm
    values:
      2026-01-01:
        windows: {all: "08:00-12:00, 13:00-21:00"}
cases:
  - id: firm-lunch-noon
    given: {jurisdictions: [us], zones: [America/Chicago], rules: [firm-lunch]}
    contact: {at: 2026-04-08T12:00:00-05:00, channel: voice, debts: [d1]}
    expect: {decision: defer, rule: firm-lunch, retry_at: 2026-04-08T13:00:00-05:00}
"""


def fault(text: str) -> PolicyError:
    with pytest.raises(PackError) as caught:
        parse_pack(text, "extra.yaml")
    return caught.value


def test_a_good_pack_is_typed() -> None:
    pack = parse_pack(GOOD, "extra.yaml")
    assert pack.rules[0].values[dt.date(2026, 1, 1)] == {"windows": {"all": "08:00-12:00, 13:00-21:00"}}
    assert pack.lines == {"firm-lunch": 6}
    assert lint_pack(pack) == []


def test_scalars_stay_text() -> None:
    document = read_document("a: 21:00\nb: NO\nc: 1.10\nd:\n", "x.yaml")
    assert document.data == {"a": "21:00", "b": "NO", "c": "1.10", "d": None}


@pytest.mark.parametrize(
    ("change", "line", "code", "words"),
    [
        (("    grade: firm\n", "    grade: firm\n    grade: P\n"), 13, "duplicate_key", "twice"),
        (("    grade: firm\n", "    grade: firm\n    colour: red\n"), 13, "bad_pack", "colour"),
        (("grade: firm", "grade: A"), 12, "bad_pack", "enum"),
        (("kind: contact_window", "kind: horoscope"), 7, "bad_pack", "enum"),
        (("windows: {all", "window: {all"), 15, "bad_params", "window"),
        (("08:00-12:00", "8 o'clock"), 14, "bad_params", "span of hours"),
        (("08:00-12:00", "12:00-08:00"), 14, "bad_params", "within one day"),
        (("2026-01-01:", "last year:"), 13, "bad_pack", "date"),
        (("channels: [voice]", "channels: [telegraph]"), 9, "bad_pack", "enum"),
        (("title: {en: \"Our own rules\"}\n", ""), 1, "bad_pack", "title"),
        (("channels: [voice]", "channels: &v [voice]\n    unless: *v"), 9, "yaml_alias", "anchor"),
        (("pack: firm-extra", "pack: !!int 3"), 1, "yaml_tag", "tag"),
        (("rules:", "rules: ["), 6, "bad_yaml", "YAML"),
        (("decision: defer", "decision: maybe"), 20, "bad_pack", "enum"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(
    change: tuple[str, str], line: int, code: str, words: str
) -> None:
    error = fault(GOOD.replace(*change, 1))
    assert (error.code, error.file) == (code, "extra.yaml")
    assert words in error.sentence()
    assert error.line is not None
    assert abs(error.line - line) <= 1, error.sentence()


def test_an_empty_or_huge_file_is_refused() -> None:
    assert fault("").code == "empty_file"
    assert fault("a: " + "x" * 3_000_000).code == "too_large"
    assert fault("[" * 100_000).code == "bad_yaml"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("checked_on: 2026-11-24\n", ""), "no_check_date"),
        (("    citation: our handbook\n", "    citation: ''\n"), "no_citation"),
        (("grade: firm", "grade: M"), "memory_in_force"),
        (("force: policy\n    citation: our handbook\n    grade: firm",
          "force: prohibit\n    citation: our handbook\n    grade: D"), "derived_in_force"),
        (("grade: firm", "grade: S"), "no_url"),
        (("rule: firm-lunch, retry", "retry"), "no_case"),
    ],
)  # fmt: skip
def test_lint_finds_what_makes_a_pack_unfit(change: tuple[str, str], code: str) -> None:
    text = GOOD.replace(*change, 1).replace("rules: [firm-lunch]", "actor: debt_buyer")
    found = lint_pack(parse_pack(text, "extra.yaml"))
    assert code in {finding.code for finding in found}
    assert all(finding.line >= 1 and finding.hint for finding in found)


def test_a_folder_of_packs_is_linted_whole(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD, encoding="utf-8")
    assert lint_path(tmp_path) == []
    (tmp_path / "b.yaml").write_text("pack: [", encoding="utf-8")
    (tmp_path / "c.yaml").write_bytes(b"\xff\xfe\x00")
    assert {finding.code for finding in lint_path(tmp_path)} == {"bad_yaml", "unreadable"}


def test_a_firms_pack_tightens(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD, encoding="utf-8")
    library = load((str(tmp_path),))
    assert "firm-lunch" in library.rules
    assert library.digest != load().digest
    stack = library.stack(("us",), "third_party_collector", dt.date(2026, 4, 8))
    assert "firm-lunch" in stack.by_id


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("id: firm-lunch", "id: regf-hours-8-21"), "rule_replaced"),
        (("kind: contact_window", "kind: exception_rule"), "pack_loosens"),
    ],
)
def test_a_firms_pack_cannot_loosen(tmp_path: Path, change: tuple[str, str], code: str) -> None:
    text = GOOD.replace(*change, 1)
    if code == "pack_loosens":
        text = text.replace(
            'windows: {all: "08:00-12:00, 13:00-21:00"}',
            "{condition: respond_once, lifts: [regf-hours-8-21]}",
        )
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(StackError) as caught:
        load((str(tmp_path),))
    assert caught.value.code == code
    assert caught.value.line == 6


def test_two_packs_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(PackError, match="already in"):
        load((str(tmp_path),))


def test_a_folder_that_is_not_there_is_refused() -> None:
    with pytest.raises(StackError, match="no folder"):
        load(("/nowhere/at/all",))


def test_case_files_are_read_in_both_forms(tmp_path: Path) -> None:
    pack = tmp_path / "pack.yaml"
    pack.write_text(GOOD, encoding="utf-8")
    assert [case.id for case in load_cases(pack)] == ["firm-lunch-noon"]
    contact = '{"at": "2026-04-08T12:00:00-05:00", "channel": "sms"}'
    case = f'[{{"id": "x", "contact": {contact}, "expect": {{"decision": "allow"}}}}]'
    assert parse_cases(case, "x.json")[0].contact.channel == "sms"
    with pytest.raises(CaseError, match="twice"):
        parse_cases(case[:-1] + "," + case[1:], "x.json")
    with pytest.raises(CaseError, match="not JSON"):
        parse_cases("[{", "x.json")
    with pytest.raises(CaseError, match="cannot read"):
        load_cases(tmp_path / "nowhere.yaml")
    with pytest.raises(PolicyError, match="weather"):
        parse_cases(case.replace('"sms"', '"sms", "weather": "rain"'), "x.json")


def test_what_was_active_stays_active(tmp_path: Path) -> None:
    before = load()
    (tmp_path / "bad.yaml").write_text("pack: [", encoding="utf-8")
    with pytest.raises(PackError):
        load((str(tmp_path),))
    assert load() is before


def test_a_library_without_packs_covers_nothing() -> None:
    assert not Library([]).covers(("us",))
