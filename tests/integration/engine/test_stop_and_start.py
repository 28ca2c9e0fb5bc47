"""What a text or mail closes, and how little a START opens again, to the message that leaves.

What rests on a query of its own runs on both databases, its variations on the quick one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from bench.book import Book
from channels.contract import Channel
from channels.events import Event, EventKind
from orchestrator.engine import inbound
from orchestrator.engine.inbound import Heard
from orchestrator.engine.stop import enter_opt_out
from orchestrator.engine.told import Told
from orchestrator.services import pooling
from orchestrator.services.fact import By, record_cease, record_opt_out
from orchestrator.store.database import Database
from tests.integration.engine import stage
from tests.integration.engine.stage import Stage
from tests.postgres import sqlite_url

ANN, NUMBER, MAILBOX = "C0000000", "+13120000000", "c0000000@example.org"
MAIL = "name: mail\nsteps:\n  - {name: reminder, day: 0, channels: [email]}\n"


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Database]:
    opened = Database(sqlite_url(tmp_path / "quick.db"))
    yield opened
    opened.close()


@pytest.fixture
def played(quick: Database) -> Stage:
    return stage.build(quick, book=Book(count=2))


@pytest.fixture
def anywhere(database: Database) -> Stage:
    """On both databases."""
    return stage.build(database, book=Book(count=2))


def say(played: Stage, text: str, *, address: str = NUMBER, channel: str = "sms", **more: object) -> None:
    """A message that comes in a minute after what was before."""
    played.clock.advance(timedelta(minutes=1))
    values = {"key": f"{played.clock.now()}", "at": played.clock.now(), **more}
    inbound.receive(
        played.house,
        [Heard(provider="test", channel=channel, address=address, text=text, **values)],  # type: ignore[arg-type]
    )


def reached(played: Stage) -> set[str]:
    """Who gets the contacts that are due now."""
    played.plan()
    played.dispatch()
    return {message.consumer_ref for message in played.sink.received}


def tasks(played: Stage) -> list[tuple[object, ...]]:
    return played.query("SELECT kind, reason, consumer_id FROM task WHERE kind = 'reply' ORDER BY id")


def give_number(played: Stage, consumer_id: str, **changes: str) -> None:
    """Another consumer, or a party of theirs, has Ann's number as well."""
    party, state = changes.get("party_id"), changes.get("state", "valid")
    with played.database.write(played.clock) as unit:
        unit.execute(
            "INSERT INTO contact_point (id, consumer_id, party_id, kind, value_sealed, value_index, key_id, position, "
            "state, employer_provided, created_at, changed_at) SELECT 'shared', :who, :party, kind, value_sealed, "
            "value_index, key_id, 9, :state, employer_provided, created_at, changed_at FROM contact_point "
            "WHERE consumer_id = :ann AND kind = 'phone'",
            {"who": consumer_id, "party": party, "state": state, "ann": ANN},
        )


