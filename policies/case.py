"""A case: given these facts and this history, may this contact be made? The shape only; `cases` runs them."""

from __future__ import annotations

import datetime as dt

from policies.facts import Contact, Event, Facts, Frozen, Given, Instant, RuleId, Word, facts_of
from policies.vocabulary import Decision


class ComputedDates(Frozen, frozen=True):
    assumed_receipt: dt.date | None = None
    validation_end: dt.date | None = None


class Computed(Frozen, frozen=True):
    """Dates that a rule works out; one of `alternatives` is as good where the law is unclear."""

    assumed_receipt: dt.date | None = None
    validation_end: dt.date | None = None
    alternatives: tuple[ComputedDates, ...] = ()


class Expect(Frozen, frozen=True):
    """What must come out. `decision` deny is met by DENY or HOLD; `missing`, `warnings`, `flags` None: not compared."""

    decision: Decision
    rule: RuleId | None = None
    retry_at: Instant | None = None
    retry_at_alternatives: tuple[Instant, ...] = ()
    missing: tuple[Word, ...] | None = None
    warnings: tuple[Word, ...] | None = None
    flags: tuple[str, ...] | None = None
    classification: Word | None = None
    computed: Computed | None = None


class Case(Frozen, frozen=True):
    id: str
    contact: Contact
    expect: Expect
    given: Given = Given()
    history: tuple[Event, ...] = ()
    source: str = ""
    description: str = ""
    notes: str = ""
    evidence: str = ""

    @property
    def facts(self) -> Facts:
        """The case as the judge reads it, history sorted by time (stable)."""
        return facts_of(self.given, tuple(sorted(self.history, key=lambda event: event.at)), self.contact)
