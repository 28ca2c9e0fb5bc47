"""The facts that a decision was given, in words: what was known of the person, the debts, the wishes and the past."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from orchestrator.console.decision_wording import CHANNEL_WORDS, DecisionWording
from orchestrator.console.message import N_
from orchestrator.console.vocabulary import Translator
from policies import facts as f
from policies.suppose import Supposition

MOST_EVENTS = 12
_CONTACT = N_("Contact")
_REGISTERS = {
    "cease": N_("Request to cease"),
    "attorney": N_("Attorney"),
    "employer": N_("Employer"),
    "validation": N_("Validation notice"),
    "dispute": N_("Dispute"),
    "holds": N_("Hold"),
    "disputes": N_("Dispute"),
    "original_creditor_requests": N_("Request for the original creditor"),
    "media_stop": N_("Opt-out"),
    "inconvenient": N_("Inconvenient time"),
    "inconvenient_places": N_("Inconvenient place"),
    "consents": N_("Consent"),
    "excluded_channels": N_("Excluded channel"),
}
_SUPPOSED = {
    "call": N_("the consumer agreed just before to be called"),
    "automated_voice": N_("the consumer agreed just before to automated calls"),
    "electronic": N_("the consumer agreed just before to this channel"),
    "time": N_("the consumer agreed just before to any time of day"),
    "deceased": N_("the consumer were alive"),
}
CONSENTS = {
    "electronic": N_("electronic messages"),
    "automated_voice": N_("automated calls"),
    "call_frequency": N_("more calls"),
    "commercial": N_("commercial messages"),
    "time": N_("a time of day"),
}


class FactWording:
    """Words the facts of one decision for one reader."""

    def __init__(self, wording: DecisionWording):
        self.wording = wording
        self.rules = wording.rules
        self.facts = wording.decided.facts
        self.say = wording.say

    @property
    def words(self) -> Translator:
        return self.wording.words

    def about(self) -> list[tuple[str, list[str]]]:
        """Who, where, which debts, and the contact itself."""
        _ = self.words.gettext
        contact = self.facts.contact
        return [
            (_("Zones"), [self.zone(zone) for zone in self.facts.zones] or [_("not known")]),
            (_("Jurisdictions"), [self.rules.listed(list(self.facts.jurisdictions)) or _("not known")]),
            (_("Collector"), [self.rules.word("actor", self.facts.actor.value)]),
            (_("Debts"), [self.debt(name, debt) for name, debt in self.facts.debts.items()] or [_("none")]),
            (_("Party"), [self.rules.word("party", contact.party)]),
            (_("Content"), [self.rules.word("content", contact.content)]),
            (_("Automated"), [_("yes") if contact.automated else _("no")]),
            (_("History"), [self._history()]),
            *(
                [(_("Not known"), [self.rules.fact(one) for one in self.facts.unknown])]
                if self.facts.unknown
                else []
            ),
        ]

    def standing(self) -> list[tuple[str, list[str]]]:
        """What was recorded that a contact has to respect; registers with nothing in them say so."""
        _ = self.words.gettext
        none = _("none")
        facts = self.facts
        holds = [self.register("holds", one) for one in facts.holds]
        lines = [
            (_("Opt-outs"), [self.register("media_stop", one) for one in facts.media_stop] or [none]),
            (_("Holds"), [*holds, *([_("the consumer has died")] if facts.deceased else [])] or [none]),
            (_("Consents"), [*self._consents()] or [none]),
            (_("Wishes"), [*self._wishes()] or [none]),
            (_("Disputes"), [*self._disputes()] or [none]),
        ]
        for name in ("cease", "attorney", "employer", "validation"):
            record = getattr(facts, name)
            if record is not None:
                lines.append((_(_REGISTERS[name]), [self.register(name, record)]))
        return lines

    def past(self) -> list[tuple[str, str, str]]:
        """The newest contacts that were known, newest first: when, by what, how it ended."""
        newest = sorted(self.facts.history, key=lambda event: event.at, reverse=True)[:MOST_EVENTS]
        return [self.wording.past(event) for event in newest]

    def zone(self, name: str) -> str:
        source = self.facts.zone_sources.get(name)
        if source is None:
            return name
        return self.words.gettext("%(zone)s, %(source)s") % {
            "zone": name,
            "source": self.rules.word("zone_source", source),
        }

    def debt(self, name: str, debt: f.Debt) -> str:
        known = self.wording.account(name)
        if debt.days_past_due is None:
            return known
        text = self.words.ngettext(
            "%(account)s, %(days)s day past due", "%(account)s, %(days)s days past due", debt.days_past_due
        )
        return text % {"account": known, "days": debt.days_past_due}

    def _history(self) -> str:
        since = self.facts.history_since
        if since is None:
            return self.words.gettext("every earlier contact")
        return self.words.gettext("contacts since %(moment)s") % {"moment": self.wording.moment(since)}

    def _consents(self) -> Iterator[str]:
        for one in self.facts.consents:
            yield self.register("consents", one)
        kept = {name: one.consents for name, one in self.facts.numbers.items()}
        kept |= {name: one.consents for name, one in self.facts.addresses.items()}
        for name, consents in kept.items():
            for given in consents:
                if given.revoked_at is None and given.received_at is not None:
                    text = self.words.gettext("to %(point)s, %(day)s")
                    values = {"point": self._point(name), "day": self._day(given.received_at)}
                    yield self.say.spaced(text % values)

    def _wishes(self) -> Iterator[str]:
        for name in ("inconvenient", "inconvenient_places", "excluded_channels"):
            for record in getattr(self.facts, name):
                yield self.register(name, record)

    def _disputes(self) -> Iterator[str]:
        for name in ("disputes", "original_creditor_requests"):
            for record in getattr(self.facts, name):
                yield self.register(name, record)

    def register(self, name: str, record: Any) -> str:
        """One entry of a register: what it is, about what, since when."""
        when = next((at for at in _dates(record) if at is not None), None)
        parts = [part for part in (*self._what(name, record), self._day(when)) if part]
        return self.rules.separated(parts)

    def _what(self, name: str, record: Any) -> Iterator[str]:
        _ = self.words.gettext
        if isinstance(record, f.Hold):
            yield self.rules.word("hold", record.type)
            yield self.wording.account(record.debt) if record.debt else ""
            yield _("until %(day)s") % {"day": self.say.day(record.until)} if record.until else ""
        elif isinstance(record, f.MediaStop):
            yield _(CHANNEL_WORDS.get(record.medium.value, _CONTACT))
            yield self._point(record.address) if record.address else _("the whole channel")
        elif isinstance(record, f.Consent):
            yield _(CONSENTS[record.type]) if record.type in CONSENTS else record.type.replace("_", " ")
            yield _("withdrawn") if record.revoked_at is not None else ""
        elif isinstance(record, f.Inconvenient):
            yield self.rules.words("day", tuple(map(str, record.days))) if record.days else _("every day")
            yield f"{record.start or '00:00'}\u2013{record.end or '24:00'}"
        elif isinstance(record, f.InconvenientPlace):
            yield self.rules.word("place", record.place)
        elif isinstance(record, f.Dispute | f.CreditorRequest | f.Cease | f.SingleDispute):
            yield self.rules.word("form", record.form)
            yield self.wording.account(record.debt) if isinstance(record, f.Dispute) and record.debt else ""
        elif isinstance(record, f.Attorney):
            yield _("known") if record.known else _("not known")
        elif isinstance(record, f.Employer):
            yield _("does not allow contact") if record.prohibits else _("nothing said against contact")
        elif isinstance(record, f.Validation):
            yield _("sent") if record.sent else _("not sent")
        elif isinstance(record, str):
            yield _(CHANNEL_WORDS.get(record, _CONTACT))

    def _point(self, point_id: str) -> str:
        known = self.wording.decided.points.get(point_id)
        return self.wording.point(known) if known is not None else point_id

    def _day(self, at: datetime | date | None) -> str:
        if at is None:
            return ""
        return self.say.day(at, self.wording.decided.zone if isinstance(at, datetime) else None)

    # what if

    def supposition(self, one: Supposition) -> str:
        """What is supposed, after "suppose that"."""
        _ = self.words.gettext
        if one.kind in _SUPPOSED:
            return _(_SUPPOSED[one.kind])
        if one.kind == "event":
            return _("this had not happened: %(event)s") % {"event": self.wording.event(one.record)}
        if one.kind == "zone":
            return _("the consumer’s clock were that of %(zone)s alone") % {"zone": one.record}
        if one.kind == "known":
            return _("this were known: %(fact)s") % {"fact": self.rules.fact(str(one.record))}
        return _("this were not recorded: %(kind)s (%(record)s)") % {
            "kind": _(_REGISTERS[one.kind]),
            "record": self.register(one.kind, one.record),
        }


def _dates(record: Any) -> Iterator[datetime | date | None]:
    """When an entry of a register began, by whatever name."""
    for name in ("at", "received_at", "sent_at", "notice_at", "from_", "sent"):
        yield getattr(record, name, None)
