"""A large forecast on every core: people share no caps with each other, so each process foresees some of them.

Limits do couple them. Then the processes find what the law lets happen when, and one pass hands out the turns.
"""

from __future__ import annotations

import gc
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from multiprocessing.connection import Connection, wait
from typing import cast

from orchestrator.child import Child, cores
from orchestrator.clock import VirtualClock
from orchestrator.domain.cadence_library import Cadences
from orchestrator.domain.firm import Firm
from orchestrator.domain.forecast import CONTACTED
from orchestrator.engine.forecast import Foreseen, Progress, Question, foresee
from orchestrator.engine.house import House
from orchestrator.store import segment
from orchestrator.store.database import Database
from orchestrator.store.sealing import KeyRing, Sealer
from policies.facts import Settings
from policies.library import Library
from policies.pack import Pack
from templates.library import Catalog

WORTH_IT = 4_000
"""Accounts from which on a second process saves more than its start costs."""
_MOST = 4
# a forecast sends nothing: it needs links of the right length, not ones that work, so no key leaves this process
_FILLER = "links of a forecast lead nowhere and are shown to nobody"


@dataclass(frozen=True, slots=True)
class _Outfit:
    """What another process needs to ask the same questions about the same moment."""

    url: str
    now: datetime
    packs: tuple[Pack, ...] | None
    catalog: Catalog
    firm: Firm
    cadences: Cadences
    settings: Settings
    public_url: str
    batch: int
    assume_complete: bool

    def house(self) -> House:
        return House(
            database=Database(self.url, pool_size=1),
            clock=VirtualClock(self.now),
            sealer=Sealer(KeyRing.of_secret(_FILLER)),
            library=Library(self.packs) if self.packs is not None else None,
            catalog=self.catalog,
            firm=self.firm,
            cadences=self.cadences,
            providers={},
            settings=self.settings,
            public_url=self.public_url,
            batch=self.batch,
            assume_complete=self.assume_complete,
        )


def foresee_together(
    house: House, question: Question, now: datetime, progress: Progress, *, at_least: int = WORTH_IT
) -> Foreseen:
    """`foresee`, on all cores where that is worth it. A process that fails costs time, never the answer."""
    processes = min(cores(), _MOST)
    if house.inline or processes < 2 or len(question.chosen) < at_least:
        return foresee(house, question, progress)
    is_limited = question.row.hourly_limit is not None or question.row.daily_limit is not None
    free = replace(question, row=question.row._replace(hourly_limit=None, daily_limit=None))
    parts = _foresee_parts(house, free, now, progress, processes)
    if parts is None:
        return foresee(house, question, progress)
    merged = _merged(parts)
    return _in_turn(house, question, merged, progress) if is_limited else merged


def _in_turn(house: House, question: Question, law: Foreseen, progress: Progress) -> Foreseen:
    """One pass over those who can be contacted at all: the limits decide when."""
    chosen = [one for one in question.chosen if _is_contacted(law, one[0])]
    limited = foresee(house, replace(question, chosen=chosen, known=law), progress)
    limited.accounts.update({key: seen for key, seen in law.accounts.items() if key not in limited.accounts})
    for rule, finding in law.findings.items():
        limited.findings.setdefault(rule, finding)
    return limited


def _is_contacted(law: Foreseen, account_id: str) -> bool:
    seen = law.accounts.get(account_id)
    return seen is None or seen.outcome in CONTACTED


def _merged(parts: Sequence[Foreseen]) -> Foreseen:
    whole = Foreseen({})
    for part in parts:
        whole.accounts.update(part.accounts)
        whole.contacts.update(part.contacts)
        whole.segments += part.segments
        for rule, finding in part.findings.items():
            whole.findings.setdefault(rule, finding)
    return whole


def _foresee_parts(
    house: House, question: Question, now: datetime, progress: Progress, processes: int
) -> list[Foreseen] | None:
    """What each process foresees; None: one of them failed."""
    packs = tuple(house.library.packs.values()) if house.library is not None else None
    outfit = _Outfit(
        house.database.url, now, packs, house.catalog, house.firm, house.cadences, house.settings,
        house.public_url, house.batch, house.assume_complete,
    )  # fmt: skip
    children: list[Child] = []
    try:
        # all are started before the first is told anything: they load what they need side by side
        children += (Child(f"{__name__}:serve") for _ in range(processes))
        for child, part in zip(children, _shares(house, question, processes), strict=True):
            child.pipe.send((outfit, part))
        return _gathered([child.pipe for child in children], len(question.chosen), progress)
    except (OSError, EOFError):
        return None
    finally:
        for child in children:
            child.close()


def _gathered(pipes: Sequence[Connection], total: int, progress: Progress) -> list[Foreseen]:
    found: list[Foreseen] = []
    settled = dict.fromkeys(pipes, 0)
    waiting = set(pipes)
    while waiting:
        for pipe in cast(list[Connection], wait(list(waiting))):
            told = pipe.recv()
            if isinstance(told, Foreseen):
                found.append(told)
                waiting.discard(pipe)
            else:
                settled[pipe] = told
                progress(sum(settled.values()), total)
    return found


def _shares(house: House, question: Question, processes: int) -> list[Question]:
    """The accounts, everybody who counts as one person in one share."""
    with house.database.read(house.clock) as unit:
        pools = segment.pools_of(unit, {consumer_id for _, consumer_id in question.chosen})
    shares: list[list[tuple[str, str]]] = [[] for _ in range(processes)]
    for one in question.chosen:
        shares[zlib.crc32(pools.get(one[1], one[1]).encode()) % processes].append(one)
    return [replace(question, chosen=share) for share in shares]


def serve(pipe: Connection) -> None:
    """The whole life of one process: one question, one answer, too short for collecting garbage to be worth it."""
    gc.disable()
    outfit, question = pipe.recv()
    house = outfit.house()
    try:
        pipe.send(foresee(house, question, lambda done, _total: pipe.send(done)))
    finally:
        house.database.close()
        pipe.close()
