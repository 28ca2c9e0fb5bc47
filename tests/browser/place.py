"""Every page of the console with ids from the book; the list is read from the console's own routers."""

from __future__ import annotations

import re
from collections.abc import Callable

from bench import places
from orchestrator.bootstrap import Runtime
from orchestrator.engine.message import unsubscribe_token
from orchestrator.services.policy_view import read_policies
from tests.browser import book

# where signing in leads, what streams, and what is a file
NOT_PAGES = frozenset({"/", "/consumers/{consumer_id}/replies/{message_id}"})
GUEST, MISSING, CONSUMERS = "/sign-in", "page that is not there", "/u/{token}"
Example = Callable[[Runtime], str]


def one(sql: str) -> Example:
    """The first value of a query, which the book must have."""

    def find(runtime: Runtime) -> str:
        with runtime.database.read(runtime.clock) as unit:
            rows = unit.query(sql, {})
        assert rows, f"the book has nothing for: {sql}"
        return str(rows[0][0])

    return find


def some_rule(runtime: Runtime) -> str:
    instrument = read_policies(runtime.house).instruments[0]
    return instrument.rules[0].rule.id


def some_instrument(runtime: Runtime) -> str:
    return read_policies(runtime.house).instruments[0].slug


def some_token(runtime: Runtime) -> str:
    """What stands behind the link of an e-mail that somebody in America got."""
    attempt = one(
        "SELECT id FROM attempt WHERE channel = 'email' AND consumer_id LIKE 'US%' ORDER BY id LIMIT 1"
    )
    return unsubscribe_token(runtime.house, attempt(runtime))


BUSIEST = "SELECT consumer_id FROM attempt GROUP BY consumer_id ORDER BY count(*) DESC, consumer_id LIMIT 1"
MESSAGE = "SELECT {} FROM inbound_message WHERE consumer_id IS NOT NULL ORDER BY id LIMIT 1"
PARAMETERS: dict[str, Example] = {
    "consumers.consumer_id": one(BUSIEST),
    "consumers.kind": lambda _: "promise",
    "decisions.key": one("SELECT id FROM verdict ORDER BY as_of DESC, id LIMIT 1"),
    "campaigns.key": one("SELECT campaign_id FROM campaign_forecast ORDER BY campaign_id LIMIT 1"),
    "u.token": some_token,
    "work.task_id": one("SELECT id FROM task WHERE state = 'open' ORDER BY due_at, id LIMIT 1"),
    "policies.rule_id": some_rule,
    "policies.slug": some_instrument,
}
# further states of a page, beside the one that the parameters above give: name, route, what stands in for what
FURTHER: dict[str, tuple[str, dict[str, Example]]] = {
    "consumer who opted out": ("/consumers/{consumer_id}", {"consumer_id": lambda _: "US0001"}),
    "consumer in China": (
        "/consumers/{consumer_id}",
        {"consumer_id": one(BUSIEST.replace("FROM attempt", "FROM attempt WHERE consumer_id LIKE 'CN%'"))},
    ),
    "consumer with a message opened": (
        "/consumers/{consumer_id}?reply={message_id}",
        {"consumer_id": one(MESSAGE.format("consumer_id")), "message_id": one(MESSAGE.format("id"))},
    ),
    "consumer made of scripts": ("/consumers/{consumer_id}", {"consumer_id": lambda _: book.CANARY}),
    **{
        f"record {kind}": (f"/consumers/{{consumer_id}}/record/{kind}", {})
        for kind in ("dispute", "complaint", "consent", "opt_out", "hold", "wish", "call_back", "note")
    },
    "decision that refuses": (
        "/decisions/{key}",
        {"key": one("SELECT id FROM verdict WHERE decision = 'deny' ORDER BY id LIMIT 1")},
    ),
    "campaign that runs": (
        "/campaigns/{key}",
        {"key": one("SELECT id FROM campaign WHERE state = 'running' ORDER BY id LIMIT 1")},
    ),
    "campaign made of scripts": (
        "/campaigns/{key}/edit",
        {"key": one("SELECT id FROM campaign WHERE created_by = 'user:canary'")},
    ),
    "rules that fit": ("/policies?q=text", {}),
    "people found": ("/consumers?q=Adams", {}),
    "nobody found": ("/consumers?q=zzzzzz", {}),
    MISSING: ("/nothing-here", {}),
}


def get_routes() -> list[str]:
    """The path of every GET route but those that stream and those that are no pages."""
    return sorted(set(places.get_routes()) - NOT_PAGES)


def is_known(path: str, known: set[str]) -> bool:
    """Whether some route gives this path; what is only written for a page to come is left out until it is there."""
    patterns = (re.sub(r"{\w+}", "[^/]+", one) for one in known)
    return path == FURTHER[MISSING][0] or any(re.fullmatch(one, path.partition("?")[0]) for one in patterns)


def names() -> list[str]:
    """What a page is called in tests and in file names."""
    known = set(get_routes())
    further = [name for name, (path, _) in FURTHER.items() if is_known(path, known)]
    return get_routes() + further


def address(runtime: Runtime, name: str) -> str:
    """The path and query of a page by its name."""
    path, own = FURTHER.get(name, (name, {}))
    section = path.split("/")[1]
    for parameter in re.findall(r"{(\w+)}", path):
        example = own.get(parameter) or PARAMETERS.get(f"{section}.{parameter}")
        assert example, f"{path}: PARAMETERS needs an example for {section}.{parameter}"
        path = path.replace(f"{{{parameter}}}", example(runtime))
    return path
