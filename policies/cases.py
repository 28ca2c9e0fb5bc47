"""Run worked examples: load a case file, judge each case as its facts say, compare with what it expects."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from policies.case import Case, Computed, Expect
from policies.errors import CaseError, PolicyError
from policies.evaluate import Judgement, judge_prepared
from policies.facts import Facts, Frozen
from policies.gazetteer import single_zone
from policies.instant import from_micros, to_micros
from policies.library import Library
from policies.parse import Document, convert, read_document
from policies.prepare import actor_of, prepare
from policies.rule import kinds
from policies.vocabulary import Fact

__all__ = ["Case", "CaseResult", "load_cases", "run_case", "run_cases"]


class CaseResult(Frozen, frozen=True):
    """What came out. `not_judged` names the rule kind (or what else) that is not there; such a case is not ok."""

    id: str
    ok: bool
    decision: str | None = None
    retry_at: dt.datetime | None = None
    rules: tuple[str, ...] = ()
    not_judged: str | None = None
    differs: tuple[str, ...] = ()


def load_cases(path: str | Path) -> list[Case]:
    """The cases of a YAML or JSON file, every key typed. Raises CaseError with file and line."""
    place = Path(path)
    try:
        text = place.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(
            f"cannot read {place}", code="unreadable", file=str(place), hint="is the name right?"
        ) from error
    try:
        return parse_cases(text, str(place))
    except CaseError:
        raise
    except PolicyError as error:
        raise CaseError(
            error.message, code=error.code, file=error.file, line=error.line, hint=error.hint
        ) from error


def parse_cases(text: str, origin: str) -> list[Case]:
    """Cases from text: JSON if it starts like JSON, else YAML. A pack gives the cases that it carries."""
    if text.lstrip()[:1] in ("[", "{"):
        return _json_cases(text, origin)
    document = read_document(text, origin)
    data = document.data
    base: tuple[str, ...] = ()
    if isinstance(data, dict) and "pack" in data:
        data, base = data.get("cases") or [], ("cases",)
    found: list[Case] = convert(document, data, list[Case], base, "bad_case")
    return _unique(found, document)


def _json_cases(text: str, origin: str) -> list[Case]:
    try:
        raw = json.loads(text)
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        raise CaseError("not JSON", code="bad_json", file=origin, line=line) from error
    if not isinstance(raw, list):
        raise CaseError("a case file is a list", code="bad_case", file=origin, line=1)
    found: list[Case] = []
    for index, entry in enumerate(raw):
        try:
            found.append(msgspec.convert(entry, Case))
        except msgspec.ValidationError as error:
            name = entry.get("id", index) if isinstance(entry, dict) else index
            line = text[: max(text.find(f'"{name}"'), 0)].count("\n") + 1
            raise CaseError(f"case {name}: {error}", code="bad_case", file=origin, line=line) from error
    return _unique(found, None, origin)


def _unique(cases: list[Case], document: Document | None, origin: str = "") -> list[Case]:
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            place = document.origin if document else origin
            raise CaseError(f"the case {case.id} is here twice", code="duplicate_case", file=place, line=1)
        seen.add(case.id)
    return cases


def _not_judged(case: Case, library: Library) -> str | None:
    """Why a case cannot be judged: a rule that it names has no kind yet, or is not installed."""
    named = list(case.given.rules or ())
    if case.expect.rule is not None:
        named.append(case.expect.rule)
    for name in named:
        rule = library.rules.get(name)
        if rule is None and not _is_reason(name):
            return f"rule {name}"
        if rule is not None and rule.kind not in kinds():
            return str(rule.kind)
    return None


def _is_reason(name: str) -> bool:
    """Our own reasons carry an underscore (`history_unknown`); a law's rule never does."""
    return "_" in name


def _same(wanted: Iterable[Any] | None, got: Iterable[Any]) -> bool:
    return wanted is None or set(wanted) == set(got)


