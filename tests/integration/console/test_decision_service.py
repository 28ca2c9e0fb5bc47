"""Recorded decisions read whole, listed, and judged again with something changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from orchestrator.bootstrap import Runtime
from orchestrator.errors import ConflictError, InputError, UnknownReference
from orchestrator.services.decision_list import Sought, count_of_rule, list_decisions
from orchestrator.services.decision_view import read_decision
from orchestrator.services.what_if import Change, other_ways, what_if
from policies.trace import Reply
from policies.verdict import Decision
from tests.integration.console.contacts import ask, calls, later
from tests.integration.faces.conftest import NOW, Count

CAP = "regf-7in7-attempts"


def test_a_refused_call_is_explained_whole(runtime: Runtime) -> None:
    refused = calls(runtime, 8)[-1]
    found = read_decision(runtime.house, refused)
    assert (found.verdict.decision, found.consumer, found.zone) == (
        Decision.DEFER, "Maria Canary", "America/Chicago"
    )  # fmt: skip
    assert found.answers[0].rule is not None
    assert (found.answers[0].rule.id, found.answers[0].reply) == (CAP, Reply.WAIT)
    assert {answer.reply for answer in found.answers} >= {Reply.WAIT, Reply.PASS, Reply.SILENT}
    assert len(found.counted) == 7
    assert found.trace is not None
    assert found.trace.rungs[-1].at == found.verdict.retry_at
    assert not found.differences
    assert not found.own
    assert (found.asked.origin, found.asked.attempt_id) == ("person", None)


def test_an_allowed_call_names_who_asked_and_its_ledger_line(runtime: Runtime) -> None:
    allowed = ask(runtime)
    found = read_decision(runtime.house, allowed)
    assert found.verdict.decision is Decision.ALLOW
    assert (found.asked.origin, found.asked.by, found.asked.state) == ("reservation", "dialer", "reserved")
    assert found.kept.line is not None
    assert found.kept.fits
    assert found.kept.seq is None
    assert found.kept.policy_used_at == NOW
    assert read_decision(runtime.house, str(found.asked.attempt_id)).id == allowed


def test_values_are_opened_only_for_those_who_may_see_them(runtime: Runtime) -> None:
    allowed = ask(runtime, "sms")
    hidden, shown = (
        read_decision(runtime.house, allowed),
        read_decision(runtime.house, allowed, sees_values=True),
    )
    assert hidden.point() is not None
    assert shown.point() is not None
    assert {hidden.point().value, shown.point().value} == {"··0101", "+13125550101"}  # type: ignore[union-attr]


def test_a_body_that_was_changed_does_not_fit_its_line(runtime: Runtime) -> None:
    refused = calls(runtime, 8)[-1]
    with runtime.database.write(runtime.clock) as unit:
        ((body,),) = unit.query("SELECT body FROM verdict WHERE id = :id", {"id": refused})
        changed = bytes(body).replace(b"the limit is 7", b"the limit is 6")
        unit.execute("UPDATE verdict SET body = :body WHERE id = :id", {"body": changed, "id": refused})
    assert not read_decision(runtime.house, refused).kept.fits


def test_the_decisions_of_a_consumer_follow_each_other(runtime: Runtime) -> None:
    first, second, third = calls(runtime, 3)
    ask(runtime, "voice", "C-2", "A-2")
    found = read_decision(runtime.house, second)
    assert (found.previous, found.following) == (first, third)
    assert read_decision(runtime.house, third).following is None


def test_no_decision_of_this_id_is_unknown(runtime: Runtime) -> None:
    with pytest.raises(UnknownReference):
        read_decision(runtime.house, "ve_nothing")


def test_another_time_is_judged_by_the_same_facts(runtime: Runtime, count: Count) -> None:
    refused = calls(runtime, 8)[-1]
    rows = count("verdict")
    again = what_if(runtime.house, refused, Change())
    assert again.verdict.decision is Decision.DEFER
    retry_at = again.verdict.retry_at
    assert retry_at is not None
    assert what_if(runtime.house, refused, Change(at=retry_at)).verdict.decision is Decision.ALLOW
    before = what_if(runtime.house, refused, Change(at=retry_at - timedelta(hours=1)))
    assert before.verdict.decision is Decision.DEFER
    assert count("verdict") == rows


def test_another_way_is_judged_as_it_was_known_then(runtime: Runtime) -> None:
    refused = calls(runtime, 8)[-1]
    ways = {way.channel: way for way in other_ways(runtime.house, refused)}
    assert set(ways) == {"sms", "email"}
    assert ways["sms"].verdict.decision is Decision.ALLOW
    change = Change(channel="sms", point_id=ways["sms"].point.id)
    assert what_if(runtime.house, refused, change).verdict.decision is Decision.ALLOW
    with pytest.raises(InputError):
        what_if(runtime.house, refused, Change(channel="letter", point_id=ways["sms"].point.id))


def test_a_fact_is_supposed_otherwise(runtime: Runtime) -> None:
    refused = calls(runtime, 8)[-1]
    counted = read_decision(runtime.house, refused).counted
    gone = what_if(runtime.house, refused, Change(suppose=(f"without:event:{counted[0]}",)))
    assert gone.verdict.decision is Decision.ALLOW
    assert (
        what_if(runtime.house, refused, Change(suppose=("agreed:call",))).verdict.decision is Decision.ALLOW
    )
    with pytest.raises(InputError):
        what_if(runtime.house, refused, Change(suppose=("without:cease",)))


def test_rules_that_were_not_kept_are_not_judged_by(runtime: Runtime) -> None:
    refused = calls(runtime, 8)[-1]
    with runtime.database.write(runtime.clock) as unit:
        unit.execute("DELETE FROM policy_version")
    found = read_decision(runtime.house, refused)
    assert found.trace is None
    assert [one.field for one in found.differences] == ["policy"]
    with pytest.raises(ConflictError):
        what_if(runtime.house, refused, Change())


def test_decisions_are_listed_newest_first_a_page_at_a_time(runtime: Runtime) -> None:
    made = calls(runtime, 9)
    pages, before = [], None
    for _ in range(5):
        page = list_decisions(runtime.house, Sought(), before=before, limit=4)
        pages.append([row.id for row in page.rows])
        before = page.before
        if before is None:
            break
    assert [len(page) for page in pages] == [4, 4, 1]
    assert [row for page in pages for row in page] == made[::-1]


def test_decisions_are_found_by_what_they_are(runtime: Runtime) -> None:
    made = calls(runtime, 8)
    text = ask(runtime, "sms", "C-2", "A-2")
    later(runtime, days=1)

    def found(**sought: object) -> list[str]:
        return [row.id for row in list_decisions(runtime.house, Sought(**sought)).rows]  # type: ignore[arg-type]

    assert found(rule=CAP) == found(decision="defer") == [made[-1]]
    assert found(consumer_id="C-2") == found(channel="sms") == [text]
    assert found(consumer_id="C-1", decision="allow") == made[:-1][::-1]
    assert found(since=NOW + timedelta(minutes=7)) == [text, made[-1]]
    assert found(until=NOW + timedelta(minutes=2)) == made[:2][::-1]
    row = list_decisions(runtime.house, Sought(rule=CAP)).rows[0]
    assert (row.consumer, row.account_ids, row.attempt_id) == ("Maria Canary", ("A-1",), None)
    assert count_of_rule(runtime.house, CAP, NOW) == 1
    assert count_of_rule(runtime.house, CAP, datetime(2027, 1, 1, tzinfo=UTC)) == 0


@pytest.mark.parametrize("before", ["", "x", "12", "12.", "1" * 30 + ".ve_1", "-1.ve_1"])
def test_a_place_that_is_none_of_ours_is_refused(runtime: Runtime, before: str) -> None:
    with pytest.raises(InputError):
        list_decisions(runtime.house, Sought(), before=before)
