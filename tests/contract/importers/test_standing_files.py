"""What opt-outs, payments, recalls, checks and parties do, on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.importers.conftest import Desk

Ann = Callable[..., dict[str, str]]


def opt_out(**cells: str) -> dict[str, str]:
    return {
        "consumer_id": "",
        "address": "",
        "channel": "",
        "scope": "",
        "at": "",
        "source": "",
        "proof": "",
        **cells,
    }


def payment(**cells: str) -> dict[str, str]:
    return {"at": "2026-04-01T10:00:00Z", "account_id": "a1", "amount": "20.50", "currency": "USD", "external_id": "p1",
            "reversal_of": "", **cells}  # fmt: skip


def check(**cells: str) -> dict[str, str]:
    return {"at": "2026-04-01T10:00:00Z", "address": "", "consumer_id": "", "kind": "deceased", "result": "yes",
            "source": "register", **cells}  # fmt: skip


def test_a_stop_for_a_number_closes_it_for_everyone_who_has_it_now_or_later(desk: Desk, ann: Ann) -> None:
    desk.bring(ann(), ann(consumer_id="c2", account_id="a2"))
    desk.bring(opt_out(address="(212) 555-0100", channel="sms"))
    ((index, channel),) = desk.see("SELECT value_index, channel FROM opt_out")
    assert channel == "sms"
    assert desk.see("SELECT DISTINCT value_index FROM contact_point") == [(index,)]
    assert all(epoch > 0 for (epoch,) in desk.see("SELECT epoch FROM consumer"))
    desk.bring(ann(consumer_id="c3", account_id="a3"))
    later = desk.see("SELECT o.channel FROM opt_out o JOIN contact_point p ON p.value_index = o.value_index "
                     "WHERE p.consumer_id = 'c3'")  # fmt: skip
    assert later == [("sms",)]


@pytest.mark.parametrize(
    ("cells", "channel"),
    [
        ({"at": "yesterday", "channel": "sms"}, "sms"),
        ({"channel": "whistle"}, None),
        ({"scope": "x" * 300}, None),
    ],
)
def test_a_stop_with_a_cell_that_cannot_be_read_is_refused_aloud_and_closes(
    desk: Desk, ann: Ann, cells: dict[str, str], channel: str | None
) -> None:
    desk.bring(ann())
    result = desk.bring(opt_out(consumer_id="c1", **cells), opt_out(consumer_id="nobody", at="yesterday"))
    assert result.rejected == 2
    assert desk.see("SELECT consumer_id, channel FROM opt_out") == [("c1", channel)]


def test_a_suppression_list_works_before_there_is_a_book(desk: Desk, ann: Ann) -> None:
    desk.bring(opt_out(address="+12125550100"), opt_out(address="ANN@Example.ORG", channel="email"))
    desk.bring(ann(email="ann@example.org"))
    found = desk.see(
        "SELECT p.kind FROM opt_out o JOIN contact_point p ON p.value_index = o.value_index ORDER BY 1"
    )
    assert found == [("email",), ("phone",)]


def test_a_national_number_is_closed_in_every_country_of_the_book_where_it_is_one(
    desk: Desk, ann: Ann
) -> None:
    desk.bring(
        ann(), ann(consumer_id="c2", account_id="a2", country="CN", mobile="13812345678", currency="CNY")
    )
    desk.bring(opt_out(address="138 1234 5678"))
    assert (
        len(desk.see("SELECT o.id FROM opt_out o JOIN contact_point p ON p.value_index = o.value_index")) == 1
    )


def test_an_opt_out_goes_in_once_and_one_for_all_covers_the_rest(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    row = opt_out(consumer_id="c1", channel="all", at="2026-03-01T00:00:00Z")
    desk.bring(row)
    desk.bring(row, opt_out(consumer_id="c1", channel="sms;voice"))
    assert desk.see("SELECT consumer_id, channel FROM opt_out") == [("c1", None)]


def test_an_opt_out_that_cannot_be_placed_is_refused_aloud(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    result = desk.bring(opt_out(consumer_id="nobody"), opt_out(address="12"), opt_out(channel="sms"))
    assert result.rejected == 3
    assert result.exit_code == 1
    reasons = desk.reasons(result)
    assert any("'nobody' is not in the book" in reason for reason in reasons)
    assert any("consumer_id and address are both empty" in reason for reason in reasons)


def test_payments_lower_the_balance_once_and_the_last_one_pays(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    desk.bring(payment())
    desk.bring(payment(), payment(external_id="p2", amount="100"))
    assert desk.see("SELECT balance_minor, state FROM account") == [(0, "paid")]
    assert desk.see("SELECT count(*) FROM payment") == [(2,)]
    assert all(epoch > 1 for (epoch,) in desk.see("SELECT epoch FROM consumer"))


def test_a_reversal_opens_the_account_again(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    desk.bring(payment(amount="120.50"))
    desk.bring(payment(external_id="r1", amount="120.50", reversal_of="p1"))
    assert desk.see("SELECT balance_minor, state FROM account") == [(12050, "open")]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"account_id": "zz"}, "is not in the book"),
        ({"currency": "EUR"}, "account a1 is in USD"),
        ({"amount": "0"}, "not above 0"),
        ({"amount": "-5"}, "not above 0"),
        ({"reversal_of": "nothing"}, "is no payment on account a1"),
    ],
)
def test_a_payment_that_cannot_be_is_refused(
    desk: Desk, ann: Ann, cells: dict[str, str], reason: str
) -> None:
    desk.bring(ann())
    assert reason in desk.reasons(desk.bring(payment(**cells)))[0]


def test_a_recall_closes_the_account(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    row = {"at": "2026-04-01T10:00:00Z", "account_id": "a1", "reason": "settled elsewhere"}
    desk.bring(row)
    desk.bring(row)
    assert desk.see("SELECT state FROM account") == [("recalled",)]
    assert desk.see("SELECT reason FROM recall") == [("settled elsewhere",)]
    assert desk.see("SELECT epoch FROM consumer") == [(1,)]


def test_a_positive_check_of_a_person_is_a_hold(desk: Desk, ann: Ann) -> None:
    desk.bring(ann(), ann(consumer_id="c2", account_id="a2", mobile="+12125550122"))
    desk.bring(
        check(consumer_id="c1"),
        check(address="+12125550122", kind="bankruptcy"),
        check(consumer_id="c2", result="no"),
    )
    assert desk.see("SELECT consumer_id, kind FROM hold ORDER BY 1") == [
        ("c1", "deceased"),
        ("c2", "bankruptcy"),
    ]
    assert desk.see("SELECT count(*) FROM check_result") == [(3,)]


def test_a_reassigned_number_is_taken_out_of_use_for_everyone(desk: Desk, ann: Ann) -> None:
    desk.bring(ann(), ann(consumer_id="c2", account_id="a2"))
    desk.bring(check(address="+12125550100", kind="reassigned"))
    assert desk.see("SELECT DISTINCT state FROM contact_point") == [("reassigned",)]
    assert len(desk.see("SELECT id FROM revision WHERE subject = 'contact_point'")) == 2


def test_the_kind_of_line_is_noted(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    desk.bring(check(address="+12125550100", kind="line_type", result="landline"))
    assert desk.see("SELECT number_kind FROM contact_point") == [("landline",)]
    result = desk.bring(check(address="+12125550100", kind="line_type", result="yes"))
    assert result.rejected == 1


def test_parties_are_kept_with_their_numbers_and_corrected_by_later_rows(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    row = {"consumer_id": "c1", "account_id": "a1", "party_id": "p1", "role": "guarantor", "name": "Eve", "mobile": "",
           "evidence": "contract 4"}  # fmt: skip
    desk.bring(row)
    desk.bring(row)
    desk.bring({**row, "name": "Eve Hill", "mobile": "(212) 555-0177"})
    found = desk.see(
        "SELECT name, jointly_liable, debt_related_evidence, corrects_id FROM party ORDER BY recorded_at"
    )
    assert [row[0] for row in found] == ["Eve", "Eve Hill"]
    assert found[1][1]
    assert found[1][2]
    assert found[1][3] is not None
    ((sealed, party_id),) = desk.see(
        "SELECT value_sealed, party_id FROM contact_point WHERE party_id IS NOT NULL"
    )
    assert (desk.sealer.open(sealed), party_id) == ("+12125550177", "p1")


def test_a_partys_number_does_not_pool(desk: Desk, ann: Ann) -> None:
    desk.bring(ann(), ann(consumer_id="c2", account_id="a2", mobile="+12125550122"))
    desk.bring({"consumer_id": "c1", "party_id": "p1", "role": "spouse", "mobile": "+12125550122"})
    assert desk.see("SELECT pool_id FROM consumer ORDER BY id") == [("c1",), ("c2",)]


def test_an_attorney_is_a_representation(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    desk.bring({"consumer_id": "c1", "party_id": "l1", "role": "attorney", "email": "law@example.org"})
    ((known, contact_known),) = desk.see("SELECT known, contact_known FROM representation")
    assert known
    assert contact_known


JOINT = {"consumer_id": "c2", "given_name": "Bob", "mobile": "+12125550101"}


def moved(desk: Desk, before: list[tuple[object, ...]]) -> set[object]:
    """Who has another epoch than before."""
    return {row[0] for row in set(epochs(desk)) - set(before)}


def epochs(desk: Desk) -> list[tuple[object, ...]]:
    return desk.see("SELECT id, epoch FROM consumer ORDER BY id")


@pytest.mark.parametrize("kind", ["dispute", "fraud"])
def test_a_hold_on_a_joint_account_voids_the_permits_of_everyone_who_owes_it(
    desk: Desk, ann: Ann, kind: str
) -> None:
    other = ann(consumer_id="c3", account_id="a3", given_name="Eve", mobile="+12125550103")
    desk.bring(ann(), ann(**JOINT), other)
    before = epochs(desk)
    desk.bring(ann(**JOINT, holds=kind))
    assert moved(desk, before) == {"c1", "c2"}


def test_a_hold_on_the_person_voids_theirs_only(desk: Desk, ann: Ann) -> None:
    desk.bring(ann(), ann(**JOINT))
    before = epochs(desk)
    desk.bring(ann(**JOINT, holds="hardship"))
    assert moved(desk, before) == {"c2"}


@pytest.mark.parametrize("what", ["payment", "recall"])
def test_money_and_recalls_void_the_permits_of_everyone_who_owes_and_who_counts_as_them(
    desk: Desk, ann: Ann, what: str
) -> None:
    """c3 has the number of c2, so that the two count as one person."""
    desk.bring(ann(), ann(**JOINT), ann(**JOINT | {"consumer_id": "c3"}, account_id="a3"))
    before = epochs(desk)
    row = {"at": "2026-04-01T10:00:00Z", "account_id": "a1", "reason": "sold"}
    desk.bring(payment() if what == "payment" else row)
    assert moved(desk, before) == {"c1", "c2", "c3"}


FAR = "2150-01-01T00:00:00Z"


@pytest.mark.parametrize(
    "cells",
    [{"at": FAR}, {"at": ""}, {"source": ""}, {"at": FAR, "result": "Yes"}, {"address": "12"}],
)
def test_a_positive_check_in_a_refused_row_holds_all_the_same_and_once(
    desk: Desk, ann: Ann, cells: dict[str, str]
) -> None:
    desk.bring(ann())
    for _ in range(2):
        result = desk.bring(check(**{"consumer_id": "c1", **cells}))
        assert (result.rejected, result.consumers) == (1, 0 if "address" not in cells else 1)
    assert desk.see("SELECT consumer_id, kind FROM hold") == [("c1", "deceased")]
    assert desk.see("SELECT count(*) FROM check_result") == [(1,)]
    ((at, recorded),) = desk.see("SELECT occurred_at, recorded_at FROM hold")
    assert at == recorded


def test_an_answer_is_read_in_any_letter_case(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    assert desk.bring(check(consumer_id="c1", result="YES")).rejected == 0
    assert desk.see("SELECT kind FROM hold") == [("deceased",)]


def test_a_reassigned_number_in_a_refused_row_is_taken_out_of_use(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    desk.bring(check(address="+12125550100", kind="reassigned", at=FAR))
    assert desk.see("SELECT state FROM contact_point") == [("reassigned",)]


@pytest.mark.parametrize(
    "cells", [{"result": "no"}, {"kind": "line_type"}, {"consumer_id": "zz"}, {"consumer_id": ""}]
)
def test_what_a_refused_check_does_not_say_protects_nobody(
    desk: Desk, ann: Ann, cells: dict[str, str]
) -> None:
    desk.bring(ann())
    assert desk.bring(check(**{"consumer_id": "c1", "at": FAR, **cells})).rejected == 1
    assert desk.see("SELECT count(*) FROM hold") == [(0,)]
    assert desk.see("SELECT count(*) FROM check_result") == [(0,)]


@pytest.mark.parametrize("cells", [{"at": FAR}, {"at": "yesterday"}, {"reason": ""}, {"reason": "x" * 300}])
def test_a_recall_in_a_refused_row_closes_the_account_once(
    desk: Desk, ann: Ann, cells: dict[str, str]
) -> None:
    desk.bring(ann())
    row = {"at": "2026-04-01T10:00:00Z", "account_id": "a1", "reason": "sold", **cells}
    for _ in range(2):
        assert desk.bring(row, {**row, "account_id": "zz"}).rejected == 2
    assert desk.see("SELECT state FROM account") == [("recalled",)]
    assert desk.see("SELECT count(*) FROM recall") == [(1,)]


@pytest.mark.parametrize(
    ("cells", "account"),
    [
        ({"mobile": "12"}, "a1"),
        ({"email": "nobody"}, "a1"),
        ({"party_id": ""}, "a1"),
        ({"account_id": "zz"}, None),
    ],
)
def test_an_attorney_in_a_refused_row_represents_all_the_same(
    desk: Desk, ann: Ann, cells: dict[str, str], account: str | None
) -> None:
    desk.bring(ann())
    row = {
        "consumer_id": "c1",
        "account_id": "a1",
        "party_id": "l1",
        "role": "attorney",
        "mobile": "",
        "email": "",
    }
    for _ in range(2):
        assert desk.bring({**row, **cells}, {**row, "consumer_id": "zz", "mobile": "12"}).rejected == 2
    found = desk.see("SELECT consumer_id, account_id, contact_known FROM representation")
    assert [(who, which, bool(known)) for who, which, known in found] == [("c1", account, True)]
    assert desk.see("SELECT count(*) FROM party") == [(0,)]


def test_a_refused_row_of_another_party_does_nothing(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    assert desk.bring({"consumer_id": "c1", "party_id": "p1", "role": "spouse", "mobile": "12"}).rejected == 1
    assert desk.see("SELECT count(*) FROM representation") == [(0,)]


def hold(desk: Desk, **values: object) -> None:
    """A hold as a person places it."""
    with desk.database.write(desk.clock) as unit:
        row = {"id": "h1", "consumer_id": "c1", "kind": "bankruptcy", "occurred_at": unit.now_micros,
               "recorded_at": unit.now_micros, "source": "api", "recorded_by": "x", "withdrawn": False,
               **values}  # fmt: skip
        unit.insert_many("hold", tuple(row), [tuple(row.values())])


@pytest.mark.parametrize(
    "cells", [{"until": "2026-04-01"}, {"until": "2099-01-01"}, {"starts_on": "2099-01-01"}]
)
def test_a_hold_of_a_file_has_no_last_day_and_is_placed_beside_one_that_has(
    desk: Desk, ann: Ann, cells: dict[str, str]
) -> None:
    desk.bring(ann())
    hold(desk, **cells)
    for _ in range(2):
        desk.bring(ann(holds="bankruptcy"))
    assert desk.see("SELECT count(*) FROM hold WHERE until IS NULL AND starts_on IS NULL") == [(1,)]
    assert desk.see("SELECT count(*) FROM hold") == [(2,)]


def test_a_check_holds_beside_a_hold_that_is_over(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    hold(desk, kind="deceased", until="2026-04-01")
    desk.bring(check(consumer_id="c1"))
    assert desk.see("SELECT kind FROM hold WHERE until IS NULL") == [("deceased",)]


@pytest.mark.parametrize("cells", [{}, {"starts_on": "2026-01-01"}])
def test_a_lasting_hold_is_not_placed_twice(desk: Desk, ann: Ann, cells: dict[str, str]) -> None:
    desk.bring(ann())
    hold(desk, **cells)
    desk.bring(ann(holds="bankruptcy"))
    assert desk.see("SELECT id FROM hold") == [("h1",)]


@pytest.mark.parametrize("cells", [{}, {"until": "2026-05-01"}])
def test_the_request_to_cease_is_written_once_whatever_hold_is_there(
    desk: Desk, ann: Ann, cells: dict[str, str]
) -> None:
    desk.bring(ann())
    hold(desk, kind="cease", **cells)
    before = epochs(desk)
    for _ in range(2):
        desk.bring(ann(holds="cease"))
    assert desk.see("SELECT form FROM cease_request") == [("written",)]
    assert moved(desk, before) == {"c1"}
    desk.bring(ann(holds="cease", city="Albany"))
    assert desk.see("SELECT count(*) FROM cease_request") == [(1,)]


def test_a_request_to_cease_that_is_withdrawn_comes_back_with_a_new_file_only(desk: Desk, ann: Ann) -> None:
    desk.bring(ann(holds="cease"))
    with desk.database.write(desk.clock) as unit:
        unit.execute(
            "INSERT INTO cease_request (id, consumer_id, occurred_at, recorded_at, source, recorded_by, corrects_id, "
            "withdrawn, form) SELECT 'w', consumer_id, occurred_at, recorded_at, 'api', 'x', id, :yes, form "
            "FROM cease_request",
            {"yes": True},
        )
    desk.bring(ann(holds="cease"))
    assert desk.see("SELECT count(*) FROM cease_request") == [(2,)]
    desk.bring(ann(holds="cease", city="Albany"))
    assert desk.see("SELECT count(*) FROM cease_request") == [(3,)]
