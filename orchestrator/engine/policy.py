"""The packs that verdicts cite, kept whole under their digest, so that any verdict can be judged again."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec

from orchestrator.engine.house import House
from orchestrator.store.session import Session
from policies.compose import Stack
from policies.facts import Settings
from policies.pack import Rule


class Kept(msgspec.Struct, frozen=True):
    """A stack of rules as stored."""

    settings: Settings
    rules: tuple[Rule, ...]
    covered: bool = True


def remember_policy(house: House, unit: Session, stacks: dict[str, Stack]) -> None:
    """Keep every stack that this transaction's verdicts cite and that is not kept yet."""
    new = {digest: stack for digest, stack in stacks.items() if digest not in house.known_policies}
    for digest, stack in sorted(new.items()):
        body = msgspec.json.encode(Kept(stack.settings, stack.rules, stack.covered))
        unit.execute(
            "INSERT INTO policy_version (digest, body, first_used_at) VALUES (:digest, :body, :at) "
            "ON CONFLICT (digest) DO NOTHING",
            {"digest": digest, "body": body, "at": unit.now_micros},
        )
    unit.after_commit(lambda: house.known_policies.update(new))


@lru_cache(maxsize=16)
def stored_stack(body: bytes) -> Stack:
    """The stack of rules of a kept policy version; those asked for lately are kept, as a library keeps its own."""
    kept = msgspec.json.decode(body, type=Kept)
    return Stack(kept.rules, kept.settings, covered=kept.covered)


def policy_of(unit: Session, digest: str) -> Stack | None:
    """The rules that verdicts with this policy digest were judged by; None if they were never kept."""
    row: Any = unit.one("SELECT body FROM policy_version WHERE digest = :digest", {"digest": digest})
    return None if row is None else stored_stack(bytes(row[0]))