class TestStart:
    def test_it_opens_what_a_text_from_this_number_closed(self, anywhere: Stage) -> None:
        say(anywhere, "STOP")
        say(anywhere, "START")
        assert reached(anywhere) == {ANN, "C0000001"}
        assert tasks(anywhere) == []

    def test_until_then_nothing_leaves(self, played: Stage) -> None:
        played.plan()
        say(played, "STOP")
        assert reached(played) == {"C0000001"}

    @pytest.mark.parametrize(
        ("texts", "opens"),
        [(("STOP", "stop please", "START"), True), (("STOP", "START", "STOP"), False)],
    )
    def test_every_earlier_stop_of_the_number_is_lifted_and_a_later_one_counts(
        self, played: Stage, texts: tuple[str, ...], opens: bool
    ) -> None:
        for text in texts:
            say(played, text)
        assert (ANN in reached(played)) is opens

    def test_of_a_stop_and_a_start_of_one_moment_the_stop_counts(self, played: Stage) -> None:
        at = played.clock.now()
        say(played, "STOP", at=at, key="1")
        say(played, "START", at=at, key="2")
        assert reached(played) == {"C0000001"}

    def test_one_that_is_older_than_the_stop_lifts_nothing(self, played: Stage) -> None:
        said = played.clock.now()
        say(played, "STOP")
        say(played, "START", at=said)
        assert reached(played) == {"C0000001"}

    @pytest.mark.parametrize("channel", ["sms", "voice", None])
    @pytest.mark.parametrize("by_address", [True, False])
    def test_a_stop_from_elsewhere_stays(self, played: Stage, channel: str | None, by_address: bool) -> None:
        what = {"address": NUMBER} if by_address else {"consumer_id": ANN}
        record_opt_out(played.house, By("api"), channel=channel, **what)
        say(played, "STOP")
        say(played, "START")
        kept = played.query(
            "SELECT source FROM opt_out o WHERE NOT withdrawn AND NOT EXISTS "
            "(SELECT 1 FROM opt_out l WHERE l.corrects_id = o.id)"
        )
        assert kept == [("api",)]
        assert (ANN in reached(played)) is (channel == "voice")
        assert tasks(played) == ([] if channel == "voice" else [("reply", "start", ANN)])

    @pytest.mark.parametrize(
        "source", ["import:opt-outs", "provider:sms", "inbound:voice", "inbound:email", "collector"]
    )
    def test_no_other_source_is_lifted(self, played: Stage, source: str) -> None:
        with played.database.write(played.clock) as unit:
            index = played.house.sealer.index("phone", NUMBER)
            told = Told(unit.now, source, "k")
            enter_opt_out(played.house, unit, told, consumer_id=ANN, value_index=index, channel="sms")
        say(played, "START")
        assert reached(played) == {"C0000001"}

    def test_one_that_only_says_that_it_came_by_text_is_not_lifted(self, played: Stage) -> None:
        """An imported row may name any source and any proof."""
        say(played, "HELP", key="help")
        proof = str(played.scalar("SELECT id FROM inbound_message"))
        with played.database.write(played.clock) as unit:
            index = played.house.sealer.index("phone", NUMBER)
            told = Told(unit.now, "inbound:sms", "k", by="import:im_1", proof=proof)
            enter_opt_out(played.house, unit, told, value_index=index)
        say(played, "START")
        assert reached(played) == {"C0000001"}

    def test_what_the_provider_reports_as_opted_out_is_no_text_of_the_number(self, played: Stage) -> None:
        report = Event(provider="test", provider_event_id="r", kind=EventKind.OPT_OUT, channel=Channel.SMS,
                       address=NUMBER, detail={"reason": "opted_out"})  # fmt: skip
        inbound.receive(played.house, [inbound.heard(report, played.clock.now())])
        say(played, "START")
        assert reached(played) == {"C0000001"}

    def test_another_number_of_the_same_person_opens_nothing(self, played: Stage) -> None:
        say(played, "STOP")
        say(played, "START", address="+13125550199")
        assert reached(played) == {"C0000001"}
        assert ("reply", "start", None) in tasks(played)

    @pytest.mark.parametrize(
        "changes", [{}, {"party_id": "p1"}, {"state": "wrong_party"}, {"state": "reassigned"}]
    )
    def test_of_a_number_of_several_nothing_is_lifted(self, played: Stage, changes: dict[str, str]) -> None:
        say(played, "STOP")
        give_number(played, "C0000001", **changes)
        say(played, "START")
        assert ANN not in reached(played)
        assert [kind for _, kind, _ in tasks(played)] == ["start"]
        assert played.scalar("SELECT count(*) FROM opt_out WHERE withdrawn") == 0

    @pytest.mark.parametrize("same", [True, False])
    def test_two_records_of_one_person_are_one_holder_once_somebody_said_so(
        self, anywhere: Stage, same: bool
    ) -> None:
        give_number(anywhere, "C0000001")
        house = anywhere.house
        pooling.settle(house.database, house.clock, house.sealer, ANN, "C0000001", same, "officer")
        say(anywhere, "STOP")
        say(anywhere, "START")
        assert bool(reached(anywhere)) is same

    def test_records_with_one_identity_key_are_one_holder(self, anywhere: Stage) -> None:
        give_number(anywhere, "C0000001")
        with anywhere.database.write(anywhere.clock) as unit:
            unit.execute("UPDATE consumer SET person_key = 'k', pool_id = :ann", {"ann": ANN})
        say(anywhere, "STOP")
        say(anywhere, "START")
        assert reached(anywhere)

    def test_a_number_that_turned_out_to_be_somebody_elses_opens_nothing(self, played: Stage) -> None:
        say(played, "STOP")
        with played.database.write(played.clock) as unit:
            unit.execute(
                "UPDATE contact_point SET state = 'reassigned' WHERE consumer_id = :ann", {"ann": ANN}
            )
        say(played, "START")
        assert played.scalar("SELECT count(*) FROM opt_out WHERE withdrawn") == 0

    def test_a_mail_opens_nothing(self, quick: Database) -> None:
        played = stage.build(quick, book=Book(count=2), body=MAIL)
        for text in ("STOP", "START"):
            say(played, text, channel="email", address=MAILBOX)
        assert reached(played) == {"C0000001"}
        assert tasks(played) == [("reply", "start", ANN)]

    def test_cease_requests_and_holds_stay(self, played: Stage) -> None:
        say(played, "STOP")
        record_cease(played.house, By("api"), ANN, form="written")
        say(played, "START")
        assert reached(played) == {"C0000001"}

    def test_the_same_start_again_changes_nothing(self, played: Stage) -> None:
        say(played, "STOP")
        say(played, "START", key="start")
        say(played, "STOP")
        say(played, "START", key="start")
        assert reached(played) == {"C0000001"}


