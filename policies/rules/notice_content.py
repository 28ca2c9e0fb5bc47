"""What a validation notice must contain, in what order, and what may not stand behind its response section.

Source: 12 CFR 1006.34(c), (d), its comments, and Model Form B-1. `details.missing` lists what is lacking by
name.
"""

from __future__ import annotations

from policies.facts import Frozen, Notice, Word
from policies.instant import FOREVER
from policies.prepare import Moment, Prepared
from policies.rule import Blocked, Check, Kind, Passed, Result, RuleInForce, Traits
from policies.vocabulary import ELECTRONIC, Content, Decision, Fact, RuleKind


class Params(Frozen, frozen=True):
    """`financial_only` and `account_only` fields are due only for financial products, for numbered
    accounts.
    """

    fields: tuple[Word, ...]
    financial_only: tuple[Word, ...] = ()
    account_only: tuple[Word, ...] = ()
    electronic_only: tuple[Word, ...] = ()
    prompt_order: tuple[Word, ...] = ()


def compile_rule(rule: RuleInForce[Params], traits: Traits) -> Check | None:
    """The objection to a notice whose contents are stated and lack something."""
    params = rule.params
    if traits.content != Content.VALIDATION_NOTICE:
        return None
    electronic = traits.channel in ELECTRONIC

    def check(prepared: Prepared, moment: Moment) -> Result:
        notice = prepared.contact.notice
        if notice is None:
            return FOREVER
        missing = (*_lacking(params, notice, electronic), *_misplaced(params, notice))
        if missing:
            why = f"the validation notice lacks: {', '.join(missing)}"
            return Blocked(Decision.DENY, why, details={"missing": missing})
        return Passed(details={"missing": ()})

    return check


def _lacking(params: Params, notice: Notice, electronic: bool) -> list[str]:
    due = list(params.fields)
    if not notice.financial_product:
        due = [name for name in due if name not in params.financial_only]
    if not notice.account_exists:
        due = [name for name in due if name not in params.account_only]
    if electronic:
        due += params.electronic_only
    return [name for name in due if name not in notice.fields]


def _misplaced(params: Params, notice: Notice) -> list[str]:
    found = []
    order = [name for name in notice.prompt_order if name in params.prompt_order]
    if order and order != [name for name in params.prompt_order if name in order]:
        found.append("prompt_order")
    if "reverse_disclosures" in notice.fields and "reverse_pointer" not in notice.fields:
        found.append("reverse_pointer")
    if notice.reverse_behind_response:
        found.append("reverse_placement")
    return found


KIND = Kind(RuleKind.NOTICE_CONTENT, Params, compile_rule, needs=lambda params: (Fact.CONTENT,))
