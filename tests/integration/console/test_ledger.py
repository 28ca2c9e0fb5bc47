"""The ledger's page: how it stands, its lines, and a verification."""

from __future__ import annotations

import pytest

from orchestrator.bootstrap import Runtime
from orchestrator.services import verification
from tests.integration.console.conftest import Browser, Enter, words
from tests.integration.console.contacts import calls
from tests.integration.console.test_ledger_service import sealed, tamper


@pytest.mark.parametrize("role", ["compliance_officer", "auditor", "administrator"])
def test_those_who_audit_read_the_ledger(enter: Enter, runtime: Runtime, role: str) -> None:
    calls(runtime, 2)
    page = words(enter(role).text("/ledger"))
    assert "contact reserved" in page
    assert "It holds no personal data." in page
    assert "Maria" not in page


@pytest.mark.parametrize("role", ["collector", "campaign_manager"])
def test_others_are_told_who_may(enter: Enter, role: str) -> None:
    answer = enter(role).get("/ledger")
    assert answer.status_code == 403
    assert "auditor" in words(answer.text)
    assert enter(role).post("/ledger/verification").status_code == 403


def test_a_guest_signs_in_first(guest: Browser) -> None:
    assert guest.get("/ledger").status_code == 303


def test_what_is_sealed_signed_and_waiting_is_shown(enter: Enter, runtime: Runtime) -> None:
    browser = enter("auditor")
    sealed(runtime)
    calls(runtime, 3)
    page = words(browser.text("/ledger"))
    assert page.count("fits the chain") == 2
    assert "3 lines wait to be sealed" in page


def test_lines_are_found_by_kind_and_day(enter: Enter, runtime: Runtime) -> None:
    refused = calls(runtime, 8)[-1]
    browser = enter("auditor", time_zone="America/Chicago")
    page = browser.text("/ledger?kind=refused&day=2026-10-14")
    assert page.count('href="/decisions/ve_') == 1
    assert f"/decisions/{refused}" in page
    assert "No line fits" in words(browser.text("/ledger?kind=refused&day=2026-10-13"))


@pytest.mark.parametrize(("query", "status"), [("day=x", 422), ("kind=x", 400), ("before=x", 400)])
def test_bad_input_is_refused(enter: Enter, query: str, status: int) -> None:
    assert enter("auditor").get(f"/ledger?{query}").status_code == status


def test_a_verification_runs_beside_the_page(enter: Enter, runtime: Runtime) -> None:
    browser = enter("auditor")
    calls(runtime, 2)
    sealed(runtime)
    assert "not verified from here yet" in words(browser.text("/ledger"))
    begun = browser.post("/ledger/verification", headers={"HX-Request": "true"})
    assert 'hx-trigger="every 1s"' in begun.text
    asked = browser.get("/ledger/verification", headers={"HX-Request": "true"})
    assert "Sound." in words(asked.text)
    assert "every 1s" not in asked.text
    assert browser.post("/ledger/verification").headers["location"] == "/ledger"
    assert browser.get("/ledger/verification").status_code == 303


def test_a_verification_that_finds_something_says_so(enter: Enter, runtime: Runtime) -> None:
    browser = enter("auditor")
    calls(runtime, 2)
    sealed(runtime)
    tamper(runtime, "UPDATE ledger_entry SET kind = 'promise' WHERE kind = 'reserved'")
    browser.post("/ledger/verification")
    page = words(browser.text("/ledger"))
    assert "Not sound." in page
    assert "was changed" in page


def test_a_second_one_shows_the_first(enter: Enter, runtime: Runtime) -> None:
    verification.begin(runtime.house, "Ann")
    answer = enter("auditor").post("/ledger/verification", headers={"HX-Request": "true"})
    assert "Verifying:" in words(answer.text)


def test_the_ledger_reads_in_chinese(enter: Enter, runtime: Runtime) -> None:
    calls(runtime, 1)
    page = words(enter("auditor", language="zh").text("/ledger"))
    for text in ("占用联系", "立即校验", "不含个人信息", "等待封存"):
        assert text in page, text
