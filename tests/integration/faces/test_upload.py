"""A file sent over HTTP that cannot be read is named as its sender knows it."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from orchestrator.bootstrap import Runtime
from tests.integration.faces.conftest import COLUMNS, ROWS, Callers


def upload(client: TestClient, callers: Callers, content: bytes, **query: str) -> Any:
    headers = callers["campaign_manager"] | {"Content-Type": "text/csv"}
    return client.post("/api/v1/imports", params=query, content=content, headers=headers)


UNREADABLE = [
    b"consumer_id,shoe_size\nC-1,44\n",
    b"\xff\xfeconsumer_id\n",
    b"a\0b\n1\n",
    b"\n\n",
    b'"consumer_id\nC-1\n',
    "consumer_id,größe\n".encode("latin-1"),
]


@pytest.mark.parametrize("content", UNREADABLE)
@pytest.mark.parametrize(
    "query", [{}, {"file_name": "büro märz 2026.csv"}, {"file_name": "book.csv", "as": "opt-outs"}]
)
def test_what_cannot_be_read_is_named_as_it_was_sent(
    client: TestClient, callers: Callers, content: bytes, query: dict[str, str]
) -> None:
    answer = upload(client, callers, content, **query)
    assert answer.status_code == 400
    assert answer.json()["where"].startswith(query.get("file_name", "body"))
    assert "tmp" not in answer.text


def test_so_are_a_whole_book_that_closes_too_much_and_options_that_do_not_fit(
    client: TestClient, callers: Callers
) -> None:
    row = ROWS[0].replace("C-1", "C-9").replace("A-1", "A-9").replace("+13125550101", "+13125550109")
    for query in ({"full": "true"}, {"as": "opt-outs", "full": "true"}):
        answer = upload(client, callers, f"{COLUMNS}\n{row}\n".encode(), file_name="book.csv", **query)
        assert answer.status_code == 400, answer.text
        assert "tmp" not in answer.text


def test_the_import_is_on_record_under_its_name(
    client: TestClient, callers: Callers, runtime: Runtime
) -> None:
    answer = upload(client, callers, b"consumer_id\nC-1\n", file_name="stops.csv", **{"as": "opt-outs"})
    assert answer.status_code == 201, answer.text
    with runtime.database.read() as unit:
        assert ("stops.csv",) in unit.query("SELECT file_name FROM import_batch")


@pytest.mark.parametrize(
    "name", ["../book.csv", "/etc/book.csv", "..", ".", "a\\b.csv", "a\0b", "", "ü" * 150, "x" * 300]
)
def test_a_name_that_is_no_file_name_is_refused(client: TestClient, callers: Callers, name: str) -> None:
    answer = upload(client, callers, b"consumer_id\nC-1\n", file_name=name, **{"as": "opt-outs"})
    assert answer.status_code in {400, 422}, answer.text
    assert "file_name" in answer.text
