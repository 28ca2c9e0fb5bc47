"""The book that the browser sees: the sample's sixty days up to a fixed hour, and people whose every field is a script.

The hour is a lawful one on both sides of the Pacific: Tuesday evening in America, Wednesday morning in China.
"""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from channels.simulator.world import World
from orchestrator.bootstrap import Runtime, people
from orchestrator.cli.serve import Process
from orchestrator.clock import Clock, VirtualClock
from orchestrator.domain.campaign import Definition
from orchestrator.domain.permission import Role
from orchestrator.domain.user import Language, Preferences
from orchestrator.engine import planner
from orchestrator.engine.dispatch import Dispatcher
from orchestrator.engine.house import House
from orchestrator.engine.life import Agenda
from orchestrator.importers.options import ImportOptions
from orchestrator.importers.run import import_file
from orchestrator.sample.book import COLUMNS
from orchestrator.services import campaign, campaign_forecast, sample, user
from orchestrator.settings import Settings
from orchestrator.store import mark

NOW = datetime(2026, 11, 18, 1, 0, tzinfo=UTC)
SECRET = "a secret of the browser's tests, long enough to seal"
PASSWORD = "green tea in winter"
LANGUAGES: tuple[Language, ...] = ("en", "zh")
ZONES = {"en": "America/Chicago", "zh": "Asia/Shanghai"}
# what each would do if a page did not escape it: in text, in an attribute, and where a template is filled
CANARIES = (
    "<img src=x onerror=__canary=1>",
    '"><script>__canary=2</script>',
    "{{ 7*7 }}'onfocus='__canary=3",
)
CANARY = "XSS-1"
DAYS_CASES = 14
# name, segment, and how it ends; None is a draft
CAMPAIGNS: tuple[tuple[str, str, Callable[[House, str, str], object] | None], ...] = (
    ("Small balances", 'country == "US" && balance < 500.0', campaign.stop),
    ("River Bank reminders", 'creditor == "river-bank"', campaign.pause),
    ("November reminders", "balance >= 500.0", lambda *_: None),
    ("Winter reminders", "balance >= 1000.0", None),
)


def settings(folder: Path) -> Settings:
    return Settings(  # type: ignore[call-arg]
        _env_file=None,
        data_dir=folder,
        database_url=f"sqlite:///{folder}/duecourse.db",
        secret_key=SecretStr(SECRET),
        email_webhook_secret=SecretStr("mail-secret"),
    )


def make(folder: Path) -> None:
    """The file with the sample book, its people of every role in both languages, and the canaries."""
    made = settings(folder)
    runtime = Runtime.open(made, VirtualClock(NOW))
    path = folder / "duecourse.db"
    sample.live_first(runtime.house, path, people(made), NOW, lambda _done, _of: None)
    runtime.close()
    runtime = Runtime.open(made, VirtualClock(NOW))
    mark.put(runtime.database, sample.MARK)
    add_people(runtime)
    runtime.close()
    add_campaigns(folder)


def add_people(runtime: Runtime) -> None:
    for language in LANGUAGES:
        for role in Role:
            chosen = Preferences(language=language, time_zone=ZONES[language])
            user.add(runtime.house, f"{role}-{language}", role, by="system", password=PASSWORD, chosen=chosen,
                     display_name=f"{role}".replace("_", " ").capitalize())  # fmt: skip


def add_campaigns(folder: Path) -> None:
    """One of each state, and a draft with its forecast; what is due leaves once."""
    process = opened(folder, VirtualClock(NOW))
    house, by = process.runtime.house, "user:sample"
    for name, segment, ends in CAMPAIGNS:
        definition = Definition(name, "standard", segment, hourly_limit=60, held_out_share=0.1)
        made = campaign.create(house, definition, by)
        if ends is None:
            campaign_forecast.make(house, made.id, by)
            continue
        campaign.start(house, made.id, by)
        planner.plan(house)
        asyncio.run(Dispatcher(house).run_once())
        ends(house, made.id, by)
    process.runtime.close()


def person(consumer_id: str, given: str, family: str, **more: str) -> dict[str, str]:
    """A row of an import: somebody in Chicago who agreed to everything and was never contacted."""
    agreed = "2026-07-01T10:00:00Z"
    digits = consumer_id[-2:].replace("-", "0")
    return {
        "consumer_id": consumer_id, "kind": "person", "given_name": given, "family_name": family,
        "country": "US", "subdivision": "US-IL", "postal_code": "60614", "city": "Chicago", "language": "en",
        "mobile": f"+177355501{digits}", "email": f"{consumer_id.lower()}@example.org",
        "account_id": f"A-{consumer_id}", "creditor": "harbor-bank", "actor": "third_party_collector",
        "currency": "USD", "balance": "820.50", "delinquent_since": "2026-05-01", "placed_on": "2026-08-20",
        "new_placement": "yes", "account_label": f"ending 70{digits}", "product": "credit_card",
        "validation_sent_on": "2026-09-01", "validation_medium": "mail", "consent_sms": agreed,
        "consent_email": agreed, "consent_voice": agreed,
    } | more  # fmt: skip


def plant(folder: Path) -> None:
    """Canaries into whatever can be imported or typed, and people whom nobody contacted yet for the flows."""
    runtime = Runtime.open(settings(folder), VirtualClock(NOW))
    image, script, template = CANARIES
    chosen = Preferences(time_zone=ZONES["en"])
    user.add(runtime.house, "canary", Role.ADMINISTRATOR, by="system", password=PASSWORD, display_name=image,
             chosen=chosen)  # fmt: skip
    rows = [
        person(
            f"XSS-{number}",
            image,
            script,
            organization=template if number == 2 else "",
            city=image,
            address_line1=script,
            mobile=f"+1773555019{number}",
            creditor=creditor,
            account_label=image,
            account_number=script,
            original_creditor=image,
        )
        for number, creditor in enumerate(("harbor-bank", script), start=1)
    ]
    rows += [
        person(f"DAY-{number:02}", "Avery", f"Daywork{number:02}") for number in range(1, DAYS_CASES + 1)
    ]
    rows += [
        person("TWO-01", "Robin", "Twofold", account_id="A-TWO-1"),
        person("TWO-01", "Robin", "Twofold", account_id="A-TWO-2", creditor="lakeside-medical",
               balance="1310.00", account_label="ending 7702", product="medical"),
    ]  # fmt: skip
    book = folder / "flows.csv"
    with book.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    campaign.create(runtime.house, Definition(image, "standard", "balance > 0.0"), "user:canary")
    result = import_file(runtime.database, book, ImportOptions(), runtime.clock, runtime.sealer)
    rejected = folder / "flows.rejected.csv"
    assert result.rejected == 0, rejected.read_text(encoding="utf-8")
    runtime.close()


def opened(folder: Path, clock: Clock) -> Process:
    """The product over a copy of the book, as `duecourse run` opens it, with a simulated outside."""
    made, agenda = settings(folder), Agenda()
    world = World(people(made), 1, clock.now, agenda.schedule, sample.nowhere)
    return Process(Runtime.open(made, clock, world), agenda)
