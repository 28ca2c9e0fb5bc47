"""Chance that does not depend on order: every draw is a hash of the seed and of what is drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TypeVar

T = TypeVar("T")


def fraction(seed: int, *parts: object) -> float:
    """A number in [0, 1), always the same for the same seed and parts."""
    key = "\x1f".join([str(seed), *(str(part) for part in parts)])
    digest = hashlib.blake2b(key.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def pick_weighted(weights: Mapping[str, float], at: float) -> str | None:
    """The name whose share of [0, 1) holds `at`, in the mapping's order; None past the last share."""
    edge = 0.0
    for name, weight in weights.items():
        edge += weight
        if at < edge:
            return name
    return None


def pick_one(choices: Sequence[T], at: float) -> T:
    return choices[min(int(at * len(choices)), len(choices) - 1)]


def between(bounds: tuple[float, float], at: float) -> timedelta:
    """A whole number of seconds between two bounds, given in seconds."""
    low, high = bounds
    return timedelta(seconds=round(low + (high - low) * at))
