"""A segment in words: the plain conditions that most are made of; what is none of them is shown as it is written."""

from __future__ import annotations

import re
from dataclasses import dataclass

from babel import Locale

from orchestrator.console.message import N_
from orchestrator.console.vocabulary import Translator
from orchestrator.console.wording import Wording
from orchestrator.domain.field import FIELDS, FieldType

LABELS = {
    "account_id": N_("account id"),
    "creditor": N_("creditor"),
    "actor": N_("capacity"),
    "currency": N_("currency"),
    "balance": N_("balance"),
    "days_past_due": N_("days past due"),
    "product": N_("product"),
    "original_creditor": N_("original creditor"),
    "placed_on": N_("day of placement"),
    "days_since_placed": N_("days since placement"),
    "new_placement": N_("never contacted by us"),
    "charged_off_on": N_("day of charge-off"),
    "last_payment_on": N_("day of the last payment"),
    "limitation_on": N_("day of limitation"),
    "consumer_id": N_("consumer id"),
    "kind": N_("person or business"),
    "country": N_("country"),
    "jurisdictions": N_("jurisdictions"),
    "language": N_("language of the consumer"),
    "age": N_("age"),
    "accounts": N_("open accounts of the consumer"),
    "has_mobile": N_("usable mobile number"),
    "has_landline": N_("usable landline number"),
    "has_email": N_("usable mailbox"),
    "has_address": N_("usable postal address"),
    "holds": N_("holds in force"),
    "opt_outs": N_("stopped channels"),
    "consents": N_("agreed channels"),
    "validation_sent_on": N_("day of the validation notice"),
    "agency_notice_on": N_("day of the agency notice"),
}
TYPES = {
    FieldType.STRING: N_("text"),
    FieldType.INT: N_("whole number"),
    FieldType.DOUBLE: N_("number with a decimal point"),
    FieldType.BOOL: N_("true or false"),
    FieldType.DATE: N_("date, as text"),
    FieldType.LIST: N_("list of texts"),
}
WHOLE_BOOK = N_("the whole book")
_COMPARED = {
    "==": N_("%(field)s %(value)s"),
    "!=": N_("%(field)s not %(value)s"),
    ">": N_("%(field)s over %(value)s"),
    ">=": N_("%(field)s %(value)s or more"),
    "<": N_("%(field)s under %(value)s"),
    "<=": N_("%(field)s up to %(value)s"),
}
_FLAG = {False: N_("%(flag)s"), True: N_("no %(flag)s")}
_KNOWN = {"!=": N_("%(field)s known"), "==": N_("%(field)s not known")}
_LISTED = {False: N_("%(value)s among the %(field)s"), True: N_("no %(value)s among the %(field)s")}
_AND = N_("%(first)s, %(rest)s")
_LITERAL = r"""(?:"[^"\\]*"|'[^'\\]*'|-?\d+(?:\.\d+)?)"""
_COMPARISON = re.compile(rf"^(\w+)\s*(==|!=|>=|<=|>|<)\s*({_LITERAL}|null)$")
_MEMBER = re.compile(r"""^(!\s*)?\(?\s*("[^"\\]*"|'[^'\\]*')\s+in\s+(\w+)\s*\)?$""")
_BARE = re.compile(r"^(!\s*)?(\w+)$")
_TOKEN = re.compile(r"""("[^"\\]*"|'[^'\\]*'|&&|\|\||[()?])""")


@dataclass(frozen=True, slots=True)
class SegmentWording:
    """Words segments for one reader."""

    say: Wording
    words: Translator

    def sentence(self, text: str) -> str:
        """The segment in words; empty where it is more than plain conditions joined by `&&`."""
        if not text.strip():
            return self.words.gettext(WHOLE_BOOK)
        parts = _conjuncts(text)
        said = [self._one(part) for part in parts]
        if not parts or any(one is None for one in said):
            return ""
        found = [one for one in said if one]
        whole = found[-1] if found else ""
        for one in reversed(found[:-1]):
            whole = self.words.gettext(_AND) % {"first": one, "rest": whole}
        return whole

    def label(self, field: str) -> str:
        return self.words.gettext(LABELS[field]) if field in LABELS else field

    def _one(self, part: str) -> str | None:
        """One condition; None: not a plain one."""
        if (match := _COMPARISON.match(part)) and match[1] in FIELDS:
            field, operator, literal = match.groups()
            texts = _KNOWN if literal == "null" else _COMPARED
            if operator not in texts:
                return None
            values = {"field": self.label(field), "value": self._value(field, literal)}
            return self.say.spaced(self.words.gettext(texts[operator]) % values)
        if (match := _MEMBER.match(part)) and match[3] in FIELDS:
            values = {"value": match[2][1:-1].replace("_", " "), "field": self.label(match[3])}
            return self.words.gettext(_LISTED[bool(match[1])]) % values
        if (match := _BARE.match(part)) and match[2] in FIELDS and FIELDS[match[2]].type is FieldType.BOOL:
            return self.words.gettext(_FLAG[bool(match[1])]) % {"flag": self.label(match[2])}
        return None

    def _value(self, field: str, literal: str) -> str:
        if literal[0] not in "\"'":
            return literal if literal == "null" else self.say.count(float(literal))
        text = literal[1:-1]
        if field == "country":
            return str(Locale.parse(self.say.locale).territories.get(text, text))
        if field == "language":
            return self.say.tongue(text)
        return text.replace("_", " ")


def _conjuncts(text: str) -> list[str]:
    """The parts between `&&`; none where there is an `||`, a `?` or an open bracket among them."""
    parts, depth = [""], 0
    for piece in _TOKEN.split(text):
        depth += (piece == "(") - (piece == ")")
        if piece in {"||", "?"} or depth < 0:
            return []
        if piece == "&&" and depth == 0:
            parts.append("")
        elif piece == "&&":
            return []
        else:
            parts[-1] += piece
    return [part.strip() for part in parts] if depth == 0 else []
