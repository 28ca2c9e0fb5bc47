"""What a rule asks for, in two or three words: its figure where it has one, else the heart of its sentence.

A column of a table; the sentence beside it and the page of the rule say the rest.
"""

from __future__ import annotations

from orchestrator.console.message import N_
from orchestrator.console.rule_wording import RuleWording, hours, zone_words
from orchestrator.console.vocabulary import Translator
from orchestrator.services.rule_view import RuleView

_BRIEF = {
    "inconvenient_times": N_("Their hours"),
    "inconvenient_places": N_("Their places"),
    "consumer_only": N_("Consumer only"),
    "third_party_once": N_("Once"),
    "third_party_purposes": N_("Not about debts"),
    "third_party_evidence": N_("With evidence"),
    "work_prohibited": N_("Not at work"),
    "work_stopped": N_("Not at work"),
    "cease": N_("Notices only"),
    "attorney": N_("Attorney only"),
    "medium_stop": N_("Not used again"),
    "consent_electronic": N_("With consent"),
    "consent_electronic_address": N_("With consent"),
    "consent_automated_voice": N_("With consent"),
    "consent_commercial": N_("With consent"),
    "consent_other": N_("With consent"),
    "point_state": N_("Not used"),
    "point_reassigned": N_("Not used"),
    "point_disclosure_report": N_("Not used"),
    "point_employer_provided": N_("Not used"),
    "envelope_plain": N_("Plain envelope"),
    "opt_out_notice": N_("How to opt out"),
    "right_party_first": N_("Identity first"),
    "agency_listed": N_("Listed only"),
    "no_private_sender": N_("Firm’s numbers"),
    "recorded": N_("Recorded"),
    "id_shown": N_("Identity cards"),
    "delivery": N_("Must arrive"),
    "disclosure": N_("Who collects"),
    "first_validation_notice": N_("Notice first"),
    "first_agency_notice": N_("Notice first"),
    "first_dc_notice_mailed": N_("Notice first"),
    "first_other": N_("Notice first"),
    "holds": N_("While on hold"),
    "holds_or_death": N_("While on hold"),
    "holds_named": N_("While on hold"),
    "disputed": N_("Until answered"),
    "creditor_asked": N_("Until answered"),
    "validation_period": N_("While it runs"),
    "time_barred": N_("No suit"),
    "never_by": N_("Never"),
    "not_at": N_("Never"),
    "respond_once": N_("1 answer each"),
    "consumer_session": N_("In the portal"),
    "time_consent": N_("Agreed hours"),
    "off_by_setting": N_("Not set"),
    "unbuilt": N_("Wording"),
}
_PARTS = frozenset({"must_carry", "limited_content"})


def brief(wording: RuleWording, view: RuleView) -> str:
    """The value of a rule as a phrase of the reader's language; empty: nothing shorter than its sentence is true."""
    if view.value is not None and view.value.name == "hours":
        return _hours(wording, view)
    if view.said.name == "advisory_days":
        days = wording.words("day", tuple(view.said.values["days"]))
        return days[:1].upper() + days[1:]
    counted = _count(wording.translator, view)
    if counted or view.value is not None:
        return counted or wording.value(view.value)
    name = view.said.name
    return wording.translator.gettext(_BRIEF[name]) if name in _BRIEF else ""


def _count(say: Translator, view: RuleView) -> str:
    """How many of what a rule asks for, where it names a number in its sentence alone."""
    name, values = view.said.name, view.said.values
    n = len(values["elements"]) if name in _PARTS else values.get("failures", values.get("n", 0))
    counts = {
        "attorney_after": say.ngettext("%(n)s hour", "%(n)s hours", n),
        "ladder": say.ngettext("%(n)s failed call", "%(n)s failed calls", n),
        "visit_staff": say.ngettext("%(n)s person", "%(n)s people", n),
        "placements": say.ngettext("%(n)s agency", "%(n)s agencies", n),
        **dict.fromkeys(("notice_parts", *_PARTS), say.ngettext("%(n)s part", "%(n)s parts", n)),
    }
    return counts[name] % {"n": n} if name in counts else ""


def _hours(wording: RuleWording, view: RuleView) -> str:
    """Hours with the clock or the days that they are of, where that is not every day where the consumer is."""
    said = view.said.values
    shown = hours(view.value.values["hours"]) if view.value is not None else ""
    if said.get("zone"):
        zone = zone_words(wording.translator, said["zone"])
        return wording.translator.gettext("%(hours)s, %(zone)s time") % {"hours": shown, "zone": zone}
    if view.said.name == "hours_by_day" and "weekdays" in said["days"]:
        return wording.translator.gettext("%(hours)s on weekdays") % {"hours": shown}
    return shown
