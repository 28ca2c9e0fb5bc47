"""Ids of rows: random and sortable by time, or derived from what they stand for."""

from __future__ import annotations

import hashlib
import secrets
import time

_BYTES = 12
_TAIL_BYTES = 8
_RANDOM_LENGTH = 26
_DIGITS = "0123456789abcdefghijklmnopqrstuv"
_PAIRS = [first + second for first in _DIGITS for second in _DIGITS]


def new_id(prefix: str) -> str:
    """A new id that sorts by the time it was made: `prefix_` and 26 letters or digits."""
    # uniqueness and order only: nothing reads a time out of it
    millis = time.time_ns() // 1_000_000
    raw = millis.to_bytes(6) + secrets.token_bytes(10)
    return f"{prefix}_{base32(raw, _RANDOM_LENGTH)}"


def derived_id(prefix: str, *parts: object) -> str:
    """The same id for the same parts, so that doing a thing twice names the same row: 24 hexadecimal digits."""
    text = "\x1f".join(map(str, parts))
    return f"{prefix}_{hashlib.blake2b(text.encode(), digest_size=_BYTES).hexdigest()}"


def ordered_id(prefix: str, order: int, *parts: object) -> str:
    """A derived id that sorts by `order` (below 2**60): rows written together lie together in their index.

    A million random keys touch every page of an index again with each batch; keys in order only its end.
    """
    text = "\x1f".join(map(str, parts))
    return f"{prefix}_{order:015x}{hashlib.blake2b(text.encode(), digest_size=_TAIL_BYTES).hexdigest()}"


def base32(raw: bytes, length: int) -> str:
    """The first `length` (even, at most 32) digits of `raw` in base 32, digits and lower-case letters.

    The same text as `base64.b32hexencode`, four times as fast: an import makes a million of them.
    """
    number = int.from_bytes(raw[:20].ljust(20, b"\0")) >> (160 - 5 * length)
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(5 * length - 10, -1, -10)])
