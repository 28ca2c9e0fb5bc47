"""Who counts as one person: equal identity keys, or a number or mailbox that several consumers share.

Sharing pools until somebody settles it (`PoolLink.same_person`): counting two people as one costs a contact,
counting one person as two breaks a cap. A pool is named by its smallest consumer id at the time of joining.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import combinations, pairwise

from orchestrator.importers.batch import Batch
from orchestrator.store import book, bulk
from orchestrator.store.identifier import derived_id
from orchestrator.store.session import Session

_BASIS = {"phone": "number", "email": "mailbox"}
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Newcomers:
    """What a chunk adds that may join pools.

    Identity keys, and (index, kind, consumer) of numbers and mailboxes.
    """

    keys: set[str]
    values: list[tuple[str, str, str]]
    consumers: set[str]


@dataclass(slots=True)
class _Group:
    """Consumers who share one thing. `index` is empty for an identity key."""

    basis: str
    index: str | None
    members: set[str] = field(default_factory=set)


class Union:
    """Disjoint sets of names; the smallest name of a set is its root."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def root(self, name: str) -> str:
        """The set's smallest name."""
        parent = self._parent.setdefault(name, name)
        while parent != name:
            grandparent = self._parent[parent]
            self._parent[name] = grandparent
            name, parent = grandparent, self._parent[grandparent]
        return name

    def join(self, one: str, other: str) -> None:
        """Make the sets of both one."""
        first, second = sorted((self.root(one), self.root(other)))
        self._parent[second] = first


def join(unit: Session, batch: Batch, new: Newcomers) -> None:
    """Join the pools of everyone who shares a key or a value with a newcomer, and record why."""
    groups = [group for group in (*_by_key(unit, new), *_by_value(unit, new)) if len(group.members) > 1]
    if not groups:
        return
    pools = dict(
        bulk.select(unit, ("id", "pool_id"), "consumer", "id", sorted({m for g in groups for m in g.members}))
    )
    union = Union()
    settled = _settled_apart(unit, groups)
    for group in groups:
        for one, other in _pairs(group, settled):
            union.join(pools[one], pools[other])
    renamed = {old: union.root(old) for old in sorted(set(pools.values())) if union.root(old) != old}
    for old, name in renamed.items():
        book.join_pool(unit, old, name)
    _record(unit, groups)


def _by_key(unit: Session, new: Newcomers) -> Iterable[_Group]:
    groups: dict[str, _Group] = {}
    for key, consumer_id in bulk.select(
        unit, ("person_key", "id"), "consumer", "person_key", sorted(new.keys)
    ):
        groups.setdefault(key, _Group("person_key", None)).members.add(consumer_id)
    return groups.values()


def _by_value(unit: Session, new: Newcomers) -> Iterable[_Group]:
    groups = {index: _Group(_BASIS[kind], index) for index, kind, _ in new.values}
    columns = ("value_index", "consumer_id", "party_id")
    for index, consumer_id, party_id in bulk.select(
        unit, columns, "contact_point", "value_index", sorted(groups)
    ):
        if party_id is None:
            groups[index].members.add(consumer_id)
    return groups.values()


def _settled_apart(unit: Session, groups: Iterable[_Group]) -> set[tuple[str, Pair]]:
    indexes = sorted({group.index for group in groups if group.index})
    columns = ("value_index", "consumer_id", "other_consumer_id", "same_person")
    found = bulk.select(unit, columns, "pool_link", "value_index", indexes)
    return {
        (index, (min(one, other), max(one, other)))
        for index, one, other, same in found
        if same is not None and not same
    }


def _pairs(group: _Group, settled: set[tuple[str, Pair]]) -> Iterable[Pair]:
    """Pairs that join the group: a chain where nothing is settled, else every pair but the settled ones."""
    members = sorted(group.members)
    if group.index is None or not any(index == group.index for index, _ in settled):
        return pairwise(members)
    return (pair for pair in combinations(members, 2) if (group.index, pair) not in settled)


def _record(unit: Session, groups: Iterable[_Group]) -> None:
    """One link from the first member to each other one, once."""
    rows: dict[str, tuple[object, ...]] = {}
    for group in groups:
        first, *others = sorted(group.members)
        for other in others:
            link = derived_id("pl", first, other, group.basis, group.index or "")
            rows[link] = (link, first, other, group.basis, group.index, unit.now_micros)
    known = {found[0] for found in bulk.select(unit, ("id",), "pool_link", "id", sorted(rows))}
    columns = ("id", "consumer_id", "other_consumer_id", "basis", "value_index", "found_at")
    bulk.insert(unit, "pool_link", columns, [row for link, row in rows.items() if link not in known])


def members(unit: Session, consumer_ids: Collection[str]) -> set[str]:
    """Everyone in the pools of these consumers."""
    if not consumer_ids:
        return set()
    pools = {
        found[0] for found in bulk.select(unit, ("pool_id",), "consumer", "id", sorted(set(consumer_ids)))
    }
    return {found[0] for found in bulk.select(unit, ("id",), "consumer", "pool_id", sorted(pools))}
