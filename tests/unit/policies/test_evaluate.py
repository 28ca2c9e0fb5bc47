"""One judgement: the answer, its reasons, the next permitted time, and how long an ALLOW stays good."""

from __future__ import annotations

import datetime as dt
import json

import msgspec
import pytest

from policies.evaluate import HORIZON_DAYS, judge
from policies.explain import sentences
from policies.facts import Cease, Consent, Contact, Event, Facts, Inconvenient, Settings, digest
from policies.library import load
from policies.prepare import prepare
from policies.verdict import Verdict, encode, most_protective
from policies.vocabulary import Actor, Channel, Content, Decision, Direction, Outcome, Weekday

ZONE = "America/Chicago"


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def ask(facts: Facts, moment: dt.datetime | None = None, only: tuple[str, ...] | None = None) -> Verdict:
    when = moment or facts.contact.at
    stack = load().stack(facts.jurisdictions, facts.actor, when.date(), only=only, settings=facts.settings)
    return judge(facts, stack, when)


def call(when: str, *history: Event, zones: tuple[str, ...] = (ZONE,), **more: object) -> Facts:
    contact = Contact(at=at(when), channel=Channel.VOICE, debts=("d1",))
    given = {"jurisdictions": ("us",), "zones": zones, "history": history, "contact": contact, **more}
    return Facts(**given)  # type: ignore[arg-type]


def past(when: str, outcome: Outcome | None = Outcome.NO_ANSWER, name: str | None = None) -> Event:
    return Event(at=at(when), channel=Channel.VOICE, outcome=outcome, debts=("d1",), id=name)


SEVEN = tuple(past(f"2026-04-0{day}T10:00:00-05:00", name=f"at-{day}") for day in range(1, 8))


def test_an_allow_is_good_until_the_hours_end() -> None:
    verdict = ask(call("2026-04-08T10:00:00-05:00"))
    assert verdict.decision is Decision.ALLOW
    assert verdict.valid_until == at("2026-04-08T21:00:00-05:00")
    assert verdict.retry_at is None
    assert verdict.rules == ()
    assert verdict.as_of == at("2026-04-08T10:00:00-05:00")


@pytest.mark.parametrize("moment", ["2026-04-08T10:00:00-05:00", "2026-04-08T22:00:00-05:00"])
@pytest.mark.parametrize("history", [(), SEVEN])
def test_a_brief_verdict_differs_only_in_what_is_used_of_windows(
    moment: str, history: tuple[Event, ...]
) -> None:
    facts = call(moment, *history)
    stack = load().stack(facts.jurisdictions, facts.actor, at(moment).date(), settings=facts.settings)
    whole = judge(facts, stack, at(moment))
    assert whole.used
    assert judge(facts, stack, at(moment), brief=True) == msgspec.structs.replace(whole, used=())


def test_in_several_zones_it_is_good_until_the_first_of_them_closes() -> None:
    verdict = ask(call("2026-04-08T12:00:00-05:00", zones=(ZONE, "America/New_York", "America/Los_Angeles")))
    assert verdict.valid_until == at("2026-04-08T20:00:00-05:00")


def test_an_allow_is_good_until_an_inconvenient_time_begins() -> None:
    barred = (Inconvenient(days=(Weekday.WED,), start="15:00", end="17:00"),)
    verdict = ask(call("2026-04-08T10:00:00-05:00", inconvenient=barred))
    assert verdict.valid_until == at("2026-04-08T15:00:00-05:00")


def test_a_consented_evening_prolongs_it() -> None:
    consent = Consent(type="time", received_at=at("2026-04-01T10:00:00-05:00"), window=("21:00", "22:00"))
    verdict = ask(call("2026-04-08T10:00:00-05:00", consents=(consent,)))
    assert verdict.valid_until == at("2026-04-08T22:00:00-05:00")


def test_a_letter_is_good_without_end() -> None:
    facts = Facts(
        jurisdictions=("us",),
        zones=(ZONE,),
        contact=Contact(at=at("2026-04-08T03:00:00-05:00"), channel=Channel.LETTER, debts=("d1",)),
    )
    assert ask(facts).valid_until is None


