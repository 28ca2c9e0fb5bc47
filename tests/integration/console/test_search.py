"""Searching people: what finds whom, one exact hit goes straight there, and nobody looks the same for everybody."""

from __future__ import annotations

import pytest

from orchestrator.bootstrap import Runtime
from tests.integration.console.conftest import Browser, Enter, words


@pytest.fixture
def browser(enter: Enter) -> Browser:
    return enter("collector")


@pytest.mark.parametrize(
    "text", ["A-2", "a-2", "C-2", "c-2", "noah.canary@example.com", "NOAH.Canary@Example.COM"]
)
def test_what_names_one_person_whole_goes_straight_there(browser: Browser, text: str) -> None:
    answer = browser.get("/consumers", params={"q": text})
    assert (answer.status_code, answer.headers["location"]) == (303, "/consumers/C-2")


@pytest.mark.parametrize("text", ["+1 312 555 0102", "(312) 555-0102", "312.555.0102", "tel:+13125550102"])
def test_a_number_is_found_in_any_spelling(browser: Browser, text: str) -> None:
    assert browser.get("/consumers", params={"q": text}).headers["location"] == "/consumers/C-2"


def test_a_number_that_two_people_have_lists_both(browser: Browser) -> None:
    said = words(browser.text("/consumers?q=3125550101"))
    assert "2 people" in said
    assert said.count("Phone number") == 2


@pytest.mark.parametrize("text", ["can", "CANARY", "mar", "maria canary", "canary, maria", "can mar"])
def test_a_name_is_found_by_its_beginnings_in_any_order(browser: Browser, text: str) -> None:
    assert "Maria Canary" in words(browser.get("/consumers", params={"q": text}).text)


def test_a_name_never_goes_straight_to_somebody(browser: Browser) -> None:
    assert browser.get("/consumers?q=maria").status_code == 200


def test_a_chinese_name_is_found_without_a_space(runtime: Runtime, browser: Browser) -> None:
    with runtime.database.write(runtime.clock) as unit:
        unit.execute("UPDATE consumer SET family_name = '王', given_name = '小明' WHERE id = 'C-2'")
    for text in ("王小明", "王小", "小明", "王", "王 小明"):
        assert "王小明" in words(browser.get("/consumers", params={"q": text}).text), text
    assert "王小明" not in words(browser.get("/consumers", params={"q": "李小明"}).text).replace(
        "“李小明”", ""
    )


def test_nothing_found_is_said_as_a_sentence(browser: Browser) -> None:
    html = browser.get("/consumers", params={"q": "<script>canary()</script>"}).text
    assert "Nobody found for" in html
    assert "<script>canary" not in html


def test_an_empty_search_asks_for_something(browser: Browser) -> None:
    assert "Nobody found" not in browser.text("/consumers")
