"""The pages of recorded decisions: the list, one whole, and the same judged again with something changed."""

from __future__ import annotations

import re

import pytest

from orchestrator.bootstrap import Runtime
from orchestrator.services import fact
from orchestrator.services.fact import By
from tests.integration.console.conftest import Browser, Enter, words
from tests.integration.console.contacts import ask, calls, later
from tests.integration.faces.conftest import Count

CAP = "regf-7in7-attempts"


def plant(runtime: Runtime) -> None:
    """A consumer whose name is a script, as an import may bring it."""
    with runtime.database.write(runtime.clock) as unit:
        unit.execute("UPDATE consumer SET given_name = '<script>alert(1)</script>'")


@pytest.mark.parametrize(
    "role", ["collector", "campaign_manager", "compliance_officer", "auditor", "administrator"]
)
def test_everybody_reads_decisions(enter: Enter, runtime: Runtime, role: str) -> None:
    refused = calls(runtime, 8)[-1]
    browser = enter(role)
    assert "Call to Maria Canary" in words(browser.text("/decisions"))
    page = words(browser.text(f"/decisions/{refused}"))
    assert "Call to Maria Canary not made" in page
    # what would happen if is for those who may check a contact
    assert ("Judge again" in page) == (role != "auditor")


def test_a_guest_signs_in_first(guest: Browser) -> None:
    assert guest.get("/decisions").status_code == 303


def test_a_refused_call_is_explained(enter: Enter, runtime: Runtime) -> None:
    refused = calls(runtime, 8)[-1]
    page = words(enter("compliance_officer", time_zone="America/New_York").text(f"/decisions/{refused}"))
    for text in (
        "Later: from Wed 21 Oct 08:00 CDT",
        "At most 7 calls about one account in 7 days",
        "7 of 7 used in Thu 8 Oct – Wed 14 Oct, 0 left.",
        "Asked by a person or a program on Wed 14 Oct 10:07 CDT (11:07 EDT)",
        "mobile (312) 555-0101",
        "wait until Wed 21 Oct 00:00 CDT",
        "All rules pass: this is the answer",
        "It was 10:07 in Chicago.",
        "America/Chicago, home address",
        "Same answer",
        "not sealed yet. It names this very answer and these facts",
        "verify with counsel",
    ):
        assert text in page, text


def test_an_allowed_text_says_what_it_had_to_carry(enter: Enter, runtime: Runtime) -> None:
    allowed = ask(runtime, "sms")
    page = words(enter("compliance_officer").text(f"/decisions/{allowed}"))
    for text in (
        "Allowed until",
        "No rule objected.",
        "What the message had to carry",
        "how to opt out",
        "the program dialer",
    ):
        assert text in page, text


def test_an_auditor_sees_no_whole_number(enter: Enter, runtime: Runtime) -> None:
    allowed = ask(runtime, "sms")
    page = enter("auditor").text(f"/decisions/{allowed}")
    assert "··0101" in page
    assert "555-0101" not in page
    assert "+13125550101" not in page


def test_the_neighbours_are_a_key_away(enter: Enter, runtime: Runtime) -> None:
    first, second, third = calls(runtime, 3)
    page = enter("auditor").text(f"/decisions/{second}")
    assert re.search(rf'href="/decisions/{first}" aria-keyshortcuts="\["', page)
    assert re.search(rf'href="/decisions/{third}" aria-keyshortcuts="\]"', page)


def test_another_day_is_judged_and_nothing_recorded(enter: Enter, runtime: Runtime, count: Count) -> None:
    refused = calls(runtime, 8)[-1]
    browser = enter("compliance_officer")
    rows = count("verdict"), count("ledger_entry")
    page = browser.text(f"/decisions/{refused}/what-if?day=2026-10-21&at=10:07")
    assert "Allowed until" in words(page).split("Judge again")[1]
    part = browser.get(
        f"/decisions/{refused}/what-if?day=2026-10-14&at=11:00", headers={"HX-Request": "true"}
    )
    assert "<html" not in part.text
    assert "Later: from" in words(part.text)
    assert (count("verdict"), count("ledger_entry")) == rows


def test_a_fact_supposed_otherwise_stays_chosen(enter: Enter, runtime: Runtime) -> None:
    refused = calls(runtime, 8)[-1]
    page = enter("compliance_officer").text(f"/decisions/{refused}/what-if?suppose=agreed:call")
    assert re.search(r'value="agreed:call" checked', page)
    assert "Allowed" in words(page).split("Judge again")[1]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("day=soon", "This is no day"),
        ("day=9999-12-31", "This is no day"),
        ("at=noon", "This is no time of day"),
    ],
)
def test_bad_input_is_told_at_its_field_and_kept(
    enter: Enter, runtime: Runtime, query: str, told: str
) -> None:
    refused = calls(runtime, 8)[-1]
    answer = enter("compliance_officer").get(f"/decisions/{refused}/what-if?{query}")
    assert answer.status_code == 422
    assert told in words(answer.text)
    assert f'value="{query.partition("=")[2]}"' in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_what_cannot_be_supposed_is_refused(enter: Enter, runtime: Runtime) -> None:
    refused = calls(runtime, 8)[-1]
    assert (
        enter("compliance_officer").get(f"/decisions/{refused}/what-if?suppose=nonsense").status_code == 400
    )
    assert enter("auditor").get(f"/decisions/{refused}/what-if").status_code == 403


