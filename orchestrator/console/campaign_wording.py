"""Campaigns in words: their state, why accounts wait, what stands in the way, money that may be less than a cent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from babel.numbers import format_currency

from orchestrator.console.decision_wording import ATTEMPT_STATES, OWN_REASONS
from orchestrator.console.message import N_
from orchestrator.console.rule_wording import RuleWording
from orchestrator.console.template_wording import template_title
from orchestrator.console.vocabulary import Translator
from orchestrator.console.wording import Wording
from orchestrator.domain.campaign import CampaignState, Definition
from orchestrator.domain.forecast import Outcome, Stale
from orchestrator.services.campaign_activity import Flow, Latest
from orchestrator.services.campaign_progress import Why
from orchestrator.services.said import params_on
from policies.library import Library
from policies.statement import statement

STATES = {
    CampaignState.DRAFT: ("", N_("Draft")),
    CampaignState.RUNNING: ("allow", N_("Running")),
    CampaignState.PAUSED: ("hold", N_("Paused")),
    CampaignState.STOPPED: ("deny", N_("Stopped")),
    CampaignState.DONE: ("", N_("Over")),
}
"""State -> class of its tag, word."""
STATE_ICONS = {
    CampaignState.DRAFT: "ring",
    CampaignState.RUNNING: "play",
    CampaignState.PAUSED: "hold",
    CampaignState.STOPPED: "deny",
    CampaignState.DONE: "check",
}
STALE = {
    Stale.POLICIES: N_("the policies changed"),
    Stale.CADENCE: N_("the cadence changed"),
    Stale.CAMPAIGN: N_("the campaign changed"),
    Stale.AGE: N_("it is older than a day"),
}
OUTCOMES = {
    Outcome.NOW: ("allow", N_("Allowed now")),
    Outcome.LATER: ("later", N_("Later")),
    Outcome.BLOCKED: ("deny", N_("Not allowed")),
    Outcome.HELD: ("hold", N_("On hold")),
    Outcome.BEYOND: ("none", N_("Not before the end")),
    Outcome.HELD_OUT: ("none", N_("Held out")),
    Outcome.ELSEWHERE: ("none", N_("Worked elsewhere")),
}
"""Outcome -> icon and class, word."""
WHYS = {
    Why.LATER: ("later", N_("Later"), N_("tried again from %(moment)s")),
    Why.DENIED: ("deny", N_("Not allowed"), N_("the next step keeps its day")),
    Why.HELD: ("hold", N_("On hold"), N_("waits for a person")),
    Why.SUSPENDED: ("hold", N_("Suspended"), N_("goes on when it is settled")),
    Why.WAITING: ("later", N_("Waiting"), N_("goes on from %(moment)s")),
    Why.BETWEEN: ("none", N_("Between steps"), N_("next step from %(moment)s")),
    Why.LEFT: ("none", N_("Exited"), N_("left the campaign")),
}
"""Why -> icon and class, word, what happens next."""
GOES_ON_WITH_CAMPAIGN = N_("goes on when the campaign does")
EVENTS = {
    "created": N_("Created"),
    "changed": N_("Changed"),
    "started": N_("Started"),
    "paused": N_("Paused"),
    "resumed": N_("Resumed"),
    "stopped": N_("Stopped"),
    "done": N_("Over"),
}
_REASONS = {
    "campaign_paused": N_("The campaign is paused"),
    "campaign_hourly_limit": N_("The hourly limit of the campaign is reached"),
    "campaign_daily_limit": N_("The daily limit of the campaign is reached"),
    "campaign_limit": N_("The limits of the campaign"),
    "campaign_stopped": N_("The campaign was stopped"),
    "campaign_over": N_("The campaign is over"),
    "no_contact_point": N_("No number or address that can be used"),
    "template_missing": N_("No template for this channel and language"),
    "promise": N_("A promise to pay is open"),
    "dispute": N_("A dispute is open"),
    "complaint": N_("A complaint is open"),
    "hold": N_("A hold is on record"),
    "call_back": N_("A call-back is agreed"),
    "condition": N_("The cadence’s own condition"),
    "paid": N_("Paid"),
    "recalled": N_("Recalled by the creditor"),
    "closed": N_("The account is closed"),
    "cease": N_("Asked to stop all contact"),
    "done": N_("All steps are done"),
    "held": N_("Waits for a fact or a person"),
    "expired": N_("The step came too late to be made"),
    "opted_out": N_("The provider knew of an opt-out, which is recorded now"),
    "opt_out": N_("An opt-out came in"),
    "throttled": N_("The provider asked to slow down"),
    "timeout": N_("The provider did not answer in time"),
    "dropped": N_("The connection to the provider broke"),
    "server_error": N_("The provider had a fault"),
    "no_connection": N_("The provider could not be reached"),
    "bad_recipient": N_("The provider does not know this number or address"),
    "refused": N_("The provider refused it"),
    "stop_switch": N_("The stop switch is on"),
    "epoch_moved": N_("Something about the consumer changed"),
}
FLOWS = {
    Flow.SENDING: ("allow", N_("Sending")),
    Flow.SLOW: ("later", N_("Slow")),
    Flow.FAILING: ("deny", N_("Failing")),
    Flow.OPT_OUT_GAP: ("deny", N_("Knew opt-outs")),
    Flow.QUIET: ("none", N_("Quiet")),
}
"""How a provider does -> icon and class, word."""
_ATTEMPTS = {
    "reserved": ("", ATTEMPT_STATES["reserved"]),
    "submitted": ("", ATTEMPT_STATES["submitted"]),
    "accepted": ("", ATTEMPT_STATES["accepted"]),
    "ambiguous": ("hold", ATTEMPT_STATES["ambiguous"]),
    "expired": ("none", ATTEMPT_STATES["expired"]),
}
_REFUSED = {
    "deny": ("deny", N_("Not allowed: %(reason)s")),
    "hold": ("hold", N_("On hold: %(reason)s")),
    "defer": ("later", N_("Later: %(reason)s")),
}
_NOT_SENT = N_("Not sent: %(reason)s")
_SIMULATOR = N_("Simulator")
UNKNOWN = N_("%(fact)s is not known")
NO_REASON = N_("No step is due yet")


@dataclass(frozen=True, slots=True)
class CampaignWording:
    """Words campaigns for one reader."""

    say: Wording
    words: Translator
    library: Library | None

    @property
    def rules(self) -> RuleWording:
        return RuleWording(self.words, self.say.language)

    def state(self, state: CampaignState) -> str:
        return self.words.gettext(STATES[state][1])

    def reason(self, rule: str | None) -> str:
        """What stands in the way, as a line: a rule's own sentence, or a reason of the engine's."""
        if not rule:
            return self.words.gettext(NO_REASON)
        found = self.library.rules.get(rule) if self.library is not None else None
        if found is not None:
            params = params_on(found, self.say.now.date())
            return rule if params is None else self.rules.sentence(statement(found, params))
        if rule in _REASONS:
            return self.words.gettext(_REASONS[rule])
        if rule in OWN_REASONS:
            return self.words.gettext(OWN_REASONS[rule])
        if rule.endswith("_unknown"):
            fact = self.rules.fact(rule.removesuffix("_unknown"))
            return self.words.gettext(UNKNOWN) % {"fact": fact[:1].upper() + fact[1:]}
        return rule.replace("_", " ")

    def is_rule(self, rule: str | None) -> bool:
        return rule is not None and self.library is not None and rule in self.library.rules

    def next(self, why: Why, rule: str | None, at: datetime | None, zone: str) -> str:
        """What happens next with the accounts of one line."""
        if rule == "campaign_paused":
            return self.words.gettext(GOES_ON_WITH_CAMPAIGN)
        text = self.words.gettext(WHYS[why][2])
        if "%" not in text:
            return text
        return text % {"moment": self.say.moment(at, zone)} if at is not None else ""

    def outcome(self, one: Latest) -> tuple[str, str]:
        """What came of a contact: class of its sign (empty: none), words."""
        if one.decision in _REFUSED:
            tone, text = _REFUSED[one.decision]
            return tone, self.words.gettext(text) % {"reason": self.reason(one.reason)}
        if one.state == "released":
            reason = self.reason(one.reason or "refused")
            return "none", self.words.gettext(_NOT_SENT) % {"reason": reason}
        if one.outcome and one.state not in {"ambiguous", "expired"}:
            outcome = self.rules.word("outcome", one.outcome)
            return "", outcome[:1].upper() + outcome[1:]
        tone, text = _ATTEMPTS.get(one.state or "", ("", one.state or ""))
        return tone, self.words.gettext(text)

    def provider(self, name: str) -> str:
        """A provider as people call it."""
        return self.words.gettext(_SIMULATOR) if name.startswith("simulat") else name.capitalize()

    def template(self, name: str) -> str:
        return template_title(self.words, name)

    def clock(self, at: datetime, now: datetime, zone: str) -> str:
        """A time of today to the second, with its day if it was another one; beside a heading that names the zone."""
        local = self.say.local(at, zone)
        if local.date() == self.say.local(now, zone).date():
            return f"{local:%H:%M:%S}"
        return f"{self.say.day(at, zone)} {local:%H:%M:%S}"

    def second(self, at: datetime | None, zone: str) -> str:
        """A moment to the second, where it has to be shown that nothing came later."""
        if at is None:
            return ""
        return f"{self.say.day(at, zone)} {self.say.local(at, zone):%H:%M:%S} {self.say.zone_name(at, zone)}"

    def price(self, amount: Decimal, currency: str) -> str:
        """A price with all its decimals: "$0.009"."""
        return str(format_currency(amount, currency, locale=self.say.locale, decimal_quantization=False))

    def cost(self, amount: Decimal, currency: str) -> str:
        return str(format_currency(amount, currency, locale=self.say.locale))

    def dates(self, definition: Definition) -> str:
        """Its first and last day."""
        first, last = definition.starts_on, definition.ends_on
        return self.words.gettext(_DATES[first is not None, last is not None]) % {
            "first": self._day(first),
            "last": self._day(last),
        }

    def limits(self, definition: Definition) -> str:
        hourly, daily = definition.hourly_limit, definition.daily_limit
        return self.words.gettext(_LIMITS[hourly is not None, daily is not None]) % {
            "hourly": self.say.count(hourly or 0),
            "daily": self.say.count(daily or 0),
        }

    def _day(self, day: date | None) -> str:
        return self.say.day(day) if day is not None else ""


_DATES = {
    (False, False): N_("from its start, without an end"),
    (True, False): N_("from %(first)s, without an end"),
    (False, True): N_("from its start to %(last)s"),
    (True, True): N_("%(first)s to %(last)s"),
}
_LIMITS = {
    (False, False): N_("no limit"),
    (True, False): N_("%(hourly)s an hour"),
    (False, True): N_("%(daily)s a day"),
    (True, True): N_("%(hourly)s an hour, %(daily)s a day"),
}
