"""Wishes on both databases: what was planned against one does not leave, and one that is taken back is over."""

from __future__ import annotations

from datetime import date

import pytest

from bench.book import Book
from orchestrator.domain.permission import Role
from orchestrator.domain.wish import Wish
from orchestrator.errors import AccessError, UnknownReference
from orchestrator.services.contact import Contact, check_contact
from orchestrator.services.fact import By
from orchestrator.services.wish import end_wish, record_wish
from orchestrator.store.database import Database
from policies.verdict import Decision
from tests.integration.engine import stage

ANN, BOB = "C0000000", "C0000001"
AFTERNOONS = Wish("inconvenient_time", ("mon", "tue", "wed"), "11:00", "17:00", until=date(2026, 3, 31))


def test_what_was_planned_does_not_leave_against_a_wish(database: Database) -> None:
    played = stage.build(database, book=Book(count=3))
    played.plan()
    record_wish(played.house, By("test"), ANN, AFTERNOONS)
    record_wish(played.house, By("test"), BOB, Wish("excluded_channel", channel="sms"))
    played.plan()
    played.dispatch()
    assert {message.consumer_ref for message in played.sink.received} == {"C0000002"}
    assert played.scalar("SELECT count(*) FROM ledger_entry WHERE kind = 'wish'") == 2


def test_one_that_is_taken_back_is_over_and_told_twice_is_once(database: Database) -> None:
    played = stage.build(database, book=Book(count=1))

    def asked() -> Decision:
        return check_contact(played.house, Contact(ANN, "sms")).decision

    before = asked()
    for _ in range(2):
        made = record_wish(played.house, By("test", key="once"), ANN, AFTERNOONS)
    assert played.scalar("SELECT count(*) FROM preference") == 1
    assert (before, asked()) == (Decision.ALLOW, Decision.DEFER)
    with pytest.raises(UnknownReference):
        end_wish(played.house, By("test"), BOB, made, reason="not theirs")
    end_wish(played.house, By("test"), ANN, made, reason="fine again")
    assert asked() is Decision.ALLOW
    kept = "SELECT days, start, until FROM preference ORDER BY withdrawn"
    ((days, start, until), again) = played.query(kept)
    assert (days, start, str(until)) == ("mon;tue;wed", "11:00", "2026-03-31")
    assert again == (days, start, until)


def test_only_compliance_takes_up_a_refused_channel_again(database: Database) -> None:
    played = stage.build(database, book=Book(count=1))
    made = record_wish(played.house, By("test"), ANN, Wish("excluded_channel", channel="sms"))
    with pytest.raises(AccessError):
        end_wish(played.house, By("test", role=Role.COLLECTOR), ANN, made, reason="said so")
    assert check_contact(played.house, Contact(ANN, "sms")).decision is Decision.DENY
    end_wish(played.house, By("test", role=Role.COMPLIANCE_OFFICER), ANN, made, reason="said so")
    assert check_contact(played.house, Contact(ANN, "sms")).decision is Decision.ALLOW
