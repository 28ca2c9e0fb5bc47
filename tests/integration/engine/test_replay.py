"""Recorded verdicts judged again: all, some, and those that were tampered with."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from orchestrator.engine.replay import replay
from orchestrator.errors import UnknownReference
from orchestrator.store.database import Database
from policies.verdict import Decision, Verdict
from tests.integration.engine import stage
from tests.integration.engine.stage import Stage


@pytest.fixture
def played(database: Database) -> Stage:
    made = stage.build(database)
    made.plan()
    return made


def _ids(played: Stage) -> list[str]:
    return [str(row[0]) for row in played.query("SELECT id FROM verdict ORDER BY id")]


def _alter(played: Stage, verdict_id: str, **columns: Any) -> None:
    with played.database.write(played.clock) as unit:
        for name, value in columns.items():
            unit.execute(
                f"UPDATE verdict SET {name} = :value WHERE id = :id", {"value": value, "id": verdict_id}
            )


def test_some_are_judged_again(played: Stage) -> None:
    first, *_ = _ids(played)
    attempt, own = map(
        str,
        played.query("SELECT attempt_id, id FROM verdict WHERE attempt_id IS NOT NULL ORDER BY id")[0],
    )
    assert replay(played.house, ids=[first, first]).count == 1
    assert replay(played.house, ids=[attempt, own]).count == 1
    with pytest.raises(UnknownReference) as refused:
        replay(played.house, ids=[first, "nothing-here"])
    assert refused.value.where == "nothing-here"

    told: list[tuple[int, int]] = []
    whole = replay(played.house, advance=lambda done, of: told.append((done, of))).count
    assert whole > 3
    assert told[-1] == (whole, whole)
    assert replay(played.house, sample=3).count == 3
    assert replay(played.house, sample=whole + 5).count == whole
    later = played.clock.now() + timedelta(seconds=1)
    assert replay(played.house, start=later, sample=3).count == 0
    assert replay(played.house, end=later).count == whole


def test_what_was_altered_is_found_and_the_rest_still_judged(played: Stage) -> None:
    whole = len(_ids(played))
    names = "decision, body, facts, facts_digest, policy_digest"
    row: tuple[Any, ...] = tuple(
        played.query(f"SELECT {names}, id FROM verdict WHERE decision = 'allow' ORDER BY id")[0]
    )
    sound: dict[str, Any] = dict(zip(names.split(", "), row, strict=False))
    body, facts, policy, altered = bytes(row[1]), bytes(row[2]), row[4], row[5]
    verdict = msgspec.json.decode(body, type=Verdict)
    denied = msgspec.structs.replace(verdict, decision=Decision.DENY, valid_until=None)
    longer = msgspec.structs.replace(verdict, valid_until=played.clock.now())
    changes: list[tuple[set[str], dict[str, Any]]] = [
        ({"decision", "valid_until"}, {"body": msgspec.json.encode(denied), "decision": "deny"}),
        ({"valid_until"}, {"body": msgspec.json.encode(longer)}),
        ({"body"}, {"body": b"{"}),
        ({"body"}, {"decision": "deny"}),
        ({"facts"}, {"facts": b"{", "facts_digest": hashlib.sha256(b"{").hexdigest()}),
        ({"facts_digest"}, {"facts": facts.replace(b"sms", b"fax")}),
        ({"policy"}, {"policy_digest": "0" * 64}),
    ]
    for fields, columns in changes:
        _alter(played, altered, **columns)
        result = replay(played.house)
        assert {one.verdict_id for one in result.differences} == {altered}
        assert {one.field for one in result.differences} == fields
        assert {one.policy_digest for one in result.differences} == {columns.get("policy_digest", policy)}
        assert (result.count, result.changed) == (whole, 1)
        _alter(played, altered, **sound)
    assert replay(played.house).differences == ()
