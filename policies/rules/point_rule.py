"""What is known against one number or address: it is wrong, it went to somebody else, an employer gave it.

Sources: 12 CFR 1006.6(d)(3)(ii), 1006.22(f)(3) and comments; firm policy for reassigned numbers and for
points that are invalid or another person's. Nothing here touches the consumer's other numbers and
addresses.
"""

from __future__ import annotations

from collections.abc import Callable

from policies.facts import Address, Facts, Frozen, Number, NumberCheck, Word
from policies.instant import FOREVER, to_micros
from policies.prepare import Moment, Prepared
from policies.rule import Blocked, Check, Kind, Passed, Result, RuleInForce, Traits
from policies.vocabulary import Answer, Decision, Fact, RuleKind

Test = Callable[[Facts, str, int], Result]
_DEAD = {
    "invalid": "does not reach anybody",
    "wrong_party": "belongs to somebody else",
    "reassigned": "was given to somebody else",
}


class Params(Frozen, frozen=True):
    """`bars`: state, reassigned, disclosure_report or employer_provided. `flag`: raised instead of an
    objection.
    """

    bars: Word
    flag: Word | None = None


def compile_rule(rule: RuleInForce[Params], traits: Traits) -> Check | None:
    """The objection to this very number or address."""
    test = _TESTS[rule.params.bars](rule)

    def check(prepared: Prepared, moment: Moment) -> Result:
        facts, address = prepared.facts, prepared.contact.address
        if address is None or not (facts.addresses or facts.numbers or facts.rnd_checks):
            return FOREVER
        return test(facts, address, moment.at)

    return check


def _state(rule: RuleInForce[Params]) -> Test:
    """Dead points deny; whether a point is good at all may be unknown, which holds."""

    def test(facts: Facts, address: str, at: int) -> Result:
        for point in _points(facts, address):
            if point.state in _DEAD:
                return Blocked(Decision.DENY, f"this number or address {_DEAD[str(point.state)]}")
            if point.state == Answer.UNKNOWN:
                return Blocked(Decision.HOLD, "it is not known whether this number or address is good")
        return FOREVER

    return test


def _reassigned(rule: RuleInForce[Params]) -> Test:
    """The latest answer of the reassigned-numbers database decides."""

    def test(facts: Facts, address: str, at: int) -> Result:
        number = facts.numbers.get(address)
        if not facts.rnd_checks and (number is None or not number.rnd):
            return FOREVER
        latest = max(_checks(facts, address, at), key=lambda check: check.at, default=None)
        if latest is None or latest.reassigned_since != Answer.YES:
            return FOREVER
        when = latest.at.date().isoformat()
        return Blocked(Decision.DENY, f"a check on {when} answered that the number was reassigned")

    return test


def _checks(facts: Facts, address: str, at: int) -> list[NumberCheck]:
    number = facts.numbers.get(address)
    loose = [check for check in facts.rnd_checks if check.number == address]
    return [check for check in (*loose, *(number.rnd if number else ())) if to_micros(check.at) <= at]


def _disclosure_report(rule: RuleInForce[Params]) -> Test:
    """Anybody's word that a message there reached a third party ends the safe harbour of that point."""
    required = rule.settings.safe_harbor == "required"
    flags = (rule.params.flag or "no_safe_harbor",)

    def test(facts: Facts, address: str, at: int) -> Result:
        reports = [report for point in _points(facts, address) for report in point.disclosure_reports]
        if not reports or all(to_micros(report.at) > at for report in reports):
            return FOREVER
        why = "a message to this number or address was reported to have reached a third party"
        return Blocked(Decision.DENY, why, flags=flags) if required else Passed(flags=flags)

    return test


def _employer_provided(rule: RuleInForce[Params]) -> Test:
    """A mailbox known to be the employer's, unless the consumer used it, agreed to it, or a prior
    collector's chain holds; a creditor's notice never cures it.
    """
    unknown = Passed(flags=(rule.params.flag or "domain_looks_corporate",))

    def test(facts: Facts, address: str, at: int) -> Result:
        mailbox = facts.addresses.get(address)
        if mailbox is None or mailbox.employer_provided not in (Answer.KNOWN, Answer.UNKNOWN):
            return FOREVER
        if mailbox.employer_provided == Answer.UNKNOWN:
            return unknown
        if _consumers_own_doing(mailbox, at) or any(
            p.obtained_by and p.used for p in mailbox.prior_collectors
        ):
            return FOREVER
        return Blocked(Decision.DENY, "the mailbox is known to be provided by the employer")

    return test


def _consumers_own_doing(mailbox: Address, at: int) -> bool:
    if mailbox.consumer_used is not None and to_micros(mailbox.consumer_used) <= at:
        return True
    return any(
        (given.received_at is None or to_micros(given.received_at) <= at)
        and (given.revoked_at is None or to_micros(given.revoked_at) > at)
        for given in mailbox.consents
    )


def _points(facts: Facts, address: str) -> list[Address | Number]:
    found: list[Address | Number] = []
    if address in facts.numbers:
        found.append(facts.numbers[address])
    if address in facts.addresses:
        found.append(facts.addresses[address])
    return found


_TESTS: dict[str, Callable[[RuleInForce[Params]], Test]] = {
    "state": _state,
    "reassigned": _reassigned,
    "disclosure_report": _disclosure_report,
    "employer_provided": _employer_provided,
}

KIND = Kind(
    RuleKind.POINT_RULE,
    Params,
    compile_rule,
    needs=lambda params: (Fact.CONTACT_POINT,),
    reads=lambda params: ("addresses", "numbers", "rnd_checks"),
)
