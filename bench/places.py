"""Every page of the console and its states, each with a way to draw addresses from a book; read from the routers.

A route that is new needs an example here for what stands in its path, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

from fastapi.routing import APIRoute

from bench.other_person import COMMON
from orchestrator.bootstrap import Runtime
from orchestrator.console.app import routers
from orchestrator.domain.instant import from_micros
from orchestrator.engine.message import display_name, unsubscribe_token
from orchestrator.services.policy_view import read_policies

RECORDS = ("promise", "dispute", "complaint", "consent", "opt_out", "hold", "call_back", "note")
SHOWS = ("contacts", "payments", "notes")
KINDS = ("call_back", "call", "reply", "hold", "promise", "review", "complaint", "incident")
PAGE_S, PAGE_P95_S = 0.150, 0.400
SEARCH_S = 0.200
Draw = Callable[["Book"], str]


@dataclass(frozen=True, slots=True)
class Place:
    """A page in one of its states. `draw` gives another address each time; aims in seconds."""

    name: str
    draw: Draw
    aim: float = PAGE_S
    aim_p95: float = PAGE_P95_S


class Book:
    """Draws ids of a book, by chance and without looking through its tables."""

    def __init__(self, runtime: Runtime, seed: int = 1):
        self.runtime, self.chance = runtime, Random(seed)
        self.busiest = str(
            self._one("SELECT consumer_id FROM attempt GROUP BY consumer_id ORDER BY count(*) DESC LIMIT 1")[
                0
            ]
        )
        self._last: dict[str, int] = {}
        self.policies = read_policies(runtime.house)
        self.refusals = self.query(
            "SELECT id, rule FROM verdict WHERE decision IN ('deny', 'hold') LIMIT 1000"
        )

    def query(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        with self.runtime.database.read(self.runtime.clock) as unit:
            return unit.query(sql, values)

    def _one(self, sql: str, **values: Any) -> tuple[Any, ...]:
        rows = self.query(sql, **values)
        assert rows, f"the book has nothing for: {sql}"
        return rows[0]

    def row(self, table: str, columns: str, where: str = "1") -> tuple[Any, ...]:
        """A row of a table by chance."""
        if table not in self._last:
            self._last[table] = int(self._one(f"SELECT max(rowid) FROM {table}")[0])  # noqa: S608
        at = self.chance.randint(1, self._last[table])
        sql = f"SELECT {columns} FROM {table} WHERE rowid {{}} :at AND {where} ORDER BY rowid {{}} LIMIT 1"  # noqa: S608
        found = self.query(sql.format(">=", ""), at=at) or self.query(sql.format("<", "DESC"), at=at)
        assert found, f"the book has nothing for {table} where {where}"
        return found[0]

    def one(self, table: str, column: str = "id", where: str = "1") -> str:
        return str(self.row(table, column, where)[0])

    def consumer(self) -> str:
        """Somebody; one time in ten whoever was contacted most."""
        return self.busiest if self.chance.random() < 0.1 else self.one("consumer")

    def point(self, kind: str) -> str:
        sealed = self.row("contact_point", "value_sealed", f"kind = '{kind}'")[0]
        return self.runtime.house.sealer.open(bytes(sealed))

    def name(self) -> str:
        """Both names of somebody who has a rarer one."""
        return display_name(
            _Named(
                *self.row("consumer", "given_name, family_name, organization", f"family_name <> '{COMMON}'")
            )
        )

    def token(self) -> str:
        return unsubscribe_token(self.runtime.house, self.one("attempt", where="channel = 'email'"))


@dataclass(frozen=True, slots=True)
class _Named:
    given_name: str | None
    family_name: str | None
    organization: str | None


PARAMETERS: dict[str, Draw] = {
    "consumers.consumer_id": Book.consumer,
    "consumers.kind": lambda book: book.chance.choice(RECORDS),
    "decisions.key": lambda book: book.one("verdict"),
    "campaigns.key": lambda book: book.one("campaign"),
    "u.token": Book.token,
    "work.task_id": lambda book: book.one("task", where="state = 'open'"),
    "policies.rule_id": lambda book: book.chance.choice(
        [each.rule.id for one in book.policies.instruments for each in one.rules]
    ),
    "policies.slug": lambda book: book.chance.choice(book.policies.instruments).slug,
}


def places() -> list[Place]:
    """Every page and every state of one, pages of the routers first."""
    plain = [Place(path, _message if "{message_id}" in path else _plain(path)) for path in get_routes()]
    return [*plain, *_states(), *_searches()]


def get_routes() -> list[str]:
    """The path of every GET route but those that stream and those that give a file."""
    found = {
        route.path
        for router in routers()
        for route in _routes_of(router)
        if "GET" in (route.methods or ()) and not route.path.endswith(("/events", ".pdf"))
    }
    return sorted(found)


def _routes_of(router: Any) -> Iterator[APIRoute]:
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from _routes_of(route.original_router)


def _plain(path: str) -> Draw:
    section = path.split("/")[1]
    names = re.findall(r"{(\w+)}", path)
    for name in names:
        assert f"{section}.{name}" in PARAMETERS, f"{path}: PARAMETERS needs an example for {section}.{name}"

    def draw(book: Book) -> str:
        made = path
        for name in names:
            made = made.replace(f"{{{name}}}", quote(PARAMETERS[f"{section}.{name}"](book), safe=""))
        return made

    return draw


def _states() -> Iterator[Place]:
    for show in SHOWS:
        yield Place(f"timeline, {show}", _with(_plain("/consumers/{consumer_id}/timeline"), show=show))
    yield Place("timeline, older", lambda book: _older(book, book.consumer()))
    yield Place("timeline of the busiest, older", lambda book: _older(book, book.busiest))
    yield Place("consumer, the busiest", lambda book: f"/consumers/{book.busiest}")
    yield Place("consumer with a case", _case)
    for kind in KINDS:
        yield Place(f"work, {kind}", lambda _, kind=kind: f"/work?kind={kind}")  # type: ignore[misc]
    yield Place("campaign, edited", _campaign("/edit", "state = 'draft'"))
    for state in ("running", "paused", "stopped"):
        yield Place(f"campaign, {state}", _campaign("", f"state = '{state}'"))
    for reached in ("contacted", "delivered", "answered"):
        yield Place(
            f"campaign people, {reached}", _campaign(f"/people?reached={reached}", "state <> 'draft'")
        )
    yield Place("campaign people, later page", _campaign_after("/people?after={}"))
    for why in ("later", "held", "between", "left"):
        yield Place(f"campaign people, {why}", _campaign(f"/people?why={why}", "state <> 'draft'"))
    for outcome in ("now", "later", "blocked", "held"):
        yield Place(f"forecast people, {outcome}", _campaign(f"/forecast/people?outcome={outcome}"))
    yield Place("forecast people, later page", _campaign_after("/forecast/people?after={}"))
    yield Place("decisions, older", lambda book: f"/decisions?before={_cursor(book, 'verdict', 'as_of')}")
    for decision in ("allow", "defer", "hold", "deny"):
        yield Place(f"decisions, {decision}", lambda _, one=decision: f"/decisions?decision={one}")  # type: ignore[misc]
    yield Place("decisions, sms", lambda _: "/decisions?channel=sms")
    yield Place("decisions of a day", lambda book: f"/decisions?day={_day(book, 'verdict', 'as_of')}")
    yield Place("decisions of a consumer", lambda book: f"/decisions?consumer={quote(book.consumer())}")
    yield Place(
        "decisions of a rule",
        lambda book: f"/decisions?{urlencode({'rule': book.chance.choice(book.refusals)[1]})}",
    )
    yield Place(
        "decision that refuses", lambda book: f"/decisions/{quote(book.chance.choice(book.refusals)[0])}"
    )
    yield Place("ledger, older", lambda book: f"/ledger?before={_cursor(book, 'ledger_entry', 'at')}")
    yield Place("ledger, outcomes", lambda _: "/ledger?kind=outcome")
    yield Place("ledger, disputes", lambda _: "/ledger?kind=dispute")
    yield Place("ledger of a day", lambda book: f"/ledger?day={_day(book, 'ledger_entry', 'at')}")
    yield Place(
        "policies, searched", lambda book: f"/policies?q={book.chance.choice(['text', 'hour', 'consent'])}"
    )


def _searches() -> Iterator[Place]:
    asked: dict[str, Draw] = {
        "a name": Book.name,
        "a family name that thousands have": lambda _: COMMON,
        "both names that hundreds have": lambda book: (
            f"{COMMON}, {book.chance.choice(['Ann', 'Ben', 'Kim'])}"
        ),
        "the first letters of a name": lambda book: book.chance.choice(["S", "a", "王", "Je"]),
        "an account": lambda book: book.one("account"),
        "a phone number": lambda book: book.point("phone"),
        "an e-mail address": lambda book: book.point("email"),
        "a name that nobody has": lambda book: f"Zzz{book.chance.randint(0, 9_999)}",
        "an account that nobody has": lambda book: f"HA99{book.chance.randint(0, 9_999)}-x",
        "a phone number that nobody has": lambda book: f"+1907{book.chance.randint(2_000_000, 9_899_999)}",
        "an e-mail address that nobody has": lambda book: (
            f"nobody{book.chance.randint(0, 9_999)}@example.org"
        ),
    }
    for name, draw in asked.items():
        yield Place(f"search: {name}", _searched(draw), SEARCH_S)


def _searched(draw: Draw) -> Draw:
    return lambda book: f"/consumers?{urlencode({'q': draw(book)})}"


def _with(draw: Draw, **query: str) -> Draw:
    return lambda book: f"{draw(book)}?{urlencode(query)}"


def _older(book: Book, consumer_id: str) -> str:
    at = book.query("SELECT reserved_at FROM attempt WHERE consumer_id = :id ORDER BY 1 DESC", id=consumer_id)
    moment = from_micros(at[len(at) // 2][0]) if at else book.runtime.clock.now()
    return f"/consumers/{quote(consumer_id)}/timeline?{urlencode({'before': moment.isoformat()})}"


def _case(book: Book) -> str:
    task, consumer_id = book.row("task", "id, consumer_id", "state = 'open' AND consumer_id IS NOT NULL")
    return f"/consumers/{quote(consumer_id)}?{urlencode({'task': task})}"


def _message(book: Book) -> str:
    """The page of a person with a message of theirs opened: where the route of the message leads."""
    consumer_id, message_id = book.row("inbound_message", "consumer_id, id", "consumer_id IS NOT NULL")
    return f"/consumers/{quote(consumer_id)}?{urlencode({'reply': message_id})}"


def _campaign(rest: str, where: str = "1") -> Draw:
    return lambda book: f"/campaigns/{book.one('campaign', where=where)}{rest}"


def _campaign_after(rest: str) -> Draw:
    def draw(book: Book) -> str:
        key, account_id = book.row("campaign_member", "campaign_id, account_id")
        return f"/campaigns/{key}{rest.format(quote(account_id))}"

    return draw


def _cursor(book: Book, table: str, column: str) -> str:
    return ".".join(map(str, book.row(table, f"{column}, id")))


def _day(book: Book, table: str, column: str) -> str:
    return from_micros(book.row(table, column)[0]).date().isoformat()
