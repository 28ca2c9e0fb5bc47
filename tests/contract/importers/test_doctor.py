"""The doctor: what a first contact lacks, by place and with counts, and what is wrong with the installation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from orchestrator.domain import firm_file
from orchestrator.sample import book
from orchestrator.services.doctor import Finding, Level, Patient, examine, is_well
from orchestrator.settings import Settings
from orchestrator.store.sealing import KeyRing, Sealer
from policies import library
from tests.contract.importers.conftest import Desk

Ann = Callable[..., dict[str, str]]
LIBRARY = library.load()


@pytest.fixture
def found(desk: Desk, tmp_path: Path) -> Callable[..., list[Finding]]:
    def look(sealer: Sealer = desk.sealer) -> list[Finding]:
        settings = Settings(data_dir=tmp_path)
        firm = firm_file.load(None)
        return examine(Patient(settings, desk.database, desk.clock, sealer, firm, LIBRARY, ("sms",)))

    return look


def about(findings: list[Finding], words: str) -> list[tuple[str, int | None]]:
    return [
        (finding.message.split(":")[0], finding.count) for finding in findings if words in finding.message
    ]


def test_what_is_missing_is_counted_by_place(
    desk: Desk, ann: Ann, found: Callable[..., list[Finding]]
) -> None:
    new_york = {"city": "Brooklyn", "subdivision": "US-NY", "postal_code": "11215"}
    chinese = {
        "country": "CN",
        "currency": "CNY",
        "mobile": "13812345678",
        "city": "深圳",
        "subdivision": "CN-GD",
    }
    desk.bring(
        ann(new_placement="yes", validation_sent_on="2026-02-01"),
        ann(consumer_id="c2", account_id="a2", mobile="+12125550122", **new_york),
        ann(consumer_id="c3", account_id="a3", new_placement="yes", **chinese),
        ann(consumer_id="c4", account_id="a4", new_placement="yes", agency_notice_on="2026-01-01",
            **{**chinese, "mobile": "13812345679"}),
    )  # fmt: skip
    findings = found()
    assert about(findings, "no validation notice") == [("us-ny-nyc", 1)]
    assert about(findings, "no notice of the agency") == [("cn-gd", 1)]
    assert about(findings, "no consent to electronic") == [("us-ny-nyc", 1)]
    assert about(findings, "how far back") == [("us-ny-nyc", 1)]
    assert all(finding.hint for finding in findings if finding.level is not Level.OK)


def test_a_book_that_lacks_nothing_says_so(desk: Desk, ann: Ann, found: Callable[..., list[Finding]]) -> None:
    desk.bring(ann(validation_sent_on="2026-02-01"), complete_since=date(2026, 1, 1))
    assert about(found(), "nothing is missing for 1 open accounts")


def test_another_key_is_a_problem_with_words(
    desk: Desk, ann: Ann, found: Callable[..., list[Finding]]
) -> None:
    desk.bring(ann())
    findings = found(Sealer(KeyRing.of_secret("quite another secret, long enough too")))
    assert not is_well(findings)
    assert any(finding.area == "keys" and finding.level is Level.PROBLEM for finding in findings)


def test_a_crowd_behind_one_number_is_named(
    desk: Desk, ann: Ann, found: Callable[..., list[Finding]]
) -> None:
    desk.bring(*[ann(consumer_id=f"c{n}", account_id=f"a{n}") for n in range(12)])
    assert [finding.count for finding in found() if "share a number" in finding.message] == [12]


def test_the_sample_book_goes_in_whole(desk: Desk, found: Callable[..., list[Finding]]) -> None:
    files = book.write(desk.folder / "sample", date(2026, 4, 7))
    results = {name: desk.bring_file(path) for name, path in files.items()}
    assert all(result.rejected == 0 for result in results.values())
    assert results[book.PORTFOLIO].accounts >= 400
    countries = dict(desk.see("SELECT country, count(*) FROM consumer GROUP BY country"))
    assert min(countries["US"], countries["CN"]) >= 100
    assert len(about(found(), "no validation notice")) == 1
