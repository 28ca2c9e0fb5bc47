"""The list of campaigns and the form of one: roles, what bad input gets, the count while somebody types."""

from __future__ import annotations

import re

import pytest

from orchestrator.bootstrap import Runtime
from orchestrator.services import campaign
from tests.integration.console.campaigns import FORM, drafted, started
from tests.integration.console.conftest import Browser, Enter, words

CANARY = "<script>canary()</script>"


@pytest.fixture
def manager(enter: Enter) -> Browser:
    return enter("campaign_manager")


def test_without_a_campaign_the_page_says_what_they_are_for(manager: Browser, enter: Enter) -> None:
    page = words(manager.text("/campaigns"))
    assert "There is no campaign yet" in page
    assert "New campaign" in page
    assert "New campaign" not in words(enter("auditor").text("/campaigns"))


@pytest.mark.parametrize(
    ("role", "listed", "written"),
    [
        ("collector", 403, 403),
        ("campaign_manager", 200, 200),
        ("compliance_officer", 200, 403),
        ("auditor", 200, 403),
        ("administrator", 200, 200),
    ],
)
def test_who_sees_and_who_writes(enter: Enter, role: str, listed: int, written: int) -> None:
    browser = enter(role)
    assert browser.get("/campaigns").status_code == listed
    assert browser.get("/campaigns/new").status_code == written
    assert browser.post("/campaigns/new", FORM).status_code == (303 if written == 200 else 403)


def test_the_list_says_state_segment_and_limits_in_words(manager: Browser) -> None:
    started(
        manager, segment='country == "US" && balance > 50.0 && !("sms" in opt_outs)', hourly_limit="1,000"
    )
    page = words(manager.text("/campaigns"))
    assert "Running spring" in page
    assert "country United States, balance over 50, no sms among the stopped channels" in page
    assert "1,000 an hour, 2 a day" in page
    assert "0 of 3" in page


def test_everything_that_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    manager: Browser, runtime: Runtime
) -> None:
    wrong = {
        "name": "late", "segment": "balence > 3.0", "cadence": "standard", "starts_on": "2026-12-02",
        "ends_on": "2026-12-01", "hourly_limit": "many", "daily_limit": "0", "held_out": "60",
    }  # fmt: skip
    answer = manager.post("/campaigns/new", wrong)
    assert answer.status_code == 422
    page = words(answer.text)
    for message in (
        "There is no field balence.",
        "Line 1, column 1:",
        "Fields that are written like it: balance",
        "The last day is before the first: enter 2026-12-02 or later.",
        "Enter a share from 0 to 50 %.",
    ):
        assert message in page, message
    assert page.count("Enter a whole number of contacts, 1 to 10,000,000") == 2
    assert "balence &gt; 3.0" in answer.text
    for typed in ("late", "2026-12-02", "2026-12-01", "many", "60"):
        assert f'value="{typed}"' in answer.text, typed
    assert answer.text.count('aria-invalid="true"') == 5
    assert campaign.list_all(runtime.house) == ()


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"starts_on": "30.11.2026"}, "Enter a date, such as 2026-11-30."),
        ({"ends_on": "9999-12-31"}, "This day cannot be meant: enter one up to 2100-12-31, or nothing."),
        ({"starts_on": "0001-01-01"}, "This day cannot be meant"),
        ({"ends_on": "2020-01-01"}, "This day is over"),
        ({"cadence": "none-such"}, "Choose a cadence of the list."),
        ({"name": "  "}, "Enter a name of 1 to 120 characters."),
        ({"held_out": "nan"}, "Enter a share from 0 to 50 %."),
    ],
)
def test_one_wrong_field(manager: Browser, typed: dict[str, str], message: str) -> None:
    answer = manager.post("/campaigns/new", {**FORM, **typed})
    if (
        typed.get("ends_on") == "2020-01-01"
    ):  # a draft may be old: its dates count when it is forecast or started
        assert answer.status_code == 303
        return
    assert answer.status_code == 422
    assert message in words(answer.text)


def test_a_name_that_is_taken_is_said_at_the_name(manager: Browser) -> None:
    drafted(manager)
    answer = manager.post("/campaigns/new", FORM)
    assert answer.status_code == 422
    assert "There is a campaign of this name already" in words(answer.text)


