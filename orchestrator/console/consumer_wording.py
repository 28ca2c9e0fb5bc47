"""A consumer in the reader's words: how each thing that stands in the way reads, the states of accounts, the zone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from orchestrator.console.message import N_
from orchestrator.console.role import ROLE_WORDS
from orchestrator.console.vocabulary import Translator, word
from orchestrator.console.wording import Wording
from orchestrator.domain.permission import Permission, roles_with
from orchestrator.services.consumer_view import AccountView, ConsumerView, PointView, Standing
from policies.vocabulary import WEEKDAYS

_LABELS = {
    "cease": N_("Wants no contact"),
    "representation": N_("Attorney"),
    "hold": N_("Hold"),
    "complaint": N_("Complaint"),
    "dispute": N_("Dispute"),
    "opt_out": N_("Asked to stop"),
    "employer": N_("Employer"),
    "wish": N_("Not convenient"),
    "consent": N_("Agrees"),
    "excluded_channel": N_("Refuses"),
    "preferred_channel": N_("Prefers"),
}
_ICONS = {
    "cease": "deny",
    "opt_out": "deny",
    "employer": "deny",
    "wish": "later",
    "consent": "allow",
    "excluded_channel": "deny",
    "preferred_channel": "allow",
}
_STOPPED = {
    "sms": N_("Texts to %(point)s"),
    "voice": N_("Calls to %(point)s"),
    "email": N_("Emails to %(point)s"),
    "letter": N_("Letters to %(point)s"),
    "all": N_("Everything to %(point)s"),
}
_STOPPED_ALL = {
    "sms": N_("All texts"),
    "voice": N_("All calls"),
    "email": N_("All emails"),
    "letter": N_("All letters"),
    "all": N_("Every channel"),
}
CONSENTS = {
    "electronic": N_("Electronic messages"),
    "call_frequency": N_("Calls beyond the limit"),
    "time": N_("Contact at a time named"),
    "automated_voice": N_("Automated or artificial voice"),
    "commercial": N_("Commercial messages"),
}
DISPUTE_FORMS = {
    "mail": N_("by letter"),
    "tear_off": N_("on the tear-off slip"),
    "courier": N_("by courier"),
    "accepted_electronic": N_("electronically, over a medium we accept"),
    "unaccepted_electronic": N_("electronically, over another medium"),
    "oral": N_("orally"),
    "written": N_("in writing"),
}
_ASKED = {
    "written": N_("Asked in writing for all contact to end"),
    "electronic": N_("Asked electronically for all contact to end"),
    "oral": N_("Asked orally for all contact to end"),
}
_ZONE_FROM = {
    "stated": N_("Zone as the consumer said."),
    "postal_code": N_("Zone from the home address."),
    "mobile_area_code": N_("Zone from the area code of the mobile."),
    "landline_area_code": N_("Zone from the area code of the landline."),
    "country": N_("Zone from the country."),
    "": N_("No zone is known: hours are counted in UTC."),
}
_ALSO = {
    "stated": N_("The consumer also named %(place)s, so hours must fit both."),
    "postal_code": N_("The home address points to %(place)s, so hours must fit both."),
    "mobile_area_code": N_("The mobile’s area code points to %(place)s, so hours must fit both."),
    "landline_area_code": N_("The landline’s area code points to %(place)s, so hours must fit both."),
    "country": N_("The country also has %(place)s, so hours must fit both."),
}
_PRODUCTS = {
    "credit_card": N_("Credit card"),
    "medical": N_("Medical"),
    "personal_loan": N_("Personal loan"),
    "auto_loan": N_("Car loan"),
    "mortgage": N_("Mortgage"),
    "utility": N_("Utility"),
    "telecom": N_("Telephone and internet"),
    "retail": N_("Shop card"),
    "student_loan": N_("Student loan"),
}
_ACCOUNT_STATES = {
    "open": N_("Open"),
    "paid": N_("Paid in full"),
    "recalled": N_("Recalled by the creditor"),
    "closed": N_("Closed"),
}

_SPANS = {
    tuple(WEEKDAYS): ["all"],
    tuple(WEEKDAYS[:5]): ["weekdays"],
    tuple(WEEKDAYS[5:]): ["weekend"],
}
_ZERO = timedelta()


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a facts list; `standing` is what it words, for the acts that lift it."""

    icon: str
    label: str
    text: str
    when: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class State:
    """Where an account stands; `tone`: a verdict's class for a tag, empty: plain words."""

    text: str
    tone: str = ""


