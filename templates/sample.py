"""Values to try a template with: ordinary ones for a preview, the worst allowed ones for the lint."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from templates.formatting import Money, language_of
from templates.render import Rendered, render
from templates.standard import STANDARD
from templates.template import Template
from templates.value import Variable
from templates.vocabulary import VariableType

_T = VariableType
_ORDINARY: dict[VariableType, Any] = {
    _T.TEXT: "as agreed",
    _T.NAME: "Maria Alvarez",
    _T.ORGANIZATION: "Northfield",
    _T.CREDITOR: "Harbor Bank",
    _T.AMOUNT: Money(25_000, "USD"),
    _T.DATE: date(2026, 3, 5),
    _T.PHONE: "+12025550148",
    _T.URL: "https://pay.example.com/p/abc",
    _T.EMAIL: "help@example.com",
    _T.ADDRESS: "12 Quay St, Portland, OR 97201",
    _T.REFERENCE: "DC-10427",
    _T.ACCOUNT_LABEL: "ending in 1234",
    _T.ACCOUNT_LINES: (("ending in 1234", Money(25_000, "USD")),),
    _T.NUMBER: 3,
    _T.FLAG: False,
}


def sample_values(template: Template) -> dict[str, Any]:
    """Ordinary values for every declared variable and for every standard one that obligations may need."""
    values = {name: entry.sample(template.locale) for name, entry in STANDARD.items()}
    for name, variable in template.front.variables.items():
        if name not in STANDARD or STANDARD[name].variable.type is not variable.type:
            values[name] = _ORDINARY[variable.type]
    return values


def sample(template: Template, obligations: Iterable[str] = ()) -> Rendered:
    """A preview with ordinary values; `obligations` as a verdict would ask for them."""
    return render(template, sample_values(template), obligations)


def worst_values(template: Template, *, flags: bool) -> dict[str, Any]:
    """The longest and widest values that the declared types let through."""
    values = {name: _worst(entry.variable, template.locale) for name, entry in STANDARD.items()}
    for name, variable in template.front.variables.items():
        values[name] = flags if variable.type is _T.FLAG else _worst(variable, template.locale)
    return values


def _worst(variable: Variable, locale: str) -> Any:
    limit = variable.limit
    long = {
        _T.AMOUNT: Money(-(10**14) + 1, "USD"),
        _T.DATE: date(2026, 9, 30),
        _T.PHONE: "+1 (202) 555-0148 x12345"[: max(limit, 8)],
        _T.URL: ("https://pay.example.com/" + "x" * limit)[:limit],
        _T.EMAIL: ("x" * 60 + "@" + "x" * 189)[:limit],
        _T.ACCOUNT_LINES: ((_wide(locale, limit // 2), Money(10**9, "USD")),) * variable.items,
        _T.NUMBER: 10**11,
        _T.FLAG: True,
    }
    return long.get(variable.type, _wide(locale, limit))


def _wide(locale: str, length: int) -> str:
    sign = {"zh": "龘", "ja": "龘", "ko": "뷁", "es": "ñ"}.get(language_of(locale), "W")
    return sign * length


def typical_obligations(template: Template) -> tuple[str, ...]:
    """Every obligation that the template can carry; of the two US disclosures only the longer."""
    ids = (*template.slot_of, *template.front.obligations.carried)
    return tuple(one for one in ids if one != "mini_miranda")
