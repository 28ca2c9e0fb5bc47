"""Who counts as one person, and settling it, on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orchestrator.errors import UnknownReference, UsageError
from orchestrator.importers.pool import Union
from orchestrator.services.pooling import settle
from tests.contract.importers.conftest import Desk

Ann = Callable[..., dict[str, str]]


def pools(desk: Desk) -> dict[str, str]:
    return dict(desk.see("SELECT id, pool_id FROM consumer"))


def decide(desk: Desk, one: str, other: str, *, same_person: bool) -> list[str]:
    return settle(desk.database, desk.clock, desk.sealer, one, other, same_person, "officer")


def test_two_people_behind_one_number_are_parted_and_joined_again(desk: Desk, ann: Ann) -> None:
    desk.bring(ann(email="x@example.org"), ann(consumer_id="c2", account_id="a2", email="x@example.org"))
    assert pools(desk) == {"c1": "c1", "c2": "c1"}
    assert decide(desk, "c2", "c1", same_person=False) == ["c1", "c2"]
    assert pools(desk) == {"c1": "c1", "c2": "c2"}
    desk.bring(ann(consumer_id="c3", account_id="a3"))
    assert pools(desk) == {"c1": "c1", "c2": "c1", "c3": "c1"}  # c3 may be either of them
    decide(desk, "c3", "c2", same_person=False)
    assert pools(desk) == {"c1": "c1", "c2": "c2", "c3": "c1"}
    decide(desk, "c1", "c2", same_person=True)
    assert set(pools(desk).values()) == {"c1"}
    assert all(epoch > 0 for (epoch,) in desk.see("SELECT epoch FROM consumer"))


def test_one_identity_is_one_person_whatever_is_settled(desk: Desk, ann: Ann) -> None:
    desk.bring(ann(person_key="k"), ann(consumer_id="c2", account_id="a2", person_key="k"))
    decide(desk, "c1", "c2", same_person=False)
    assert set(pools(desk).values()) == {"c1"}


def test_only_what_is_shared_can_be_settled(desk: Desk, ann: Ann) -> None:
    desk.bring(ann(), ann(consumer_id="c2", account_id="a2", mobile="+12125550122"))
    with pytest.raises(UsageError, match="share no number"):
        decide(desk, "c1", "c2", same_person=False)
    with pytest.raises(UnknownReference, match="no consumer 'zz'"):
        decide(desk, "c1", "zz", same_person=False)


def test_a_chain_of_shared_things_is_one_pool_in_any_order(desk: Desk, ann: Ann) -> None:
    rows = [
        ann(
            consumer_id=f"c{n}",
            account_id=f"a{n}",
            mobile=f"+121255501{n:02}",
            landline=f"+121255501{n + 1:02}",
        )
        for n in (4, 0, 2, 1, 3)
    ]
    desk.bring(*rows, chunk_rows=1)
    assert set(pools(desk).values()) == {"c0"}


def test_disjoint_sets_have_their_smallest_name_as_root() -> None:
    union = Union()
    for one, other in (("d", "c"), ("b", "a"), ("c", "b"), ("f", "e")):
        union.join(one, other)
    assert {name: union.root(name) for name in "abcdef"} == dict(zip("abcdef", "aaaaee", strict=True))
