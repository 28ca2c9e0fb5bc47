"""What a consumer wrote opens on the timeline: its words, the approved answers, how many are left; one is sent."""

from __future__ import annotations

import re

import pytest

from orchestrator.bootstrap import Runtime
from orchestrator.services import fact
from orchestrator.services.fact import By
from tests.integration.console.conftest import Browser, Enter, words
from tests.integration.console.test_contact_panel import HTMX
from tests.integration.faces.conftest import Count
from tests.integration.faces.test_reply import wrote

CANARY = "<script>alert(1)</script> what is this?"


def place(message_id: str) -> str:
    return f"/consumers/C-1/replies/{message_id}"


def form_of(browser: Browser, message_id: str) -> dict[str, str]:
    """The form as the opened message gives it."""
    text = browser.get(place(message_id), headers=HTMX).text
    key = re.search(r'name="key" value="([^"]+)"', text)
    assert key is not None, words(text)
    return {"key": key[1], "account": "A-1", "template": "answer_received"}


def test_a_message_opens_with_its_words_and_the_answers(runtime: Runtime, enter: Enter) -> None:
    message_id = wrote(runtime, CANARY)
    page = enter("collector").get(place(message_id), headers=HTMX)
    said = words(page.text)
    assert page.status_code == 200
    assert "&lt;script&gt;alert(1)&lt;/script&gt; what is this?" in page.text
    assert "<script>alert" not in page.text
    assert "0 of 1 used, 1 left" in said
    assert "We have your message" in said
    assert "Send answer" in said


def test_it_opens_without_script_from_the_timeline(runtime: Runtime, enter: Enter) -> None:
    message_id = wrote(runtime)
    browser = enter("collector")
    assert f"reply={message_id}" in browser.text("/consumers/C-1")
    led = browser.get(place(message_id))
    assert led.status_code == 303
    assert led.headers["location"].endswith("#reply")
    assert "Send answer" in words(browser.text(led.headers["location"]))


@pytest.mark.parametrize("headers", [HTMX, {}], ids=["htmx", "no script"])
def test_an_answer_leaves_once_and_the_message_is_answered(
    runtime: Runtime, enter: Enter, count: Count, headers: dict[str, str]
) -> None:
    message_id = wrote(runtime)
    browser = enter("collector")
    form = form_of(browser, message_id)
    for _ in range(2):
        told = browser.post(place(message_id), form, headers=headers)
        assert "The answer left at 10:00 CDT." in words(told.text)
    assert count("attempt") == 1
    opened = words(browser.get(place(message_id), headers=HTMX).text)
    assert "Answered on" in opened
    assert "Send answer" not in opened


def test_a_stop_that_comes_meanwhile_lets_no_answer_leave(
    runtime: Runtime, enter: Enter, count: Count
) -> None:
    message_id = wrote(runtime)
    browser = enter("collector")
    form = form_of(browser, message_id)
    fact.record_opt_out(runtime.house, By("test"), consumer_id="C-1", channel="sms")
    told = browser.post(place(message_id), form, headers=HTMX)
    assert "Nothing was sent." in words(told.text)
    assert "Send answer" not in words(told.text)
    assert count("attempt") == 0


def test_who_may_not_contact_sees_and_does_not_send(runtime: Runtime, enter: Enter, count: Count) -> None:
    message_id = wrote(runtime)
    form = form_of(enter("collector"), message_id)
    auditor = enter("auditor")
    assert "Send answer" not in words(auditor.get(place(message_id), headers=HTMX).text)
    assert auditor.post(place(message_id), form, headers=HTMX).status_code == 403
    assert count("attempt") == 0


def test_a_message_of_somebody_else_is_not_found(runtime: Runtime, enter: Enter, count: Count) -> None:
    message_id = wrote(runtime)
    browser = enter("collector")
    form = form_of(browser, message_id)
    assert browser.get(f"/consumers/C-2/replies/{message_id}", headers=HTMX).status_code == 404
    assert browser.post(f"/consumers/C-2/replies/{message_id}", form, headers=HTMX).status_code == 404
    assert count("attempt") == 0


def test_only_approved_answers_answer(runtime: Runtime, enter: Enter, count: Count) -> None:
    message_id = wrote(runtime)
    browser = enter("collector")
    form = form_of(browser, message_id) | {"template": "reminder"}
    told = browser.post(place(message_id), form, headers=HTMX)
    assert "The answer left" not in words(told.text)
    assert count("attempt") == 0


def test_the_chinese_page_says_it_in_chinese(runtime: Runtime, enter: Enter) -> None:
    message_id = wrote(runtime)
    said = words(enter("collector", language="zh").get(place(message_id), headers=HTMX).text)
    assert "已批准的答复" in said
    assert "发送答复" in said
    assert "Approved answers" not in said
    assert "Send answer" not in said
