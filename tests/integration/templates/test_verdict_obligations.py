"""Whatever an allowing verdict asks a reminder to say, the packaged reminder can say, in each language."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from policies.cases import judge_case, parse_cases
from policies.library import load as load_policies
from templates.render import render
from templates.sample import sample_values
from templates.vocabulary import LOCALES, OBLIGATIONS
from tests.unit.templates.forms import packaged

POLICIES = load_policies()
PLACES = {
    "us-tx": (["us", "us-tx"], "America/Chicago"),
    "us-dc": (["us", "us-dc"], "America/New_York"),
    "us-ny-nyc": (["us", "us-ny", "us-ny-nyc"], "America/New_York"),
    "us-wa": (["us", "us-wa"], "America/Los_Angeles"),
    "cn": (["cn"], "Asia/Shanghai"),
    "nowhere known": (["aq"], "Antarctica/Troll"),
}
ACTORS = ("third_party_collector", "debt_buyer", "original_creditor")


def asked(place: str, channel: str, actor: str, content: str, history: Sequence[object]) -> set[str]:
    """The obligations of a verdict about an ordinary contact on a Tuesday noon."""
    jurisdictions, zone = PLACES[place]
    case = {
        "id": "probe",
        "source": "test",
        "description": "probe",
        "given": {
            "jurisdictions": jurisdictions,
            "zones": [zone],
            "actor": actor,
            "debts": {"d1": {}},
            # a confirmation needs a stop to confirm
            "media_stop": [{"medium": channel, "at": "2026-10-06T04:00:00+00:00"}]
            if content == "opt_out_confirmation"
            else [],
        },
        "history": history,
        "contact": {
            "at": "2026-10-06T17:00:00+00:00" if "us" in place else "2026-10-06T05:00:00+00:00",
            "channel": channel,
            "debts": ["d1"],
            "content": content,
        },
        "expect": {"decision": "allow"},
    }
    (one,) = parse_cases(json.dumps([case]), "probe")
    judged = judge_case(one, POLICIES)
    assert str(judged.decision) != "deny", judged.verdict()
    return {obligation.id for obligation in judged.obligations()}


@pytest.mark.parametrize("place", list(PLACES))
@pytest.mark.parametrize("channel", ["sms", "email", "voice", "letter"])
def test_the_reminder_says_what_is_asked(place: str, channel: str) -> None:
    earlier = [
        {"at": "2026-09-01T17:00:00+00:00", "channel": "email", "direction": "outbound", "debts": ["d1"]}
    ]
    for actor in ACTORS:
        for history in ([], earlier):
            ids = asked(place, channel, actor, "collection", history)
            assert ids <= set(OBLIGATIONS)
            for locale in LOCALES:
                template = packaged("reminder", channel, locale)
                made = render(template, sample_values(template), ids)
                assert set(made.obligations) == ids


def test_verdicts_do_ask() -> None:
    """The test above would say nothing if no verdict asked for anything."""
    first = asked("us-tx", "sms", "third_party_collector", "collection", [])
    assert {"mini_miranda_first", "opt_out_notice"} <= first
    assert "agency_relation" in asked("cn", "sms", "third_party_collector", "collection", [])
    assert "right_party_first" in asked("us-tx", "voice", "original_creditor", "collection", [])


@pytest.mark.parametrize("place", list(PLACES))
@pytest.mark.parametrize("channel", ["sms", "email"])
def test_the_confirmation_of_an_opt_out_says_nothing_more(place: str, channel: str) -> None:
    for actor in ACTORS:
        ids = asked(place, channel, actor, "opt_out_confirmation", [])
        assert ids == set()
        for locale in LOCALES:
            template = packaged("opt_out_confirmation", channel, locale)
            assert not render(template, sample_values(template), ids).obligations
