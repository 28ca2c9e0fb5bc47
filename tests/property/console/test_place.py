"""The way back after signing in never leads outside, however an address is written and however browsers read it."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.console.place import HOME, local, safe_next

OWN = "https://own.example"
# what addresses are made of when somebody wants them misread
ODD = (
    "/", "//", "\\", "/\\", ":", "@", "?", "#", ".", "..", "%2f", "%5c", "%09", "%0d%0a", "\t", "\n", "\r", " ", "[",
    "https:", "javascript:", "data:", "evil.example", "own.example", "work", "next=", "sign-in", "%", "。", "\x00",
)  # fmt: skip
PIECES = st.lists(st.sampled_from(ODD), max_size=12).map("".join)
ANYTHING = st.one_of(st.text(max_size=60), PIECES, PIECES.map(lambda text: "/" + text))


def as_browsers_read(address: str) -> str:
    """The host a browser would go to from our page, by the URL standard: strip, drop tabs, turn backslashes."""
    text = address.strip("".join(map(chr, range(33))))
    text = text.translate({9: None, 10: None, 13: None})
    before, mark, after = text.partition("?")
    text = before.replace("\\", "/") + mark + after
    return urlsplit(urljoin(OWN + "/sign-in", text)).netloc


@given(ANYTHING)
def test_the_way_back_is_ours(wanted: str) -> None:
    place = safe_next(wanted)
    assert place.startswith("/")
    assert not place.startswith("//")
    assert as_browsers_read(place) == "own.example"
    assert urlsplit(urljoin(OWN, place)).netloc == "own.example"
    assert not any(character < " " or character in "\\\x7f" for character in place)
    assert place.isascii() or place == wanted


@given(ANYTHING)
def test_what_a_browser_says_of_itself_leads_nowhere_else(url: str) -> None:
    assert as_browsers_read(local(url)) == "own.example"


@pytest.mark.parametrize(
    "place", ["/", "/work", "/consumers?q=a%20b&page=2", "/decisions/att_1?day=2026-03-04", "/campaigns/北京"]
)
def test_our_own_places_are_kept(place: str) -> None:
    assert safe_next(place) == place


@pytest.mark.parametrize(
    "wanted",
    [
        None,
        "",
        "work",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/%09/evil.example",
        "/work\r\nSet-Cookie: a=b",
        "/%0d%0aSet-Cookie:a=b",
        "/sign-in?next=/sign-in",
        "/sign-out",
        "/" + "x" * 3_000,
    ],
)
def test_anything_else_is_the_first_page(wanted: str | None) -> None:
    assert safe_next(wanted) == HOME


def test_the_page_is_taken_from_what_the_browser_says() -> None:
    assert local("https://own.example/work?x=1#here") == "/work?x=1"
    assert local("https://evil.example//evil.example/x") == HOME
    assert local("http://[broken") == HOME