def test_decisions_that_are_not_there_are_not_found(enter: Enter) -> None:
    assert enter("compliance_officer").get("/decisions/ve_nothing").status_code == 404


def test_the_list_finds_by_rule_day_and_answer(enter: Enter, runtime: Runtime) -> None:
    calls(runtime, 8)
    later(runtime, days=1)
    browser = enter("auditor")
    for query in (f"rule={CAP}", "decision=defer", "day=2026-10-14&decision=defer&channel=voice"):
        page = browser.text(f"/decisions?{query}")
        assert page.count('href="/decisions/ve_') == 1, query
        assert "Seven calls in seven days about one debt" in page
    assert "No decision fits" in words(browser.text("/decisions?day=2026-10-15"))
    assert "Maria" not in words(browser.text("/decisions?consumer=C-2"))


def test_the_list_goes_on_page_by_page(enter: Enter, runtime: Runtime) -> None:
    ask(runtime)
    with runtime.database.write(runtime.clock) as unit:
        names = ", ".join(row[1] for row in unit.query("PRAGMA table_info(verdict)") if row[1] != "id")
        for number in range(60):
            unit.execute(
                f"INSERT INTO verdict (id, {names}) SELECT 've_copy{number}', {names} FROM verdict LIMIT 1"
            )
    browser = enter("auditor")
    first = browser.text("/decisions")
    assert first.count('href="/decisions/ve_') == 50
    older = re.search(r'href="(/decisions\?before=[^"]+)"', first)
    assert older is not None
    second = browser.text(older.group(1).replace("&amp;", "&"))
    assert second.count('href="/decisions/ve_') == 11
    assert browser.get("/decisions?before=nonsense").status_code == 400


def test_a_day_that_is_none_is_told_at_its_field(enter: Enter) -> None:
    answer = enter("auditor").get("/decisions?day=someday")
    assert answer.status_code == 422
    assert "This is no day" in words(answer.text)


def test_names_are_text_and_never_markup(enter: Enter, runtime: Runtime) -> None:
    refused = calls(runtime, 8)[-1]
    plant(runtime)
    browser = enter("compliance_officer")
    for path in ("/decisions", f"/decisions/{refused}", "/decisions?rule=<script>alert(1)</script>"):
        assert "<script>alert(1)" not in browser.text(path)


def test_rules_that_were_not_kept_are_said_to_be_so(enter: Enter, runtime: Runtime) -> None:
    refused = calls(runtime, 8)[-1]
    with runtime.database.write(runtime.clock) as unit:
        unit.execute("DELETE FROM policy_version")
    page = words(enter("compliance_officer").text(f"/decisions/{refused}"))
    assert "The rules of this decision were not kept." in page
    assert "Another answer" in page
    assert "Judge again" not in page


def test_a_decision_reads_in_chinese(enter: Enter, runtime: Runtime) -> None:
    refused = calls(runtime, 8)[-1]
    page = words(
        enter("compliance_officer", language="zh", time_zone="Asia/Shanghai").text(f"/decisions/{refused}")
    )
    for text in (
        "未拨打 Maria Canary 的电话",
        "须等待",
        "每笔债务七日内至多七次呼叫",
        "全部规则通过，即为答案",
        "结论一致",
        "重新判定",
    ):
        assert text in page, text


def test_what_the_law_and_the_firm_say_alike_is_said_once(enter: Enter, runtime: Runtime) -> None:
    fact.record_opt_out(runtime.house, By("test", "system"), consumer_id="C-1", channel="sms")
    page = enter("compliance_officer").text(f"/decisions/{ask(runtime, 'sms')}")
    ruling = page[page.index('<div class="ruling') : page.index('<div class="with-rail')]
    assert ruling.count('<p class="soft">') == 1
    assert words(ruling).count("is not used again") == 1
    assert ruling.count('class="cite"') == 2


def test_day_and_time_are_written_alike_in_every_browser(enter: Enter, runtime: Runtime) -> None:
    page = enter("compliance_officer").text(f"/decisions/{calls(runtime, 8)[-1]}")
    assert 'type="date"' not in page
    assert 'type="time"' not in page
    assert 'name="day" value="2026-10-14"' in page
    assert "Time, CDT" in words(page)
    assert 'name="at" value="10:07"' in page
