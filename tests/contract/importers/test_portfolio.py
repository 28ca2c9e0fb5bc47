"""What a portfolio does to the book, on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from orchestrator.domain.cadence_library import load
from orchestrator.errors import FileFormatError, UsageError
from orchestrator.importers.options import ImportOptions
from orchestrator.importers.progress import Silent
from orchestrator.importers.run import import_file
from tests.contract.importers.conftest import Desk

Ann = Callable[..., dict[str, str]]


def loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def test_a_row_becomes_a_consumer_an_account_and_their_contact_points(desk: Desk, ann: Ann) -> None:
    result = desk.bring(ann(email="ann@example.org", address_line1="1 Oak St", city="Brooklyn", subdivision="US-NY",
                            postal_code="11215"))  # fmt: skip
    assert json.loads(result.as_json()) == {"rows": 1, "accounts": 1, "consumers": 1, "rejected": 0}
    ((zones, jurisdictions, pool),) = desk.see("SELECT zones, jurisdictions, pool_id FROM consumer")
    assert {entry["zone"] for entry in loaded(zones)} == {"America/New_York"}
    assert loaded(jurisdictions) == ["us", "us-ny", "us-ny-nyc"]
    assert pool == "c1"
    assert desk.see("SELECT balance_minor, state, currency, creditor_id FROM account") == [
        (12050, "open", "USD", "harbor")
    ]
    points = desk.see("SELECT kind, value_sealed, number_kind FROM contact_point ORDER BY kind")
    opened = [(kind, desk.sealer.open(sealed), line) for kind, sealed, line in points]
    assert opened == [
        ("email", "ann@example.org", None),
        ("phone", "+12125550100", "mobile"),
        ("postal", "1 Oak St\nBrooklyn, NY 11215\nUS", None),
    ]


def test_the_same_file_again_changes_nothing(desk: Desk, ann: Ann) -> None:
    row = ann(opt_out="sms", holds="dispute;hardship", consent_email="2026-01-01T00:00:00Z",
              validation_sent_on="2026-02-01", validation_medium="mail", person_key="k")  # fmt: skip
    desk.bring(row, ann(consumer_id="c2", account_id="a2"))
    tables = (
        "consumer",
        "account",
        "contact_point",
        "opt_out",
        "hold",
        "consent",
        "notice",
        "revision",
        "pool_link",
    )
    before = {table: desk.see(f"SELECT * FROM {table} ORDER BY 1") for table in tables}
    result = desk.bring(row, ann(consumer_id="c2", account_id="a2"))
    assert result.rejected == 0
    assert before == {table: desk.see(f"SELECT * FROM {table} ORDER BY 1") for table in tables}


def test_an_empty_cell_is_no_change_and_contact_points_add_up(desk: Desk, ann: Ann) -> None:
    desk.bring(ann(email="ann@example.org", language="es"))
    desk.bring(ann(mobile="+12125550111", email="", language="", balance=""))
    assert desk.see("SELECT language FROM consumer") == [("es",)]
    assert desk.see("SELECT balance_minor FROM account") == [(12050,)]
    points = desk.see("SELECT value_sealed FROM contact_point WHERE kind = 'phone' ORDER BY position")
    assert [desk.sealer.open(sealed) for (sealed,) in points] == ["+12125550100", "+12125550111"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"family_name": "Hall"}, "family_name"),
        ({"date_of_birth": "1990-01-02"}, "date_of_birth"),
        ({"language": "es"}, "language"),
        ({"currency": "CAD"}, "currency"),
        ({"creditor": "other"}, "creditor"),
    ],
)
def test_what_contradicts_the_book_is_refused(
    desk: Desk, ann: Ann, changes: dict[str, str], named: str
) -> None:
    desk.bring(ann(date_of_birth="1990-01-01", language="en"))
    result = desk.bring(ann(**{"date_of_birth": "1990-01-01", "language": "en", **changes}))
    assert result.rejected == 1
    assert result.exit_code == 1
    assert f"{named}: " in desk.reasons(result)[0]


def test_a_refused_row_still_stops_what_it_says_to_stop(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    result = desk.bring(ann(family_name="Hall", opt_out="voice", holds="bankruptcy"))
    assert result.rejected == 1
    assert desk.see("SELECT consumer_id, channel FROM opt_out") == [("c1", "voice")]
    assert desk.see("SELECT kind FROM hold") == [("bankruptcy",)]


@pytest.mark.parametrize("changes", [{"balance": "much"}, {"mobile": "12"}, {"country": "Atlantis"}])
def test_a_row_with_a_cell_that_cannot_be_read_still_stops(
    desk: Desk, ann: Ann, changes: dict[str, str]
) -> None:
    desk.bring(ann())
    result = desk.bring(ann(opt_out="voice", holds="bankruptcy;dispute", **changes))
    assert (result.rejected, result.accounts) == (1, 0)
    assert desk.see("SELECT consumer_id, channel FROM opt_out") == [("c1", "voice")]
    assert desk.see("SELECT kind, account_id FROM hold ORDER BY kind") == [
        ("bankruptcy", None), ("dispute", "a1")
    ]  # fmt: skip
    assert desk.see("SELECT epoch > 0 FROM consumer") == [(True,)]


def test_a_word_that_cannot_be_read_takes_nothing_from_those_beside_it(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    result = desk.bring(ann(holds="deceased;ill"), ann(opt_out="sms;phone"))
    assert result.rejected == 2
    assert desk.see("SELECT kind FROM hold") == [("deceased",)]
    assert desk.see("SELECT consumer_id, channel FROM opt_out") == [("c1", None)]


def test_a_refused_row_of_a_new_consumer_stops_them_whichever_row_brings_them(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    stranger = ann(consumer_id="c2", mobile="+12125550177", opt_out="all", holds="attorney")
    result = desk.bring(stranger | {"creditor": "other"}, ann(consumer_id="c2", account_id="a2"))
    assert result.rejected == 1
    assert desk.see("SELECT consumer_id, channel FROM opt_out") == [("c2", None)]
    assert desk.see("SELECT consumer_id, kind FROM hold") == [("c2", "attorney")]


@pytest.mark.parametrize("chunk_rows", [1, 100])
def test_the_holds_of_a_refused_row_wait_for_the_row_that_brings_the_person(
    desk: Desk, ann: Ann, chunk_rows: int
) -> None:
    rows = [
        ann(delinquent_since="9999-01-01", holds="deceased;cease;dispute"),
        ann(consumer_id="c2", account_id="a2", mobile="+12125550177", holds=""),
        ann(account_id="a3"),
        ann(),
    ]
    desk.bring(*rows, chunk_rows=chunk_rows)
    held = [("cease", None), ("deceased", None), ("dispute", "a1")]
    assert desk.see("SELECT kind, account_id FROM hold WHERE consumer_id = 'c1' ORDER BY kind") == held
    assert desk.see("SELECT consumer_id, form FROM cease_request") == [("c1", "written")]
    desk.bring(*rows, chunk_rows=chunk_rows)
    assert desk.see("SELECT count(*) FROM hold") == [(3,)]


def test_a_hold_of_a_refused_row_about_whom_nobody_brings_is_placed_nowhere(desk: Desk, ann: Ann) -> None:
    assert desk.bring(ann(balance="much", holds="deceased")).rejected == 1
    assert desk.see("SELECT count(*) FROM hold") == [(0,)]


def test_a_hold_that_waits_finds_whom_another_import_brings_meanwhile(desk: Desk, ann: Ann) -> None:
    class Meanwhile(Silent):
        def advance(self, by: int) -> None:
            desk.bring(ann())

    path = desk.folder / "mine.csv"
    row = ann(balance="much", holds="deceased;dispute")
    path.write_text(f"{','.join(row)}\n{','.join(row.values())}\n", encoding="utf-8")
    import_file(desk.database, path, ImportOptions(), desk.clock, desk.sealer, Meanwhile())
    assert desk.see("SELECT kind, account_id FROM hold ORDER BY kind") == [
        ("deceased", None),
        ("dispute", "a1"),
    ]


def test_a_refused_row_enrols_nobody_and_is_refused_once(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    result = desk.bring(ann(balance="much", opt_out="sms"), cadence=load().find("standard"))
    assert (result.enrolled, desk.reasons(result)) == (
        0,
        ["balance: 'much' is not an amount; write it like 1234.50"],
    )


@pytest.mark.parametrize(
    ("changes", "moves"),
    [
        ({"subdivision": "US-HI", "postal_code": "96813"}, 1),
        ({"language": "es"}, 1),
        ({"limitation_on": "2026-01-01"}, 1),
        ({"validation_sent_on": "2026-04-05"}, 1),
        ({"balance": "99"}, 0),
        ({}, 0),
    ],
)
def test_what_is_reserved_is_void_once_its_consumer_is_somewhere_else(
    desk: Desk, ann: Ann, changes: dict[str, str], moves: int
) -> None:
    desk.bring(ann(validation_sent_on="2026-03-01"))
    desk.bring(ann(**changes))
    assert desk.see("SELECT epoch FROM consumer") == [(moves,)]


def test_a_changed_balance_keeps_what_was_before(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    desk.bring(ann(balance="99"))
    ((subject, before),) = desk.see("SELECT subject, before FROM revision")
    assert (subject, loaded(before)) == ("account", {"balance_minor": 12050})
    assert desk.see("SELECT balance_minor FROM account") == [(9900,)]


def test_a_balance_of_nothing_is_paid_and_kills_unspent_permits(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    desk.bring(ann(balance="0"))
    assert desk.see("SELECT state FROM account") == [("paid",)]
    assert desk.see("SELECT epoch FROM consumer") == [(1,)]


def test_a_closed_account_stays_closed_until_it_is_placed_again(desk: Desk, ann: Ann) -> None:
    desk.bring(ann(), ann(account_id="a2"))
    desk.bring({"at": "2026-04-07T00:00:00Z", "account_id": "a1", "reason": "sold"}, kind=None)
    result = desk.bring(ann(balance="130"))
    assert result.rejected == 1
    assert "is recalled since 2026-04-07" in desk.reasons(result)[0]
    assert desk.bring(ann(balance="130", placed_on="2026-04-08")).rejected == 0
    assert desk.see("SELECT state, balance_minor FROM account WHERE id = 'a1'") == [("open", 13000)]


def test_two_rows_with_one_account_are_joint_consumers(desk: Desk, ann: Ann) -> None:
    result = desk.bring(ann(), ann(consumer_id="c2", given_name="Bob", mobile="+12125550122"))
    assert (result.accounts, result.consumers) == (1, 2)
    assert desk.see("SELECT consumer_id, position FROM account_consumer ORDER BY 2") == [("c1", 0), ("c2", 1)]


def test_one_identity_key_or_a_shared_number_is_one_pool(desk: Desk, ann: Ann) -> None:
    desk.bring(
        ann(person_key="k1"),
        ann(consumer_id="c2", account_id="a2", person_key="k1", mobile="+12125550122"),
        ann(consumer_id="c3", account_id="a3", mobile="+12125550133"),
    )
    assert desk.see("SELECT id, pool_id FROM consumer ORDER BY 1") == [
        ("c1", "c1"),
        ("c2", "c1"),
        ("c3", "c3"),
    ]
    desk.bring(ann(consumer_id="c3", account_id="a3", mobile="+12125550122"))
    assert desk.see("SELECT DISTINCT pool_id FROM consumer") == [("c1",)]
    assert desk.see("SELECT basis FROM pool_link ORDER BY 1") == [("number",), ("person_key",)]
    assert all(epoch > 0 for (epoch,) in desk.see("SELECT epoch FROM consumer WHERE id = 'c3'"))


def test_who_was_settled_to_be_another_person_is_not_pooled_again(desk: Desk, ann: Ann) -> None:
    desk.bring(ann(), ann(consumer_id="c2", account_id="a2"))
    with desk.database.write(desk.clock) as unit:
        unit.execute("UPDATE pool_link SET same_person = :no, settled_at = 1", {"no": False})
        unit.execute("UPDATE consumer SET pool_id = id")
    desk.bring(ann(), ann(consumer_id="c2", account_id="a2"), ann(consumer_id="c1", mobile="+12125550144"))
    assert desk.see("SELECT id, pool_id FROM consumer ORDER BY 1") == [("c1", "c1"), ("c2", "c2")]


def test_an_import_never_lifts_a_hold_or_an_opt_out(desk: Desk, ann: Ann) -> None:
    desk.bring(ann(opt_out="all", holds="attorney"))
    desk.bring(ann(opt_out="", holds=""))
    assert desk.see("SELECT channel FROM opt_out") == [(None,)]
    assert desk.see("SELECT kind FROM hold") == [("attorney",)]


def test_the_same_file_does_not_bring_back_a_hold_that_was_released(desk: Desk, ann: Ann) -> None:
    desk.bring(ann(holds="fraud"))
    with desk.database.write(desk.clock) as unit:
        unit.execute(
            "INSERT INTO hold_release (id, consumer_id, occurred_at, recorded_at, source, recorded_by, withdrawn, "
            "hold_id, reason) SELECT 'r1', consumer_id, 1, 1, 'person', 'x', :no, id, 'settled' FROM hold",
            {"no": False},
        )
    desk.bring(ann(holds="fraud"))
    assert len(desk.see("SELECT id FROM hold")) == 1
    desk.bring(ann(holds="fraud", balance="1"))
    assert len(desk.see("SELECT id FROM hold")) == 2


def test_another_date_of_a_notice_corrects_the_first(desk: Desk, ann: Ann) -> None:
    desk.bring(ann(validation_sent_on="2026-02-01"))
    desk.bring(ann(validation_sent_on="2026-02-03"))
    (first, second) = desk.see("SELECT id, sent_on, corrects_id, withdrawn FROM notice ORDER BY recorded_at")
    assert str(second[1]) == "2026-02-03"
    assert second[2] == first[0]


def test_history_is_whole_since_the_day_that_is_told(desk: Desk, ann: Ann) -> None:
    desk.bring(ann(), complete_since=date(2026, 1, 1))
    ((since,),) = desk.see("SELECT history_complete_since FROM account")
    assert str(since) == "2026-01-01"


def test_a_history_is_not_whole_since_a_day_to_come(desk: Desk, ann: Ann) -> None:
    with pytest.raises(UsageError, match="2027-01-01 has not come yet"):
        desk.bring(ann(), complete_since=date(2027, 1, 1))
    assert desk.see("SELECT id FROM account") == []


def test_the_whole_book_closes_what_it_no_longer_lists(desk: Desk, ann: Ann) -> None:
    rows = [ann(consumer_id=f"c{n}", account_id=f"a{n}", mobile=f"+121255501{n:02d}") for n in range(20)]
    desk.bring(*rows, ann(consumer_id="x", account_id="x", creditor="other", mobile="+12125550199"))
    with pytest.raises(FileFormatError, match="would close 3 of 20"):
        desk.bring(*rows[:17], full=True)
    assert desk.see("SELECT count(*) FROM account WHERE state = 'recalled'") == [(0,)]
    result = desk.bring(*rows[:19], full=True)
    assert result.closed == 1
    assert desk.see("SELECT id FROM account WHERE state = 'recalled'") == [("a19",)]


def test_rejected_rows_are_kept_defused_and_the_rest_goes_in(desk: Desk, ann: Ann) -> None:
    result = desk.bring(
        ann(), ann(consumer_id="c2", account_id="a2", mobile="+12", given_name="@cmd"), ann(account_id="a3")
    )
    assert (result.rows, result.rejected, result.accounts) == (3, 1, 2)
    assert result.exit_code == 0
    assert result.rejected_path is not None
    text = result.rejected_path.read_text(encoding="utf-8").splitlines()
    assert text[0].startswith("rejected_line,rejected_reason,consumer_id")
    assert text[1].startswith("3,")
    assert ",'@cmd," in text[1]
    assert "'+12" in text[1]


def test_a_mended_rejected_file_goes_in_as_it_is(desk: Desk, ann: Ann) -> None:
    result = desk.bring(ann(mobile="12"))
    assert result.rejected_path is not None
    mended = result.rejected_path.with_name("mended.csv")
    mended.write_text(result.rejected_path.read_text().replace(",12,", ",'+12125550100,"))
    assert desk.bring_file(mended).rejected == 0


def test_an_old_rejected_file_goes_when_nothing_is_refused(desk: Desk, ann: Ann) -> None:
    result = desk.bring(ann(balance="1,000"))
    assert result.rejected_path is not None
    source = result.rejected_path.with_name("file1.csv")
    source.write_text(source.read_text().replace('"1,000"', "1000"))
    assert desk.bring_file(source).rejected == 0
    assert not result.rejected_path.exists()


def test_two_currencies_and_their_digits(desk: Desk, ann: Ann) -> None:
    desk.bring(ann(currency="JPY", balance="1200"), ann(account_id="a2", currency="KWD", balance="1.250"))
    assert desk.see("SELECT balance_minor FROM account ORDER BY id") == [(1200,), (1250,)]
    result = desk.bring(ann(account_id="a3", currency="JPY", balance="1200.5"))
    assert "JPY has 0" in desk.reasons(result)[0]


def test_small_chunks_give_the_same_book(desk: Desk, ann: Ann) -> None:
    rows = [ann(consumer_id=f"c{n % 7}", account_id=f"a{n}", person_key=f"k{n % 7 % 3}") for n in range(30)]
    result = desk.bring(*rows, chunk_rows=4)
    assert (result.rows, result.accounts, result.consumers, result.rejected) == (30, 30, 7, 0)
    assert desk.see("SELECT DISTINCT pool_id FROM consumer") == [("c0",)]


def test_a_consent_is_for_the_number_or_mailbox_beside_it(desk: Desk, ann: Ann) -> None:
    at = "2026-01-01T00:00:00Z"
    desk.bring(ann(email="ann@example.org", consent_sms=at, consent_email=at, consent_voice=at))
    desk.bring(ann(mobile="+12125550111"))
    rows = desk.see(
        "SELECT s.channel, p.kind, p.position FROM consent s JOIN contact_point p ON p.id = s.contact_point_id "
        "ORDER BY s.channel"
    )
    assert rows == [("email", "email", 0), ("sms", "phone", 0), ("voice", "phone", 0)]
    desk.bring(ann(consumer_id="c2", account_id="a2", mobile="", address_line1="1 Oak St", consent_sms=at))
    assert desk.see("SELECT channel FROM consent WHERE contact_point_id IS NULL") == [("sms",)]
