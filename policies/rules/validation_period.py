"""The validation period: nothing may overshadow the notice from its date to the end date, both inclusive.

Source: 12 CFR 1006.38(b), 1006.34(b)(5) and its comments.
"""

from __future__ import annotations

from policies.facts import Frozen, Tagged
from policies.instant import FOREVER, day_number
from policies.pattern import matches
from policies.prepare import Moment, Prepared
from policies.rule import Blocked, Check, Kind, Passed, Result, RuleInForce, Traits
from policies.validation import period_of
from policies.vocabulary import Decision, Fact, RuleKind


class Params(Frozen, frozen=True):
    """`observed`: the weekday kept for a weekend holiday is left out of the count as well."""

    barred: tuple[Tagged, ...] = ("overshadowing:*",)
    observed: bool = True


def compile_rule(rule: RuleInForce[Params], traits: Traits) -> Check | None:
    """The objection to an overshadowing content on a local date of the period; the dates go into the
    details.
    """
    params = rule.params
    if not matches(params.barred, traits.content):
        return None

    def check(prepared: Prepared, moment: Moment) -> Result:
        validation = prepared.facts.validation
        period = period_of(validation, params.observed) if validation else None
        if period is None:
            return FOREVER
        sent, receipt, end = period
        details = {"computed": {"assumed_receipt": receipt, "validation_end": end}}
        days = [day for _, day, _ in moment.locals]
        if any(day_number(sent) <= day <= day_number(end) for day in days):
            why = f"this would overshadow the validation notice, whose period runs to {end.isoformat()}"
            return Blocked(Decision.DENY, why, details=details)
        begins = min((place.at(day_number(sent), 0) for place, _, _ in moment.locals), default=FOREVER)
        return Passed(begins if begins > moment.at else FOREVER, details=details)

    return check


KIND = Kind(
    RuleKind.VALIDATION_PERIOD,
    Params,
    compile_rule,
    needs=lambda params: (Fact.VALIDATION,),
    reads=lambda params: ("validation",),
)
