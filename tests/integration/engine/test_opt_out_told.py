"""Opt-outs that the firm or another system tells us: whom they close, and which are refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.book import Book
from orchestrator.engine.stop import withdraw_opt_outs
from orchestrator.engine.told import Told
from orchestrator.errors import UnknownReference, UsageError
from orchestrator.services.fact import By, record_opt_out
from orchestrator.store.database import Database
from orchestrator.store.entry import stops_in_force
from tests.integration.engine import stage
from tests.integration.engine.stage import Stage
from tests.postgres import sqlite_url

ANN, BOB = "C0000000", "C0000001"
NUMBER = "+13120000001"  # Bob's
LETTER = "1 main street\nchicago, il 60601\nus"


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Database]:
    opened = Database(sqlite_url(tmp_path / "quick.db"))
    yield opened
    opened.close()


@pytest.fixture
def played(quick: Database) -> Stage:
    return stage.build(quick, book=Book(count=3))


def reached(played: Stage) -> set[str]:
    played.plan()
    played.dispatch()
    return {message.consumer_ref for message in played.sink.received}


def stops(played: Stage) -> set[tuple[object, ...]]:
    return set(played.query("SELECT consumer_id, value_index, channel FROM opt_out"))


@pytest.mark.parametrize("channel", ["sms", None])
def test_a_consumer_and_an_address_are_both_closed(database: Database, channel: str | None) -> None:
    played = stage.build(database, book=Book(count=3))
    played.plan()
    record_opt_out(played.house, By("api"), consumer_id=ANN, address=NUMBER, channel=channel)
    assert reached(played) == {"C0000002"}
    index = played.house.sealer.index("phone", NUMBER)
    assert stops(played) == {(ANN, None, channel), (None, index, channel)}


def test_a_stop_of_somebody_who_is_not_in_the_book_is_refused(database: Database) -> None:
    played = stage.build(database, book=Book(count=1))
    with pytest.raises(UnknownReference):
        record_opt_out(played.house, By("api"), consumer_id="C-nobody", address=NUMBER)
    assert stops(played) == set()


def test_the_same_stop_told_twice_is_written_once(played: Stage) -> None:
    for _ in range(2):
        record_opt_out(played.house, By("api", key="k"), consumer_id=ANN, address=NUMBER)
    assert len(stops(played)) == played.scalar("SELECT count(*) FROM opt_out") == 2


def test_the_same_stop_told_again_after_it_was_withdrawn_stops_again(database: Database) -> None:
    """A link in an old mail is followed again, a key is used again: what is acknowledged is in force."""
    played = stage.build(database, book=Book(count=3))
    for _ in range(3):
        record_opt_out(played.house, By("unsubscribe_link", key="k"), consumer_id=ANN)
        with played.database.write(played.clock) as unit:
            in_force = stops_in_force(unit, consumer_ids=[ANN])
            assert len(in_force) == 1
            told = Told(unit.now, "officer", in_force[0].id)
            withdraw_opt_outs(played.house, unit, told, in_force)
    record_opt_out(played.house, By("unsubscribe_link", key="k"), consumer_id=ANN)
    assert reached(played) == {BOB, "C0000002"}


@pytest.mark.parametrize(
    ("address", "channel", "words"),
    [
        ("5550101", "sms", "no complete phone address"),
        ("(312) 555-0101", "voice", "no complete phone address"),
        ("(312) 555-0101", None, "no complete phone address"),
        ("+1312555010", None, "no complete phone address"),
        ("+1312555010", "sms", "no complete phone address"),
        ("+1", "sms", "no complete phone address"),
        ("ann", "email", "no complete email address"),
        ("ann@", None, "no complete email address"),
        ("ann@localhost", None, "no complete email address"),
        ("a@example.org,b@example.org", "email", "no complete email address"),
        ("ann@example.org", "sms", "no complete phone address"),
        ("12 Elm St", "letter", "no complete postal address"),
        ("12 Elm St", None, "name the channel"),
    ],
)
def test_an_address_that_can_be_nobodys_is_refused_and_nothing_acknowledged(
    played: Stage, address: str, channel: str | None, words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        record_opt_out(played.house, By("api"), address=address, channel=channel)
    assert stops(played) == set()


def test_beside_a_consumer_an_incomplete_number_is_refused_as_well(played: Stage) -> None:
    with pytest.raises(UsageError, match="no complete phone address"):
        record_opt_out(played.house, By("api"), consumer_id=ANN, address="555-0101")
    assert stops(played) == set()


@pytest.mark.parametrize(
    ("address", "channel", "kind", "value"),
    [
        (" +1 312 555 0101 ", None, "phone", "+13125550101"),
        ("+1 (312) 555-0101", "sms", "phone", "+13125550101"),
        ("Ann@Example.ORG ", None, "email", "ann@example.org"),
        ("ann@bücher.example", "email", "email", "ann@xn--bcher-kva.example"),
        # in no plan, but the book has it
        (NUMBER, None, "phone", NUMBER),
        (LETTER.upper(), "letter", "postal", "1 main street chicago, il 60601 us"),
    ],
)
def test_a_complete_address_is_closed_in_the_words_of_the_book(
    played: Stage, address: str, channel: str | None, kind: str, value: str
) -> None:
    if kind == "postal":
        with played.database.write(played.clock) as unit:
            unit.execute(
                "UPDATE contact_point SET value_index = :index WHERE kind = 'postal' AND consumer_id = :who",
                {"index": played.house.sealer.index(kind, value), "who": BOB},
            )
    record_opt_out(played.house, By("api"), address=address, channel=channel)
    assert stops(played) == {(None, played.house.sealer.index(kind, value), channel)}


def test_a_letter_stop_of_a_consumer_holds_however_the_address_is_written(played: Stage) -> None:
    record_opt_out(played.house, By("api"), consumer_id=ANN, address="Main St 1", channel="letter")
    assert (ANN, None, "letter") in stops(played)
