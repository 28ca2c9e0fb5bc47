"""Bytes to records: encodings, quotes, and what one bad line may cost."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.errors import FileFormatError
from orchestrator.importers import reading


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file.csv"


def cells(file: Path) -> list[list[str]]:
    return [record.cells for record in reading.records(file)]


def broken(file: Path) -> list[tuple[int, str]]:
    return [(record.line, record.broken) for record in reading.records(file) if record.broken]


def test_a_byte_order_mark_and_windows_line_ends_are_taken(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbfa,b\r\n1, 2 \r\n\r\n'+3,4")
    assert cells(file) == [["a", "b"], ["1", "2"], ["+3", "4"]]


def test_quotes_keep_commas_and_themselves(file: Path) -> None:
    file.write_text('a,b\n"x, ""y""",z\n')
    assert cells(file)[1] == ['x, "y"', "z"]


def test_a_line_break_inside_quotes_is_one_row_that_is_refused(file: Path) -> None:
    file.write_text('a,b\n"one\ntwo",3\n4,5\n')
    assert broken(file) == [(2, "'one\\ntwo' has a line break or a control character in it")]
    assert cells(file)[2] == ["4", "5"]


def test_a_quote_that_stays_open_costs_its_own_line_only(file: Path) -> None:
    file.write_text('a,b\n1,"x\n' + "".join(f"{n},y\n" for n in range(100)))
    assert len(broken(file)) == 1
    assert len(cells(file)) == 102


def test_control_characters_and_reversed_text_are_refused(file: Path) -> None:
    file.write_text("a,b\nx\x07,1\ny\u202e,2\n\u00a0z,3\n", encoding="utf-8")
    assert [line for line, _ in broken(file)] == [2, 3]


def test_one_bad_byte_costs_one_row_and_another_encoding_the_file(file: Path) -> None:
    file.write_bytes(b"a,b\n" + b"1,2\n" * 200 + b"caf\xe9,3\n")
    assert reading.survey(file).unreadable == 1
    assert broken(file) == [(202, "a character is not UTF-8")]
    file.write_bytes("名,b\n".encode("gb18030") * 5)
    with pytest.raises(FileFormatError, match=r"not UTF-8: 5 of 5 lines"):
        reading.survey(file)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        ("a,b\n".encode("utf-16"), "is UTF-16"),
        (b"PK\x03\x04\x00\x00", "not a text file"),
    ],
)
def test_what_is_no_text_file_says_so(file: Path, content: bytes, words: str) -> None:
    file.write_bytes(content)
    with pytest.raises(FileFormatError, match=words):
        reading.survey(file)


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="cannot be read"):
        reading.survey(tmp_path / "none.csv")
