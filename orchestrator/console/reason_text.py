"""The sentences of `reason`: short ones of at most 45 characters for a row, whole ones for its detail.

A key is the kind of a rule (or a code of the judge's own), then what makes the case a special one: the channel, what
is counted, the statement of the rule, `on` where the fact has a date, `used` where a window is full.
"""

from __future__ import annotations

from orchestrator.console.message import N_

# ---- answers: the lead in bold, then the rest

NOW_MESSAGE = N_("<b>Now</b>")
NOW = {"voice": N_("<b>Now</b>, by phone"), "letter": N_("<b>Now</b>, by post")}
NOW_UNTIL_MESSAGE = N_("<b>Now</b> until %(until)s")
NOW_UNTIL = {
    "voice": N_("<b>Now</b> until %(call_until)s"),
    "letter": N_("<b>Now</b> until %(post_until)s"),
}
FROM = N_("<b>From %(day)s</b> %(time)s")
FROM_TODAY = N_("<b>Today</b> from %(time)s")
HOLD = N_("<b>On hold</b> until settled")
HOLDS = {
    "dispute_hold": N_("<b>On hold</b> until verified"),
    "consent_rule": N_("<b>On hold</b> until agreed"),
    "unknown": N_("<b>On hold</b> until known"),
    "precondition": N_("<b>On hold</b> until sent"),
    "stop_switch": N_("<b>On hold</b>, all contacts stopped"),
}
DENIED_ADDRESS = N_("<b>Not allowed</b> to this address")
DENIED = {
    "sms": N_("<b>Not allowed</b> to this number"),
    "voice": N_("<b>Not allowed</b> on this number"),
}
DENIED_WORK = N_("<b>Not allowed</b> at work")
DENIED_PARTY = N_("<b>Not allowed</b> to others")
DENIED_KINDS = {
    "cease": N_("<b>Not allowed</b> any more"),
    "content_rule": N_("<b>Not allowed</b> on this channel"),
    "time_barred": N_("<b>Not allowed</b> about this debt"),
}

# ---- the answer as a sentence

SAYS_ALLOWED = N_("Allowed now.")
SAYS_UNTIL = N_("Allowed now, until %(moment)s.")
SAYS_FROM = N_("From %(moment)s.")
SAYS_FROM_OWN = N_("From %(moment)s, %(own)s your time.")
SAYS_HOLD = N_("On hold.")
SAYS_DENIED = N_("Not allowed.")
STOP = N_(".")

# ---- reasons

SHORT: dict[str, str] = {
    "agreed": N_("Agreed to it on %(day)s."),
    "left": N_("%(used)s of %(limit)s used, %(left)s left."),
    "free": N_("No rule stands in the way."),
    "letter": N_("No hours by law, no rule in the way."),
    "party": N_("Another person’s: %(party)s."),
    "point": N_("It cannot be used any more."),
    "point:invalid": N_("It does not work."),
    "point:bounced": N_("A message to it came back."),
    "point:wrong_party": N_("It reaches somebody else."),
    "point:reassigned": N_("The number was given to somebody else."),
    "contact_window": N_("Outside the hours of contact."),
    "contact_window:hours": N_("Outside %(hours)s local time."),
    "contact_window:hours_zone": N_("Outside %(hours)s."),
    "min_gap": N_("The pause after a contact is not over."),
    "min_gap:on": N_("The last contact was on %(day)s."),
    "min_gap:conversations": N_("You spoke about this debt lately."),
    "min_gap:conversations:on": N_("You spoke about this debt on %(day)s."),
    "frequency_cap": N_("The limit is reached."),
    "frequency_cap:used": N_("%(used)s of %(limit)s used, %(span)s."),
    "consumer_preference": N_("Asked for no contact at this time."),
    "consumer_preference:inconvenient_places": N_("Asked for no contact at this place."),
    "medium_stop": N_("Asked not to be contacted this way."),
    "medium_stop:voice:on": N_("Asked on %(day)s not to be called."),
    "medium_stop:sms:on": N_("Asked on %(day)s for no more texts."),
    "medium_stop:email:on": N_("Asked on %(day)s for no more email."),
    "medium_stop:letter:on": N_("Asked on %(day)s for no letters."),
    "cease": N_("Asked in writing to stop contact."),
    "cease:on": N_("Asked on %(day)s to stop contact."),
    "representation": N_("An attorney represents the consumer."),
    "dispute_hold": N_("Disputed, and not answered yet."),
    "dispute_hold:on": N_("Disputed %(day)s, not answered yet."),
    "hold": N_("A hold is on record."),
    "hold:deceased": N_("The consumer has died."),
    "hold:bankruptcy": N_("Bankruptcy is on record."),
    "hold:legal": N_("Legal proceedings are on record."),
    "hold:military": N_("Military service is on record."),
    "hold:complaint": N_("A complaint is open."),
    "hold:hardship": N_("Hardship is on record."),
    "hold:fraud": N_("Fraud is on record."),
    "hold:bereavement": N_("A bereavement is on record."),
    "hold:breathing_space": N_("Breathing space runs."),
    "hold:vulnerability": N_("Vulnerability is on record."),
    "hold:dispute": N_("A dispute is on record."),
    "hold:correction": N_("A correction waits for compliance."),
    "consent_rule": N_("No consent to this is on record."),
    "consent_rule:deny": N_("The consent to it was withdrawn."),
    "point_rule": N_("It is not known whether it is good."),
    "point_rule:point_employer_provided": N_("The mailbox is the employer’s."),
    "point_rule:deny": N_("It does not reach the consumer."),
    "party_rule": N_("Only the consumer may be contacted."),
    "third_party_ladder": N_("The consumer can still be reached."),
    "location_rule": N_("Not at this place."),
    "location_rule:work_prohibited": N_("The employer does not allow it."),
    "location_rule:work_stopped": N_("Asked for no contact at work."),
    "precondition": N_("A notice has to come first."),
    "precondition:first_validation_notice": N_("The validation notice was not sent yet."),
    "precondition:first_agency_notice": N_("Not told yet that an agency collects."),
    "precondition:first_dc_notice_mailed": N_("The paper notice was not mailed yet."),
    "precondition:wait": N_("The notice is too recent."),
    "passive_collection": N_("Too soon after the credit report notice."),
    "safe_harbor": N_("No safe harbor for this address yet."),
    "content_rule": N_("This may not be said on this channel."),
    "identity_rule": N_("The sender may not make this contact."),
    "delivery_rule": N_("It would not reach them by this channel."),
    "time_barred": N_("The debt is too old to sue for."),
    "validation_period": N_("The validation period still runs."),
    "unknown_fact": N_("A fact it needs is not known."),
    "zone_unknown": N_("The time zone is not known."),
    "contact_point_unknown": N_("It is not known whether it is good."),
    "history_unknown": N_("Earlier contacts are not all known."),
    "sender_incomplete": N_("The sender’s own data are incomplete."),
    "policy_unavailable": N_("No policy covers this contact."),
    "account_not_open": N_("The account is not open any more."),
    "letter_handover": N_("Handed over from 08:00 to 20:00."),
    "already_answered": N_("This message was answered already."),
    "message_too_old": N_("The message is too old to answer."),
    "not_an_answer": N_("No approved answer to a message."),
    "content_differs": N_("The text is not the one that was judged."),
    "template_missing": N_("No template in this language."),
    "template_failed": N_("The template could not be filled."),
    "no_contact_point": N_("No number or address for it."),
    "stop_switch": N_("All contacts are stopped."),
    "other": N_("A rule stands in the way."),
}

