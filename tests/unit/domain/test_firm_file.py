"""The firm file: findings by line, and what a contact is told of its sender."""

from __future__ import annotations

from datetime import date

import pytest

from orchestrator.domain import firm_file
from orchestrator.domain.firm import Firm, sender_for
from orchestrator.domain.firm_file import FirmError

TODAY = date(2026, 4, 1)
WHOLE = """\
name: Northfield Recovery LLC
neutral_name: Northfield
addresses: [{lines: [12 Quay Street, "Portland, OR 97201"]}]
phones: {default: "+15035550148"}
complaint_phones: {default: "+15035550149"}
hours: {default: 9 to 5}
email: {from: a@northfield.example, reply_to: help@northfield.example}
sender_ids: {US: {sms: "+15035550148", voice: "+15035550148"}}
agents: [{id: "1", alias: Robin Reyes}]
licences: [{jurisdiction: us-ny, number: "7", ends_on: 2030-01-01}]
creditors:
  - id: acme
    name: Acme Bank
    names: {es: Banco Acme}
    official_phone: "+12065550100"
    payment_link: https://pay.acme.example/x
"""


def findings(body: str) -> list[str]:
    return [finding.text() for finding in firm_file.lint(body, "firm.yaml", TODAY)]


def test_a_whole_firm_has_no_findings_and_every_channel_has_its_sender() -> None:
    assert findings(WHOLE) == []
    firm = firm_file.parse(WHOLE, "firm.yaml")
    for channel in ("sms", "email", "voice", "letter", "task"):
        assert sender_for(firm, "acme", "US", "en", channel).missing == ()
    sender = sender_for(firm, "acme", "US", "es-MX", "sms")
    assert sender.variables["creditor_name"] == "Banco Acme"
    assert sender.number == "+15035550148"
    assert (sender.email_from, sender.reply_to) == ("a@northfield.example", "help@northfield.example")


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        (
            "neutral_name: Northfield\n",
            "",
            "firm.yaml:1: the file: Object missing required field `neutral_name`",
        ),
        ("hours: {", "hour: {", "unknown field `hour`"),
        (
            "https://pay",
            "http://pay",
            "firm.yaml:16: creditors[0].payment_link: 'http://pay.acme.example/x' is not an https",
        ),
        ("2030-01-01", "soon", "firm.yaml:10: licences[0].ends_on: "),
        ("us-ny", "NY", "firm.yaml:10: licences[0].jurisdiction: 'NY' is not a path"),
        ("US: {sms", "USA: {sms", "firm.yaml:8: sender_ids.USA: 'USA' is neither a country"),
        (
            "{es: Banco",
            "{spanish: Banco",
            "firm.yaml:14: creditors[0].names.spanish: 'spanish' is not a language tag",
        ),
        ("name: Acme Bank\n", "name: Acme Bank\n    name: Other\n", "firm.yaml:14: 'name' is there twice"),
        (
            'phones: {default: "+15035550148"}',
            "phones: {default: call us}",
            "firm.yaml:4: phones.default: 'call us'",
        ),
        ("from: a@northfield.example", "from: 'a@x.org, b@x.org'", "firm.yaml:7: email.from: "),
        ("name: Northfield Recovery LLC", "name: [", "firm.yaml:3: not YAML"),
    ],
)
def test_what_is_unfit_is_refused_with_its_line(old: str, new: str, finding: str) -> None:
    body = WHOLE.replace(old, new, 1)
    assert any(finding in text for text in findings(body)), findings(body)
    with pytest.raises(FirmError) as raised:
        firm_file.parse(body, "firm.yaml")
    assert raised.value.exit_code == 2
    assert "\n" not in raised.value.line()


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        (
            "2030-01-01",
            "2026-03-31",
            "firm.yaml:10: licences[0].ends_on: the licence for us-ny ended on 2026-03-31",
        ),
        ("2030-01-01", "2026-05-01", "ends on 2026-05-01"),
        ("neutral_name: Northfield", "neutral_name: Northfield Debt Collection", "tells what the firm does"),
        ("id: acme", 'id: "*"', "stands for every creditor"),
        ('    official_phone: "+12065550100"\n', "", "creditors[0].official_phone: is missing"),
        ("agents: [", "agents: []\n# [", "agents: is missing"),
    ],
)
def test_what_will_stand_in_the_way_is_said(old: str, new: str, finding: str) -> None:
    body = WHOLE.replace(old, new, 1)
    assert any(finding in text for text in findings(body)), findings(body)
    assert isinstance(firm_file.parse(body, "firm.yaml"), Firm)


@pytest.mark.parametrize(
    ("old", "channel", "country", "field"),
    [
        ("addresses:", "letter", "US", "addresses"),
        ("addresses:", "email", "US", "addresses"),
        ("phones:", "sms", "US", "phones.US"),
        ("email:", "email", "US", "email"),
        ("agents:", "voice", "US", "agents"),
        ("complaint_phones:", "sms", "CN", "complaint_phones.CN"),
    ],
)
def test_what_a_contact_lacks_is_named(old: str, channel: str, country: str, field: str) -> None:
    lines = [line for line in WHOLE.splitlines() if not line.startswith(old)]
    firm = firm_file.parse("\n".join(lines), "firm.yaml")
    assert sender_for(firm, "acme", country, "en", channel).missing == (field,)


def test_an_unknown_creditor_is_what_is_missing() -> None:
    firm = firm_file.parse(WHOLE, "firm.yaml")
    assert sender_for(firm, "other", "US", "en", "sms").missing == ("creditors.other",)


def test_the_sample_firm_serves_any_creditor_everywhere() -> None:
    firm = firm_file.load(None)
    for country, language in (("US", "en"), ("CN", "zh-CN"), ("US", "es"), ("DE", "en")):
        for channel in ("sms", "email", "voice", "letter"):
            assert sender_for(firm, "anybody", country, language, channel).missing == ()


@pytest.mark.parametrize(
    ("prices", "finding"),
    [
        ("{fax: {amount: 1, currency: USD}}", "no channel"),
        ("{sms: {amount: -1, currency: USD}}", "no price"),
        ("{sms: {amount: 0.01, currency: XXX}}", "not a currency"),
        ("{letter: {amount: 0.84, currency: USD, per: segment}}", "only a text has segments"),
        ("{sms: {amount: cheap, currency: USD}}", "prices[...].amount"),
    ],
)
def test_a_price_that_cannot_be_meant_is_refused(prices: str, finding: str) -> None:
    found = findings(WHOLE + f"prices: {prices}\n")
    assert len(found) == 1
    assert finding in found[0]


def test_prices_are_exact() -> None:
    firm = firm_file.parse(
        WHOLE + "prices: {sms: {amount: 0.009, currency: USD, per: segment}}\n", "firm.yaml"
    )
    assert str(firm.prices["sms"].amount) == "0.009"
