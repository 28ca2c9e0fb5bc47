"""Places where a consumer may not be contacted: at work, at home, wherever they named as inconvenient.

Sources: 12 CFR 1006.6(b)(1)(ii), 1006.6(b)(3) and comments; D.C. Code 28-3814(d)(5); N.C. Gen. Stat.
75-52(4). Mail, a landline and a visit have a place. A mobile or a mailbox has none, unless we know where
the person is.
"""

from __future__ import annotations

from collections.abc import Callable

from policies.facts import Facts, Frozen, Tagged, Word
from policies.instant import FOREVER
from policies.pattern import matches
from policies.prepare import Moment, Prepared
from policies.rule import Blocked, Check, Kind, Passed, Result, RuleInForce, Traits
from policies.vocabulary import Decision, Fact, RuleKind

Register = Callable[[Facts], bool]

_REGISTERS: dict[str, Register] = {
    "always": lambda facts: True,
    "employer_prohibits": lambda facts: facts.employer is not None and facts.employer.prohibits is True,
    "work_stop": lambda facts: facts.work_stop,
}
_UNLESS: dict[str, Register] = {
    "home_phone_failed": lambda facts: facts.home_phone_failed,
    "no_offhours_number": lambda facts: not facts.offhours_number,
    "home_contact_unknown": lambda facts: "home_contact" in facts.unknown,
}


class Params(Frozen, frozen=True):
    """`fact`: always, employer_prohibits, work_stop. `unless` names facts that lift it; `allowed` contents
    pass.
    """

    deny_place: tuple[Word, ...] = ()
    fact: Word = "always"
    unless: tuple[Word, ...] = ()
    allowed: tuple[Tagged, ...] = ()


def compile_rule(rule: RuleInForce[Params], traits: Traits) -> Check | None:
    """The objection to that place, or to a number that rings there."""
    params = rule.params
    if matches(params.allowed, traits.content):
        return None
    register = _REGISTERS[params.fact]
    lifts = [_UNLESS[name] for name in params.unless]
    denied = frozenset(params.deny_place)

    def check(prepared: Prepared, moment: Moment) -> Result:
        facts = prepared.facts
        if not register(facts):
            return _doubt(params, facts)
        where = _places(prepared) & denied
        if not where or any(lift(facts) for lift in lifts):
            return FOREVER
        return Blocked(Decision.DENY, f"contact at this place is not permitted: {', '.join(sorted(where))}")

    return check


def _doubt(params: Params, facts: Facts) -> Result:
    """An employer whose attitude is not known allows, with a flag."""
    employer = facts.employer
    if params.fact == "employer_prohibits" and employer is not None and employer.prohibits is None:
        return Passed(flags=("employer_unknown",))
    return FOREVER


def _places(prepared: Prepared) -> set[str]:
    """Where the contact reaches the consumer, as far as it is known."""
    contact = prepared.contact
    found = {place for place in (contact.place, contact.known_place) if place is not None}
    return found | {"work"} if contact.number_kind == "work" else found


def _needs(params: Params) -> tuple[str, ...]:
    return (Fact.PLACE,)


_READS = {"employer_prohibits": ("employer",), "work_stop": ("work_stop",)}

KIND = Kind(
    RuleKind.LOCATION_RULE, Params, compile_rule, needs=_needs, reads=lambda params: _READS.get(params.fact)
)
