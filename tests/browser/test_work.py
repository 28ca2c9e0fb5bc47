"""The work list: case after case, done, given back, in one hand only; and an answer to a message, once."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from orchestrator.engine.inbound import Heard, receive
from orchestrator.store.identifier import derived_id
from tests.browser import book
from tests.browser.book import LANGUAGES
from tests.browser.conftest import Open
from tests.browser.serve import Served
from tests.browser.test_day import remind_of_all
from tests.browser.watch import settle
from tests.browser.words import said

PLACE = {"en": "Call-backs due, 1 of {}:", "zh": "到时回电，第 1 / {} 件："}
IN_HAND = {"en": "In hand until", "zh": "由您处理至"}
OTHER = {"en": "zh", "zh": "en"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_case_after_case_is_taken_done_and_given_back(served: Served, enter: Open, language: str) -> None:
    remind_of_all(served)
    page = enter(served, "collector", language=language)
    page.goto("/work")
    expect(page.get_by_role("heading", level=2)).to_have_text(said(language, "Call-backs due"))
    waiting = page.get_by_role("row").count() - 1
    assert waiting == 10
    page.locator("body").press("j")
    first = opened(page, language, waiting)
    page.get_by_role("button", name=said(language, "Done"), exact=True).press("Enter")
    page.wait_for_url(lambda url: "?task=" in url and first not in url)
    second = opened(page, language, waiting - 1)
    # whoever else comes is led past the case in hand, and reads whose it is
    other = enter(served, "collector", language=OTHER[language])
    other.goto("/work/next")
    assert person(other) not in {first, second}
    other.goto("/work")
    row = other.get_by_role("row").filter(has=other.locator(f"a[href*='/consumers/{second}?']"))
    expect(row).to_contain_text("Collector")
    page.get_by_role("button", name=said(language, "Give back"), exact=True).press("Enter")
    page.wait_for_url(lambda url: "?task=" in url and second not in url)
    assert person(page) not in {first, second, person(other)}
    page.locator("body").press("k")
    page.wait_for_url(f"**/consumers/{second}?task=*")
    assert served.scalar("SELECT closed_by IS NOT NULL FROM task WHERE consumer_id = :who", who=first) == 1


def person(page: Page) -> str:
    """Whose page it is."""
    return page.url.partition("/consumers/")[2].partition("?")[0]


def opened(page: Page, language: str, waiting: int) -> str:
    """The case that was opened is the first of its queue and in hand."""
    page.wait_for_url("**/consumers/*?task=*")
    queue = page.get_by_role("navigation", name=said(language, "Work queue"))
    expect(queue).to_contain_text(PLACE[language].format(waiting))
    expect(queue).to_contain_text(IN_HAND[language])
    settle(page)
    return person(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_is_answered_from_the_timeline_and_no_second_time(
    served: Served, enter: Open, language: str
) -> None:
    words = f"{book.CANARIES[0]} what is this about?"
    receive(
        served.runtime.house, [Heard("test", "1", "sms", "+17735550107", words, served.runtime.clock.now())]
    )
    message_id = derived_id("im", "test", "1")
    page = enter(served, "collector", language=language)
    page.goto("/consumers/DAY-07")
    page.locator("#timeline").get_by_role("link", name=said(language, "Answer text")).press("Enter")
    message = page.locator("#timeline .reply")
    expect(page.locator("#reply-h")).to_be_focused()
    expect(message).to_contain_text(words)
    expect(message).to_contain_text({"en": "0 of 1 used, 1 left", "zh": "已用 0 / 1 次，剩 1 次"}[language])
    expect(message).to_contain_text({"en": "Approved answers", "zh": "已批准的答复"}[language])
    # opened a second time in another tab, as two hurried people would
    second = page.context.new_page()
    second.goto(f"/consumers/DAY-07?reply={message_id}#reply")
    settle(second)
    message.get_by_role("radio").first.press("Control+Enter")
    told = page.locator("#told").get_by_role("status")
    expect(told).to_contain_text({"en": "The answer left at", "zh": "答复已于"}[language])
    expect(told).to_be_focused()
    again = second.locator("#timeline .reply")
    again.get_by_role("button", name=said(language, "Send answer")).press("Enter")
    expect(again).to_contain_text({"en": "Nothing was sent.", "zh": "未发送"}[language])
    expect(again.get_by_role("button", name=said(language, "Send answer"))).to_have_count(0)
    assert served.scalar("SELECT count(*) FROM attempt WHERE consumer_id = 'DAY-07'") == 1
    second.close()
    page.reload()
    expect(page.locator("#timeline").get_by_role("link", name=said(language, "Answer text"))).to_have_count(0)