class TestWords:
    """A mail that stops says more than STOP: all of it is followed."""

    @pytest.mark.parametrize("kind", [EventKind.OPT_OUT, EventKind.REPLY])
    @pytest.mark.parametrize(
        ("words", "table"),
        [
            ("Do not contact me in any way.", "cease_request"),
            ("I dispute this debt.", "dispute"),
            ("Talk to my attorney.", "representation"),
        ],
    )
    def test_what_a_stop_says_besides_is_not_lost(
        self, played: Stage, kind: EventKind, words: str, table: str
    ) -> None:
        say(played, f"Unsubscribe\n{words}", channel="email", address=MAILBOX, kind=kind.value)
        assert played.query(f"SELECT consumer_id FROM {table}") == [(ANN,)]
        assert played.scalar("SELECT count(*) FROM opt_out WHERE channel = 'email'") == 1
        assert [consumer_id for _, _, consumer_id in tasks(played)] == [ANN]
        assert reached(played) == {"C0000001"}

    def test_a_stop_alone_is_nobodys_work(self, played: Stage) -> None:
        say(played, "STOP", kind=EventKind.OPT_OUT.value)
        assert tasks(played) == []


class TestSpelling:
    @pytest.mark.parametrize(
        "address",
        ["(312) 555-0101", "+1 312 555 0101", "312-555-0101", "1 312 555 0101", "\uff0b13125550101"],
    )
    def test_a_stop_reaches_the_number_however_it_is_spelled(self, played: Stage, address: str) -> None:
        with played.database.write(played.clock) as unit:
            unit.execute(
                "UPDATE contact_point SET value_index = :index WHERE consumer_id = :ann AND kind = 'phone'",
                {"index": played.house.sealer.index("phone", "+13125550101"), "ann": ANN},
            )
        played.plan()
        say(played, "STOP", address=address)
        assert reached(played) == {"C0000001"}
        say(played, "START", address="+13125550101")
        played.clock.advance(timedelta(hours=1))
        assert ANN in reached(played)

    @pytest.mark.parametrize(
        "address", [MAILBOX.upper(), f" {MAILBOX} ", "c0000000 @example.org", f"Ann <{MAILBOX}>"]
    )
    def test_a_stop_by_mail_reaches_the_mailbox(self, quick: Database, address: str) -> None:
        played = stage.build(quick, book=Book(count=2), body=MAIL)
        played.plan()
        say(played, "STOP", channel="email", address=address)
        assert reached(played) == {"C0000001"}

    def test_a_number_that_is_one_in_two_countries_closes_both(self, anywhere: Stage) -> None:
        numbers = {ANN: "+13125550101", "C0000001": "+8613125550101"}
        with anywhere.database.write(anywhere.clock) as unit:
            unit.execute("UPDATE consumer SET country = 'CN' WHERE id = 'C0000001'")
            for who, number in numbers.items():
                unit.execute(
                    "UPDATE contact_point SET value_index = :index WHERE consumer_id = :who AND kind = 'phone'",
                    {"index": anywhere.house.sealer.index("phone", number), "who": who},
                )
        say(anywhere, "STOP", address="13125550101")
        assert reached(anywhere) == set()

    @pytest.mark.parametrize("address", ["SHORTCODE", "+13125550188", "", "12"])
    @pytest.mark.parametrize("text", ["STOP", "START", "hello"])
    def test_a_message_of_somebody_unknown_is_kept_and_given_to_a_person(
        self, played: Stage, address: str, text: str
    ) -> None:
        say(played, text, address=address)
        ((message, *kept),) = played.query("SELECT id, address_sealed, body_sealed FROM inbound_message")
        assert [played.house.sealer.open(sealed) for sealed in kept] == [address, text]  # type: ignore[arg-type]
        ((consumer_id, detail),) = played.query("SELECT consumer_id, detail FROM task")
        assert consumer_id is None
        assert str(message) in str(detail)
        assert reached(played) == {ANN, "C0000001"}

    def test_a_stop_of_a_number_that_comes_into_the_book_later_holds(self, played: Stage) -> None:
        say(played, "STOP", address="(312) 555-0177")
        with played.database.write(played.clock) as unit:
            unit.execute(
                "UPDATE contact_point SET value_index = :index WHERE consumer_id = :ann AND kind = 'phone'",
                {"index": played.house.sealer.index("phone", "+13125550177"), "ann": ANN},
            )
        assert reached(played) == {"C0000001"}


