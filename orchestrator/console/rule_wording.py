"""Rules in sentences, in the reader's language: what `policies.statement` and `policies.rule_detail` name, worded.

Each sentence is one message with placeholders. A placeholder is a figure, hours, or a phrase that is a message of its
own and stands as it is in both languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from babel.lists import format_list

from orchestrator.console.message import N_
from orchestrator.console.vocabulary import FACTS, Translator, word, words
from orchestrator.console.wording import beside
from policies.rule_detail import Detail
from policies.statement import Statement

_PLAIN = {
    "inconvenient_times": N_(
        "No contact at a time that the consumer called inconvenient, until they lift it"
    ),
    "inconvenient_places": N_(
        "No mail, landline call or visit to a place that the consumer called inconvenient"
    ),
    "third_party_once": N_("Someone else may be asked where the consumer is, once"),
    "third_party_evidence": N_("A third person related to the debt only with evidence that it concerns them"),
    "attorney": N_(
        "No contact once an attorney represents the consumer on the debt: the attorney is contacted"
    ),
    "work_prohibited": N_("No contact at work where the employer does not allow it"),
    "work_stopped": N_("No contact at work once the consumer asked for that"),
    "cease": N_("No contact after a written request to cease, except the notices that the rule names"),
    "medium_stop": N_("A channel, number or address that somebody asked us to stop is not used again"),
    "consent_electronic": N_("No text, email or message without consent to that channel"),
    "consent_electronic_address": N_("No text, email or message without consent to that number or address"),
    "consent_automated_voice": N_("No automated or artificial voice to a mobile without consent"),
    "consent_commercial": N_("No commercial text without consent and a way to opt out"),
    "point_state": N_("No number or address that is known to be invalid, another person’s, or reassigned"),
    "point_reassigned": N_("No call or text to a number that was reassigned"),
    "point_disclosure_report": N_("No message to where one is known to have reached somebody else"),
    "point_employer_provided": N_("No email to a mailbox known to be the employer’s"),
    "envelope_plain": N_("Nothing about a debt shows on the outside of a letter"),
    "opt_out_notice": N_("Every electronic message says how to opt out"),
    "right_party_first": N_("A call asks for the right person before it says more"),
    "agency_listed": N_("Only an agency on the creditor’s published list contacts the debtor"),
    "recorded": N_("Every call is recorded"),
    "id_shown": N_("Visitors show their identity cards"),
    "delivery": N_("Disclosures that law requires are sent so that they arrive and can be kept"),
    "disclosure": N_(
        "Say that it comes from a debt collector, in the first communication also that it is to collect a debt"
    ),
    "first_validation_notice": N_("No contact before the validation notice is sent"),
    "first_agency_notice": N_("No contact before the debtor was told that an agency collects"),
    "first_dc_notice_mailed": N_("No text or email before the paper notice is mailed"),
    "holds": N_("No contact while a hold is on record"),
    "holds_or_death": N_(
        "No contact while a hold is on record, nor after a death but with heirs and representatives"
    ),
    "disputed": N_("No collection of a debt that was disputed in writing until the answer is sent"),
    "creditor_asked": N_("No collection after a request for the original creditor until it is answered"),
    "validation_period": N_("Nothing overshadows the validation notice while its period runs"),
    "time_barred": N_("No suit, and no threat of one, on a debt that is too old to sue for"),
    "respond_once": N_(
        "One answer to each message of the consumer, in the same medium, whatever the rules it names say"
    ),
    "consumer_session": N_("While the consumer is in the portal, the rules it names do not stand in the way"),
    "time_consent": N_(
        "At a time of day that the consumer agreed to, the rules it names do not stand in the way"
    ),
    "unbuilt": N_("Wording of messages; this version does not judge it"),
}
_SAID = {
    "hours": N_(
        "Contact only %(hours)s where the consumer is; if several zones are possible, the hours must fit all"
    ),
    "hours_zone": N_("Contact only %(hours)s, %(zone)s time"),
    "hours_by_day": N_("Contact only where the consumer is at these hours: %(days)s"),
    "hours_by_day_zone": N_("Contact only at these hours, %(zone)s time: %(days)s"),
    "advisory_days": N_("A contact on these days is flagged: %(days)s"),
    "off_by_setting": N_("Off: the firm has not set %(setting)s"),
    "third_party_purposes": N_(
        "Somebody else (%(parties)s) may be asked only %(purposes)s, and is never told of the debt"
    ),
    "consumer_only": N_("No contact about the debt with anybody else; others may be asked only %(purposes)s"),
    "never_by": N_("No contact by %(channels)s"),
    "not_at": N_("No contact at these places: %(places)s"),
    "consent_other": N_("No contact without consent: %(need)s"),
    "must_carry": N_("The message or call carries: %(elements)s"),
    "limited_content": N_("A limited-content message says no more than: %(elements)s"),
    "no_private_sender": N_("Never from %(senders)s"),
    "first_other": N_("No contact before this has happened: %(event)s"),
    "holds_named": N_("No contact while one of these holds is on record: %(holds)s"),
}
_LIMITS = {
    "cap_calendar_day": N_("At most %(contacts)s %(about)s a day"),
    "cap_calendar_week": N_("At most %(contacts)s %(about)s in a calendar week, which begins on %(day)s"),
    "cap_calendar_month": N_("At most %(contacts)s %(about)s in a calendar month"),
    "cap_local_days": N_("At most %(contacts)s %(about)s in %(n)s days"),
    "cap_rolling_hours": N_("At most %(contacts)s %(about)s in %(n)s hours"),
    "cap_rolling_minutes": N_("At most %(contacts)s %(about)s in %(n)s minutes"),
    "advisory_calendar_day": N_("More than %(contacts)s %(about)s a day is flagged"),
    "advisory_calendar_week": N_("More than %(contacts)s %(about)s in a calendar week is flagged"),
    "advisory_calendar_month": N_("More than %(contacts)s %(about)s in a calendar month is flagged"),
    "advisory_local_days": N_("More than %(contacts)s %(about)s in %(n)s days is flagged"),
    "advisory_rolling_hours": N_("More than %(contacts)s %(about)s in %(n)s hours is flagged"),
    "advisory_rolling_minutes": N_("More than %(contacts)s %(about)s in %(n)s minutes is flagged"),
}
_VOCABULARY_OF = {
    "parties": "party",
    "purposes": "purpose",
    "channels": "channel",
    "places": "place",
    "elements": "element",
    "senders": "sender",
    "holds": "hold",
    "need": "consent",
    "event": "event",
    "setting": "setting",
}
_ABOUT = {
    "account": N_("about one account"),
    "person": N_("to one person"),
    "with_person": N_("with one person"),
    "address": N_("to one number or address"),
    "household": N_("with debtor and spouse together"),
    "channel": N_("on one channel"),
    "place": N_("to one place"),
}
_DETAILS = {
    "only_actor": N_("Binds only"),
    "not_actor": N_("Does not bind"),
    "only_party": N_("Only contact with"),
    "not_party": N_("Not contact with"),
    "only_place": N_("Only at"),
    "not_place": N_("Not at"),
    "only_number": N_("Only to"),
    "only_content": N_("Only when it is a"),
    "not_content": N_("Not when it is a"),
    "only_purpose": N_("Only to ask"),
    "only_category": N_("Only for"),
    "not_product": N_("Not for"),
    "counted_per": N_("Counted per"),
    "counts": N_("Counts"),
    "counts_not": N_("Does not count"),
    "allowed": N_("Still allowed"),
    "exempt": N_("Needs none"),
    "contents": N_("Disclosures"),
    "barred": N_("Not allowed"),
    "deny_content": N_("Not allowed"),
    "outside": N_("Does not concern"),
    "free": N_("May be contacted"),
    "parties": N_("About"),
    "heirs": N_("May be contacted"),
    "purposes": N_("May be asked"),
    "lifts": N_("Takes back"),
    "fields": N_("Must contain"),
    "statements": N_("Must say"),
    "required": N_("Must contain"),
    "optional": N_("May contain"),
    "obligations": N_("The text carries"),
    "notice_elements": N_("The notice says"),
    "deny_channels": N_("Never by"),
    "deny_place": N_("Not at"),
    "entry_consent_places": N_("Enter only with consent"),
    "forms": N_("A notice is one made"),
    "failed": N_("Failed calls"),
    "reached": N_("Reached"),
}
_BARE_DETAILS = {
    "counts_connected": (N_("Counts"), N_("every contact that connected; what is reserved counts too")),
    "counts_attempts": (N_("Counts"), N_("every attempt, also one that did not connect")),
    "counts_inbound": (N_("Counts"), N_("contacts in both directions, whoever began them")),
    "counts_not_replies": (N_("Does not count"), N_("answers to the consumer")),
    "only_automated": (N_("Only for"), N_("automated calls")),
    "not_automated": (N_("Not for"), N_("automated calls")),
}


class RuleWording:
    """Words rules for one reader."""

    def __init__(self, translator: Translator, language: str):
        self.translator = translator
        self.language = language

    def sentence(self, said: Statement) -> str:
        """What a rule says."""
        if said.name in _PLAIN:
            return self.translator.gettext(_PLAIN[said.name])
        if said.name in _SAID:
            return self.translator.gettext(_SAID[said.name]) % self._values(said.values)
        if said.name in _LIMITS:
            return self.translator.gettext(_LIMITS[said.name]) % self._counted(said.values)
        return _numbered(self.translator, said) % {**said.values, **self._counted(said.values)}

    def value(self, said: Statement | None) -> str:
        """The value of a rule in a few words; nothing: it has none."""
        return "" if said is None else _figure(self.translator, said)

    def detail(self, detail: Detail, titles: Mapping[str, str] | None = None) -> tuple[str, str]:
        """A line of what a rule applies to, counts or leaves alone: its label and its words.

        `titles`: of rules that it names.
        """
        if detail.name in _BARE_DETAILS:
            label, text = _BARE_DETAILS[detail.name]
            return self.translator.gettext(label), self.translator.gettext(text)
        if detail.name == "days_past_due_over":
            over = self.translator.ngettext(
                "debts more than %(n)s day past due",
                "debts more than %(n)s days past due",
                detail.number or 0,
            )
            return self.translator.gettext("Only for"), over % {"n": detail.number}
        if detail.name == "counts_not_agreed":
            agreed = self.translator.ngettext(
                "calls that the consumer agreed to in the last %(n)s day",
                "calls that the consumer agreed to in the last %(n)s days",
                detail.number or 0,
            )
            return self.translator.gettext("Does not count"), agreed % {"n": detail.number}
        named = (
            [(titles or {}).get(name, name) for name in detail.words]
            if detail.vocabulary == "rule"
            else words(self.translator, detail.vocabulary, detail.words)
        )
        label = _DETAILS.get(detail.name, detail.name.replace("_", " "))
        return self.translator.gettext(label), self.listed(named)

    def word(self, vocabulary: str, name: str) -> str:
        return word(self.translator, vocabulary, name)

    def words(self, vocabulary: str, names: tuple[str, ...]) -> str:
        """Words of a vocabulary as a list of the reader's language."""
        return self.listed(words(self.translator, vocabulary, names))

    def enumerated(self, vocabulary: str, names: tuple[str, ...]) -> str:
        """The same without an "and": for a cell of a table."""
        return beside(self.language, words(self.translator, vocabulary, names))

    def fact(self, name: str) -> str:
        """A fact that a rule needs or that is missing: `sender:phone` is the sender's telephone."""
        base, _, part = name.partition(":")
        known = word(self.translator, "fact", base) if base in FACTS else base.replace("_", " ")
        return f"{known} ({part})" if part else known

    def listed(self, items: list[str]) -> str:
        """A list as the language writes it: with commas, in Chinese with its own."""
        return "、".join(items) if self.language == "zh" else str(format_list(items, "standard", "en_GB"))

    def separated(self, items: list[str]) -> str:
        """Things beside each other, not a list of equals."""
        return ("，" if self.language == "zh" else ", ").join(items)

    def _values(self, values: Mapping[str, Any]) -> dict[str, str]:
        return {name: self._value(name, value) for name, value in values.items()}

    def _value(self, name: str, value: Any) -> str:
        if name == "hours":
            return hours(value)
        if name == "zone":
            return zone_words(self.translator, value)
        if name == "days" and isinstance(value, Mapping):
            told = [f"{self.word('day', day)} {self._closed(span)}" for day, span in value.items()]
            return ("；" if self.language == "zh" else "; ").join(told)
        if name == "days":
            return self.words("day", tuple(value))
        vocabulary = _VOCABULARY_OF.get(name, "")
        return self.words(vocabulary, (value,) if isinstance(value, str) else tuple(map(str, value)))

    def _closed(self, span: str) -> str:
        return self.translator.gettext("closed") if span == "closed" else hours(span)

    def _counted(self, values: Mapping[str, Any]) -> dict[str, str]:
        """The figures and phrases of a limit or a pause."""
        if "noun" not in values:
            return {}
        return {
            "contacts": _contacts(self.translator, values["noun"], values.get("limit", 1)),
            "about": self.translator.gettext(_ABOUT[_about(values)]),
            "n": str(values.get("n", 1)),
            "day": self.word("day", values.get("week_start", "sun")),
        }


