"""Makes the sample book: a portfolio, a suppression list and a week of calls, as a firm would bring them.

Everybody in it is made up. American numbers are from the range kept for fiction (555-01XX), mailboxes from
example domains. The same seed and day give the same files.
"""

from __future__ import annotations

import csv
import hashlib
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

PORTFOLIO, OPT_OUTS, HISTORY = "portfolio.csv", "opt-outs.csv", "history.csv"
COLUMNS = (
    "consumer_id", "kind", "given_name", "family_name", "organization", "country", "person_key", "language",
    "date_of_birth", "email", "mobile", "landline", "address_line1", "city", "subdivision", "postal_code",
    "time_zone",
    "account_id", "creditor", "actor", "currency", "balance", "delinquent_since", "original_creditor",
    "account_number", "account_label", "product", "placed_on", "new_placement", "principal", "interest",
    "fees",
    "validation_sent_on", "validation_medium", "agency_notice_on", "consent_sms", "consent_email",
    "consent_voice",
    "opt_out", "holds",
)  # fmt: skip
_OPT_OUT_COLUMNS = ("consumer_id", "address", "channel", "scope", "at", "source", "proof")
_HISTORY_COLUMNS = (
    "at", "recorded_at", "consumer_id", "account_id", "channel", "direction", "outcome", "address", "party",
    "content",
)  # fmt: skip

# city, subdivision, ZIP, area code
_US_PLACES = (
    ("New York", "US-NY", "10025", "212"), ("Brooklyn", "US-NY", "11215", "718"),
    ("Buffalo", "US-NY", "14201", "716"),
    ("Washington", "US-DC", "20009", "202"), ("Seattle", "US-WA", "98103", "206"),
    ("Spokane", "US-WA", "99201", "509"),
    ("Boston", "US-MA", "02118", "617"), ("Worcester", "US-MA", "01609", "508"),
    ("Charleston", "US-WV", "25301", "304"),
    ("Miami", "US-FL", "33130", "305"), ("Pensacola", "US-FL", "32501", "850"),
    ("Tampa", "US-FL", "33602", "813"),
    ("Los Angeles", "US-CA", "90012", "213"), ("San Diego", "US-CA", "92101", "619"),
    ("Fresno", "US-CA", "93721", "559"),
    ("Chicago", "US-IL", "60614", "312"), ("Houston", "US-TX", "77002", "713"),
    ("El Paso", "US-TX", "79901", "915"),
    ("Phoenix", "US-AZ", "85004", "602"), ("Denver", "US-CO", "80203", "303"),
    ("Atlanta", "US-GA", "30303", "404"),
    ("Portland", "US-OR", "97205", "503"), ("Nashville", "US-TN", "37203", "615"),
    ("Detroit", "US-MI", "48226", "313"),
    ("Anchorage", "US-AK", "99501", "907"), ("Honolulu", "US-HI", "96813", "808"),
    ("Boise", "US-ID", "83702", "208"),
    ("Omaha", "US-NE", "68102", "402"), ("Louisville", "US-KY", "40202", "502"),
    ("Philadelphia", "US-PA", "19103", "215"),
)  # fmt: skip
# city, subdivision, postal code, district
_CN_PLACES = (
    ("上海市", "CN-SH", "200120", "浦东新区"), ("北京市", "CN-BJ", "100020", "朝阳区"),
    ("深圳市", "CN-GD", "518000", "福田区"), ("广州市", "CN-GD", "510000", "天河区"),
    ("成都市", "CN-SC", "610000", "锦江区"), ("武汉市", "CN-HB", "430000", "江汉区"),
    ("杭州市", "CN-ZJ", "310000", "西湖区"), ("西安市", "CN-SN", "710000", "雁塔区"),
    ("乌鲁木齐市", "CN-XJ", "830000", "天山区"),
)  # fmt: skip
_GIVEN = ("Ann", "Ben", "Carla", "David", "Elena", "Frank", "Grace", "Henry", "Irene", "Jack", "Kim", "Liam", "Maria",
          "Noah", "Olga", "Paul", "Rosa", "Sam", "Tina", "Victor")  # fmt: skip
_FAMILY = ("Adams", "Baker", "Cruz", "Diaz", "Evans", "Flores", "Garcia", "Hill", "Ito", "Jones", "King", "Lopez",
           "Moore", "Nguyen", "Ortiz", "Perez", "Quinn", "Reed", "Smith", "Torres")  # fmt: skip
