"""The standard variables: what the engine can give to every template, with a description and samples.

A template declares those that it uses, with these types; a firm's own template may declare others, which must
then come from the account's own fields.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from templates.formatting import Money, language_of
from templates.value import Variable
from templates.vocabulary import VariableType


class Standard(msgspec.Struct, frozen=True):
    """`samples` are for en, es and zh, in that order."""

    variable: Variable
    description: str
    samples: tuple[Any, Any, Any]

    def sample(self, locale: str) -> Any:
        return self.samples[{"es": 1, "zh": 2}.get(language_of(locale), 0)]


def _one(kind: VariableType, description: str, en: Any, es: Any = None, zh: Any = None) -> Standard:
    return Standard(Variable(kind), description, (en, en if es is None else es, en if zh is None else zh))


_T = VariableType
_SAME = date(2026, 3, 5)

STANDARD: dict[str, Standard] = {
    "consumer_name": _one(_T.NAME, "the consumer, as addressed", "Maria Alvarez", "María Álvarez", "王小明"),
    "creditor_name": _one(
        _T.CREDITOR, "the creditor as the consumer knows it", "Harbor Bank", "Harbor Bank", "甲消费金融"
    ),
    "original_creditor_name": _one(
        _T.CREDITOR, "the creditor that lent first", "Lakeside Credit", None, "丙银行"
    ),
    "account_label": _one(
        _T.ACCOUNT_LABEL,
        "a name of the account that is safe to print",
        "ending in 1234",
        "terminada en 1234",
        "尾号1234",
    ),
    "account_lines": _one(
        _T.ACCOUNT_LINES,
        "every account that the contact covers: (label, amount)",
        (("ending in 1234", Money(25_000, "USD")), ("ending in 9876", Money(7_550, "USD"))),
        (("terminada en 1234", Money(25_000, "USD")), ("terminada en 9876", Money(7_550, "USD"))),
        (("尾号1234", Money(250_000, "CNY")), ("尾号9876", Money(75_500, "CNY"))),
    ),
    "several": _one(_T.FLAG, "the contact covers more than one account", False),
    "amount": _one(
        _T.AMOUNT,
        "what is due now, over all covered accounts",
        Money(25_000, "USD"),
        None,
        Money(250_000, "CNY"),
    ),
    "principal": _one(
        _T.AMOUNT,
        "the part of the amount that is principal",
        Money(23_000, "USD"),
        None,
        Money(230_000, "CNY"),
    ),
    "interest": _one(
        _T.AMOUNT, "the part of the amount that is interest", Money(1_500, "USD"), None, Money(15_000, "CNY")
    ),
    "fees": _one(
        _T.AMOUNT, "the part of the amount that is fees", Money(500, "USD"), None, Money(5_000, "CNY")
    ),
    "due_on": _one(_T.DATE, "since when the oldest covered account is overdue", _SAME),
    "as_of": _one(_T.DATE, "the local date for which the amounts are stated", date(2026, 4, 7)),
    "sent_on": _one(_T.DATE, "the local date of the message", date(2026, 4, 7)),
    "promised_on": _one(_T.DATE, "the date of a promise to pay", date(2026, 4, 20)),
    "reference": _one(_T.REFERENCE, "our reference of the case", "DC-10427"),
    "legal_basis": _one(
        _T.TEXT,
        "contract and clause on which the claim rests",
        "your agreement, section 4",
        "su contrato, sección 4",
        "《借款合同》第四条",
    ),
    "payment_url": _one(_T.URL, "where to look at the account and pay", "https://pay.example.com/p/abc"),
    "opt_out_url": _one(_T.URL, "where to stop messages of this kind", "https://contact.example.com/u/abc"),
    "sender_name": _one(
        _T.ORGANIZATION, "the sender's legal name", "Northfield Recovery LLC", None, "乙服务公司"
    ),
    "neutral_name": _one(
        _T.ORGANIZATION, "a name of the sender that does not reveal collection", "Northfield", None, "乙服务"
    ),
    "sender_address": _one(
        _T.ADDRESS,
        "the sender's postal address in one line",
        "12 Quay St, Portland, OR 97201",
        None,
        "上海市浦东新区某路1号",
    ),
    "sender_email": _one(_T.EMAIL, "where the sender reads e-mail", "help@example.com"),
    "agent_name": _one(_T.NAME, "the employee's name or fixed alias", "Robin Reyes", None, "李工"),
    "agent_id": _one(_T.REFERENCE, "the employee's staff number", "1021"),
    "phone": _one(_T.PHONE, "the sender's phone", "+12025550148", None, "02155550148"),
    "official_phone": _one(_T.PHONE, "the creditor's own public phone", "+12025550100", None, "95000"),
    "complaint_phone": _one(_T.PHONE, "where complaints are taken", "+12025550111", None, "95001"),
    "hours": _one(
        _T.TEXT,
        "when the phone is answered",
        "Monday to Friday, 9 to 5",
        "lunes a viernes, 9 a 17 h",
        "工作日9:00-17:00",
    ),
}