def hours(text: str) -> str:
    """ "08:00-12:00, 14:00-18:00" with the dash of figures."""
    return text.replace("-", "\u2013")


def zone_words(translator: Translator, zone: str | None) -> str:
    """How people call the zones that rules name."""
    if zone == "Asia/Shanghai":
        return translator.gettext("Beijing")
    if zone == "America/New_York":
        return translator.gettext("Eastern")
    return (zone or "").rpartition("/")[2].replace("_", " ")


def _about(values: Mapping[str, Any]) -> str:
    is_with = values["noun"] in {"conversations", "contacts"} and values["about"] == "person"
    return "with_person" if is_with else str(values["about"])


def _contacts(translator: Translator, noun: str, limit: int) -> str:
    """So many of what a limit counts."""
    many = {
        "calls": translator.ngettext("%(limit)s call", "%(limit)s calls", limit),
        "unanswered_calls": translator.ngettext(
            "%(limit)s unanswered call", "%(limit)s unanswered calls", limit
        ),
        "conversations": translator.ngettext("%(limit)s conversation", "%(limit)s conversations", limit),
        "messages": translator.ngettext(
            "%(limit)s electronic message", "%(limit)s electronic messages", limit
        ),
        "consent_requests": translator.ngettext(
            "%(limit)s request for consent", "%(limit)s requests for consent", limit
        ),
        "visits": translator.ngettext("%(limit)s visit", "%(limit)s visits", limit),
        "calls_texts": translator.ngettext("%(limit)s call or text", "%(limit)s calls or texts", limit),
        "contacts": translator.ngettext("%(limit)s contact", "%(limit)s contacts", limit),
    }
    return many[noun] % {"limit": limit}


