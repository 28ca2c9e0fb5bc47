"""What a consumer says is recorded by a collector, holds at once, and is taken back as it was given."""

from __future__ import annotations

from typing import cast

import pytest
from playwright.sync_api import Page, expect

from orchestrator.clock import VirtualClock
from orchestrator.domain.instant import from_micros
from tests.browser import book
from tests.browser.book import LANGUAGES
from tests.browser.conftest import Open
from tests.browser.serve import Served
from tests.browser.watch import settle
from tests.browser.words import said

UNTROUBLED = (
    "SELECT c.id FROM consumer AS c JOIN contact_point AS p ON p.consumer_id = c.id "
    "WHERE c.country = 'CN' AND p.kind = 'phone' AND c.id NOT IN (SELECT consumer_id FROM hold "
    "UNION SELECT consumer_id FROM complaint UNION SELECT consumer_id FROM cease_request) ORDER BY c.id LIMIT 1"
)
Given = dict[str, str | int | bool]
TOLD = {
    "promise": ("The promise is recorded.", "承诺已登记。"),
    "note": ("The note is saved.", "备注已保存。"),
    "dispute": ("The dispute is recorded.", "异议已登记。"),
    "consent": ("The consent is recorded.", "同意已登记。"),
    "withdraw": ("The consent is withdrawn.", "同意已撤回。"),
    "opt_out": ("The stop is recorded.", "拒收已登记。"),
    "hold": ("The hold is placed.", "已设置暂停。"),
    "release": ("The hold is released.", "已解除暂停。"),
    "wish": ("The wish is recorded.", "意愿已登记。"),
    "wish_end": ("The wish has ended.", "意愿已结束。"),
    "wrong_party": ("It is not used again.", "此号码或地址不再使用。"),
    "complaint": ("The complaint is recorded.", "投诉已登记。"),
    "call_back": ("The call-back is on the work list.", "回电已列入工作清单。"),
}
LABELS = {
    "promise": "Add promise", "note": "Add note", "dispute": "Dispute", "consent": "Consent", "withdraw": "Withdraw",
    "opt_out": "Stop contact", "hold": "Hold", "release": "Release", "wish": "Wish", "wish_end": "End",
    "wrong_party": "Wrong party", "complaint": "Complaint", "call_back": "Call-back",
}  # fmt: skip


class Desk:
    """A collector at the page of one consumer."""

    def __init__(self, page: Page, language: str):
        self.page, self.language = page, language

    def open(self, who: str) -> None:
        self.page.goto(f"/consumers/{who}")

    def say(self, message: str) -> str:
        return said(self.language, message)

    def form(self, kind: str) -> None:
        """By the link on the page, or in the menu that it is in."""
        record = self.page.locator("#record")
        link = record.get_by_role("link", name=self.say(LABELS[kind]), exact=True)
        if not link.count():
            record.get_by_role("button", name=self.say("Add"), exact=True).press("Enter")
        link.press("Enter")
        self.has_the_form()

    def has_the_form(self) -> None:
        """It is there, and the reader is in it."""
        expect(self.page.get_by_role("dialog").locator("form :focus")).to_have_count(1)

    def fill(self, given: Given) -> None:
        """By the label of each field: a text, which choice, or whether a box is ticked."""
        dialog = self.page.get_by_role("dialog")
        for label, value in given.items():
            field = dialog.get_by_label(self.say(label), exact=True)
            if isinstance(value, bool):
                field.set_checked(value)
            elif isinstance(value, int):
                field.select_option(index=value)
            else:
                field.fill(value)

    def record(self, kind: str, given: Given) -> None:
        """Fills a form in and saves it by keyboard; the page says what was recorded and has the focus there."""
        self.form(kind)
        self.fill(given)
        self.page.keyboard.press("Control+Enter")
        self.is_told(kind)

    def is_told(self, kind: str) -> None:
        told = self.page.locator("#told").get_by_role("status")
        expect(told).to_contain_text(TOLD[kind][LANGUAGES.index(self.language)])
        expect(told).to_be_focused()
        expect(self.page.get_by_role("dialog")).to_have_count(0)
        settle(self.page)

    def stands(self, words: str) -> None:
        """Among what stands in the way or was agreed."""
        expect(self.page.locator("#record .facts").first).to_contain_text(words)


