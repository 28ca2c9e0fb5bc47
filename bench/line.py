"""What a benchmark says: one line, both sides of it measured in the same run, in turns."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """`ours` and `theirs` in `unit`; `ratio` says how many times as good ours is. No peer: those three are None.

    `misses`: what of it is short of its aim, where it has one that a run can tell.
    """

    name: str
    ours: float
    unit: str
    peer: str | None = None
    theirs: float | None = None
    ratio: float | None = None
    detail: Mapping[str, Any] = {}
    misses: tuple[str, ...] = ()


def spread(rates: Sequence[float]) -> dict[str, float]:
    """Best and median of several rounds."""
    return {"best": rounded(max(rates)), "median": rounded(statistics.median(rates)), "rounds": len(rates)}


def rounded(value: float) -> float:
    """Three significant places are what a measurement is worth; whole from 1,000 up."""
    return round(value) if value >= 1_000 else float(f"{value:.4g}")


def in_turns(
    ours: Callable[[], float], theirs: Callable[[], float], rounds: int
) -> tuple[list[float], list[float]]:
    """Rates of both sides, measured alternately: what else the machine does meets both alike."""
    mine, other = [], []
    for _ in range(rounds):
        other.append(theirs())
        mine.append(ours())
    return mine, other


def compared(  # noqa: PLR0917 - the order of the printed line
    name: str, unit: str, ours: Sequence[float], peer: str, theirs: Sequence[float], detail: Mapping[str, Any]
) -> Line:
    """The line of two sides by the best round of each: noise only ever makes a round slower."""
    mine, other = max(ours), max(theirs)
    both = {"ours": spread(ours), "theirs": spread(theirs), **detail}
    return Line(
        name=name,
        ours=rounded(mine),
        unit=unit,
        peer=peer,
        theirs=rounded(other),
        ratio=rounded(mine / other),
        detail=both,
    )