FULL: dict[str, str] = SHORT | {
    "agreed": N_("The consumer agreed to it on %(day)s."),
    "left": N_("The tightest limit has %(used)s of %(limit)s used and %(left)s left."),
    "letter": N_(
        "Letters have no hours by law: they are handed over between 08:00 and 20:00, an operating default."
    ),
    "party": N_("The number or address is another person’s (%(party)s), and only the consumer is contacted."),
    "point": N_("The number or address cannot be used any more."),
    "point:invalid": N_("The number or address does not work."),
    "point:bounced": N_("A message to this address came back."),
    "point:wrong_party": N_("The number or address reaches somebody else."),
    "contact_window": N_("It is outside the hours in which contact is allowed."),
    "contact_window:hours": N_(
        "It is outside %(hours)s in the consumer’s time, in every zone where they may be."
    ),
    "contact_window:hours_zone": N_("It is outside the hours of contact, %(hours)s."),
    "min_gap:on": N_("The last contact was on %(day)s, and the pause after it is not over."),
    "min_gap:conversations:on": N_("The last conversation about this debt was on %(day)s."),
    "frequency_cap:used": N_("The limit is reached: %(used)s of %(limit)s used, %(span)s."),
    "consumer_preference": N_("The consumer called this time inconvenient."),
    "consumer_preference:inconvenient_places": N_("The consumer called this place inconvenient."),
    "medium_stop": N_("The consumer asked not to be contacted this way; it holds until they lift it."),
    "medium_stop:voice:on": N_(
        "The consumer asked on %(day)s not to be called; it holds until they lift it."
    ),
    "medium_stop:sms:on": N_("The consumer asked on %(day)s for no more texts; it holds until they lift it."),
    "medium_stop:email:on": N_(
        "The consumer asked on %(day)s for no more email; it holds until they lift it."
    ),
    "medium_stop:letter:on": N_("The consumer asked on %(day)s for no letters; it holds until they lift it."),
    "cease": N_(
        "The consumer asked in writing to stop contact; only the notices that the law names may follow."
    ),
    "cease:on": N_(
        "The consumer asked on %(day)s to stop contact; only the notices that the law names may follow."
    ),
    "representation": N_("An attorney represents the consumer on this debt: the attorney is contacted."),
    "dispute_hold": N_("The consumer disputes this debt, and the answer was not sent yet."),
    "dispute_hold:on": N_("The consumer disputed this debt on %(day)s, and the answer was not sent yet."),
    "consent_rule": N_("No consent to this channel, number or address is on record."),
    "consent_rule:deny": N_("The consumer withdrew the consent to this channel, number or address."),
    "party_rule": N_("Only the consumer may be contacted about the debt."),
    "third_party_ladder": N_("The consumer can still be reached, so contact persons are left alone."),
    "unknown_fact": N_("A fact that the rules need is not known: %(fact)s."),
    "account_not_open": N_("The account is paid, recalled or closed: nothing is collected on it any more."),
    "letter_handover": N_("Letters are handed over from 08:00 to 20:00 local time, an operating default."),
    "already_answered": N_(
        "This message was answered already: it has one answer, and anything more is a contact like any other."
    ),
    "message_too_old": N_(
        "The message is older than the limits look back, so nothing leaves as an answer to it."
    ),
    "not_an_answer": N_("The template is no approved answer to what a consumer writes."),
    "stop_switch": N_("All contacts are stopped until somebody releases the stop."),
    "policy_unavailable": N_("No policy covers this contact, so it is held."),
}