def _computed_fits(wanted: Computed | None, got: Any) -> bool:
    if wanted is None:
        return True
    if not isinstance(got, dict):
        return False
    choices = [(wanted.assumed_receipt, wanted.validation_end)]
    choices += [(other.assumed_receipt, other.validation_end) for other in wanted.alternatives]
    for receipt, end in choices:
        if receipt in (None, got.get("assumed_receipt")) and end in (None, got.get("validation_end")):
            return True
    return False


def _answer_differs(expect: Expect, found: Judgement, ids: tuple[str, ...]) -> list[str]:
    differs = []
    allowed = {"deny": {"deny", "hold"}}.get(expect.decision, {str(expect.decision)})
    if str(found.decision) not in allowed:
        differs.append(f"decision is {found.decision}, not {expect.decision}")
    if expect.rule is not None and expect.rule not in ids:
        differs.append(f"{expect.rule} does not decide, but {', '.join(ids) or 'no rule'}")
    if expect.retry_at is not None:
        times = {to_micros(expect.retry_at), *map(to_micros, expect.retry_at_alternatives)}
        if found.retry not in times:
            shown = None if found.retry is None else from_micros(found.retry).isoformat()
            differs.append(f"retry_at is {shown}, not {expect.retry_at.isoformat()}")
    return differs


def compare(expect: Expect, found: Judgement) -> tuple[str, ...]:
    """What differs between an answer and what a case expects; nothing: the case is ok."""
    ids = tuple(blocked.code or (rule.id if rule else "") for rule, blocked in found.objections)
    differs = _answer_differs(expect, found, ids)
    details = found.details
    for key in ("missing", "warnings"):
        if not _same(getattr(expect, key), details.get(key, ())):
            differs.append(f"{key} is {sorted(details.get(key, ()))}, not {sorted(getattr(expect, key))}")
    if not _same(expect.flags, found.flags):
        differs.append(f"flags are {sorted(found.flags)}, not {sorted(expect.flags or ())}")
    if expect.classification is not None and details.get("classification") != expect.classification:
        differs.append(f"classification is {details.get('classification')}, not {expect.classification}")
    if not _computed_fits(expect.computed, details.get("computed")):
        differs.append(f"computed is {details.get('computed')}, not what is expected")
    return tuple(differs)


def _in_its_zone(facts: Facts) -> Facts:
    """What a case leaves out is ordinary: without zones the consumer is where all clocks of the country agree."""
    if facts.zones or Fact.ZONE in facts.unknown or not facts.jurisdictions:
        return facts
    alone = single_zone(facts.jurisdictions[0].partition("-")[0].upper())
    return facts if alone is None else msgspec.structs.replace(facts, zones=(alone,))


def judge_case(case: Case, library: Library) -> Judgement:
    """Judge a case at its contact's own instant, under the rules that it names or that its places have."""
    facts = _in_its_zone(case.facts)
    stack = library.stack(
        facts.jurisdictions,
        actor_of(facts),
        facts.contact.at.date(),
        only=facts.rules,
        settings=facts.settings,
    )
    return judge_prepared(prepare(facts), stack, to_micros(facts.contact.at), lenient=True)


def run_case(case: Case, library: Library) -> CaseResult:
    """Judge one case and compare."""
    reason = _not_judged(case, library)
    if reason is not None:
        return CaseResult(id=case.id, ok=False, not_judged=reason)
    found = judge_case(case, library)
    differs = compare(case.expect, found)
    return CaseResult(
        id=case.id,
        ok=not differs,
        decision=str(found.decision),
        retry_at=None if found.retry is None else from_micros(found.retry),
        rules=tuple(dict.fromkeys(b.code or (r.id if r else "") for r, b in found.objections)),
        differs=differs,
    )


def run_cases(cases: Iterable[Case], library: Library) -> list[CaseResult]:
    """Judge many cases, in their order."""
    return [run_case(case, library) for case in cases]
