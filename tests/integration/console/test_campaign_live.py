"""A campaign under way in the console: its figures, pause, resume and stop, and the stream that keeps it fresh."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from orchestrator.bootstrap import Runtime
from orchestrator.clock import VirtualClock
from orchestrator.console import campaign_live, event_stream
from orchestrator.console.board import Board
from orchestrator.services import campaign
from tests.integration.console.campaigns import started
from tests.integration.console.conftest import Browser, Enter, words


@pytest.fixture
def manager(enter: Enter) -> Browser:
    return enter("campaign_manager")


def test_a_campaign_under_way_says_what_it_came_to(manager: Browser) -> None:
    page = words(manager.text(started(manager, held_out="30", hourly_limit="5")))
    for said in (
        "Running since Wed 14 Oct 10:00 CDT. 0 of 2 accounts contacted.",
        "Contacts today, by hour",
        "limit 5",
        "now, 10:00 CDT",
        "0 of 2 used today until 00:00 CDT",
        "1 account held out:",
        "due now Next step 2",
        "Started 2 accounts enrolled, 1 held out",
    ):
        assert said in page, said


def test_pause_resume_and_stop(manager: Browser, runtime: Runtime, clock: VirtualClock) -> None:
    address = started(manager)
    assert manager.post(f"{address}/pause").headers["location"] == f"{address}?done=paused"
    page = words(manager.text(f"{address}?done=paused"))
    assert "Nothing of it leaves until it is resumed." in page
    assert "Resume" in page
    assert manager.post(f"{address}/pause").status_code == 303
    assert manager.post(f"{address}/resume").status_code == 303
    with runtime.database.write(clock) as unit:
        key = address.rpartition("/")[2]
        unit.execute(
            "INSERT INTO attempt (id, consumer_id, account_ids, campaign_id, origin, requested_by, channel, content,"
            " state, reserved_at, valid_until, not_after, epoch, fence, submitted_at) VALUES ('at_last', 'C-1', '[]',"
            " :key, 'cadence', 'test', 'sms', 'collection', 'accepted', :now, :now, :now, 0, 1, :now)",
            {"key": key, "now": unit.now_micros},
        )
    clock.advance(timedelta(seconds=90))
    assert "3 accounts leave it and get no further step." in words(manager.text(address))
    assert manager.post(f"{address}/stop").headers["location"] == f"{address}?done=stopped"
    page = manager.text(address)
    assert "Stopped on Wed 14 Oct 10:01:30 CDT. The last call started on Wed 14 Oct 10:00:00 CDT." in words(
        page
    )
    assert "sse-connect" not in page
    assert "stop-dialog" not in page
    assert manager.post(f"{address}/resume").status_code == 409


def test_the_stop_is_for_those_who_may_and_others_read_why_not(manager: Browser, enter: Enter) -> None:
    address = started(manager)
    auditor = enter("auditor")
    page = auditor.text(address)
    assert "This is for: campaign manager, compliance officer, administrator." in page
    assert 'data-dialog="stop-dialog"' not in page
    assert auditor.post(f"{address}/stop").status_code == 403
    officer = enter("compliance_officer")
    assert 'data-dialog="stop-dialog"' in officer.text(address)
    assert officer.post(f"{address}/pause").status_code == 403
    assert officer.post(f"{address}/stop").status_code == 303


def test_a_draft_is_given_up(manager: Browser, runtime: Runtime) -> None:
    made = manager.post("/campaigns/new", {"name": "never", "cadence": "standard", "act": "draft"})
    assert made.status_code == 303
    (draft,) = campaign.list_all(runtime.house)
    assert manager.get(f"/campaigns/{draft.id}").headers["location"] == f"/campaigns/{draft.id}/forecast"
    assert manager.post(f"/campaigns/{draft.id}/stop").headers["location"] == "/campaigns"
    assert manager.get("/campaigns/none-such").status_code == 404


def test_the_people_behind_a_number(manager: Browser) -> None:
    address = started(manager, held_out="30")
    assert words(manager.text(f"{address}/people?held_out=true")).count("Canary") == 1
    assert words(manager.text(f"{address}/people?held_out=false&why=between")).count("Canary") == 2
    assert "Nobody is behind this number" in manager.text(f"{address}/people?reached=answered")


def test_the_stream_tells_what_changed_and_ends_with_the_campaign(manager: Browser) -> None:
    address = started(manager)
    seen = manager.text(address).split("/events?seen=")[1].split('"')[0]
    manager.post(f"{address}/stop")
    answer = manager.get(f"{address}/events?seen={seen}")
    assert answer.headers["content-type"].startswith("text/event-stream")
    told = [line.removeprefix("event: ") for line in answer.text.splitlines() if line.startswith("event: ")]
    assert "head" in told
    assert "standing" in told
    assert told[-1] == "finished"
    assert "figures" not in told, "nothing changed there"


def test_who_watches_the_same_campaign_reads_their_own_language(manager: Browser, enter: Enter) -> None:
    address = started(manager)
    manager.post(f"{address}/stop")
    told = {
        reader: enter("campaign_manager", language=reader).get(f"{address}/events").text
        for reader in ("en", "zh", "en")
    }
    assert "Stopped" in told["en"]
    assert "已停止" in told["zh"]
    assert "Stopped" not in told["zh"]


def test_parts_of_an_older_look_are_shown_to_nobody(manager: Browser, runtime: Runtime) -> None:
    """Somebody may have opened the page after that look: they would see it go back."""
    key = started(manager).rpartition("/")[2]
    board, looks = Board(), [campaign_live._look(runtime.house, key) for _ in range(2)]
    drawn = iter([{"head": "old"}, {"head": "new"}])
    found = [campaign_live.shared_parts(board, look, "en", lambda: next(drawn)) for look in (*looks, *looks)]
    assert [one["head"] for one in found] == ["old", "new", "old", "new"]


class Visit:
    """A request that stays open until somebody leaves."""

    async def is_disconnected(self) -> bool:
        return False


def collected(
    look: event_stream.Look, here: Callable[[], bool], monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    async def still(_request: Any) -> bool:
        return here()

    monkeypatch.setattr(event_stream, "is_still_here", still)

    async def read() -> list[str]:
        visit: Any = Visit()
        return [one async for one in event_stream.events(visit, look, "", 0.0)]

    return asyncio.run(read())


def test_the_stream_ends_with_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([True, True, True, False])
    figures = iter(["<p>1</p>", "<p>1</p>", "<p>2\n</p>"])
    told = collected(lambda: ({"figures": next(figures)}, False), lambda: next(answers), monkeypatch)
    assert told == [
        "event: figures\ndata: <p>1</p>\n\n",
        "event: figures\ndata: <p>2\ndata: </p>\n\n",
        "event: gone\ndata: \n\n",
    ]


def test_the_stream_holds_no_connection_between_two_looks(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a look opened is given back before the stream waits for the next one."""
    out: list[int] = []

    def look() -> tuple[dict[str, str], bool]:
        campaign.list_all(runtime.house)
        return {"figures": str(len(out))}, len(out) == 3

    async def waits(_seconds: float) -> None:
        out.append(runtime.database.engine.pool.checkedout())  # type: ignore[attr-defined]

    monkeypatch.setattr("orchestrator.console.event_stream.asyncio.sleep", waits)
    collected(look, lambda: True, monkeypatch)
    assert out == [0, 0, 0]
