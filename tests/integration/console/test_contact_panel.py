"""The contact panel: the words of every answer, and who sees what."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orchestrator.bootstrap import Runtime
from orchestrator.importers.options import ImportOptions
from orchestrator.importers.run import import_file
from orchestrator.services import fact, slot
from orchestrator.services.contact_panel import read_panel
from orchestrator.services.fact import By
from orchestrator.services.reservation import Asked, reserve
from tests.integration.console.conftest import Browser, Enter, words
from tests.integration.console.contacts import later

PANEL = "/consumers/C-1/contact"
HTMX = {"HX-Request": "true"}
ME = By("test", "system")


def rows(html: str) -> dict[str, str]:
    """What each row says, by its channel's word and number."""
    found = re.findall(r'<div class="channel (\w+)">(.*?)<span class="vh"', html, re.DOTALL)
    said = [(state, words(re.sub(r"<svg.*?</svg>", "", body, flags=re.DOTALL))) for state, body in found]
    return {" ".join(text.split()[:3]): f"{state}: {text}" for state, text in said}


def spoke(runtime: Runtime) -> None:
    """A conversation about the account, now."""
    taken = reserve(
        runtime.house, Asked("C-1", ("A-1",), "voice", automated=False), requested_by="key:dialer"
    )
    slot.started(runtime.house, str(taken.id))
    slot.commit(runtime.house, str(taken.id), outcome="conversation", conversation_accounts=("A-1",))


def key_of(runtime: Runtime, channel: str) -> str:
    panel = read_panel(runtime.house, "C-1", "A-1")
    return next(one.key for one in panel.answers if one.channel == channel)


def detail(browser: Browser, key: str) -> str:
    return words(browser.get(f"{PANEL}/detail", params={"contact_point": key}, headers=HTMX).text)


def test_what_may_be_used_now_says_until_when_and_why(enter: Enter) -> None:
    said = rows(enter("collector", time_zone="America/New_York").text("/consumers/C-1"))
    assert said["Text (312) 555-0101"] == (
        "allow: Text (312) 555-0101 mobile Now until 21:00 CDT Agreed to it on Wed 1 Jul."
    )
    assert said["Call (312) 555-0101"].endswith("Now until 21:00 CDT 0 of 7 used, 7 left.")


def test_what_has_to_wait_says_from_when_in_both_zones_and_shows_its_hours(
    runtime: Runtime, enter: Enter
) -> None:
    spoke(runtime)
    browser = enter("collector", time_zone="America/New_York")
    said = rows(browser.text(PANEL))["Call (312) 555-0101"]
    assert said.startswith("later:")
    assert "From Wed 21 Oct 08:00 CDT" in said
    assert said.endswith("You spoke about this debt on Wed 14 Oct.")
    text = detail(browser, key_of(runtime, "voice"))
    assert "From Wed 21 Oct 08:00 CDT, 09:00 EDT your time." in text
    assert "Since the conversation day 1 of 7" in text
    assert "Why: 1 rule says wait" in text
    assert "Wed 14 Oct wait" in text
    assert "Your EDT 1 7 13 19 1 h ahead" in text
    assert "Remind me on Wed 21 Oct 08:00 CDT" in text
    assert "Start call" not in text


@pytest.mark.parametrize("zone", ["Pacific/Honolulu", "America/Chicago", "Asia/Shanghai"])
def test_the_days_over_the_strips_are_the_consumers_wherever_the_reader_is(enter: Enter, zone: str) -> None:
    html = enter("collector", time_zone=zone).text(PANEL)
    axis = html[html.index('<span class="days"') : html.index("<fieldset")]
    assert words(axis.replace("<br>", " ")) == "Wed 14 Thu 15 Fri 16 Sat 17 Sun 18 Mon 19 Tue 20"


def test_no_version_of_a_template_shows_to_a_collector(runtime: Runtime, enter: Enter) -> None:
    text = detail(enter("collector"), key_of(runtime, "sms"))
    assert "Template Reminder Language" in text
    assert "version" not in text


def test_what_is_held_says_for_what(runtime: Runtime, enter: Enter) -> None:
    fact.place_hold(runtime.house, ME, "C-1", kind="hardship")
    browser = enter("collector")
    said = rows(browser.text(PANEL))["Text (312) 555-0101"]
    assert said.startswith("hold:")
    assert said.endswith("On hold until settled Hardship is on record.")
    text = detail(browser, key_of(runtime, "sms"))
    assert "Ask for a review" in text
    assert "Send text" not in text
    assert "holds this" in text


def test_what_is_not_allowed_says_since_when(runtime: Runtime, enter: Enter) -> None:
    fact.record_opt_out(runtime.house, ME, consumer_id="C-1", channel="sms")
    browser = enter("collector")
    said = rows(browser.text(PANEL))["Text (312) 555-0101"]
    assert said.startswith("deny:")
    assert said.endswith("Not allowed to this number Asked on Wed 14 Oct for no more texts.")
    text = detail(browser, key_of(runtime, "sms"))
    assert "Why: 1 rule forbids this" in text
    assert "12 CFR 1006.14(h)" in text
    assert "Send text" not in text


