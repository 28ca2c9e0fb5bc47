"""Every check of a page fails where it should: a fault of its kind is planted into a sound page, and is told."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route

from tests.browser import axe, book, done
from tests.browser.conftest import Open
from tests.browser.serve import Served
from tests.browser.watch import Watch, settle

# a style sheet made by script is one that the policy lets through
STYLE = """(text) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  document.adoptedStyleSheets = [sheet];
}"""
TRAP = """() => document.querySelector("main a").addEventListener("keydown", (event) => event.preventDefault())"""
PLANT = """(many) => Array.from({ length: many }).forEach((_, number) => {
  const made = document.createElement("p");
  made.id = `planted-${number}`;
  made.textContent = "Some words that ought to be read.";
  document.querySelector("main").append(made);
})"""
HEADERS = {"Content-Type": "text/html; charset=utf-8"}
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'"


@pytest.fixture
def page(library: Served, enter: Open) -> Page:
    opened: Page = enter(library, "administrator")
    opened.goto("/policies")
    settle(opened)
    return opened


def watched(page: Page) -> Watch:
    watch: Watch = page.watch  # type: ignore[attr-defined]
    return watch


def told(page: Page) -> str:
    """What the watch would fail with, once it has been told."""
    settle(page)
    page.evaluate("0")
    with pytest.raises(AssertionError) as failed:
        watched(page).end()
    return str(failed.value)


def serve(page: Page, body: str, **how: object) -> None:
    """A page of our own address that is what a template would make of `body` if it escaped nothing."""

    def answer(route: Route) -> None:
        route.fulfill(body=f"<!doctype html><title>planted</title>{body}", **({"headers": HEADERS} | how))  # type: ignore[arg-type]

    page.route("**/planted", answer)
    page.goto("/planted")


def test_a_sound_page_has_no_problems(page: Page) -> None:
    assert done.problems(page, "en") == done.problems(page, "zh") == []
    assert done.unnoticed(page, "en") == []
    walked = done.walk(page)
    assert (walked.reached > 20, walked.missed, walked.dim) == (True, [], [])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_that_is_too_wide_is_found(page: Page, language: str) -> None:
    page.evaluate(STYLE, "@media (max-width: 330px) { h1 { inline-size: 400px } }")
    assert list(done.overflow(page, done.WIDTHS[language])) == [320]


def test_a_colour_that_is_too_faint_is_found_where_it_is(page: Page) -> None:
    places = {
        "light": ("light", "min"),
        "dark": ("dark", "min"),
        "dark 390": ("dark", "max"),
        "light 390": ("light", "max"),
    }
    faint = {"light": "#eee", "dark": "#222"}
    page.evaluate(PLANT, len(places))
    rules = [
        f"@media ({width}-width: 400px) and (prefers-color-scheme: {theme}) "
        f"{{ #planted-{number} {{ color: {faint[theme]} }} }}"
        for number, (theme, width) in enumerate(places.values())
    ]
    page.evaluate(STYLE, " ".join(rules))
    found = done.looks(page)
    assert list(found) == list(places)
    for number, problems in enumerate(found.values()):
        assert len(problems) == 1
        assert problems[0].startswith("serious color-contrast")
        assert re.findall(r"id=.planted-(\d)", problems[0]) == [str(number)]


def test_a_field_without_a_label_is_found_wide_and_on_a_phone(page: Page) -> None:
    page.evaluate("document.querySelector('main').append(document.createElement('input'))")
    found = done.looks(page)
    assert list(found) == ["light", "light 390"]
    assert all("critical label" in one[0] for one in found.values())


@pytest.mark.parametrize(
    ("fault", "finding"),
    [
        ("document.documentElement.lang = 'xx-bad'", "html-lang-valid"),
        ("document.querySelector('h1').lang = 'nowhere'", "valid-lang"),
        ("document.querySelector('h1').style.color = '#eee'", "color-contrast"),
    ],
)
def test_what_words_may_break_is_found_in_chinese(page: Page, fault: str, finding: str) -> None:
    assert axe.findings(page, axe.WORDS) == []
    page.evaluate(fault)
    assert finding in "".join(done.problems(page, "zh"))


def test_a_place_that_the_tab_key_misses_is_found(page: Page) -> None:
    page.evaluate(TRAP)
    assert done.walk(page).missed


def test_a_focus_that_is_not_seen_is_found(page: Page) -> None:
    page.evaluate(STYLE, "main a:focus-visible { outline: none !important; box-shadow: none !important }")
    assert done.walk(page).dim


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_without_the_notice_is_found(library: Served, enter: Open, language: str) -> None:
    page = enter(library, "administrator", language=language)
    page.goto("/me")
    assert done.unnoticed(page, language) == []
    page.evaluate(STYLE, "aside { display: none !important }")
    assert len(done.unnoticed(page, language)) == 1
    page.evaluate(STYLE, "aside, .topbar-end * { display: none !important }")
    assert len(done.unnoticed(page, language)) == 2


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_canary_that_a_page_lets_out_is_told(page: Page, number: int) -> None:
    image, script, template = book.CANARIES
    bodies = {1: image, 2: f'<input value="{script}">', 3: f"<input autofocus value='{template}'>"}
    serve(page, bodies[number])
    assert f"ran a canary: {number}" in told(page)


def test_a_canary_that_only_the_policy_stops_is_told_as_well(page: Page) -> None:
    serve(page, book.CANARIES[1], headers=HEADERS | {"Content-Security-Policy": POLICY})
    assert "breaks the policy: script-src" in told(page)


def test_an_inline_style_is_told(page: Page) -> None:
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">')")
    assert "breaks the policy: style-src" in told(page)


def test_what_is_said_on_the_console_or_thrown_is_told(page: Page) -> None:
    page.evaluate("console.warn('careful')")
    assert "console warning: careful" in told(page)
    page.evaluate("new Promise((done) => setTimeout(() => { done(); throw new Error('lost'); }))")
    assert "page error: lost" in told(page)


@pytest.mark.parametrize(("status", "allowed"), [(500, {500}), (503, set()), (404, {403})])
def test_a_failed_answer_is_told(page: Page, status: int, allowed: set[int]) -> None:
    watched(page).allowed = allowed
    serve(page, "", status=status)
    assert f"{status} from GET" in told(page)
