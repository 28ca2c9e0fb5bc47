"""What a rule says, as the name of a sentence and its values: whoever shows rules words them in the reader's language.

Every kind of rule has its sentences here, made from the parameters and never from the title, so that a firm's own
rule with another number reads as what it does. No text for people is in here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from policies import cap, counting
from policies.facts import Settings
from policies.pack import Rule
from policies.rules import (
    consent_rule,
    consumer_preference,
    contact_window,
    content_rule,
    delivery_rule,
    disclosure_rule,
    dispute_hold,
    exception_rule,
    frequency_cap,
    hold,
    identity_rule,
    limited_content,
    location_rule,
    min_gap,
    notice_content,
    party_rule,
    passive_collection,
    point_rule,
    precondition,
    representation,
    safe_harbor,
    third_party_ladder,
)
from policies.vocabulary import ELECTRONIC, RuleKind

_CALLS = frozenset({"voice", "voicemail"})


class Statement(NamedTuple):
    """`name` of a sentence, and its values: numbers, words of the vocabulary, hours as "08:00-21:00"."""

    name: str
    values: Mapping[str, Any] = MappingProxyType({})


def statement(rule: Rule, params: Any, settings: Settings | None = None) -> Statement:
    """The sentence of a rule with these parameters (of its kind's type) under the firm's settings.

    A kind that this version does not judge says so.
    """
    say = _SENTENCES.get(rule.kind)
    if say is None or params is None:
        return Statement("unbuilt")
    return say(rule, params, settings or Settings())


def figure(rule: Rule, params: Any, settings: Settings | None = None) -> Statement | None:
    """The value of a rule in a few words (`7 in 7 days`, `08:00-21:00`), None: it has none."""
    found = _FIGURES.get(rule.kind)
    return found(rule, params, settings or Settings()) if found is not None and params is not None else None


# when


def _hours(rule: Rule, params: contact_window.Params, settings: Settings) -> Statement:
    zone = None if params.tz == "consumer" else params.tz
    if params.windows is None:
        return Statement("advisory_days", {"days": params.flag_days})
    if params.only_daytime_firms and not settings.daytime_only:
        return Statement("off_by_setting", {"setting": "daytime_only"})
    if set(params.windows) == {"all"}:
        name = "hours_zone" if zone else "hours"
        return Statement(name, {"hours": params.windows["all"], "zone": zone})
    name = "hours_by_day_zone" if zone else "hours_by_day"
    return Statement(name, {"days": dict(params.windows), "zone": zone})


def _hours_figure(rule: Rule, params: contact_window.Params, settings: Settings) -> Statement | None:
    if params.windows is None:
        return None
    usual = params.windows.get("all") or params.windows.get("weekdays")
    return Statement("hours", {"hours": usual}) if usual else None


def _preference(rule: Rule, params: consumer_preference.Params, settings: Settings) -> Statement:
    return Statement("inconvenient_times" if params.fact == "inconvenient" else "inconvenient_places")


# how often


def noun_of(rule: Rule, counts: counting.Counts) -> str:
    """What a cap or a gap counts, in one word: calls, conversations, messages, visits, calls_texts or contacts."""
    on, outcomes = frozenset(counts.channels or rule.channels), frozenset(counts.outcomes)
    named = (
        ("conversations", outcomes == {"conversation"}),
        ("unanswered_calls", bool(outcomes) and "conversation" not in outcomes and on == {"voice"}),
        ("consent_requests", "consent_request" in counts.content),
        ("contacts", not on),
        ("calls", on <= _CALLS),
        ("messages", on <= ELECTRONIC),
        ("visits", on == {"visit"}),
        ("calls_texts", on <= _CALLS | {"sms"}),
    )
    return next((name for name, fits in named if fits), "contacts")


def about_of(counts: counting.Counts) -> str:
    """Whose contacts are counted together: account, address, household, place, channel or person."""
    scope = counts.scope
    named = {"debt": "account", "address": "address", "household": "household", "channel": "channel"}
    return next((named[word] for word in named if word in scope), "place" if "place" in scope else "person")


def _limit(params: frequency_cap.Params, one: cap.Cap, settings: Settings) -> int | None:
    return one.limit if params.setting is None else getattr(settings, params.setting, None)


def _cap(rule: Rule, params: frequency_cap.Params, settings: Settings) -> Statement:
    one = min(params.caps, key=lambda other: other.limit)
    limit = _limit(params, one, settings)
    if limit is None:
        return Statement("off_by_setting", {"setting": params.setting})
    values = {
        "limit": limit,
        "n": one.n,
        "noun": noun_of(rule, params.counts),
        "about": about_of(params.counts),
        "week_start": one.week_start.value,
    }
    return Statement(f"{'advisory' if params.flag else 'cap'}_{one.window}", values)


def _cap_figure(rule: Rule, params: frequency_cap.Params, settings: Settings) -> Statement | None:
    one = min(params.caps, key=lambda other: other.limit)
    limit = _limit(params, one, settings)
    return None if limit is None else Statement(f"cap_{one.window}", {"limit": limit, "n": one.n})


def _gap(rule: Rule, params: min_gap.Params, settings: Settings) -> Statement:
    values = {"noun": noun_of(rule, params.counts), "about": about_of(params.counts)}
    if params.days is not None:
        return Statement("gap_days", {"n": params.days, **values})
    return Statement("gap_hours", {"n": params.hours or 0, **values})


def _gap_figure(rule: Rule, params: min_gap.Params, settings: Settings) -> Statement:
    return (
        Statement("days", {"n": params.days})
        if params.days is not None
        else Statement("hours_long", {"n": params.hours})
    )


# whom


def _party(rule: Rule, params: party_rule.Params, settings: Settings) -> Statement:
    if params.once:
        return Statement("third_party_once")
    if params.precondition is not None:
        return Statement("third_party_evidence", {"parties": params.parties})
    if params.parties:
        return Statement("third_party_purposes", {"parties": params.parties, "purposes": params.purposes})
    return Statement("consumer_only", {"purposes": params.purposes})


def _ladder(rule: Rule, params: third_party_ladder.Params, settings: Settings) -> Statement:
    return Statement("ladder", {"failures": params.failures, "days": params.failure_days})


def _attorney(rule: Rule, params: representation.Params, settings: Settings) -> Statement:
    if params.starts_after_hours:
        return Statement("attorney_after", {"n": params.starts_after_hours})
    return Statement("attorney")


def _place(rule: Rule, params: location_rule.Params, settings: Settings) -> Statement:
    named = {"employer_prohibits": "work_prohibited", "work_stop": "work_stopped"}
    return Statement(named.get(params.fact, "not_at"), {"places": params.deny_place})


# which address


def _consent(rule: Rule, params: consent_rule.Params, settings: Settings) -> Statement:
    if params.need == "electronic":
        return Statement("consent_electronic_address" if params.per == "address" else "consent_electronic")
    named = {"automated_voice": "consent_automated_voice", "commercial": "consent_commercial"}
    return Statement(named.get(params.need, "consent_other"), {"need": params.need})


def _point(rule: Rule, params: point_rule.Params, settings: Settings) -> Statement:
    return Statement(f"point_{params.bars}")


def _harbor(rule: Rule, params: safe_harbor.Params, settings: Settings) -> Statement:
    days = params.min_opt_out_days if params.procedure == "email" else params.valid_days
    return Statement(f"safe_harbor_{params.procedure}", {"n": days})


def _harbor_figure(rule: Rule, params: safe_harbor.Params, settings: Settings) -> Statement:
    return Statement("days", _harbor(rule, params, settings).values)


# what it says


def _content(rule: Rule, params: content_rule.Params, settings: Settings) -> Statement:
    if params.deny_channels:
        return Statement("never_by", {"channels": params.deny_channels})
    if params.envelope or params.obligations == ("envelope_plain",):
        return Statement("envelope_plain")
    if params.obligations == ("opt_out_notice",):
        return Statement("opt_out_notice")
    if params.obligations == ("right_party_first",):
        return Statement("right_party_first")
    carried = tuple(dict.fromkeys((*params.fields, *params.statements))) or params.obligations
    return Statement("must_carry", {"elements": carried})


def _identity(rule: Rule, params: identity_rule.Params, settings: Settings) -> Statement:
    if params.min_staff:
        return Statement("visit_staff", {"n": params.min_staff})
    if params.whitelist:
        return Statement("agency_listed")
    if params.deny_sender:
        return Statement("no_private_sender", {"senders": params.deny_sender})
    if params.max_active_placements is not None:
        return Statement("placements", {"n": params.max_active_placements})
    return Statement("recorded" if "recording" in params.require else "id_shown")


def _identity_figure(rule: Rule, params: identity_rule.Params, settings: Settings) -> Statement | None:
    count = params.min_staff or params.max_active_placements
    return Statement("count", {"n": count}) if count else None


def _notice(rule: Rule, params: notice_content.Params, settings: Settings) -> Statement:
    return Statement("notice_parts", {"n": len(params.fields)})


def _limited(rule: Rule, params: limited_content.Params, settings: Settings) -> Statement:
    return Statement("limited_content", {"elements": params.required})


def _delivery(rule: Rule, params: delivery_rule.Params, settings: Settings) -> Statement:
    return Statement("delivery", {"contents": params.contents})


def _disclosure(rule: Rule, params: disclosure_rule.Params, settings: Settings) -> Statement:
    return Statement("disclosure")


# before, and while


_EVENTS = frozenset({"validation_notice", "agency_notice", "dc_notice_mailed"})


def _before(rule: Rule, params: precondition.Params, settings: Settings) -> Statement:
    name = f"first_{params.event}" if params.event in _EVENTS else "first_other"
    if params.min_days:
        return Statement(
            "first_and_wait", {"event": params.event, "n": params.min_days, "count": params.count}
        )
    return Statement(name, {"event": params.event})


def _before_figure(rule: Rule, params: precondition.Params, settings: Settings) -> Statement | None:
    return Statement("days", {"n": params.min_days}) if params.min_days else None


def _holds(rule: Rule, params: hold.Params, settings: Settings) -> Statement:
    if params.holds:
        return Statement("holds_named", {"holds": params.holds})
    return Statement("holds_or_death" if params.deceased else "holds")


def _dispute(rule: Rule, params: dispute_hold.Params, settings: Settings) -> Statement:
    return Statement("disputed" if params.register == "disputes" else "creditor_asked")


def _reporting(rule: Rule, params: passive_collection.Params, settings: Settings) -> Statement:
    return Statement("credit_report", {"n": params.wait_days})


def _reporting_figure(rule: Rule, params: passive_collection.Params, settings: Settings) -> Statement:
    return Statement("days", {"n": params.wait_days})


def _exception(rule: Rule, params: exception_rule.Params, settings: Settings) -> Statement:
    return Statement(params.condition, {"lifts": params.lifts})


def _plain(name: str) -> Callable[[Rule, Any, Settings], Statement]:
    return lambda rule, params, settings: Statement(name)


_SENTENCES: dict[RuleKind, Callable[[Rule, Any, Settings], Statement]] = {
    RuleKind.CONTACT_WINDOW: _hours,
    RuleKind.CONSUMER_PREFERENCE: _preference,
    RuleKind.FREQUENCY_CAP: _cap,
    RuleKind.MIN_GAP: _gap,
    RuleKind.PARTY_RULE: _party,
    RuleKind.THIRD_PARTY_LADDER: _ladder,
    RuleKind.REPRESENTATION: _attorney,
    RuleKind.CEASE: _plain("cease"),
    RuleKind.LOCATION_RULE: _place,
    RuleKind.MEDIUM_STOP: _plain("medium_stop"),
    RuleKind.CONSENT_RULE: _consent,
    RuleKind.POINT_RULE: _point,
    RuleKind.SAFE_HARBOR: _harbor,
    RuleKind.CONTENT_RULE: _content,
    RuleKind.IDENTITY_RULE: _identity,
    RuleKind.NOTICE_CONTENT: _notice,
    RuleKind.LIMITED_CONTENT: _limited,
    RuleKind.DELIVERY_RULE: _delivery,
    RuleKind.DISCLOSURE_RULE: _disclosure,
    RuleKind.PRECONDITION: _before,
    RuleKind.HOLD: _holds,
    RuleKind.DISPUTE_HOLD: _dispute,
    RuleKind.VALIDATION_PERIOD: _plain("validation_period"),
    RuleKind.TIME_BARRED: _plain("time_barred"),
    RuleKind.PASSIVE_COLLECTION: _reporting,
    RuleKind.EXCEPTION_RULE: _exception,
}
_FIGURES: dict[RuleKind, Callable[[Rule, Any, Settings], Statement | None]] = {
    RuleKind.CONTACT_WINDOW: _hours_figure,
    RuleKind.FREQUENCY_CAP: _cap_figure,
    RuleKind.MIN_GAP: _gap_figure,
    RuleKind.SAFE_HARBOR: _harbor_figure,
    RuleKind.IDENTITY_RULE: _identity_figure,
    RuleKind.PRECONDITION: _before_figure,
    RuleKind.PASSIVE_COLLECTION: _reporting_figure,
}
