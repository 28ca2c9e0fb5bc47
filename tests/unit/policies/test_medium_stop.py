"""Opt-outs: what a stop closes, from when, and the one confirmation that may follow it."""

from __future__ import annotations

from typing import Any

import pytest

from policies.vocabulary import RuleKind
from tests.unit.policies.single_rule import ask, decision, facts_from

KIND = RuleKind.MEDIUM_STOP
PARAMS: dict[str, Any] = {"allowed": ["legally_required:*"], "one_confirmation": True}
AT = "2026-08-05T10:00:00-05:00"


def _contact(channel: str, at: str = "2026-08-20T10:00:00-05:00", **more: Any) -> dict[str, Any]:
    return {"at": at, "channel": channel, **more}


@pytest.mark.parametrize(
    ("medium", "channel", "answer"),
    [
        ("sms", "sms", "deny"),
        ("sms", "email", "allow"),
        ("voice", "voicemail", "deny"),
        ("voice", "task", "deny"),
        ("voicemail", "voice", "allow"),
        ("letter", "postcard", "deny"),
        ("social_private", "social_private", "deny"),
    ],
)
def test_a_stop_closes_its_medium_and_what_rides_on_it(medium: str, channel: str, answer: str) -> None:
    facts = facts_from(_contact(channel, address="a"), media_stop=[{"medium": medium, "at": AT}])
    assert decision(KIND, PARAMS, facts) == answer


def test_a_stop_of_one_address_leaves_the_others() -> None:
    stops = [{"medium": "sms", "address": "a", "at": AT}]
    assert decision(KIND, PARAMS, facts_from(_contact("sms", address="a"), media_stop=stops)) == "deny"
    assert decision(KIND, PARAMS, facts_from(_contact("sms", address="b"), media_stop=stops)) == "allow"


def test_a_contact_without_an_address_could_be_to_the_stopped_one() -> None:
    facts = facts_from(_contact("sms"), media_stop=[{"medium": "sms", "address": "a", "at": AT}])
    assert decision(KIND, PARAMS, facts) == "deny"


def test_a_stop_counts_from_its_receipt_to_the_microsecond() -> None:
    stops = [{"medium": "sms", "at": AT}]
    before = ask(
        KIND, PARAMS, facts_from(_contact("sms", "2026-08-05T09:59:59.999999-05:00"), media_stop=stops)
    )
    assert str(before.decision) == "allow"
    assert before.until == 1_785_942_000_000_000
    assert decision(KIND, PARAMS, facts_from(_contact("sms", AT), media_stop=stops)) == "deny"


def test_a_stop_without_a_time_is_in_force() -> None:
    facts = facts_from(_contact("sms", "2020-01-01T10:00:00-06:00"), media_stop=[{"medium": "sms"}])
    assert decision(KIND, PARAMS, facts) == "deny"


def test_mail_that_law_requires_passes_a_stop_of_mail_only() -> None:
    stops = [{"medium": "letter", "at": AT}, {"medium": "email", "at": AT}]
    required = "legally_required:reg_z_periodic_statement"
    letter = facts_from(_contact("letter", content=required), media_stop=stops)
    assert decision(KIND, PARAMS, letter) == "allow"
    mail = facts_from(_contact("email", content=required), media_stop=stops)
    assert decision(KIND, PARAMS, mail) == "deny"


@pytest.mark.parametrize(
    ("outcome", "answer"),
    [("delivered", "deny"), (None, "deny"), ("failed", "allow"), ("bounced", "allow")],
)
def test_one_confirmation_may_leave(outcome: str | None, answer: str) -> None:
    sent = {
        "at": "2026-08-05T10:01:00-05:00",
        "channel": "sms",
        "address": "a",
        "content": "opt_out_confirmation",
        **({"outcome": outcome} if outcome else {}),
    }
    contact = _contact("sms", "2026-08-05T10:05:00-05:00", address="a", content="opt_out_confirmation")
    facts = facts_from(contact, [sent], media_stop=[{"medium": "sms", "address": "a", "at": AT}])
    assert decision(KIND, PARAMS, facts) == answer


def test_a_later_stop_may_be_confirmed_anew() -> None:
    sent = {
        "at": "2026-08-01T10:01:00-05:00",
        "channel": "sms",
        "outcome": "sent",
        "content": "opt_out_confirmation",
    }
    contact = _contact("sms", "2026-08-05T10:05:00-05:00", content="opt_out_confirmation")
    facts = facts_from(contact, [sent], media_stop=[{"medium": "sms", "at": AT}])
    assert decision(KIND, PARAMS, facts) == "allow"


