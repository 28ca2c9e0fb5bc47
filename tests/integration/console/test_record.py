"""Recording what a consumer says: every form, what it writes, what is wrong beside its field, who may."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from orchestrator.bootstrap import Runtime
from orchestrator.clock import VirtualClock
from orchestrator.console.record_form import FIELDS
from orchestrator.domain.instant import from_micros
from orchestrator.engine.hold import enter_hold
from orchestrator.services import fact, worklist
from orchestrator.services.consumer_view import view_consumer
from orchestrator.services.contact_panel import read_panel
from policies.verdict import Decision
from tests.integration.console.conftest import Browser, Enter, words
from tests.integration.faces.conftest import Count

PART = {"HX-Request": "true"}


@pytest.fixture
def browser(enter: Enter) -> Browser:
    return enter("collector")


def rows(runtime: Runtime, sql: str) -> list[tuple[Any, ...]]:
    with runtime.database.read() as unit:
        return unit.query(sql)


def point(runtime: Runtime, kind: str = "phone") -> str:
    return next(one.id for one in view_consumer(runtime.house, "C-1").points if one.kind == kind)


def save(browser: Browser, kind: str, form: dict[str, str], status: int = 200) -> str:
    answer = browser.post(f"/consumers/C-1/record/{kind}?account=A-1", form, headers=PART)
    assert answer.status_code == status, answer.text[:2000]
    if status == 200:
        assert "consumer-changed" in answer.headers["hx-trigger"]
        assert answer.headers["hx-retarget"] == "#told"
    return answer.text


@pytest.mark.parametrize("kind", FIELDS)
def test_every_form_opens_as_a_page_and_as_a_part(enter: Enter, kind: str) -> None:
    browser = enter("compliance_officer" if kind in {"answer", "settle"} else "collector")
    whole = browser.text(f"/consumers/C-1/record/{kind}?account=A-1&id=x")
    part = browser.get(f"/consumers/C-1/record/{kind}?account=A-1&id=x", headers=PART).text
    assert "<!doctype" in whole
    assert "<!doctype" not in part
    for one in FIELDS[kind]:
        # the days of a week are a box each
        name = f"{one.name}-mon" if one.kind == "days" else one.name
        assert one.kind == "check" or f'name="{name}"' in part


@pytest.mark.parametrize("kind", [kind for kind in FIELDS if any(one.is_required for one in FIELDS[kind])])
def test_an_empty_form_says_at_each_field_what_is_missing_and_writes_nothing(
    browser: Browser, kind: str, runtime: Runtime
) -> None:
    before = rows(runtime, "SELECT epoch FROM consumer WHERE id = 'C-1'")
    html = save(browser, kind, {}, 422)
    assert "Nothing was recorded." in words(html)
    for one in FIELDS[kind]:
        assert (f'id="{one.name}-error"' in html) == (one.is_required), one.name
    assert rows(runtime, "SELECT epoch FROM consumer WHERE id = 'C-1'") == before


GOOD = {"account": "A-1", "amount": "25.50", "due_on": "2026-10-20"}


class TestPromise:
    def test_it_is_written_with_who_recorded_it(self, browser: Browser, runtime: Runtime) -> None:
        assert "The promise is recorded." in words(save(browser, "promise", GOOD))
        ((amount, due, by),) = rows(runtime, "SELECT amount_minor, due_on, recorded_by FROM promise")
        assert (amount, str(due)) == (2550, "2026-10-20")
        assert by.startswith("user:usr")

    def test_the_same_form_sent_twice_writes_once(self, browser: Browser, count: Count) -> None:
        save(browser, "promise", GOOD | {"key": "k-1"})
        save(browser, "promise", GOOD | {"key": "k-1"})
        assert count("promise") == 1

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"due_on": "2026-10-13"}, "That day is over"),
            ({"due_on": "20.10."}, "Enter a day."),
            ({"amount": "-3"}, "Enter an amount, like 150.00."),
            ({"amount": "1.234"}, "Enter an amount"),
            ({"amount": "plenty"}, "Enter an amount"),
            ({"account": "A-2"}, "Choose one of these."),
            ({"amount": "500"}, "The balance is $120.50"),
        ],
    )
    def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
        self, browser: Browser, count: Count, changed: dict[str, str], said: str
    ) -> None:
        html = save(browser, "promise", GOOD | changed, 422)
        assert said in words(html)
        assert 'aria-invalid="true"' in html
        for name, value in (GOOD | changed).items():
            assert name == "account" or f'value="{value}"' in html
        assert count("promise") == 0

    def test_more_than_the_balance_is_taken_where_it_is_meant(self, browser: Browser, count: Count) -> None:
        save(browser, "promise", GOOD | {"amount": "500", "over": "yes"})
        assert count("promise") == 1

    def test_without_script_the_form_leads_back_to_the_consumer(self, browser: Browser) -> None:
        answer = browser.post("/consumers/C-1/record/promise?account=A-1", GOOD)
        assert answer.status_code == 303
        assert "The promise is recorded." in words(browser.text(answer.headers["location"]))


def test_a_complaint_stops_contact_at_once_and_is_sealed(browser: Browser, runtime: Runtime) -> None:
    epoch = rows(runtime, "SELECT epoch FROM consumer WHERE id = 'C-1'")
    said = words(save(browser, "complaint", {"account": "A-1", "text": "You call too often"}))
    assert "Contact stopped at once" in said
    # permits of before are of an older epoch
    assert rows(runtime, "SELECT epoch FROM consumer WHERE id = 'C-1'") > epoch
    ((text, due),) = rows(runtime, "SELECT text_sealed, due_on FROM complaint")
    assert b"too often" not in bytes(text)
    assert due is None


def test_a_complaint_in_china_is_to_be_answered_in_15_days(browser: Browser, runtime: Runtime) -> None:
    with runtime.database.write(runtime.clock) as unit:
        zones = '[{"zone": "Asia/Shanghai", "source": "country"}]'
        unit.execute("UPDATE consumer SET country = 'CN', zones = :zones WHERE id = 'C-1'", {"zones": zones})
    said = words(save(browser, "complaint", {"text": "不要再打"}))
    assert "The answer is due by Thu 29 Oct." in said
    assert "answer due by 29 Oct" in words(browser.text("/consumers/C-1"))


def test_compliance_closes_a_complaint_from_its_work_and_releases_contact(
    browser: Browser, runtime: Runtime, enter: Enter
) -> None:
    with runtime.database.write(runtime.clock) as unit:
        unit.execute("UPDATE consumer SET country = 'CN' WHERE id = 'C-1'")
    made = fact.record_complaint(runtime.house, fact.By("test"), "C-1", account_id="A-1", text="stop")
    officer = enter("compliance_officer")
    listed = words(officer.text("/work?kind=complaint"))
    assert "Complaints to answer 1" in listed
    assert "Complains; the answer is due by Thu 29 Oct." in listed
    page = officer.text(f"/consumers/C-1?task={made}")
    assert "Complaints to answer, 1 of 1:" in words(page)
    assert f"/work/{made}/close" not in page
    assert f"record/settle?account=A-1&amp;id={made}" in page
    form = words(officer.text(f"/consumers/C-1/record/settle?id={made}"))
    assert "Contact stays on hold until that is released." in form
    assert "Fill this in." in words(save(officer, "settle", {"id": made, "closed_as": "answered"}, 422))
    said = words(save(officer, "settle", {"id": made, "closed_as": "answered", "reason": "by letter"}))
    assert "The complaint is closed. Contact waits until the hold in its place is released." in said
    assert "Complaints to answer 0" in words(officer.text("/work"))
    page = words(officer.text("/consumers/C-1"))
    assert "Complaint answered: by letter" in page
    others = words(enter("collector").text("/consumers/C-1"))
    assert "Complaint answered" in others
    assert "by letter" not in others
    assert "On hold: complaint" in page
    ((hold,),) = rows(runtime, "SELECT id FROM hold")
    save(officer, "release", {"id": hold, "reason": "settled"})
    assert "On hold" not in words(officer.text("/consumers/C-1"))


def test_who_collects_does_not_close_a_complaint(browser: Browser, runtime: Runtime) -> None:
    made = fact.record_complaint(runtime.house, fact.By("test"), "C-1", text="stop")
    page = browser.text("/consumers/C-1")
    assert "closed by: compliance officer" in words(page).lower()
    assert "record/settle" not in page
    assert browser.get(f"/consumers/C-1/record/settle?id={made}").status_code == 403
    save(browser, "settle", {"id": made, "closed_as": "answered", "reason": "x"}, 403)
    assert rows(runtime, "SELECT count(*) FROM complaint") == [(1,)]


def test_a_dispute_says_which_account_and_how(browser: Browser, runtime: Runtime, enter: Enter) -> None:
    save(browser, "dispute", {"account": "A-1", "form": "oral"})
    assert rows(runtime, "SELECT account_id, form FROM dispute") == [("A-1", "oral")]
    dispute = rows(runtime, "SELECT id FROM dispute")[0][0]
    save(enter("compliance_officer"), "answer", {"id": dispute, "kind": "resolved"})
    assert "Dispute resolved" in words(browser.text("/consumers/C-1"))


def test_who_collects_does_not_say_that_a_dispute_is_answered(browser: Browser, runtime: Runtime) -> None:
    """Collection goes on after it: that is for those who lift holds."""
    dispute = fact.record_dispute(runtime.house, fact.By("test"), "C-1", account_id="A-1", form="mail")
    page = browser.text("/consumers/C-1")
    assert "Answered by: compliance officer" in words(page).replace("Compliance", "compliance")
    assert "record/answer" not in page
    assert browser.get(f"/consumers/C-1/record/answer?id={dispute}").status_code == 403
    save(browser, "answer", {"id": dispute, "kind": "resolved"}, 403)
    assert rows(runtime, "SELECT id FROM dispute_answer") == []


def test_a_wrong_party_closes_the_number(browser: Browser, runtime: Runtime) -> None:
    chosen = point(runtime)
    save(browser, "wrong_party", {"point": chosen})
    assert rows(runtime, f"SELECT state FROM contact_point WHERE id = '{chosen}'") == [("wrong_party",)]


def test_a_wrong_party_closes_the_number_for_every_record_of_the_person(
    browser: Browser, runtime: Runtime
) -> None:
    chosen = point(runtime)
    with runtime.database.write(runtime.clock) as unit:
        unit.execute("UPDATE consumer SET pool_id = 'C-1' WHERE id = 'C-2'")
        same = "(SELECT value_index FROM contact_point WHERE id = :id)"
        unit.execute(
            f"UPDATE contact_point SET value_index = {same} WHERE consumer_id = 'C-2' AND kind = 'phone'",
            {"id": chosen},
        )
    save(browser, "wrong_party", {"point": chosen})
    states = rows(
        runtime,
        "SELECT consumer_id, state FROM contact_point WHERE kind = 'phone' "
        "AND consumer_id IN ('C-1', 'C-2') ORDER BY 1",
    )
    assert states == [("C-1", "wrong_party"), ("C-2", "wrong_party")]


@pytest.mark.parametrize(
    ("kind", "first", "second", "sql"),
    [
        ("cease", {"form": "oral"}, {"form": "written"}, "SELECT form FROM cease_request"),
        (
            "dispute",
            {"account": "A-1", "form": "oral"},
            {"account": "A-1", "form": "mail"},
            "SELECT form FROM dispute",
        ),
        (
            "wish_channel",
            {"channel": "sms", "stance": "excluded_channel"},
            {"channel": "email", "stance": "excluded_channel"},
            "SELECT channel FROM preference WHERE kind = 'excluded_channel'",
        ),
    ],
)
def test_another_choice_in_the_same_form_is_written_too(  # noqa: PLR0917 - a form sent twice
    browser: Browser, runtime: Runtime, kind: str, first: dict[str, str], second: dict[str, str], sql: str
) -> None:
    """The answer to the first was lost, or somebody went back: what they then choose must not get lost."""
    save(browser, kind, first | {"key": "one-form"})
    save(browser, kind, second | {"key": "one-form"})
    save(browser, kind, second | {"key": "one-form"})
    told = {str(value) for form in (first, second) for value in form.values()}
    found = [value for (value,) in rows(runtime, sql)]
    assert len(found) == 2
    assert set(found) <= told


def test_two_consents_taken_back_in_one_form_are_both_taken_back(browser: Browser, runtime: Runtime) -> None:
    given = {"type": "electronic", "point": point(runtime), "via": "voice", "quote": "Yes"}
    for channel in ("sms", "email"):
        save(browser, "consent", given | {"channel": channel})
    consents = [one for (one,) in rows(runtime, "SELECT id FROM consent WHERE source = 'console'")]
    for one in consents:
        save(browser, "withdraw", {"id": one, "key": "one-form"})
    assert sorted(rows(runtime, "SELECT consent_id FROM consent_revocation")) == sorted(
        (one,) for one in consents
    )


def test_what_another_record_of_the_person_holds_is_taken_back_where_it_is_shown(
    browser: Browser, runtime: Runtime, enter: Enter
) -> None:
    by = fact.By("test")
    consent = fact.record_consent(runtime.house, by, "C-2", kind="electronic", channel="sms", via="web")
    hold = fact.place_hold(runtime.house, by, "C-2", kind="hardship")
    dispute = fact.record_dispute(runtime.house, by, "C-2", account_id="A-2", form="mail")
    path = "/consumers/C-1/record/withdraw"
    assert browser.post(path, {"id": consent}, headers=PART).status_code == 404  # a stranger's
    with runtime.database.write(runtime.clock) as unit:
        unit.execute("UPDATE consumer SET pool_id = 'C-1' WHERE id = 'C-2'")
    save(browser, "withdraw", {"id": consent})
    save(browser, "release", {"id": hold, "reason": "over"})
    save(enter("compliance_officer"), "answer", {"id": dispute, "kind": "verification"})
    for table in ("consent_revocation", "hold_release", "dispute_answer"):
        assert rows(runtime, f"SELECT consumer_id FROM {table}") == [("C-2",)], table
    left = {one.id for one in view_consumer(runtime.house, "C-1").standing}
    assert not left & {consent, hold, dispute}


@pytest.mark.parametrize(
    ("kind", "form", "field"),
    [
        ("promise", {"account": "A-1", "amount": "5", "due_on": "9999-12-31"}, "due_on"),
        ("hold", {"kind": "hardship", "until": "9999-12-31"}, "until"),
        ("call_back", {"account": "A-1", "day": "9999-12-31", "time": "12:00"}, "day"),
        ("call_back", {"account": "A-1", "day": "2090-12-31", "time": "12:00"}, "day"),
    ],
)
def test_a_year_that_cannot_be_meant_is_said_beside_its_field(
    browser: Browser, runtime: Runtime, kind: str, form: dict[str, str], field: str
) -> None:
    given = form | ({"point": point(runtime)} if kind == "call_back" else {})
    assert f'id="{field}-error"' in save(browser, kind, given, 422)


def test_a_hold_for_ever_holds_and_its_case_still_opens(browser: Browser, runtime: Runtime) -> None:
    """A program writes "for ever" as the last day that there is; a page that fails would keep a stop out."""
    with runtime.database.write(runtime.clock) as unit:
        told = fact.told_by(unit, fact.By("import"))
        made = enter_hold(runtime.house, unit, "C-1", told, kind="hardship", until=date.max)
    assert "hardship" in words(browser.text("/consumers/C-1")).lower()
    panel = read_panel(runtime.house, "C-1", "A-1")
    assert {one.verdict.decision for one in panel.answers} == {Decision.HOLD}
    save(browser, "opt_out", {"target": "all:"})
    save(browser, "release", {"id": made, "reason": "over"})


def test_a_consent_is_given_and_withdrawn(browser: Browser, runtime: Runtime) -> None:
    form = {
        "type": "electronic",
        "channel": "sms",
        "point": point(runtime),
        "via": "voice",
        "quote": "Yes, text me",
    }
    save(browser, "consent", form)
    sql = "SELECT id, channel, quote_sealed FROM consent WHERE source = 'console'"
    ((consent, channel, quote),) = rows(runtime, sql)
    assert channel == "sms"
    assert b"text me" not in bytes(quote)
    save(browser, "withdraw", {"id": consent})
    assert consent not in {one.id for one in view_consumer(runtime.house, "C-1").standing}


@pytest.mark.parametrize(
    ("target", "kept"),
    [("all:", ("C-1", None)), ("sms:", ("C-1", "sms")), ("voice:{point}", (None, "voice"))],
)
def test_a_stop_closes_everything_a_channel_or_a_number(
    browser: Browser, runtime: Runtime, target: str, kept: tuple[Any, ...]
) -> None:
    epoch = rows(runtime, "SELECT epoch FROM consumer WHERE id = 'C-1'")
    save(browser, "opt_out", {"target": target.format(point=point(runtime))})
    assert rows(runtime, "SELECT consumer_id, channel FROM opt_out") == [kept]
    assert rows(runtime, "SELECT epoch FROM consumer WHERE id = 'C-1'") > epoch


def test_a_request_to_cease_and_an_attorney(browser: Browser, runtime: Runtime, count: Count) -> None:
    save(browser, "cease", {"form": "written"})
    save(browser, "attorney", {})
    assert (count("cease_request"), count("representation")) == (1, 1)
    said = words(browser.text("/consumers/C-1"))
    assert "Asked in writing for all contact to end" in said
    assert "Everything, because of: attorney" in said


def test_a_hold_is_placed_and_released_with_a_reason(browser: Browser, runtime: Runtime) -> None:
    save(browser, "hold", {"kind": "hardship", "until": "2026-11-30"})
    html = browser.text("/consumers/C-1")
    assert "until 30 Nov" in words(html)
    ((hold,),) = rows(runtime, "SELECT id FROM hold")
    assert f"id={hold}" in html
    save(browser, "release", {"id": hold, "reason": "has work again"})
    assert "Hold released: has work again" in words(browser.text("/consumers/C-1"))


def test_a_hold_of_somebody_else_is_not_released(browser: Browser) -> None:
    answer = browser.post("/consumers/C-1/record/release", {"id": "ho_strange", "reason": "x"})
    assert answer.status_code == 404


def test_a_note_is_sealed_and_on_the_timeline(browser: Browser, runtime: Runtime) -> None:
    save(browser, "note", {"text": "Works nights <script>canary()</script>"})
    ((sealed,),) = rows(runtime, "SELECT text_sealed FROM note")
    assert b"nights" not in bytes(sealed)
    html = browser.text("/consumers/C-1/timeline?show=notes")
    assert "Works nights" in html
    assert "<script>canary" not in html


def test_a_payment_moves_the_balance(browser: Browser) -> None:
    save(browser, "payment", {"account": "A-1", "amount": "20.50"})
    assert "$100.00" in words(browser.text("/consumers/C-1"))


class TestCallBack:
    def form(self, runtime: Runtime, day: str, clock: str) -> dict[str, str]:
        return {"account": "A-1", "point": point(runtime), "day": day, "time": clock}

    def test_a_lawful_one_is_due_on_the_work_list_at_its_time(
        self, browser: Browser, runtime: Runtime, clock: VirtualClock, enter: Enter
    ) -> None:
        said = words(save(browser, "call_back", self.form(runtime, "2026-10-15", "14:30")))
        assert "The call-back is on the work list." in said
        assert not worklist.list_cases(runtime.house, "call_back").cases
        # half past two in Chicago
        clock.set(from_micros(rows(runtime, "SELECT due_at FROM task")[0][0]))
        (case,) = worklist.list_cases(runtime.house, "call_back").cases
        assert case.due.isoformat() == "2026-10-15T19:30:00+00:00"
        assert "Call-backs due" in words(enter("collector").text(f"/consumers/C-1?task={case.id}"))

    def test_an_unlawful_one_is_refused_with_the_next_time_and_nothing_is_kept(
        self, browser: Browser, runtime: Runtime, count: Count
    ) -> None:
        before = count("consent")
        html = save(browser, "call_back", self.form(runtime, "2026-10-15", "05:30"), 422)
        assert "The next time is Thu 15 Oct 08:00 CDT." in words(html)
        assert 'value="05:30"' in html
        assert (count("task"), count("consent")) == (0, before)

    def test_one_that_lies_behind_is_refused(self, browser: Browser, runtime: Runtime) -> None:
        html = save(browser, "call_back", self.form(runtime, "2026-10-14", "09:00"), 422)
        assert "That time is over" in words(html)


@pytest.mark.parametrize("role", ["auditor", "campaign_manager"])
def test_who_may_not_record_sees_no_form(enter: Enter, role: str) -> None:
    other = enter(role)
    assert other.get("/consumers/C-1/record/note").status_code == 403
    assert other.post("/consumers/C-1/record/note", {"text": "x"}).status_code == 403
    assert "/record/" not in other.text("/consumers/C-1").replace("/record?", "")


def test_messages_are_in_the_readers_language(enter: Enter) -> None:
    html = save(enter("collector", language="zh"), "promise", {}, 422)
    assert "Nothing was recorded" not in html
    assert "Fill this in" not in html


def test_unknown_forms_and_people_are_not_found(browser: Browser) -> None:
    assert browser.get("/consumers/C-1/record/sorcery").status_code == 404
    assert browser.post("/consumers/C-99/record/note", {"text": "x"}).status_code == 404
