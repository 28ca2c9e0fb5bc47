"""Ids of rows: random and sortable by time, or derived from what they stand for."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time

_LENGTH = 20


def new_id(prefix: str) -> str:
    """A new id that sorts by the time it was made: `prefix_` and 26 letters or digits."""
    # uniqueness and order only: nothing reads a time out of it
    millis = time.time_ns() // 1_000_000
    raw = millis.to_bytes(6) + secrets.token_bytes(10)
    return f"{prefix}_{_text(raw)}"


def derived_id(prefix: str, *parts: object) -> str:
    """The same id for the same parts, so that doing a thing twice names the same row."""
    whole = hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).digest()
    return f"{prefix}_{_text(whole)[:_LENGTH]}"


def _text(raw: bytes) -> str:
    return base64.b32hexencode(raw).decode().rstrip("=").lower()
