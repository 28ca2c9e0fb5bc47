from __future__ import annotations

import pytest

from orchestrator.api.listing import Slice, decode_cursor, encode_cursor, page_of
from orchestrator.errors import InputError


@pytest.mark.parametrize("last", ["C-1001", "账户-7", "at_00k3", "a" * 80])
def test_a_cursor_gives_back_what_it_was_made_from(last: str) -> None:
    assert decode_cursor(encode_cursor(last)) == last


@pytest.mark.parametrize("cursor", ["%%%", "=", "\x00", "é", "_w"])
def test_a_cursor_that_is_not_ours_is_refused(cursor: str) -> None:
    with pytest.raises(InputError, match="no cursor"):
        decode_cursor(cursor)


def rows(count: int) -> list[dict[str, object]]:
    return [{"id": f"c{number}"} for number in range(count)]


def test_a_full_page_with_more_behind_it_names_the_next() -> None:
    page = page_of(rows(3), Slice(after=None, limit=2))
    assert [item["id"] for item in page.items] == ["c0", "c1"]
    assert page.next == encode_cursor("c1")


def test_the_last_page_names_none() -> None:
    assert page_of(rows(2), Slice(after=None, limit=2)).next is None
    assert page_of([], Slice(after=None, limit=2)).next is None
