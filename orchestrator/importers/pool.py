"""Who counts as one person: equal identity keys, or a number or mailbox that several consumers share.

Sharing pools until somebody settles it (`PoolLink.same_person`): counting two people as one costs a contact,
counting one person as two breaks a cap. A pool is named by its smallest consumer id at the time of joining.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
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
    members: set[str]


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
    groups = [*_by_key(unit, new), *_by_value(unit, new)]
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
    batch.sharing += _record(unit, groups)


def _by_key(unit: Session, new: Newcomers) -> Iterable[_Group]:
    several = bulk.repeated(unit, "consumer", "person_key", sorted(new.keys))
    found = bulk.select(unit, ("person_key", "id"), "consumer", "person_key", several)
    return [_Group("person_key", None, members) for members in _several(found).values()]


def _by_value(unit: Session, new: Newcomers) -> Iterable[_Group]:
    basis = {index: _BASIS[kind] for index, kind, _ in new.values}
    columns = ("value_index", "consumer_id", "party_id")
    several = bulk.repeated(unit, "contact_point", "value_index", sorted(basis))
    found = bulk.select(unit, columns, "contact_point", "value_index", several)
    own = ((index, consumer_id) for index, consumer_id, party_id in found if party_id is None)
    return [_Group(basis[index], index, members) for index, members in _several(own).items()]


def _several(found: Iterable[tuple[str, ...]]) -> dict[str, set[str]]:
    """The consumers of each key or value that more than one of them has; a party's or a double one is not that."""
    first: dict[str, str] = {}
    several: dict[str, set[str]] = {}
    for shared_by, consumer_id in found:
        one = first.setdefault(shared_by, consumer_id)
        if one != consumer_id:
            several.setdefault(shared_by, {one}).add(consumer_id)
    return several


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


def _record(unit: Session, groups: Iterable[_Group]) -> int:
    """One link from the first member to each other one, once; how many new ones a number or mailbox made."""
    rows: dict[str, tuple[object, ...]] = {}
    for group in groups:
        first, *others = sorted(group.members)
        for other in others:
            link = derived_id("pl", first, other, group.basis, group.index or "")
            rows[link] = (link, first, other, group.basis, group.index, unit.now_micros)
    known = {found[0] for found in bulk.select(unit, ("id",), "pool_link", "id", sorted(rows))}
    columns = ("id", "consumer_id", "other_consumer_id", "basis", "value_index", "found_at")
    new = [row for link, row in rows.items() if link not in known]
    bulk.insert(unit, "pool_link", columns, new)
    return sum(1 for row in new if row[4] is not None)


def shared(unit: Session, one: str, other: str) -> dict[str, str]:
    """Index -> kind of the numbers and mailboxes that both consumers have."""
    columns = ("consumer_id", "value_index", "kind", "party_id")
    held: dict[str, dict[str, str]] = {one: {}, other: {}}
    for consumer_id, index, kind, party_id in bulk.select(
        unit, columns, "contact_point", "consumer_id", [one, other]
    ):
        if party_id is None and kind in _BASIS:
            held[consumer_id][index] = kind
    return {index: kind for index, kind in held[one].items() if index in held[other]}


def settle(unit: Session, one: str, other: str, *, same_person: bool, by: str) -> list[str]:
    """Record that two consumers who share a number or mailbox are, or are not, one person, and pool anew.

    Gives everyone whose pool was looked at. Equal identity keys stay one person whatever is settled.
    """
    first, second = sorted((one, other))
    for index, kind in shared(unit, first, second).items():
        link = derived_id("pl", first, second, _BASIS[kind], index)
        if not list(bulk.select(unit, ("id",), "pool_link", "id", [link])):
            columns = ("id", "consumer_id", "other_consumer_id", "basis", "value_index", "found_at")
            bulk.insert(
                unit, "pool_link", columns, [(link, first, second, _BASIS[kind], index, unit.now_micros)]
            )
        told = ("settled_at", "settled_by", "same_person")
        bulk.update(unit, "pool_link", told, [(link, unit.now_micros, by, same_person)])
    people = sorted(members(unit, [first, second]))
    _pool_anew(unit, people)
    return people


def _pool_anew(unit: Session, people: list[str]) -> None:
    """Work out the pools of these consumers from what they share now."""
    keys = {row[0] for row in bulk.select(unit, ("person_key",), "consumer", "id", people) if row[0]}
    columns = ("value_index", "kind", "consumer_id", "party_id")
    found = bulk.select(unit, columns, "contact_point", "consumer_id", people)
    values = [(row[0], row[1], row[2]) for row in found if row[3] is None and row[1] in _BASIS]
    new = Newcomers(keys, values, set())
    groups = [*_by_key(unit, new), *_by_value(unit, new)]
    union, settled = Union(), _settled_apart(unit, groups)
    for group in groups:
        for one, other in _pairs(group, settled):
            union.join(one, other)
    bulk.update(unit, "consumer", ("pool_id",), [(id_, union.root(id_)) for id_ in people])
    book.move_epochs(unit, people)


def members(unit: Session, consumer_ids: Collection[str]) -> set[str]:
    """Everyone in the pools of these consumers."""
    if not consumer_ids:
        return set()
    pools = {
        found[0] for found in bulk.select(unit, ("pool_id",), "consumer", "id", sorted(set(consumer_ids)))
    }
    return {found[0] for found in bulk.select(unit, ("id",), "consumer", "pool_id", sorted(pools))}