CONFIRMATION = {"address": "a", "content": "opt_out_confirmation"}
CONFIRMED = {"channel": "sms", "address": "a", "outcome": "sent", "content": "opt_out_confirmation"}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"media_stop": [{"medium": "email", "at": AT}]},
        {"media_stop": [{"medium": "sms", "address": "b", "at": AT}]},
        {"media_stop": [{"medium": "sms", "at": "2026-08-05T10:05:00.000001-05:00"}]},
        {"cease": {"form": "written", "received_at": AT}},
    ],
    ids=["nothing", "another medium", "another number", "later", "a cease notice"],
)
def test_a_confirmation_without_a_stop_to_confirm_is_refused(given: dict[str, Any]) -> None:
    facts = facts_from(_contact("sms", "2026-08-05T10:05:00-05:00", **CONFIRMATION), **given)
    assert decision(KIND, PARAMS, facts) == "deny"


def test_a_confirmation_goes_to_the_number_that_asked_and_not_to_one_not_known() -> None:
    stops = [{"medium": "sms", "address": "a", "at": AT}]
    known = facts_from(_contact("sms", **CONFIRMATION), media_stop=stops)
    assert decision(KIND, PARAMS, known) == "allow"
    unknown = facts_from(_contact("sms", content="opt_out_confirmation"), media_stop=stops)
    assert decision(KIND, PARAMS, unknown) == "deny"


@pytest.mark.parametrize("channel", ["voice", "voicemail", "letter", "visit", "task"])
def test_a_stop_is_confirmed_electronically_or_not_at_all(channel: str) -> None:
    stops = [{"medium": channel, "at": AT}]
    assert decision(KIND, PARAMS, facts_from(_contact(channel, **CONFIRMATION), media_stop=stops)) == "deny"


def test_each_of_two_stops_has_its_own_confirmation() -> None:
    stops = [{"medium": "sms", "at": "2026-08-01T10:00:00-05:00"}, {"medium": "sms", "at": AT}]
    contact = _contact("sms", "2026-08-05T10:05:00-05:00", **CONFIRMATION)
    first = {"at": "2026-08-01T10:01:00-05:00", **CONFIRMED}
    second = {"at": "2026-08-05T10:01:00-05:00", **CONFIRMED}
    assert decision(KIND, PARAMS, facts_from(contact, [first], media_stop=stops)) == "allow"
    assert decision(KIND, PARAMS, facts_from(contact, [first, second], media_stop=stops)) == "deny"


def test_a_rule_without_confirmations_refuses_them_all() -> None:
    params = PARAMS | {"one_confirmation": False}
    asked = _contact("sms", **CONFIRMATION)
    assert decision(KIND, params, facts_from(asked)) == "deny"
    assert decision(KIND, params, facts_from(asked, media_stop=[{"medium": "sms", "at": AT}])) == "deny"


def test_a_message_that_asks_to_stop_may_be_confirmed_before_it_is_registered() -> None:
    came = {"at": AT, "channel": "sms", "direction": "inbound", "outcome": "received", "address": "a"}
    contact = _contact("sms", "2026-08-05T10:01:00-05:00", **CONFIRMATION)
    assert decision(KIND, PARAMS, facts_from(contact, [came | {"body": "STOP"}])) == "allow"
    assert decision(KIND, PARAMS, facts_from(contact, [came | {"body": "ok thanks"}])) == "deny"


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("STOP", "deny"),
        ("Please don't text me any more!", "deny"),
        ("no me manden más mensajes", "deny"),
        ("别再给我发短信了", "deny"),
        ("I will stop by on Tuesday", "allow"),
        ("Don't call me back until Friday", "allow"),
        ("ok thanks", "allow"),
    ],
)
def test_a_message_that_asks_to_stop_closes_the_medium_even_unregistered(body: str, answer: str) -> None:
    came = {
        "at": AT,
        "channel": "sms",
        "direction": "inbound",
        "outcome": "received",
        "address": "a",
        "body": body,
    }
    facts = facts_from(_contact("sms", address="a"), [came])
    assert decision(KIND, PARAMS, facts) == answer


def test_spoken_words_close_the_telephone_and_not_the_mail() -> None:
    cease = {"form": "oral", "via": "voice", "received_at": AT}
    assert decision(KIND, PARAMS, facts_from(_contact("voice"), cease=cease)) == "deny"
    assert decision(KIND, PARAMS, facts_from(_contact("email"), cease=cease)) == "allow"


def test_a_stop_of_calls_is_not_about_the_attorney() -> None:
    lawyer = _contact("voice", party="consumer_attorney", address="law")
    assert decision(KIND, PARAMS, facts_from(lawyer, media_stop=[{"medium": "voice", "at": AT}])) == "allow"
    own = [{"medium": "voice", "address": "law", "at": AT}]
    assert decision(KIND, PARAMS, facts_from(lawyer, media_stop=own)) == "deny"


def test_a_channel_excluded_by_preference_is_closed() -> None:
    assert decision(KIND, PARAMS, facts_from(_contact("voice"), excluded_channels=["voice"])) == "deny"
    assert decision(KIND, PARAMS, facts_from(_contact("email"), excluded_channels=["voice"])) == "allow"


def test_a_stop_register_that_is_not_known_holds() -> None:
    assert decision(KIND, PARAMS, facts_from(_contact("sms"), unknown=["media_stop"])) == "hold"
