"""Words and figures that the lint looks for. A first filter in three languages, not a judge of style."""

from __future__ import annotations

import re
from collections.abc import Iterator

# What a bystander would understand. Every language is looked for in every template: a firm may mix them.
_DEBT_WORDS = (
    # English
    r"debts?|debtors?|owe[sd]?|owing|overdue|past[ -]due|due|collect(?:s|ed|ing|ions?|ors?)?|balances?",
    r"loans?|pay(?:s|ing|ments?)?|paid|delinquen\w+|arrears|credit(?:ors?)?|charge[ -]?off|lawsuits?",
    r"attorneys?|account statements?|settle\w*",
    # Spanish
    r"deudas?|deudor(?:a|es|as)?|adeud\w+|deb(?:e|en|es|er)|vencid[oa]s?|vencimiento",
    r"cobr(?:o|os|ar|anza|anzas|ador\w*)|saldos?|pr[ée]stamos?|pag(?:o|os|ar|ue|a)",
    r"mor(?:a|oso|osa|osidad)|cr[ée]ditos?|acreedor\w*|demanda judicial|abogad[oa]s?",
)
_DEBT_SIGNS = r"催|欠|逾期|债|贷|还款|账单|信用卡|金额|律师|法院|借款|应还|到期|缴"
_DEBT = re.compile(rf"\b(?:{'|'.join(_DEBT_WORDS)})\b|{_DEBT_SIGNS}", re.IGNORECASE)
_MONEY = re.compile(
    r"(?:[$€£¥]|\b(?:USD|EUR|GBP|CNY|RMB)\b)\s?\d[\d.,]*"
    r"|\b\d[\d.,]*\s?(?:dollars?|d[óo]lares|pesos|euros?)\b|\d[\d.,]*\s?元",
    re.IGNORECASE,
)
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)"
)
_DAY = re.compile(
    r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}/\d{1,2}/\d{2,4}\b"
    rf"|\b{_MONTH} \d{{1,2}}\b|\b\d{{1,2}} (?:de )?{_MONTH}\b"
    r"|\d{1,2}月\d{1,2}[日号]",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"\+\d[\d ()-]{6,}\d|\b1?-?\(?\d{3}\)?[ -.]\d{3}[ -.]\d{4}\b|(?<!\d)9\d{4}(?!\d)|\b\d{7,}\b"
)
_LINK = re.compile(r"https?://[^\s\"'<>]+|\bwww\.[^\s\"'<>]+", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_FACTS = (("url", _LINK), ("email", _MAIL), ("amount", _MONEY), ("date", _DAY), ("phone", _PHONE))
# Names that an HTML page must write out and that are fetched by nobody
_NAMESPACES = ("http://www.w3.org/",)
_STYLE = re.compile(
    r"""\b(?:style|class|width|height|content|bgcolor)\s*=\s*("[^"]*"|'[^']*')|<style.*?</style>""", re.DOTALL
)
_TAG = re.compile(r"<[^>]*>", re.DOTALL)

_TYPED_NAMES = (
    ("amount", re.compile(r"amount|balance|total|principal|interest|fee|importe|saldo|monto|金额")),
    ("date", re.compile(r"(?:^|_)(?:date|day|on|fecha|until|deadline)(?:$|_)")),
    ("phone", re.compile(r"phone|tel(?:$|_)|mobile|telefono")),
    ("url", re.compile(r"url|link|website|enlace")),
    ("email", re.compile(r"e?mail")),
    ("account_label", re.compile(r"account|card|cuenta|loan")),
    ("creditor", re.compile(r"creditor|lender|acreedor")),
    ("name", re.compile(r"(?:consumer|debtor|agent|first|last|given|family)_name")),
)


def debt_words(text: str) -> Iterator[tuple[int, str]]:
    """(line offset, word) for every word that speaks of a debt."""
    for found in _DEBT.finditer(text):
        yield text.count("\n", 0, found.start()), found.group()


def literal_facts(text: str, *, is_html: bool = False) -> Iterator[tuple[int, str, str]]:
    """(line offset, type of slot, words) for amounts, dates, phones, addresses written into the text."""
    if is_html:
        text = _STYLE.sub(_blank, text)
        text = _without_tags(text)
    for kind, pattern in _FACTS:
        for found in pattern.finditer(text):
            if not found.group().startswith(_NAMESPACES):
                yield text.count("\n", 0, found.start()), kind, found.group()


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found.group())


def _without_tags(text: str) -> str:
    """Keep links and mail addresses of attributes, blank the rest of each tag, keep line numbers."""
    return _TAG.sub(lambda tag: tag.group() if _LINK.search(tag.group()) else _blank(tag), text)


def suggested_type(name: str) -> str:
    """The type that a variable's name asks for, or nothing."""
    return next((kind for kind, pattern in _TYPED_NAMES if pattern.search(name)), "")
