"""The 330 worked examples of the laws' own texts: all are typed; those of the US and of China are all met."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from policies.cases import CaseResult, load_cases, run_cases
from policies.facts import Contact, Event, Given, decode, encode
from policies.library import load
from policies.rule import kinds

HERE = Path(__file__).parent
FILES = {"us": HERE / "cases-us.json", "intl": HERE / "cases-intl.json"}
LATER_US = {"nc-location-1-week-3-per-30", "nc-work-instruction", "co-initial-statements"}
"""Rules of states whose packs are not written yet."""


def results(name: str) -> list[tuple[tuple[str, ...], CaseResult]]:
    cases = load_cases(FILES[name])
    return list(zip((c.given.jurisdictions for c in cases), run_cases(cases, load()), strict=True))


def test_all_cases_load_with_every_key_typed() -> None:
    loaded = {name: load_cases(path) for name, path in FILES.items()}
    assert {name: len(cases) for name, cases in loaded.items()} == {"us": 203, "intl": 127}
    for case in (case for cases in loaded.values() for case in cases):
        assert decode(encode(case.facts)) == case.facts


def keys_of(shape: dict[str, Any]) -> set[str]:
    """The keys that the schema of the examples allows at this place."""
    return set(shape["properties"])


def test_the_schema_names_no_key_that_has_no_place() -> None:
    schema = json.loads((HERE / "cases.schema.json").read_text(encoding="utf-8"))["items"]["properties"]
    placed: dict[str, type[msgspec.Struct]] = {"given": Given, "contact": Contact}
    for part, struct in placed.items():
        names = {field.encode_name for field in msgspec.structs.fields(struct)}
        assert keys_of(schema[part]) <= names, keys_of(schema[part]) - names
    names = {field.encode_name for field in msgspec.structs.fields(Event)}
    assert keys_of(schema["history"]["items"]) <= names


def test_a_key_outside_the_vocabulary_is_refused() -> None:
    case = json.loads(FILES["us"].read_text(encoding="utf-8"))[0]
    case["given"]["weather"] = "rain"
    with pytest.raises(msgspec.ValidationError, match="weather"):
        msgspec.convert(case["given"], Given)


def test_every_case_under_federal_law_alone_is_met() -> None:
    found = [result for places, result in results("us") if places == ("us",)]
    assert len(found) == 175
    assert [(r.id, r.differs, r.not_judged) for r in found if not r.ok] == []


def test_cases_of_states_and_cities_are_met_as_far_as_packs_go() -> None:
    found = [result for places, result in results("us") if places != ("us",)]
    assert len(found) == 28
    wrong = [(r.id, r.differs) for r in found if not r.ok and r.not_judged is None]
    assert wrong == []
    left = {r.not_judged for r in found if r.not_judged is not None}
    assert left <= {f"rule {name}" for name in LATER_US}


def test_every_case_of_china_is_met() -> None:
    found = [result for places, result in results("intl") if places == ("cn",)]
    wrong = [(r.id, r.differs) for r in found if not r.ok and r.not_judged is None]
    assert wrong == []
    assert all(r.ok or r.not_judged for r in found)


def test_no_case_passes_without_having_been_judged() -> None:
    for name in FILES:
        for _, result in results(name):
            assert not (result.ok and result.not_judged is not None)


def test_counts_are_reported(capsys: pytest.CaptureFixture[str]) -> None:
    for name in FILES:
        counts = Counter(
            "ok" if result.ok else ("not judged" if result.not_judged else "wrong")
            for _, result in results(name)
        )
        with capsys.disabled():
            print(f"\n{name}: {dict(counts)}; kinds built: {len(kinds())}")  # noqa: T201 - the counts are the point
        assert counts["wrong"] == 0