class ConsumerWording:
    """One consumer's facts for one reader."""

    def __init__(self, translator: Translator, say: Wording, view: ConsumerView):
        self.translator, self.say, self.view = translator, say, view
        self.zone = view.main_zone

    def said(self, message: str, **values: str) -> str:
        """A sentence with its values."""
        said = self.translator.gettext(message)
        return said % values if values else said

    def word(self, vocabulary: str, name: str) -> str:
        return word(self.translator, vocabulary, name)

    def releasers(self) -> str:
        """The roles that lift what nobody here agreed to."""
        return self.say.beside(self.said(ROLE_WORDS[role]) for role in roles_with(Permission.RELEASE))

    def account(self, account_id: str | None) -> str:
        """How an account is named beside others: its label, else its id."""
        found = self.view.account(account_id) if account_id else None
        return (found.label or found.id) if found is not None else (account_id or "")

    def point(self, point: PointView) -> str:
        return self.say.phone(point.value) if point.kind == "phone" else point.value

    def product(self, account: AccountView) -> str:
        name = account.product or ""
        return self.said(_PRODUCTS[name]) if name in _PRODUCTS else name.replace("_", " ")

    def account_state(self, account: AccountView) -> State:
        """The one thing to know first: what holds it, what was promised, how it stands."""
        if account.state != "open":
            return State(self.said(_ACCOUNT_STATES.get(account.state, account.state)))
        if account.has_complaint:
            return State(self.said(N_("On hold: complaint")), "hold")
        if account.holds:
            kinds = self.say.beside(self.hold(kind) for kind in account.holds)
            return State(self.said(N_("On hold: %(kinds)s"), kinds=kinds), "hold")
        if account.has_dispute:
            return State(self.said(N_("On hold: dispute")), "hold")
        if account.promise is not None:
            amount = self.say.money(account.promise.amount_minor, account.promise.currency)
            day = self.say.date(account.promise.due_on)
            return State(self.said(N_("%(amount)s promised for %(day)s"), amount=amount, day=day))
        return State(self.said(_ACCOUNT_STATES["open"]))

    def hold(self, kind: str) -> str:
        is_attorney = kind in {"attorney", "lawyer_representation"}
        return self.said(N_("attorney")) if is_attorney else self.word("hold", kind)

    def lines(self) -> list[Line]:
        """Everything in force, what stops most first."""
        return [
            Line(
                icon=_ICONS.get(one.what) or _ICONS.get(one.kind, "hold"),
                label=self.said(_LABELS.get(one.what) or _LABELS[one.kind]),
                text=_TEXTS[one.kind](self, one),
                when=self._when(one),
                standing=one,
            )
            for one in self.view.standing
        ]

    def _when(self, one: Standing) -> str:
        if one.until is not None:
            return self.said(N_("until %(day)s"), day=self.say.date(one.until))
        if one.since is None:
            return ""
        return self.said(N_("since %(day)s"), day=self.say.date(self.say.local(one.since, self.zone).date()))

    def _held(self, one: Standing) -> str:
        kind = self.hold(one.what)
        if one.account_id is None:
            return self.said(N_("Everything, because of: %(kind)s"), kind=kind)
        return self.said(
            N_("%(account)s, because of: %(kind)s"), account=self.account(one.account_id), kind=kind
        )

    def _complaint(self, one: Standing) -> str:
        if one.account_id is None:
            return self.said(N_("Everything waits until it is settled"))
        return self.said(
            N_("About %(account)s; everything waits until it is settled"),
            account=self.account(one.account_id),
        )

    def _dispute(self, one: Standing) -> str:
        form = self.said(DISPUTE_FORMS.get(one.what, one.what))
        if one.account_id is None:
            return self.said(N_("Disputes everything %(form)s; not answered yet"), form=form)
        account = self.account(one.account_id)
        return self.said(N_("Disputes %(account)s %(form)s; not answered yet"), account=account, form=form)

    def _opt_out(self, one: Standing) -> str:
        point = self.view.point(one.point_id)
        if point is not None:
            return self.said(_STOPPED.get(one.what, _STOPPED["all"]), point=self.point(point))
        return self.said(_STOPPED_ALL.get(one.what, _STOPPED_ALL["all"]))

    def _consent(self, one: Standing) -> str:
        what = self.said(CONSENTS[one.what]) if one.what in CONSENTS else one.what.replace("_", " ")
        point = self.view.point(one.point_id)
        if "scope_date" in one.detail:
            return self.said(
                N_("%(what)s, on %(day)s"),
                what=what,
                day=self.say.date(date.fromisoformat(one.detail["scope_date"])),
            )
        if point is not None:
            return self.said(N_("%(what)s, to %(point)s"), what=what, point=self.point(point))
        if one.channel:
            return self.said(
                N_("%(what)s: %(channel)s"), what=what, channel=self.word("channel", one.channel)
            )
        return what

    def _wish(self, one: Standing) -> str:
        if one.what == "inconvenient_time":
            return self._time_wish(one.detail)
        if "place" in one.detail:
            return self.word("place", one.detail["place"])
        return self.word("channel", one.channel) if one.channel else one.what.replace("_", " ")

    def wish(self, kind: str, channel: str | None, given: Mapping[str, str]) -> str:
        """A wish in one sentence, wherever it is not said beside a label."""
        if kind == "inconvenient_time":
            return self.said(N_("not convenient %(times)s"), times=self._time_wish(given))
        if kind == "inconvenient_place":
            return self.said(
                N_("not convenient: %(place)s"), place=self.word("place", given.get("place", ""))
            )
        named = self.word("channel", channel or "")
        said = N_("refuses %(channel)s") if kind == "excluded_channel" else N_("prefers %(channel)s")
        return self.said(said, channel=named)

    def _time_wish(self, given: Mapping[str, str]) -> str:
        named = given["days"].split(";") if "days" in given else ["all"]
        days = self.say.beside(self.word("day", day) for day in _SPANS.get(tuple(named), named))
        start, end = given.get("start", "00:00"), given.get("end", "24:00")
        if (start, end) == ("00:00", "24:00"):
            return days
        said = N_("%(days)s, %(start)s–%(end)s the next day")
        if start < end:
            said = N_("%(days)s, %(start)s–%(end)s")
        return self.said(said, days=days, start=start, end=end)

    def zone_sentence(self) -> list[str]:
        """Where the zone comes from, and which other one the hours must fit."""
        by_name = {one.name: one.source for one in reversed(self.view.zones)}
        said = [self.said(_ZONE_FROM.get(by_name.get(self.zone, ""), _ZONE_FROM["country"]))]
        for name, source in by_name.items():
            if name != self.zone and source in _ALSO:
                said.append(self.said(_ALSO[source], place=place_of(name)))
        return said

    def difference(self) -> str:
        """How far the consumer's clock is from the reader's."""
        theirs = self.say.local(self.view.at, self.zone).utcoffset()
        mine = self.say.local(self.view.at).utcoffset()
        minutes = int(((mine or _ZERO) - (theirs or _ZERO)).total_seconds() // 60)
        if minutes == 0:
            return ""
        hours = f"{abs(minutes) / 60:g}"
        return self.said(N_("%(hours)s h ahead") if minutes > 0 else N_("%(hours)s h behind"), hours=hours)


def place_of(zone: str) -> str:
    """The city that names a zone."""
    return zone.rpartition("/")[2].replace("_", " ")


_TEXTS: dict[str, Callable[[ConsumerWording, Standing], str]] = {
    "cease": lambda self, one: self.said(_ASKED.get(one.what, _ASKED["written"])),
    "representation": lambda self, _: self.said(
        N_("Represented: the attorney is contacted, not the consumer")
    ),
    "hold": ConsumerWording._held,
    "complaint": ConsumerWording._complaint,
    "dispute": ConsumerWording._dispute,
    "opt_out": ConsumerWording._opt_out,
    "employer": lambda self, _: self.said(N_("The employer does not allow contact at work")),
    "wish": ConsumerWording._wish,
    "consent": ConsumerWording._consent,
}