def test_other_peoples_and_dead_numbers_are_seen_to_be_forbidden(runtime: Runtime, enter: Enter) -> None:
    with runtime.database.write(runtime.clock) as unit:
        unit.execute("UPDATE contact_point SET state = 'wrong_party' WHERE kind = 'email'", {})
    said = rows(enter("collector").text(PANEL))["Email maria.canary@example.com Not"]
    assert said.startswith("deny:")
    assert said.endswith("Not allowed to this address It reaches somebody else.")


def test_a_number_of_somebody_else_is_not_to_be_used(runtime: Runtime, enter: Enter, tmp_path: Path) -> None:
    book = tmp_path / "parties.csv"
    book.write_text("consumer_id,party_id,role,name,mobile\nC-1,P-1,reference,Rob,+13125550777\n", "utf-8")
    found = import_file(runtime.database, book, ImportOptions(), runtime.clock, runtime.sealer)
    assert found.rejected == 0
    said = rows(enter("collector").text(PANEL))
    assert said["Text (312) 555-0777"].endswith("Not allowed to others Another person’s: contact person.")
    assert said["Call (312) 555-0777"].startswith("deny:")


def test_the_account_decides_and_changing_it_asks_again(runtime: Runtime, enter: Enter) -> None:
    fact.place_hold(runtime.house, ME, "C-1", kind="legal", account_id="A-1")
    browser = enter("collector")
    assert "(on hold)" in words(browser.text(PANEL))
    assert browser.get(PANEL, params={"account": "A-9"}).status_code == 200  # falls back to what is there


def test_a_chosen_row_shows_the_very_message_with_what_the_law_adds(runtime: Runtime, enter: Enter) -> None:
    browser = enter("collector")
    html = browser.get(f"{PANEL}/detail", params={"contact_point": key_of(runtime, "sms")}, headers=HTMX).text
    assert re.search(r'<mark class="obl">Reply STOP to stop texts\.<sup>2</sup></mark>', html)
    text = words(html)
    assert "3 segments, 325 characters" in text
    assert "2 how to opt out" in text
    spanish = browser.get(
        f"{PANEL}/detail", params={"contact_point": key_of(runtime, "sms"), "language": "es"}, headers=HTMX
    ).text
    assert 'lang="es"' in spanish
    assert "Reply STOP" not in spanish


def test_the_panel_speaks_chinese(runtime: Runtime, enter: Enter) -> None:
    spoke(runtime)
    html = enter("collector", language="zh", time_zone="Asia/Shanghai").text(PANEL)
    said = rows(html)
    assert "现在可发 至 21:00 CDT" in said["短信 (312) 555-0101"]
    assert said["电话 (312) 555-0101"].endswith("10/14 周三 已就此债务通话。")
    assert "发送的一刻会再次判定。" in words(html)
    assert "Consumer’s time" not in html


def test_names_and_addresses_are_never_markup(runtime: Runtime, enter: Enter) -> None:
    canary = "<script>alert(1)</script>"
    with runtime.database.write(runtime.clock) as unit:
        unit.execute("UPDATE consumer SET given_name = :canary WHERE id = 'C-1'", {"canary": canary})
        unit.execute("UPDATE account SET account_label = :canary WHERE id = 'A-1'", {"canary": canary})
    html = enter("collector").text("/consumers/C-1")
    assert canary not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize(
    ("role", "sends", "calls"),
    [
        ("collector", True, True),
        ("campaign_manager", True, False),
        ("compliance_officer", False, False),
        ("auditor", False, False),
        ("administrator", True, True),
    ],
)
def test_everybody_sees_the_answers_and_few_act_on_them(
    runtime: Runtime, enter: Enter, role: str, sends: bool, calls: bool
) -> None:
    browser = enter(role)
    assert ("Send text" in browser.text(PANEL)) is sends
    assert ("Start call" in detail(browser, key_of(runtime, "voice"))) is calls
    form = {
        "account": "A-1",
        "contact_point": key_of(runtime, "sms"),
        "template": "reminder",
        "key": "k" * 12,
    }
    assert (browser.post(f"{PANEL}/send", form).status_code == 200) is sends
    form["contact_point"] = key_of(runtime, "voice")
    assert (browser.post(f"{PANEL}/call", form).status_code == 200) is calls
    assert (browser.post(f"{PANEL}/remind", form).status_code == 200) is calls


def test_a_consumer_that_is_not_here_is_not_found(enter: Enter) -> None:
    browser = enter("collector")
    assert browser.get("/consumers/C-99/contact").status_code == 404
    form = {"account": "A-1", "contact_point": "sms:cp_x", "template": "reminder", "key": "k" * 12}
    assert browser.post("/consumers/C-99/contact/send", form).status_code == 404
    assert browser.post(f"{PANEL}/send", form).status_code == 404


def test_without_script_a_choice_leads_to_the_page_that_shows_it(runtime: Runtime, enter: Enter) -> None:
    browser, key = enter("auditor"), key_of(runtime, "email")
    answer = browser.post(f"{PANEL}/show", {"account": "A-1", "contact_point": key})
    assert answer.status_code == 303
    page = browser.text(answer.headers["location"])
    assert re.search(rf'value="{re.escape(key)}" checked', page)


def test_outside_the_hours_the_reason_names_them(runtime: Runtime, enter: Enter) -> None:
    later(runtime, hours=12)
    said = rows(enter("collector").text(PANEL))["Text (312) 555-0101"]
    assert "From Thu 15 Oct 08:00 CDT" in said
    assert said.endswith("Outside 08:00–21:00 local time.")