def _numbered(translator: Translator, said: Statement) -> str:
    """A sentence about a number of days, hours, people ..."""
    n = int(said.values.get("n", said.values.get("failures", 1)))
    pauses = _pauses(translator, n, str(said.values.get("noun", "")))
    return pauses[said.name] if said.name in pauses else _others(translator, n)[said.name]


def _pauses(translator: Translator, n: int, noun: str) -> dict[str, str]:
    """Sentences about a pause of `n` days or hours."""
    after_contact = translator.ngettext(
        "After a contact %(about)s, none for %(n)s day; the day of the contact is the first",
        "After a contact %(about)s, none for %(n)s days; the day of the contact is the first",
        n,
    )
    after_talk = translator.ngettext(
        "After a conversation %(about)s, no call for %(n)s day; the day of the conversation is the first",
        "After a conversation %(about)s, no call for %(n)s days; the day of the conversation is the first",
        n,
    )
    return {
        "gap_days": after_talk if noun == "conversations" else after_contact,
        "gap_hours": translator.ngettext(
            "After a contact %(about)s, none for %(n)s hour",
            "After a contact %(about)s, none for %(n)s hours",
            n,
        ),
        "first_and_wait": translator.ngettext(
            "No contact before what must come first, and %(n)s more day",
            "No contact before what must come first, and %(n)s more days",
            n,
        ),
    }