@pytest.mark.parametrize(
    ("segment", "message", "marked"),
    [
        ("balance >", "This cannot be read:", ""),
        ("balance > 1.0 &&\nowed > 2.0", "There is no field owed.", "owed"),
        ('days_past_due > "a"', "days_past_due is a whole number", "days_past_due"),
        ("size(holds)", "A segment gives true or false; this one gives int.", "holds"),
        ("age > 3", "age may be empty: write age != null &amp;&amp; before it.", "age"),
        ("holds.all(x, x == 'a')", "all() goes through a list", "all"),
        ("sum(balance) > 3.0", "There is no function sum().", "sum"),
    ],
)
def test_a_segment_that_cannot_be_taken_is_marked_where_it_is_wrong(
    manager: Browser, segment: str, message: str, marked: str
) -> None:
    answer = manager.post("/campaigns/segment", {"segment": segment})
    assert answer.status_code == 200
    assert message in answer.text
    found = re.search(r"<mark>(.*?)</mark>", answer.text)
    assert found is not None
    assert found[1].strip() == marked
    assert ("Line 2" in answer.text) is ("\n" in segment)


def test_the_count_comes_with_a_sample_and_says_who_is_elsewhere(manager: Browser) -> None:
    assert "3 accounts, of 3 people" in words(manager.post("/campaigns/segment", {"segment": ""}).text)
    started(manager, segment="balance > 100.0")
    part = words(manager.post("/campaigns/segment", {"segment": "balance > 50.0"}).text)
    assert "Owed $280.50" in part
    assert "Worked elsewhere 1" in part
    assert "Maria Canary" in part


def test_without_script_the_form_counts_on_request_and_keeps_nothing(
    manager: Browser, runtime: Runtime
) -> None:
    answer = manager.post("/campaigns/new", {**FORM, "act": "count"})
    assert answer.status_code == 200
    assert "3 accounts, of 3 people" in words(answer.text)
    assert campaign.list_all(runtime.house) == ()


def test_a_draft_is_changed_and_one_that_runs_is_not(manager: Browser, runtime: Runtime) -> None:
    address = drafted(manager)
    assert 'value="2"' in manager.text(f"{address}/edit")
    changed = {**FORM, "name": "another", "daily_limit": "7", "held_out": "12.5%", "act": "draft"}
    assert manager.post(f"{address}/edit", changed).status_code == 303
    (kept,) = campaign.list_all(runtime.house)
    assert (kept.name, kept.definition.daily_limit, kept.definition.held_out_share) == ("spring", 7, 0.125)
    manager.post(f"{address}/start")
    assert manager.get(f"{address}/edit").status_code == 303
    assert manager.post(f"{address}/edit", changed).status_code == 409


def test_what_is_typed_never_becomes_markup(manager: Browser) -> None:
    address = drafted(manager, name=CANARY)
    manager.post(f"{address}/start")
    for path in (
        "/campaigns",
        address,
        f"{address}/forecast",
        f"{address}/people",
        f"{address}/forecast/people",
    ):
        page = manager.text(path)
        assert "<script>canary" not in page, path
    assert "&lt;script&gt;canary" in manager.text("/campaigns")
    wrong = manager.post("/campaigns/new", dict.fromkeys(FORM, CANARY))
    assert wrong.status_code == 422
    assert "<script>canary" not in wrong.text
    assert (
        "<script>canary"
        not in manager.post("/campaigns/segment", {"segment": f"balance > 1.0 && '{CANARY}'"}).text
    )


def test_the_pages_speak_chinese(enter: Enter) -> None:
    manager = enter("campaign_manager", language="zh")
    address = started(manager)
    assert "批次已停止" not in manager.text(address)
    for path, said in (
        ("/campaigns", "余额超过 50"),
        ("/campaigns/new", "当前符合条件"),
        (address, "今日联系（按小时）"),
        (f"{address}/forecast", "首次联系"),
    ):
        assert said in manager.text(path), path
    assert "没有字段 balence。" in manager.post("/campaigns/segment", {"segment": "balence > 1.0"}).text