def test_a_deferral_names_the_rule_what_it_counted_and_the_time() -> None:
    verdict = ask(call("2026-04-07T15:00:00-05:00", *SEVEN))
    assert verdict.decision is Decision.DEFER
    assert verdict.retry_at == at("2026-04-08T08:00:00-05:00")
    (finding,) = verdict.rules
    assert finding.id == "regf-7in7-attempts"
    assert finding.counted == tuple(f"at-{day}" for day in range(1, 8))
    assert finding.until == at("2026-04-08T00:00:00-05:00")
    assert finding.citation.startswith("12 CFR 1006.14")
    assert finding.url.startswith("https://")
    used = {use.rule: use for use in verdict.used}["regf-7in7-attempts"]
    assert (used.used, used.limit) == (7, 7)
    assert used.window_start == at("2026-04-01T00:00:00-05:00")
    assert used.window_end == at("2026-04-08T00:00:00-05:00")


def test_all_reasons_are_given_and_the_most_protective_decides() -> None:
    cease = Cease(form="written", received_at=at("2026-04-01T10:00:00-05:00"))
    verdict = ask(call("2026-04-07T22:00:00-05:00", *SEVEN, cease=cease))
    assert verdict.decision is Decision.DENY
    assert {f.id for f in verdict.rules} >= {"regf-cease", "regf-7in7-attempts", "regf-hours-8-21"}
    assert verdict.retry_at is None


def test_beyond_the_horizon_it_is_a_deny_without_a_time() -> None:
    every_day = (Inconvenient(days=tuple(Weekday)),)
    verdict = ask(call("2026-04-07T10:00:00-05:00", inconvenient=every_day))
    assert verdict.decision is Decision.DENY
    assert verdict.retry_at is None


def test_a_barred_season_ends_within_the_horizon() -> None:
    until = dt.date(2026, 4, 7) + dt.timedelta(days=HORIZON_DAYS - 5)
    verdict = ask(
        call("2026-04-07T10:00:00-05:00", inconvenient=(Inconvenient(days=tuple(Weekday), until=until),))
    )
    assert verdict.decision is Decision.DEFER
    assert verdict.retry_at == dt.datetime.combine(until + dt.timedelta(days=1), dt.time(13), tzinfo=dt.UTC)


def test_a_rule_that_comes_into_force_meets_the_next_time() -> None:
    """Deferred by the hours to the first day of New York City's cap, the cap is asked as well."""
    talks = tuple(
        Event(
            at=at(f"2026-08-{day}T10:00:00-04:00"), channel=Channel.EMAIL, outcome=Outcome.SENT, debts=("d1",)
        )
        for day in (29, 30, 31)
    )
    facts = Facts(
        jurisdictions=("us", "us-ny", "us-ny-nyc"),
        zones=("America/New_York",),
        history=talks,
        contact=Contact(at=at("2026-08-31T21:30:00-04:00"), channel=Channel.VOICE, debts=("d1",)),
    )
    verdict = ask(facts)
    assert [f.id for f in verdict.rules] == ["regf-hours-8-21"]
    assert verdict.retry_at == at("2026-09-05T08:00:00-04:00")


def test_an_allow_ends_where_a_rule_comes_into_force() -> None:
    letters = ask(
        Facts(
            jurisdictions=("us", "us-ny", "us-ny-nyc"),
            zones=("America/New_York",),
            contact=Contact(at=at("2026-08-31T12:00:00-04:00"), channel=Channel.LETTER, debts=("d1",)),
        )
    )
    assert letters.decision is Decision.ALLOW
    assert letters.valid_until is None


def test_an_original_creditor_is_not_bound_by_the_collectors_rules() -> None:
    talk = past("2026-04-07T10:00:00-05:00", Outcome.CONVERSATION)
    facts = call("2026-04-08T10:00:00-05:00", talk, actor=Actor.ORIGINAL_CREDITOR)
    assert ask(facts).decision is Decision.ALLOW
    assert ask(msgspec.structs.replace(facts, actor=Actor.DEBT_BUYER)).decision is Decision.DEFER


def test_a_validation_notice_that_was_not_sent_holds_all_but_itself() -> None:
    held = ask(call("2026-04-08T10:00:00-05:00", unknown=("validation_notice",)))
    assert held.decision is Decision.HOLD
    assert "validation_notice_missing" in {f.id for f in held.rules}
    facts = call("2026-04-08T10:00:00-05:00", unknown=("validation_notice",))
    notice = msgspec.structs.replace(
        facts,
        contact=Contact(
            at=at("2026-04-08T10:00:00-05:00"),
            channel=Channel.LETTER,
            content=Content.VALIDATION_NOTICE,
            debts=("d1",),
        ),
    )
    assert "validation_notice_missing" not in {f.id for f in ask(notice).rules}


