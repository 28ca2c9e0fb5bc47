"""Worked cases in words: what is asked when, what came before, and the answer that is expected."""

from __future__ import annotations

from collections import Counter

from orchestrator.console.message import N_
from orchestrator.console.vocabulary import Translator, word
from orchestrator.console.wording import Wording
from orchestrator.services.rule_view import CaseView
from policies.case import Case
from policies.gazetteer import single_zone
from policies.vocabulary import Decision

DECISIONS = {
    Decision.ALLOW: N_("Allowed"),
    Decision.DEFER: N_("Later"),
    Decision.HOLD: N_("On hold"),
    Decision.DENY: N_("Not allowed"),
}
LOOKS = {Decision.ALLOW: "allow", Decision.DEFER: "later", Decision.HOLD: "hold", Decision.DENY: "deny"}
"""The name of a decision among the styles."""


class CaseWording:
    """Words cases for one reader."""

    def __init__(self, say: Wording, translator: Translator):
        self._say = say
        self._words = translator

    @staticmethod
    def zone(case: Case) -> str:
        """The clock of the case: its first zone, or that of its country."""
        if case.given.zones:
            return case.given.zones[0]
        country = (case.given.jurisdictions or ("",))[0].partition("-")[0].upper()
        return single_zone(country) or "UTC"

    def asked(self, case: Case) -> str:
        """Which contact is asked about, and when."""
        return self._words.gettext("Asked about: %(channel)s, %(moment)s") % {
            "channel": word(self._words, "channel", case.contact.channel.value),
            "moment": self._say.moment(case.contact.at, self.zone(case)),
        }

    def before(self, case: Case) -> str:
        """What happened before, by outcome; nothing: no contact."""
        counted = Counter(
            (event.channel.value, event.outcome.value if event.outcome else "reserved")
            for event in case.history
        )
        told = [
            self._words.gettext("%(count)s × %(channel)s, %(outcome)s")
            % {
                "count": count,
                "channel": word(self._words, "channel", channel),
                "outcome": self._words.gettext("reserved")
                if outcome == "reserved"
                else word(self._words, "outcome", outcome),
            }
            for (channel, outcome), count in counted.items()
        ]
        return ("；" if self._say.language == "zh" else "; ").join(told)

    def expected(self, case: Case) -> tuple[str, str]:
        """The look and the words of the answer that the case expects."""
        return self._answer(case, case.expect.decision, case.expect.retry_at)

    def got(self, view: CaseView) -> tuple[str, str]:
        """The look and the words of the answer now."""
        result = view.result
        if result.decision is None:
            return "hold", self._words.gettext("Not judged by this version")
        return self._answer(view.case, Decision(result.decision), result.retry_at)

    def _answer(self, case: Case, decision: Decision, retry_at: object) -> tuple[str, str]:
        text = self._words.gettext(DECISIONS[decision])
        if decision is Decision.DEFER and retry_at is not None:
            text = self._say.moment(retry_at, self.zone(case))  # type: ignore[arg-type]
        return LOOKS[decision], text