_CN_GIVEN = (
    "伟",
    "芳",
    "娜",
    "敏",
    "静",
    "强",
    "磊",
    "军",
    "洋",
    "艳",
    "勇",
    "杰",
    "娟",
    "涛",
    "明",
    "超",
    "霞",
    "平",
)
_CN_FAMILY = ("王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林")
_STREETS = ("Maple Street", "Oak Avenue", "2nd Street", "Lake Drive", "Hill Road", "Elm Court")
_CN_STREETS = ("人民路", "建设路", "解放路", "中山路", "和平街", "文化路")

Cells = dict[str, str]


@dataclass(slots=True)
class _Maker:
    """`on` is the day the book is for: notices are old enough by then, and nothing happened after it."""

    on: date
    random: random.Random
    rows: list[Cells] = field(default_factory=list)

    def ago(self, fewest: int, most: int) -> str:
        return (self.on - timedelta(days=self.random.randint(fewest, most))).isoformat()

    def agreed(self, share: float) -> str:
        """A time of consent for `share` of the people, else nothing."""
        if self.random.random() >= share:
            return ""
        return f"{self.ago(200, 700)}T{self.random.randint(10, 20):02d}:{self.random.randint(0, 59):02d}:00+00:00"

    def american(self, number: int) -> Cells:
        """One person in the United States with one account."""
        pick = self.random.choice
        city, state, postal_code, area = _US_PLACES[number % len(_US_PLACES)]
        given, family = pick(_GIVEN), pick(_FAMILY)
        language = "es" if number % 9 == 4 else "zh" if number % 40 == 7 else "en"
        creditor = "lakeside-medical" if number % 3 == 2 else "harbor-bank"
        return {
            **_person(f"US{number:04d}", given, family, "US", language),
            "date_of_birth": f"{self.random.randint(1955, 2003)}-{self.random.randint(1, 12):02d}-15",
            "email": f"{given}.{family}.{number}@example.org".lower() if number % 8 != 5 else "",
            "mobile": f"+1{area}5550{100 + number // len(_US_PLACES):03d}" if number % 10 != 9 else "",
            "landline": f"+1{area}5550{180 + number // len(_US_PLACES):03d}" if number % 10 == 9 else "",
            "address_line1": f"{self.random.randint(10, 980)} {pick(_STREETS)}",
            "city": city,
            "subdivision": state,
            "postal_code": postal_code,
            **self.account(f"HA{number:05d}", creditor, "USD"),
            "product": "medical" if creditor == "lakeside-medical" else "credit_card",
            "validation_sent_on": self.ago(45, 75),
            "validation_medium": "mail",
            "consent_sms": self.agreed(0.7),
            "consent_email": self.agreed(0.8),
            "consent_voice": self.agreed(0.6),
        }

    def chinese(self, number: int) -> Cells:
        """One person in China with one account."""
        pick = self.random.choice
        city, province, postal_code, district = _CN_PLACES[number % len(_CN_PLACES)]
        creditor = "river-bank" if number % 3 == 1 else "bright-finance"
        return {
            **_person(f"CN{number:04d}", pick(_CN_GIVEN), pick(_CN_FAMILY), "CN", "zh-CN"),
            "date_of_birth": f"{self.random.randint(1965, 2003)}-{self.random.randint(1, 12):02d}-08",
            "email": f"cn{number:04d}@example.com" if number % 3 else "",
            "mobile": f"+86199000{number:05d}",
            "address_line1": f"{district}{pick(_CN_STREETS)}{self.random.randint(1, 300)}号",
            "city": city,
            "subdivision": province,
            "postal_code": postal_code,
            **self.account(f"BF{number:05d}", creditor, "CNY"),
            "product": "credit_card" if creditor == "river-bank" else "online_loan",
            "agency_notice_on": self.ago(20, 40),
            "consent_sms": self.agreed(0.9),
            "consent_email": self.agreed(0.9),
            "consent_voice": self.agreed(0.6),
        }

    def account(self, account_id: str, creditor: str, currency: str) -> Cells:
        """The account's own cells; its parts add up to the balance."""
        principal = self.random.randint(120, 9_000) * (3 if currency == "CNY" else 1)
        interest = principal * self.random.randint(1, 12) // 100
        fees = self.random.choice((0, 0, 15, 25))
        return {
            "account_id": account_id,
            "creditor": creditor,
            "actor": "third_party_collector",
            "currency": currency,
            "balance": f"{principal + interest + fees}.00",
            "principal": f"{principal}.00",
            "interest": f"{interest}.00",
            "fees": f"{fees}.00",
            "delinquent_since": self.ago(95, 300),
            "placed_on": self.ago(80, 90),
            "new_placement": "yes",
            "account_number": f"{self.random.randint(10**11, 10**12 - 1)}",
            "account_label": f"{'尾号' if currency == 'CNY' else 'ending '}{self.random.randint(1000, 9999)}",
        }


