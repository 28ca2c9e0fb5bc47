"""A campaign's forecast beside its simulation on the same clock, with people who answer nothing.

`python -m tests.acceptance.foresight 20000` runs the large one and prints every difference with its reason.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from channels.simulator import parse as behaviour_file
from channels.simulator.behaviour import Behaviour, Misbehaviour
from orchestrator.clock import Clock
from orchestrator.domain import cadence_library, firm_file
from orchestrator.domain.campaign import Definition
from orchestrator.domain.forecast import Forecast
from orchestrator.engine.house import House
from orchestrator.engine.simulate import Ground, Plan, simulate
from orchestrator.importers.kind import Kind
from orchestrator.importers.options import ImportOptions
from orchestrator.importers.run import import_file
from orchestrator.services import campaign, campaign_forecast
from orchestrator.store.database import Database
from orchestrator.store.sealing import Sealer
from policies import library as policy_library
from templates import library as template_library
from tests.acceptance.portfolio import write_portfolio

START = date(2026, 10, 12)
DAYS = 7
NAME = "foreseen"
Key = tuple[str, str]


@dataclass
class Side:
    """First contacts of one side: when and how each account was reached, and how many contacts a channel made."""

    accounts: dict[str, tuple[int, str]] = field(default_factory=dict)

    def contacts(self, owners: dict[str, Key]) -> Counter[str]:
        """One contact may be the first of several accounts of a group: those at one instant are one."""
        made = {
            (owners[one], at, channel) for one, (at, channel) in self.accounts.items() if channel != "voice"
        }
        calls = [channel for _, channel in self.accounts.values() if channel == "voice"]
        return Counter([channel for _, _, channel in made] + calls)


@dataclass
class Comparison:
    """Both sides, and why they differ where they do."""

    forecast: Forecast
    seconds: float
    foreseen: Side
    lived: Side
    owners: dict[str, Key]
    reasons: dict[str, str] = field(default_factory=dict)

    def channels(self) -> dict[str, tuple[int, int]]:
        """(foreseen, lived) first contacts by channel."""
        one, other = self.foreseen.contacts(self.owners), self.lived.contacts(self.owners)
        return {name: (one[name], other[name]) for name in sorted({*one, *other})}

    def lines(self) -> list[str]:
        """What a person reads: the counts, then every difference with its reason."""
        found = [
            f"{name}: {foreseen} foreseen, {lived} lived, {(lived - foreseen) / max(foreseen, 1):+.2%}"
            for name, (foreseen, lived) in self.channels().items()
        ]
        found.append(f"{len(self.reasons)} of {len(self.owners)} accounts differ")
        return found + [f"{account_id}: {why}" for account_id, why in sorted(self.reasons.items())]


def silent() -> Behaviour:
    """Contacts end as they do, but nobody answers, promises or pays, and providers behave."""
    people = behaviour_file.packaged()
    quiet = {channel: msgspec.structs.replace(one, acts={}) for channel, one in people.default.items()}
    return msgspec.structs.replace(people, default=quiet, misbehaviour=Misbehaviour())


def compare(folder: Path, people: int, *, seed: int = 11, tell: Any = None, **more: Any) -> Comparison:
    """Forecast a campaign over `people` consumers, then live its first days, in one database."""
    write_portfolio(folder / "portfolio.csv", people, seed=seed)
    definition = Definition(name=NAME, cadence="standard", **more)
    kept: list[Forecast] = []
    took: list[float] = []

    def bring(database: Database, clock: Clock, sealer: Sealer) -> None:
        import_file(database, folder / "portfolio.csv", ImportOptions(kind=Kind.PORTFOLIO), clock, sealer)

    def begin(house: House) -> None:
        made = campaign.create(house, definition, "test")
        began = time.perf_counter()
        kept.append(campaign_forecast.make(house, made.id, "test"))
        took.append(time.perf_counter() - began)
        if tell is not None:
            tell(f"forecast in {took[0]:.1f} s: {dict(kept[0].counts)}")
        campaign.start(house, made.id, "test")

    plan = Plan(
        cadence=cadence_library.load(None).find("standard"),
        start=START,
        days=DAYS,
        out=folder / "out",
        behaviour=silent(),
        begin=begin,
    )
    simulate(plan, Ground(policy_library.load(), template_library.load(), firm_file.load(None)), bring)
    database = Database(f"sqlite:///{folder / 'out' / 'simulation.db'}")
    try:
        return beside(database, kept[0], took[0])
    finally:
        database.close()


def beside(database: Database, forecast: Forecast, seconds: float) -> Comparison:
    """Read both sides out of the simulation's database."""
    end = int(
        (datetime(START.year, START.month, START.day, tzinfo=UTC) + timedelta(days=DAYS)).timestamp() * 1e6
    )
    with database.read() as unit:
        foreseen = {
            row[0]: (row[1], row[2])
            for row in unit.query(
                "SELECT account_id, expected_at, channel FROM campaign_forecast_account WHERE expected_at < :end",
                {"end": end},
            )
        }
        lived: dict[str, tuple[int, str]] = {}
        for ids, at, channel in unit.query(
            "SELECT account_ids, reserved_at, channel FROM attempt WHERE state NOT IN ('released', 'expired') "
            "AND campaign_id IS NOT NULL ORDER BY reserved_at, id"
        ):
            for account_id in msgspec.json.decode(ids):
                lived.setdefault(account_id, (at, channel))
        owners = {
            row[0]: (row[1], f"{row[2]} {row[3]} {row[4]}")
            for row in unit.query(
                "SELECT a.id, f.consumer_id, a.creditor_id, a.actor, a.currency "
                "FROM campaign_forecast_account f JOIN account a ON a.id = f.account_id"
            )
        }
        both = Comparison(forecast, seconds, Side(foreseen), Side(lived), owners)
        for account_id in sorted({*foreseen, *lived}):
            if foreseen.get(account_id) != lived.get(account_id):
                both.reasons[account_id] = why(
                    unit, account_id, foreseen.get(account_id), lived.get(account_id)
                )
    return both


