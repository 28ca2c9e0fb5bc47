"""Ids of rows that an import writes together."""

from __future__ import annotations

import re
from itertools import islice

from orchestrator.store.identifier import ordered_ids


def test_ids_sort_by_their_order_and_then_as_they_come() -> None:
    earlier = list(islice(ordered_ids("cp", 1_772_000_000_000_001, "c9", "phone"), 300))
    later = list(islice(ordered_ids("cp", 1_772_000_000_000_002, "c1", "phone"), 300))
    assert earlier + later == sorted(earlier + later)
    assert len(set(earlier + later)) == 600
    assert all(re.fullmatch("cp_[0-9a-f]{31}", id_) for id_ in earlier + later)


def test_two_who_write_at_the_same_moment_have_other_ids() -> None:
    one, other = (list(islice(ordered_ids("no", 7, "a1", who), 3)) for who in ("c1", "c2"))
    assert not set(one) & set(other)


def test_the_same_rows_at_the_same_moment_have_the_same_ids() -> None:
    assert next(ordered_ids("co", 7, "c1", "sms")) == next(ordered_ids("co", 7, "c1", "sms"))
