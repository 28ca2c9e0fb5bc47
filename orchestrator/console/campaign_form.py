"""The form of a campaign: what was typed, read field by field; whatever is wrong is said beside its field."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from orchestrator.console.message import N_
from orchestrator.console.segment_wording import TYPES
from orchestrator.console.vocabulary import Translator
from orchestrator.console.wording import Wording
from orchestrator.domain import horizon
from orchestrator.domain.campaign import MAX_HELD_OUT, MAX_LIMIT, CampaignError, Definition, FieldProblem
from orchestrator.domain.condition import nearest

FIELDS = ("name", "segment", "cadence", "starts_on", "ends_on", "hourly_limit", "daily_limit", "held_out")
_NAMES = {"held_out_share": "held_out"}
_LIMIT = re.compile(r"\d{1,9}")
_GROUPS = re.compile(r"[\s,，_’']")
_NEAR = 5

NAME = N_("Enter a name of 1 to 120 characters.")
NAME_TAKEN = N_("There is a campaign of this name already: take another one.")
CADENCE = N_("Choose a cadence of the list.")
DATE = N_("Enter a date, such as 2026-11-30.")
FAR = N_("This day cannot be meant: enter one up to %(day)s, or nothing.")
REVERSED = N_("The last day is before the first: enter %(day)s or later.")
OVER = N_("This day is over: enter a later one.")
LIMIT = N_("Enter a whole number of contacts, 1 to %(most)s, or nothing for no limit.")
SHARE = N_("Enter a share from 0 to 50 %%.")
SEGMENT = {
    "long": N_("The segment is too long: at most %(about)s bytes are read."),
    "macro": N_("%(about)s() goes through a list, which a segment may not."),
    "function": N_("There is no function %(about)s()."),
    "field": N_("There is no field %(about)s."),
    "syntax": N_("This cannot be read: %(about)s."),
    "deep": N_("The segment is nested too deeply."),
    "answer": N_("A segment gives true or false; this one gives %(about)s."),
    "empty": N_("%(about)s may be empty: write %(about)s != null && before it."),
    "types": N_("The types do not fit: %(about)s."),
    "unreadable": N_("This cannot be read as a condition."),
}
_TYPED = N_("%(field)s is a %(type)s")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a segment is wrong: the line it stands in, cut before and after the character."""

    line: int
    column: int
    before: str
    mark: str
    after: str


@dataclass(frozen=True, slots=True)
class SegmentProblem:
    """What is wrong with a segment; `fields`: those spelled most like what was written."""

    message: str
    place: Place | None = None
    fields: tuple[str, ...] = ()


@dataclass(slots=True)
class Typed:
    """What stands in the form, and what is wrong with it by field."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    segment: SegmentProblem | None = None

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")


def of_definition(definition: Definition) -> Typed:
    """The form filled with a draft."""
    share = f"{definition.held_out_share * 100:g}"
    values = {
        "name": definition.name,
        "segment": definition.segment,
        "cadence": definition.cadence,
        "starts_on": definition.starts_on.isoformat() if definition.starts_on else "",
        "ends_on": definition.ends_on.isoformat() if definition.ends_on else "",
        "hourly_limit": str(definition.hourly_limit or ""),
        "daily_limit": str(definition.daily_limit or ""),
        "held_out": share,
    }
    return Typed(values)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the form and words what is wrong for one reader."""

    say: Wording
    words: Translator

    def read(self, typed: Typed) -> Definition | None:
        """The definition, not yet checked for its meaning; None: `typed.errors` says what cannot be read."""
        made = Definition(
            name=typed["name"].strip(),
            cadence=typed["cadence"],
            segment=typed["segment"].replace("\r\n", "\n").strip(),
            starts_on=self._date(typed, "starts_on"),
            ends_on=self._date(typed, "ends_on"),
            hourly_limit=self._limit(typed, "hourly_limit"),
            daily_limit=self._limit(typed, "daily_limit"),
            held_out_share=self.share(typed),
        )
        if made.starts_on is not None and made.ends_on is not None and made.ends_on < made.starts_on:
            typed.errors.setdefault("ends_on", self._message("ends_on", made))
        return None if typed.errors else made

    def _date(self, typed: Typed, name: str) -> date | None:
        text = typed[name].strip()
        try:
            day = date.fromisoformat(text) if text else None
        except ValueError:
            typed.errors[name] = self.words.gettext(DATE)
            return None
        if day is not None and not horizon.is_within(day):
            typed.errors[name] = self.words.gettext(FAR) % {"day": horizon.LAST.isoformat()}
        return day

    def _limit(self, typed: Typed, name: str) -> int | None:
        text = _GROUPS.sub("", typed[name])
        if not text:
            return None
        if _LIMIT.fullmatch(text) and 1 <= int(text) <= MAX_LIMIT:
            return int(text)
        typed.errors[name] = self.words.gettext(LIMIT) % {"most": self.say.count(MAX_LIMIT)}
        return None

    def share(self, typed: Typed) -> float:
        """The held-out share of one."""
        text = typed["held_out"].strip().removesuffix("%").strip().replace(",", ".")
        try:
            share = float(text) / 100 if text else 0.0
        except ValueError:
            share = -1.0
        if 0 <= share <= MAX_HELD_OUT:
            return share
        typed.errors["held_out"] = self.words.gettext(SHARE) % {}
        return 0.0

    def explain(self, typed: Typed, error: CampaignError, definition: Definition) -> None:
        """Adds what the service found wrong."""
        for problem in error.problems:
            name = _NAMES.get(problem.field, problem.field)
            if name == "segment":
                typed.segment = self.segment(problem, definition.segment)
                typed.errors[name] = typed.segment.message
            else:
                typed.errors.setdefault(name, self._message(name, definition))

    def segment(self, problem: FieldProblem, text: str) -> SegmentProblem:
        """What is wrong with a segment, and where."""
        about = self._types(problem.about) if problem.kind == "types" else problem.about
        message = self.words.gettext(SEGMENT.get(problem.kind, SEGMENT["unreadable"])) % {"about": about}
        near = tuple(nearest(problem.about)[:_NEAR]) if problem.kind == "field" else ()
        return SegmentProblem(message, place_of(text, problem.where), near)

    def _types(self, about: str) -> str:
        """ "balance is double" in the reader's words."""
        pairs = [part.partition(" is ") for part in about.split(", ")]
        known = {kind.value: words for kind, words in TYPES.items()}
        return ", ".join(
            self.words.gettext(_TYPED) % {"field": name, "type": self.words.gettext(known.get(kind, kind))}
            for name, _, kind in pairs
        )

    def _message(self, name: str, definition: Definition) -> str:
        first, last = definition.starts_on, definition.ends_on
        if name == "ends_on" and first is not None and last is not None and last < first:
            return self.words.gettext(REVERSED) % {"day": first.isoformat()}
        text = {"name": NAME, "cadence": CADENCE, "ends_on": OVER, "held_out": SHARE}.get(name, LIMIT)
        return self.words.gettext(text) % {"most": self.say.count(MAX_LIMIT)}


def place_of(text: str, where: str | None) -> Place | None:
    """The line that `where` (line:column) names, cut at its column; None: there is no place."""
    if where is None:
        return None
    line, column = (int(part) for part in where.split(":"))
    lines = text.split("\n") or [""]
    shown = lines[min(line, len(lines)) - 1]
    word = re.match(r"\w+|.", shown[column - 1 :])
    mark = word[0] if word else ""
    return Place(line, column, shown[: column - 1], mark, shown[column - 1 + len(mark) :])
