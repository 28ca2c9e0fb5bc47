from __future__ import annotations

import pytest

from orchestrator.errors import ConflictError
from orchestrator.log import describe, explain, redact, scrub

CANARIES = ["+86 138 0013 8000", "212-555-0147", "(212) 555 0147", "maria.lopez@example.org", "+15555550147"]


def test_numbers_and_mailboxes_do_not_get_through() -> None:
    for canary in CANARIES:
        assert canary not in scrub(f"could not reach {canary} at all")


def test_ids_and_counts_stay_readable() -> None:
    line = "attempt at-7f3k2 of C-1001 took 12 of 500 rows"
    assert scrub(line) == line


def test_personal_keys_are_dropped_whatever_they_hold() -> None:
    event = redact(
        None, "info", {"event": "said", "address": "Main St 1", "text": "Dear Maria", "family_name": "Lopez"}
    )
    assert "Maria" not in str(event)
    assert "Lopez" not in str(event)
    assert "Main" not in str(event)


def int_of_row(words: str) -> None:
    raise ValueError(words)


def test_a_foreign_exception_gives_its_kind_and_frames_but_not_its_words() -> None:
    with pytest.raises(ValueError, match="duplicate") as caught:
        int_of_row("duplicate key (family_name)=(Lopez)")
    event = explain(None, "error", {"event": "unexpected_error", "exc_info": caught.value})
    told = event["exception"]
    assert told["kind"] == "ValueError"
    assert any("test_log.py" in frame for frame in told["frames"])
    assert "Lopez" not in str(event)


def test_our_own_errors_keep_their_words() -> None:
    error = ConflictError("this key was used with another body")
    assert describe(error, None)["message"] == "this key was used with another body"