def _person(consumer_id: str, given: str, family: str, country: str, language: str) -> Cells:
    key = hashlib.sha256(f"sample {consumer_id}".encode()).hexdigest()[:32]
    return {
        "consumer_id": consumer_id,
        "kind": "person",
        "given_name": given,
        "family_name": family,
        "country": country,
        "person_key": key,
        "language": language,
    }


def portfolio(on: date, seed: int = 1, american: int = 280, chinese: int = 160) -> list[Cells]:
    """The rows of the sample portfolio for the day `on`; with the special cases that every real book has."""
    maker = _Maker(on, random.Random(f"{seed} book"))  # noqa: S311 (made-up people, not secrets)
    rows = [maker.american(number) for number in range(american)]
    rows += [maker.chinese(number) for number in range(chinese)]
    for row, news in zip(rows, _specials(), strict=False):
        row.update(news)
    rows += list(_further_accounts(maker, rows))
    return [{name: row.get(name, "") for name in COLUMNS} for row in rows]


def _specials() -> Iterator[Cells]:
    """What stands in the way of a contact, one kind each, for the first people of the book."""
    yield {"opt_out": "sms"}
    yield {"opt_out": "all"}
    yield {"holds": "bankruptcy"}
    yield {"holds": "dispute"}
    yield {"holds": "attorney"}
    yield {"validation_sent_on": "", "validation_medium": ""}
    yield {"time_zone": "America/Chicago"}
    yield {"new_placement": "no"}
    yield {"kind": "business", "organization": "Corner Cafe LLC", "date_of_birth": ""}
    yield {"balance": "0.00", "principal": "0.00", "interest": "0.00", "fees": "0.00"}


def _further_accounts(maker: _Maker, rows: list[Cells]) -> Iterator[Cells]:
    """Second accounts of some people, one pair of joint consumers, and one person known under two ids."""
    for number, row in enumerate(rows[20:60:4] + rows[-30::6]):
        currency = row["currency"]
        yield {
            **row,
            **maker.account(f"SE{number:05d}", row["creditor"], currency),
            "opt_out": "",
            "holds": "",
        }
    owner = rows[62]
    yield {**owner, **_person("US9001", "Dana", owner["family_name"], "US", "en"), "mobile": owner["mobile"],
           "email": "dana.joint@example.org"}  # fmt: skip
    twin = rows[64]
    yield {
        **twin,
        **maker.account("HA90002", "harbor-bank", "USD"),
        "consumer_id": "US9002",
        "email": "twin@example.org",
    }


def opt_outs(on: date) -> list[Cells]:
    """The suppression list: one person, one number, one mailbox, and a number that nobody in the book has."""
    noon = datetime(on.year, on.month, on.day, 12, tzinfo=UTC) - timedelta(days=90)
    said = noon.isoformat()
    told = (
        {"consumer_id": "US0011", "channel": "voice", "proof": "call 88121"},
        {"address": f"+1{_US_PLACES[12][3]}5550100", "channel": "sms", "proof": "STOP"},
        {"address": "nobody@example.org", "channel": "email", "proof": "unsubscribe page"},
        {"address": "+12025550199", "channel": "all", "proof": "letter"},
    )
    return [
        {"scope": "", "at": said, "source": "former system", "consumer_id": "", "address": "", **row}
        for row in told
    ]


def history(on: date) -> list[Cells]:
    """The week of calls before `on`, made by the former system about the account that is no new placement."""
    outcomes = ("no_answer", "voicemail", "no_answer", "busy", "no_answer")
    start = datetime(on.year, on.month, on.day, 17, 30, tzinfo=UTC) - timedelta(days=6)
    account = {"consumer_id": "US0007", "account_id": "HA00007", "address": f"+1{_US_PLACES[7][3]}5550100"}
    return [
        {
            **account,
            "at": (start + timedelta(days=number)).isoformat(),
            "recorded_at": "",
            "channel": "voice",
            "direction": "outbound",
            "outcome": outcome,
            "party": "consumer",
            "content": "limited_content" if outcome == "voicemail" else "collection",
        }
        for number, outcome in enumerate(outcomes)
    ]


def write(folder: Path, on: date, seed: int = 1) -> dict[str, Path]:
    """Write the three files for the day `on` into `folder`; returns their paths by name."""
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, tuple[Sequence[str], Iterable[Cells]]] = {
        PORTFOLIO: (COLUMNS, portfolio(on, seed)),
        OPT_OUTS: (_OPT_OUT_COLUMNS, opt_outs(on)),
        HISTORY: (_HISTORY_COLUMNS, history(on)),
    }
    for name, (columns, rows) in files.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return {name: folder / name for name in files}