def at(served: Served, enter: Open, language: str) -> Desk:
    page = enter(served, "collector", language=language)
    page.watch.allowed = {422}  # type: ignore[attr-defined]
    return Desk(page, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_is_recorded_and_taken_back(served: Served, enter: Open, language: str) -> None:
    desk = at(served, enter, language)
    desk.open("DAY-01")
    desk.record("promise", {"Amount": "120.00", "Due on": "2026-12-01"})
    desk.record("note", {"Note": book.CANARIES[0]})
    expect(desk.page.locator("#timeline")).to_contain_text(book.CANARIES[0])
    desk.record("dispute", {"How it was said": 1})
    desk.stands(desk.say("Dispute"))
    desk.open("DAY-02")
    # agreed when imported: those consents are not the one that is taken back
    before = served.scalar("SELECT count(*) FROM consent_revocation")
    desk.record("consent", {"To what": 2, "How it was given": 1, "Their words": book.CANARIES[1]})
    desk.page.locator("#record .facts").get_by_role("link", name=desk.say("Withdraw")).first.press("Enter")
    desk.has_the_form()
    desk.page.keyboard.press("Control+Enter")
    desk.is_told("withdraw")
    assert int(str(served.scalar("SELECT count(*) FROM consent_revocation"))) == int(str(before)) + 1
    desk.record("hold", {"Reason": 1, "Until": "2026-12-24"})
    desk.stands(said(language, "hardship"))
    expect(desk.page.locator("#contact .channel.allow")).to_have_count(0)
    desk.record("release", {"Why": book.CANARIES[1]})
    expect(desk.page.locator("#contact .channel.allow").first).to_be_visible()
    expect(desk.page.locator("#timeline")).to_contain_text(book.CANARIES[1])
    desk.open("DAY-03")
    desk.record("wish", {"Not convenient from": "08:00", "Not convenient until": "20:00"})
    desk.stands(desk.say("Not convenient"))
    desk.record("wish_end", {"What they said": book.CANARIES[2]})
    written = "SELECT count(*) FROM {} WHERE consumer_id IN ('DAY-01', 'DAY-02', 'DAY-03')"
    assert [served.scalar(written.format(one)) for one in ("promise", "note", "dispute", "hold")] == [
        1,
        1,
        1,
        1,
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stop_and_a_wrong_party_close_what_they_name_and_no_more(
    served: Served, enter: Open, language: str
) -> None:
    desk = at(served, enter, language)
    desk.open("DAY-04")
    channels = desk.page.locator("#contact .channel")
    expect(channels.locator("[value^='sms:']")).to_have_count(1)
    desk.record("opt_out", {"What stops": 2})
    desk.stands(desk.say("All texts"))
    expect(desk.page.locator("#contact .channel.deny [value^='sms:']")).to_have_count(1)
    expect(desk.page.locator("#contact .channel.deny [value^='email:']")).to_have_count(0)
    desk.open("DAY-05")
    phone = str(served.scalar("SELECT id FROM contact_point WHERE consumer_id = 'DAY-05' AND kind = 'phone'"))
    desk.form("wrong_party")
    desk.page.get_by_role("dialog").get_by_label(desk.say("Number or address")).select_option(phone)
    desk.page.keyboard.press("Control+Enter")
    desk.is_told("wrong_party")
    expect(desk.page.locator(f"#contact .channel.allow [value$='{phone}']")).to_have_count(0)
    expect(desk.page.locator("#contact .channel.allow [value^='email:']")).to_have_count(1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_complaint_in_china_stops_everything_and_starts_its_fifteen_days(
    served: Served, enter: Open, language: str
) -> None:
    who = str(served.scalar(UNTROUBLED))
    desk = at(served, enter, language)
    desk.open(who)
    desk.record("complaint", {"What they complain of": book.CANARIES[2]})
    # told on 18 November where the consumer is
    told = desk.page.locator("#told").get_by_role("status")
    expect(told).to_contain_text({"en": "Contact stopped at once.", "zh": "联系已立即停止。"}[language])
    expect(told).to_contain_text({"en": "3 Dec", "zh": "12/3"}[language])
    due = served.scalar("SELECT due_on FROM complaint WHERE consumer_id = :who", who=who)
    assert str(due).startswith("2026-12-03")
    rows = desk.page.locator("#contact .channel")
    assert rows.count() > 0
    expect(desk.page.locator("#contact .channel:is(.allow, .later)")).to_have_count(0)
    expect(desk.page.locator("#contact .btn.primary")).to_have_count(0)
    expect(desk.page.locator("#timeline")).not_to_contain_text(book.CANARIES[2])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_call_back_is_refused_at_night_and_rises_to_the_top_when_it_is_due(
    served: Served, enter: Open, language: str
) -> None:
    desk = at(served, enter, language)
    desk.page.goto("/work")
    heading = desk.page.get_by_role("heading", level=2)
    expect(heading).not_to_have_text(desk.say("Call-backs due"))
    desk.open("DAY-06")
    desk.form("call_back")
    desk.fill({"Number": 1, "Day": "2026-11-19", "Time where the consumer is": "03:30"})
    desk.page.keyboard.press("Control+Enter")
    dialog = desk.page.get_by_role("dialog")
    refusal = {"en": "A call may not be made then. The next time is", "zh": "届时不得拨打电话。最早可于"}
    expect(dialog).to_contain_text(refusal[language])
    expect(dialog).to_contain_text("08:00")
    time = dialog.get_by_label(desk.say("Time where the consumer is"), exact=True)
    expect(time).to_have_value("03:30")
    expect(time).to_have_attribute("aria-invalid", "true")
    made = "SELECT count(*) FROM task WHERE consumer_id = 'DAY-06'"
    assert served.scalar(made) == 0
    time.fill("10:30")
    time.press("Control+Enter")
    desk.is_told("call_back")
    due = int(str(served.scalar("SELECT due_at FROM task WHERE consumer_id = 'DAY-06'")))
    cast("VirtualClock", served.runtime.clock).set(from_micros(due))
    # the session is over by then
    later = enter(served, "collector", language=language)
    later.goto("/work")
    expect(later.get_by_role("heading", level=2)).to_have_text(desk.say("Call-backs due"))
    expect(later.get_by_role("row").nth(1)).to_contain_text("Daywork06")
    expect(later.get_by_role("row").nth(1)).to_contain_text("10:30")
    later.get_by_role("link", name=desk.say("Next case")).press("Enter")
    later.wait_for_url("**/consumers/DAY-06?task=*")
    place = {"en": "Call-backs due, 1 of 1:", "zh": "到时回电，第 1 / 1 件："}
    expect(later.get_by_role("main")).to_contain_text(place[language])