def _others(translator: Translator, n: int) -> dict[str, str]:
    """Sentences about `n` of something else."""
    return {
        "attorney_after": translator.ngettext(
            "No contact with a represented consumer from %(n)s hour after the written notice",
            "No contact with a represented consumer from %(n)s hours after the written notice",
            n,
        ),
        "ladder": translator.ngettext(
            "Contact persons only when the debtor is lost: after %(failures)s failed call in a row from the next day, "
            "or failed calls on %(days)s days in a row",
            "Contact persons only when the debtor is lost: after %(failures)s failed calls in a row from the next day, "
            "or failed calls on %(days)s days in a row",
            n,
        ),
        "safe_harbor_email": translator.ngettext(
            "Email only an address the consumer used or agreed to, or after a notice with %(n)s day to object",
            "Email only an address the consumer used or agreed to, or after a notice with %(n)s days to object",
            n,
        ),
        "safe_harbor_text": translator.ngettext(
            "Text only a number the consumer texted from or agreed to, checked in the last %(n)s day",
            "Text only a number the consumer texted from or agreed to, checked in the last %(n)s days",
            n,
        ),
        "visit_staff": translator.ngettext(
            "Visits by at least %(n)s person with identity cards; entry only with consent",
            "Visits by at least %(n)s people with identity cards; entry only with consent",
            n,
        ),
        "placements": translator.ngettext(
            "A debt is with at most %(n)s agency at a time",
            "A debt is with at most %(n)s agencies at a time",
            n,
        ),
        "notice_parts": translator.ngettext(
            "The validation notice has %(n)s part", "The validation notice has its %(n)s parts", n
        ),
        "credit_report": translator.ngettext(
            "Report to credit bureaus only after the consumer was told and %(n)s day has passed",
            "Report to credit bureaus only after the consumer was told and %(n)s days have passed",
            n,
        ),
    }


def _figure(translator: Translator, said: Statement) -> str:
    """A value in two or three words."""
    values = said.values
    if said.name == "hours":
        return hours(values["hours"])
    n = int(values.get("n") or 1)
    figures = {
        "cap_calendar_day": translator.gettext("%(limit)s a day"),
        "cap_calendar_week": translator.gettext("%(limit)s a week"),
        "cap_calendar_month": translator.gettext("%(limit)s a month"),
        "cap_local_days": translator.ngettext("%(limit)s in %(n)s day", "%(limit)s in %(n)s days", n),
        "cap_rolling_hours": translator.ngettext("%(limit)s in %(n)s hour", "%(limit)s in %(n)s hours", n),
        "cap_rolling_minutes": translator.ngettext(
            "%(limit)s in %(n)s minute", "%(limit)s in %(n)s minutes", n
        ),
        "days": translator.ngettext("%(n)s day", "%(n)s days", n),
        "hours_long": translator.ngettext("%(n)s hour", "%(n)s hours", n),
        "count": "%(n)s",
    }
    return figures[said.name] % values