def why(unit: Any, account_id: str, foreseen: tuple[int, str] | None, lived: tuple[int, str] | None) -> str:
    """What the database says about the difference: the answer given around the time that was foreseen."""
    rows = unit.query(
        "SELECT v.as_of, v.decision, v.channel, v.body FROM verdict v JOIN enrollment e ON e.id = v.enrollment_id "
        "WHERE e.account_id = :id ORDER BY v.as_of DESC",
        {"id": account_id},
    )
    at = foreseen[0] if foreseen is not None else 0
    answers = [f"{clock(row[0])} {row[2]} {row[1]}: {findings(row[3])}" for row in rows if row[0] >= at]
    reached = [
        f"attempt {row[0]} {row[1] or ''}"
        for row in unit.query(
            "SELECT state, failure FROM attempt WHERE account_id = :id ORDER BY reserved_at",
            {"id": account_id},
        )
    ]
    where = unit.one(
        "SELECT state, reason, answer FROM enrollment WHERE account_id = :id", {"id": account_id}
    )
    others = unit.query(
        "SELECT count(*) FROM attempt WHERE campaign_id IS NOT NULL AND ordinal > 0 AND reserved_at <= :at",
        {"at": max(at, lived[0] if lived is not None else 0)},
    )
    retries = f"; {others[0][0]} retries took turns before" if others[0][0] else ""
    told = (answers[-1] if answers else "; ".join(reached) or f"enrollment {where}") + retries
    return f"foreseen {spelled(foreseen)}, lived {spelled(lived)}; {told}"


def findings(body: bytes) -> str:
    return "; ".join(rule["found"] for rule in msgspec.json.decode(body)["rules"])


def spelled(contact: tuple[int, str] | None) -> str:
    return "none" if contact is None else f"{contact[1]} {clock(contact[0])}"


def clock(micros: int) -> str:
    return f"{datetime.fromtimestamp(micros / 1e6, UTC):%m-%d %H:%M:%S}"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as work:
        limits = {"hourly_limit": int(sys.argv[2])} if len(sys.argv) > 2 else {}
        found = compare(
            Path(work), int(sys.argv[1]), tell=lambda line: sys.stdout.write(line + "\n"), **limits
        )
    sys.stdout.write("\n".join(found.lines()) + "\n")
