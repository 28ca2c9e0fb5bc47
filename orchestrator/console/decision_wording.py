"""A recorded decision in words: what was asked, the answer, what each rule found, the facts as they stood."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from babel.dates import get_timezone_location
from markupsafe import Markup, escape

from orchestrator.console.message import N_
from orchestrator.console.rule_wording import RuleWording
from orchestrator.console.vocabulary import Translator
from orchestrator.console.wording import Wording
from orchestrator.services.decision_view import AccountName, Decided, PointName
from orchestrator.services.said import params_on
from policies.facts import Event
from policies.pack import Rule
from policies.statement import statement
from policies.suppose import name_of
from policies.trace import Answer, Reply, Rung
from policies.verdict import Decision, Verdict, WindowUse
from policies.vocabulary import RuleKind

LOOKS = {Decision.ALLOW: "allow", Decision.DEFER: "later", Decision.HOLD: "hold", Decision.DENY: "deny"}
ATTEMPT_STATES = {
    "reserved": N_("About to leave"),
    "submitted": N_("No answer of the provider yet"),
    "accepted": N_("Handed over"),
    "ambiguous": N_("Not known if it arrived; it counts and is not sent again"),
    "expired": N_("Too late, not sent"),
}
_MADE = {
    "sms": N_("Text to %(name)s"),
    "email": N_("Email to %(name)s"),
    "voice": N_("Call to %(name)s"),
    "letter": N_("Letter to %(name)s"),
    "task": N_("Call task about %(name)s"),
}
_NOT_MADE = {
    "sms": N_("Text to %(name)s not sent"),
    "email": N_("Email to %(name)s not sent"),
    "voice": N_("Call to %(name)s not made"),
    "letter": N_("Letter to %(name)s not sent"),
    "task": N_("Call task about %(name)s not given"),
}
CHANNEL_WORDS = {
    "sms": N_("Text"),
    "email": N_("Email"),
    "voice": N_("Call"),
    "letter": N_("Letter"),
    "task": N_("Call task"),
}
_REPLIES = {
    Reply.DENY: ("deny", N_("No")),
    Reply.HOLD: ("hold", N_("Hold")),
    Reply.WAIT: ("later", N_("Wait")),
    Reply.LIFTED: ("allow", N_("Lifted")),
    Reply.PASS: ("allow", N_("Pass")),
    Reply.SILENT: ("allow", N_("Pass")),
}
OWN_REASONS = {
    "account_not_open": N_("The account is paid, recalled or closed: nothing is collected on it any more."),
    "letter_handover": N_(
        "Letters are handed over from 08:00 to 20:00 where the consumer is; a default of operation."
    ),
    "content_differs": N_("The text that was to be sent is not the one that was judged."),
    "sender_incomplete": N_("What the message must say about the sender is not in the firm’s file."),
    "template_missing": N_("There is no template for this channel and language."),
    "template_failed": N_("The template could not be filled for this person."),
    "already_answered": N_("The message had its answer: one answer to each message."),
    "message_too_old": N_("The message was older than the limits look back."),
    "not_an_answer": N_("Only approved answers answer a message, and nothing else is said as one."),
    "stop_switch": N_("The stop switch was on: nothing left until it was released."),
    "policy_unavailable": N_("No policy could be asked, so the contact was on hold."),
    "history_unknown": N_("Earlier contacts are not known back over the window of a limit."),
}
_ORIGINS = {
    "cadence": N_("the cadence %(by)s"),
    "person": N_("%(by)s"),
    "api": N_("the program %(by)s"),
    "reservation": N_("the program %(by)s"),
    "reaction": N_("an answer to the consumer"),
}
_UNNAMED = {"cadence": N_("a cadence"), "reaction": N_("an answer to the consumer")}
_ALLOWED = N_("<b>Allowed</b>")
_WAYS = {
    Decision.ALLOW: N_("<b>Allowed</b> until %(moment)s"),
    Decision.DEFER: N_("<b>Later</b> from %(moment)s"),
    Decision.HOLD: N_("<b>On hold</b>"),
    Decision.DENY: N_("<b>Not allowed</b>"),
}
_SOMEBODY = N_("a person or a program")
_CONTACT = N_("Contact")


@dataclass(frozen=True, slots=True)
class Asked:
    """A row of the table of rules: look and word of the answer, the rule, what it found."""

    look: str
    word: str
    rule: Rule | None
    name: str
    sentence: str
    found: str
    recorded: str
    decides: bool
    told: bool


class DecisionWording:
    """Words one decision for one reader; times are the consumer's."""

    def __init__(self, decided: Decided, say: Wording, translator: Translator):
        self.decided = decided
        self.say = say
        self.words = translator
        self.rules = RuleWording(translator, say.language)

    # what was asked

    @property
    def title(self) -> str:
        is_made = self.decided.verdict.decision is Decision.ALLOW
        texts = _MADE if is_made else _NOT_MADE
        message = texts.get(self.decided.channel, texts["task"])
        return self.say.spaced(self.words.gettext(message) % {"name": self.decided.consumer})

    @property
    def lede(self) -> str:
        """Who asked when, about which accounts, and where it was to go."""
        values = {
            "who": self.who,
            "moment": self.both(self.decided.at),
            "accounts": self.rules.listed([self.account(one) for one in self.decided.facts.contact.debts])
            or self.words.gettext("no account"),
            "point": self.point(self.decided.point()),
        }
        if values["point"]:
            text = self.words.gettext("Asked by %(who)s on %(moment)s, about %(accounts)s, to %(point)s.")
        else:
            text = self.words.gettext("Asked by %(who)s on %(moment)s, about %(accounts)s.")
        return self.say.spaced(text % values)

    @property
    def who(self) -> str:
        asked = self.decided.asked
        by = asked.cadence if asked.origin == "cadence" else asked.by
        if not by:
            return self.words.gettext(_UNNAMED.get(asked.origin, _SOMEBODY))
        return self.words.gettext(_ORIGINS.get(asked.origin, _ORIGINS["person"])) % {"by": by}

    def both(self, at: datetime) -> str:
        """The consumer's time, and the reader's own where it differs."""
        theirs, own = self.moment(at), self.say.local(at)
        if own.utcoffset() == self.say.local(at, self.decided.zone).utcoffset():
            return theirs
        is_same_day = own.date() == self.say.local(at, self.decided.zone).date()
        return self.words.gettext("%(theirs)s (%(own)s)") % {
            "theirs": theirs,
            "own": self.say.time(at) if is_same_day else self.say.moment(at),
        }

    def moment(self, at: datetime) -> str:
        return self.say.moment(at, self.decided.zone)

    def account(self, account_id: str) -> str:
        known: AccountName | None = self.decided.accounts.get(account_id)
        if known is None:
            return account_id
        return self.words.gettext("%(creditor)s %(label)s") % {
            "label": known.label or account_id,
            "creditor": known.creditor,
        }

    def point(self, point: PointName | None) -> str:
        if point is None:
            return ""
        value = self.say.phone(point.value) if point.kind == "phone" else point.value.replace("\n", ", ")
        if point.kind == "phone" and point.number_kind:
            return self.words.gettext("%(kind)s %(number)s") % {
                "kind": self.rules.word("number", point.number_kind),
                "number": value,
            }
        return value

    @property
    def attempt(self) -> str:
        """What became of the attempt: its outcome, else where it stands."""
        asked = self.decided.asked
        if asked.outcome:
            return self.rules.word("outcome", asked.outcome)
        state = str(asked.state or "")
        return (
            self.words.gettext(ATTEMPT_STATES[state]) if state in ATTEMPT_STATES else state.replace("_", " ")
        )

    def source(self, citation: str) -> Markup:
        """A citation as recorded; the words around a firm's own are the reader's."""
        firm, _, beside = citation.partition(" next to ")
        if firm != "firm policy":
            return Markup('<span lang="en">{}</span>').format(citation)
        if not beside:
            return escape(self.words.gettext("firm policy"))
        quoted = Markup('<span lang="{}">{}</span>').format("en" if beside.isascii() else "zh", beside)
        return escape(self.words.gettext("firm policy next to %(source)s")) % {"source": quoted}

    # the answer

    @property
    def look(self) -> str:
        return LOOKS[self.decided.verdict.decision]

    @property
    def headline(self) -> str:
        return self.answer(self.decided.verdict)

    def answer(self, verdict: Verdict) -> str:
        """An answer as a headline."""
        if verdict.decision is Decision.ALLOW:
            if verdict.valid_until is None:
                return self.words.gettext("Allowed")
            return self.words.gettext("Allowed until %(moment)s") % {
                "moment": self.moment(verdict.valid_until)
            }
        if verdict.decision is Decision.DEFER and verdict.retry_at is not None:
            return self.words.gettext("Later: from %(moment)s") % {"moment": self.moment(verdict.retry_at)}
        held = verdict.decision is Decision.HOLD
        return self.words.gettext("On hold") if held else self.words.gettext("Not allowed")

    def way(self, verdict: Verdict) -> Markup:
        """An answer in a table, its lead in bold."""
        text, moment = _WAYS[verdict.decision], None
        if verdict.decision is Decision.ALLOW:
            moment = verdict.valid_until
            text = _ALLOWED if moment is None else text
        if verdict.decision is Decision.DEFER:
            moment = verdict.retry_at
            text = _WAYS[Decision.HOLD] if moment is None else text
        said = Markup(self.words.gettext(text))  # noqa: S704 # nosec B704 - our own message; values are escaped
        return said % ({"moment": self.moment(moment)} if moment is not None else {})

    def own_reason(self, code: str) -> str:
        """A reason of the engine or of the judge, which no rule gave."""
        if code in OWN_REASONS:
            return self.words.gettext(OWN_REASONS[code])
        if code.endswith("_unknown"):
            fact = self.rules.fact(code.removesuffix("_unknown"))
            return self.words.gettext("This must be known before anybody is contacted: %(fact)s.") % {
                "fact": fact
            }
        return code.replace("_", " ")

    def sentence(self, rule: Rule) -> str:
        return self.rules.sentence(
            statement(rule, params_on(rule, self.decided.at.date()), self.decided.facts.settings)
        )

    # every rule

    def asked(self) -> list[Asked]:
        """The rules that were asked, the deciding one first."""
        deciding = {finding.id for finding in self.decided.verdict.rules}
        asked = [self._asked(one, deciding) for one in self.decided.answers if one.reply is not Reply.SILENT]
        # those that found something before those that only pass
        return sorted(asked, key=lambda one: (one.look == "allow", not one.told))

    def silent(self) -> list[Asked]:
        """Rules that had nothing to object to because nothing is recorded that they read."""
        return [self._asked(one, set()) for one in self.decided.answers if one.reply is Reply.SILENT]

    def without_bearing(self) -> list[Rule]:
        trace = self.decided.trace
        known = () if trace is None else trace.answers
        return [one.rule for one in known if one.reply is Reply.NO_BEARING and one.rule is not None]

    def summary(self) -> str:
        """How many rules said what."""
        asked, silent = self.asked(), self.silent()
        objecting = sum(one.look != "allow" for one in asked)
        return self.words.gettext("%(count)s asked: %(objecting)s against, %(passing)s pass") % {
            "count": len(asked) + len(silent),
            "objecting": objecting,
            "passing": len(asked) + len(silent) - objecting,
        }

    def _asked(self, answer: Answer, deciding: set[str]) -> Asked:
        look, text = _REPLIES.get(answer.reply, ("hold", N_("Hold")))
        name = answer.code or (answer.rule.id if answer.rule is not None else "")
        sentence = self.sentence(answer.rule) if answer.rule is not None else self.own_reason(answer.code)
        found = self.found(answer)
        title = self.name(answer.rule.id) if answer.rule is not None else sentence
        return Asked(
            look=look,
            word=self.words.gettext(text),
            rule=answer.rule,
            name=title,
            sentence=sentence,
            found=found or (self.words.gettext("Nothing stands against it.") if not answer.found else ""),
            told=bool(found),
            recorded=answer.found,
            decides=name in deciding and not self.decided.own,
        )

    def deciding(self) -> list[tuple[str, list[Rule]]]:
        """What decided, each sentence once with all the rules that say it: a firm's rule often repeats the law's."""
        found: dict[str, list[Rule]] = {}
        for one in self.asked():
            if one.decides:
                said = found.setdefault(self.told(one) if one.rule else one.sentence, [])
                said += [one.rule] if one.rule is not None else []
        return list(found.items())

    def told(self, one: Asked) -> str:
        """A deciding rule and what it found, as sentences."""
        text = self.words.gettext("%(rule)s. %(found)s")
        return (text % {"rule": one.sentence, "found": one.found}).strip()

    def found(self, answer: Answer) -> str:
        """What the rule found, from the facts."""
        if answer.reply is Reply.SILENT:
            return self.words.gettext("Nothing is recorded.")
        if answer.reply is Reply.LIFTED:
            by = [
                self.sentence(self.decided.rules[one])
                for one in answer.lifted_by
                if one in self.decided.rules
            ]
            return self.words.gettext("It would object; this takes that back: %(rules)s.") % {
                "rules": self.rules.listed(by)
            }
        told = [*self._by_kind(answer)]
        if answer.obligations:
            elements = self.rules.words("element", answer.obligations)
            told.append(self.words.gettext("Carries: %(elements)s.") % {"elements": elements})
        if answer.flags:
            told.append(self.words.gettext("It is flagged."))
        return _sentences(told, self.say.language)

    def _by_kind(self, answer: Answer) -> Iterator[str]:
        kind = answer.rule.kind if answer.rule is not None else None
        if kind is RuleKind.CONTACT_WINDOW:
            yield self._clocks()
        for use in answer.used:
            yield self.use(use)
        if answer.counted:
            yield self._counted(answer.counted)
        if answer.until is not None and answer.reply is Reply.WAIT:
            yield self.words.gettext("Until %(moment)s.") % {"moment": self.moment(answer.until)}

    def _clocks(self) -> str:
        """What the consumer's clocks showed."""
        zones = self.decided.facts.zones
        shown = [
            self.words.gettext("%(clock)s in %(place)s")
            % {
                "clock": self.say.clock(self.decided.at, zone),
                "place": get_timezone_location(zone, locale=self.say.locale, return_city=True),
            }
            for zone in zones
        ]
        return self.words.gettext("It was %(clocks)s.") % {"clocks": self.rules.listed(shown)}

    def use(self, use: WindowUse) -> str:
        """How much of a window is used, and which it is."""
        return self.words.gettext("%(used)s of %(limit)s used in %(window)s, %(left)s left.") % {
            "used": use.used,
            "limit": use.limit,
            "window": self.window(use),
            "left": max(use.limit - use.used, 0),
        }

    def window(self, use: WindowUse) -> str:
        """The days of a window; hours where it is shorter than a day."""
        zone, last = self.decided.zone, use.window_end - timedelta(microseconds=1)
        if use.window_end - use.window_start < timedelta(hours=23):
            return f"{self.say.clock(use.window_start, zone)}\u2013{self.say.time(use.window_end, zone)}"
        first, end = self.say.local(use.window_start, zone).date(), self.say.local(last, zone).date()
        return self.say.day(first) if first == end else f"{self.say.day(first)} \u2013 {self.say.day(end)}"

    def _counted(self, names: tuple[str, ...]) -> str:
        events = [event for event in self.decided.facts.history if name_of(event) in set(names)]
        return self.words.gettext("Counted: %(events)s.") % {
            "events": self.rules.listed([self.event(event) for event in events[-7:]])
        }

    def event(self, event: Event) -> str:
        """A contact of the past in a sentence: what, when, how it ended."""
        moment, channel, outcome = self.past(event)
        return self.words.gettext("%(moment)s %(channel)s, %(outcome)s") % {
            "moment": moment,
            "channel": channel,
            "outcome": outcome,
        }

    def past(self, event: Event) -> tuple[str, str, str]:
        """A contact of the past for a table: when, by what, how it ended."""
        ended = self.words.gettext("no outcome yet")
        if event.outcome is not None:
            ended = self.rules.word("outcome", event.outcome.value)
        channel = self.words.gettext(CHANNEL_WORDS.get(event.channel.value, _CONTACT))
        return self.moment(event.at), channel, ended

    # the search for the next time

    def rung(self, rung: Rung) -> list[str]:
        """What a step of the search came to: who says wait until when, the longest first."""
        if not rung.waits:
            return [self.words.gettext("All rules pass: this is the answer")]
        text = self.words.gettext("%(rule)s: wait until %(moment)s")
        told = [text % {"rule": self.name(one.rule), "moment": self.moment(one.until)} for one in rung.waits]
        return list(dict.fromkeys(told))

    def name(self, rule_id: str) -> str:
        """A rule by its title."""
        rule = self.decided.rules.get(rule_id)
        if rule is None:
            return rule_id
        title = rule.title.zh or rule.title.en if self.say.language == "zh" else rule.title.en
        return self.say.spaced(title)


def _sentences(parts: list[str], language: str) -> str:
    return ("" if language == "zh" else " ").join(parts)
