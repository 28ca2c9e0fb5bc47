"""The same rules for cedar-policy: one forbid for each, one permit; counts and local clocks are given to it ready.

Cedar has no time zones, no counting over events and no next permitted time. What it is asked is therefore less than
what we answer: every count, local minute and open register comes in its context, worked out before the clock starts.
"""

from __future__ import annotations

from typing import Any

from policies.evaluate import Judgement

COLLECTOR = 'context.actor != "original_creditor"'
ELECTRONIC = '["sms", "email", "im", "social_private"].contains(context.channel)'
TIMED = 'context.channel != "letter"'
CALL = 'context.channel == "voice"'

FORBID: tuple[tuple[str, str], ...] = (
    ("regf-hours-8-21", f"{COLLECTOR} && {TIMED} && (context.first_minute < 480 || context.last_minute >= 1260)"),
    ("regf-inconvenient-time", f"{COLLECTOR} && context.inconvenient"),
    ("regf-inconvenient-place", f'{COLLECTOR} && context has place && context.barred_places.contains(context.place)'),
    ("regf-7in7-attempts", f"{COLLECTOR} && {CALL} && context.calls_7 >= 7"),
    ("regf-7day-after-conversation", f"{COLLECTOR} && {CALL} && context.days_since_talk < 7"),
    ("regf-cease", f'{COLLECTOR} && context.cease && context.content == "collection"'),
    ("regf-attorney", f"{COLLECTOR} && context.attorney"),
    ("regf-medium-stop", f"{COLLECTOR} && context.stopped.contains(context.channel)"),
    ("regf-optout-notice", f"{COLLECTOR} && {ELECTRONIC} && !context.opt_out_text"),
    ("regf-third-party", f'{COLLECTOR} && !["consumer", "spouse", "executor"].contains(context.party)'),
    ("regf-employer", f'{COLLECTOR} && context.employer_prohibits && context has place && context.place == "work"'),
    ("regf-dispute-hold", f"{COLLECTOR} && context.disputed"),
    ("regf-original-creditor-hold", f"{COLLECTOR} && context.creditor_asked"),
    ("regf-validation-period", f'{COLLECTOR} && context.in_validation && context.content like "overshadowing:*"'),
    ("regf-time-barred", f'{COLLECTOR} && context.time_barred && context.content == "threat_of_suit"'),
    ("regf-social", 'context.channel == "social_public" || context.channel == "social_contacts"'),
    ("regf-postcard", 'context.channel == "postcard"'),
    ("regf-disclosure", f'{COLLECTOR} && context.disclosure == "none"'),
    ("regf-work-email", f'{COLLECTOR} && context.channel == "email" && context.work_mailbox'),
    ("validation-notice-missing", f"{COLLECTOR} && !context.validation_sent"),
    ("tcpa-consent", f'{CALL} && context.automated && context.number == "mobile" && !context.voice_consent'),
    ("firm-holds", "context.held"),
    ("wa-3-per-week", f'context.places.contains("us-wa") && {COLLECTOR} && context.week >= 3'),
    ("wa-2-per-day-mobile", (f'context.places.contains("us-wa") && {COLLECTOR} && context.number == "mobile" '
                            '&& context.mobile_today >= 2')),
    ("nyc-3-per-7", f'context.places.contains("us-ny-nyc") && {TIMED} && context.mixed_7 >= 3'),
    ("nyc-electronic-consent", f'context.places.contains("us-ny-nyc") && {ELECTRONIC} && !context.electronic_consent'),
    ("dc-4-calls-per-7", f'context.places.contains("us-dc") && {CALL} && context.calls_7 >= 4'),
    ("dc-5-electronic-per-7", f'context.places.contains("us-dc") && {ELECTRONIC} && context.electronic_7 >= 5'),
    ("dc-hours-eastern", (f'context.places.contains("us-dc") && {TIMED} && context.channel != "email" '
                         '&& (context.eastern_minute < 480 || context.eastern_minute >= 1260)')),
    ("ma-2-per-7", ('context.places.contains("us-ma") && (context.channel == "voice" || context.channel == "sms") '
                   '&& context.reached_7 >= 2')),
    ("wv-30-calls-per-week", f'context.places.contains("us-wv") && {CALL} && context.calls_week >= 30'),
    ("fl-hours", (f'context.places.contains("us-fl") && {TIMED} && context.channel != "email" '
                 '&& (context.first_minute < 480 || context.last_minute >= 1260)')),
)  # fmt: skip


def policies() -> str:
    """The policy set as Cedar text."""
    found = ["permit (principal, action, resource);"]
    for name, condition in FORBID:
        found.append(f'@id("{name}")\nforbid (principal, action, resource) when {{ {condition} }};')
    return "\n".join(found)


def request(judged: Judgement, counts: dict[str, int], clocks: dict[str, int]) -> dict[str, Any]:
    """One contact as a Cedar request; counts and clocks are already worked out."""
    facts = judged.prepared.facts
    contact = facts.contact
    consumer, account = {"type": "Consumer", "id": "c1"}, {"type": "Account", "id": "d1"}
    context: dict[str, Any] = {
        "actor": str(facts.actor),
        "channel": str(contact.channel),
        "content": contact.content,
        "party": contact.party,
        "places": list(facts.jurisdictions),
        "number": str(contact.number_kind or "unknown"),
        "automated": contact.automated,
        "opt_out_text": contact.opt_out_text,
        "disclosure": contact.disclosure or "pending",
        "inconvenient": False,
        "barred_places": [],
        "cease": facts.cease is not None,
        "attorney": facts.attorney is not None,
        "stopped": [str(stop.medium) for stop in facts.media_stop],
        "employer_prohibits": False,
        "disputed": bool(facts.disputes),
        "creditor_asked": False,
        "in_validation": False,
        "time_barred": facts.time_barred,
        "work_mailbox": False,
        "validation_sent": True,
        "voice_consent": True,
        "held": bool(facts.holds),
        "electronic_consent": True,
        **counts,
        **clocks,
    }
    action = {"type": "Action", "id": "contact"}
    return {"principal": consumer, "action": action, "resource": account, "context": context}