class TestTime:
    def test_a_mail_dated_in_the_future_stops_at_once(self, quick: Database) -> None:
        played = stage.build(quick, book=Book(count=2), body=MAIL)
        say(played, "STOP", channel="email", address=MAILBOX, at=played.clock.now() + timedelta(days=900))
        assert reached(played) == {"C0000001"}

    @pytest.mark.parametrize("what", [{"consumer_id": ANN}, {"address": NUMBER}])
    def test_an_opt_out_dated_in_the_future_holds_at_once(self, played: Stage, what: dict[str, str]) -> None:
        record_opt_out(played.house, By("api", at=played.clock.now() + timedelta(days=30)), **what)
        assert reached(played) == {"C0000001"}


def holders(rows: Sequence[tuple[object, ...]]) -> set[object]:
    return {row[0] for row in rows}


def test_who_wrote_is_also_who_got_what_they_answer(played: Stage) -> None:
    """A reply from a mailbox that we do not know, to a mail of ours."""
    reached(played)
    attempt_id = str(played.scalar("SELECT id FROM attempt WHERE consumer_id = :ann", ann=ANN))
    say(played, "STOP", channel="email", address="other@example.org", attempt_id=attempt_id)
    stopped = played.query("SELECT consumer_id FROM opt_out WHERE channel = 'email'")
    assert holders(stopped) == {ANN}