def test_a_missing_part_of_the_sender_is_named() -> None:
    verdict = ask(call("2026-04-08T10:00:00-05:00", unknown=("sender:official_phone",)))
    assert verdict.decision is Decision.HOLD
    (finding,) = verdict.rules
    assert finding.id == "sender_incomplete"
    assert "official_phone" in finding.found


def test_an_unknown_employer_is_only_flagged() -> None:
    verdict = ask(call("2026-04-08T10:00:00-05:00", unknown=("employer",)), only=("regf-hours-8-21",))
    assert verdict.decision is Decision.ALLOW
    assert "employer_unknown" in verdict.flags


def test_the_verdict_has_the_one_shape() -> None:
    shown = json.loads(encode(ask(call("2026-04-07T15:00:00-05:00", *SEVEN))))
    assert set(shown) == {
        "decision", "retry_at", "valid_until", "rules", "obligations", "used", "alternatives", "flags",
        "policy_digest", "facts_digest", "as_of",
    }  # fmt: skip
    assert set(shown["rules"][0]) == {"id", "answer", "found", "citation", "url", "force", "until", "counted"}
    assert set(shown["used"][0]) == {"rule", "window_start", "window_end", "used", "limit"}
    assert len(shown["policy_digest"]) == len(shown["facts_digest"]) == 64


def test_facts_digest_is_of_the_facts_and_nothing_else() -> None:
    facts = call("2026-04-07T15:00:00-05:00", *SEVEN)
    assert (
        ask(facts).facts_digest == digest(facts) == digest(msgspec.convert(msgspec.to_builtins(facts), Facts))
    )
    other = msgspec.structs.replace(facts, history=SEVEN[:6])
    assert digest(other) != digest(facts)


def test_policy_digest_follows_the_rules_and_the_settings() -> None:
    plain = ask(call("2026-04-08T10:00:00-05:00")).policy_digest
    assert ask(call("2026-04-09T10:00:00-05:00")).policy_digest == plain
    strict = call("2026-04-08T10:00:00-05:00", settings=Settings(safe_harbor="required"))
    assert ask(strict).policy_digest != plain


def test_history_may_come_in_any_order() -> None:
    shuffled = (SEVEN[3], *SEVEN[:3], *SEVEN[4:])
    assert ask(call("2026-04-07T15:00:00-05:00", *shuffled)).retry_at == at("2026-04-08T08:00:00-05:00")


def test_another_contact_shares_the_prepared_history() -> None:
    first = prepare(call("2026-04-07T15:00:00-05:00", *SEVEN))
    second = first.with_contact(Contact(at=first.contact.at, channel=Channel.SMS, debts=("d2",)))
    assert second.events is first.events
    assert second.traits.channel == Channel.SMS
    assert second.facts_digest != first.facts_digest


def test_the_most_protective_answer_wins() -> None:
    assert most_protective((Decision.ALLOW, Decision.DEFER)) is Decision.DEFER
    assert most_protective((Decision.DENY, Decision.HOLD)) is Decision.DENY
    assert most_protective(()) is Decision.ALLOW


@pytest.mark.parametrize("language", ["en", "zh-Hans", "es"])
def test_a_verdict_is_explained_in_sentences(language: str) -> None:
    verdict = ask(call("2026-04-07T22:00:00-05:00", *SEVEN))
    found = sentences(verdict, language, zone=ZONE)
    assert len(found) == 1 + len(verdict.rules) + len(verdict.flags)
    assert all("12 CFR 1006" in sentence for sentence in found[1 : 1 + len(verdict.rules)])
    if language == "zh-Hans":
        assert found[0] == "暂不可联络：最早可于2026年4月8日08:00（America/Chicago）进行。"
    else:
        assert found[0] == "Not now: this contact may be made from 2026-04-08 08:00 (America/Chicago)."


def test_an_inbound_conversation_starts_the_pause() -> None:
    talk = Event(
        at=at("2026-04-01T16:00:00-05:00"),
        channel=Channel.VOICE,
        direction=Direction.INBOUND,
        outcome=Outcome.CONVERSATION,
        debts=("d1",),
    )
    assert ask(call("2026-04-02T10:00:00-05:00", talk)).retry_at == at("2026-04-08T08:00:00-05:00")
