"""Lists in pages: `limit` and an opaque `cursor`, which names the last row seen, so that new rows shift nothing."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import BaseModel

from orchestrator.errors import InputError

MAX_LIMIT = 200


class Page(BaseModel):
    """`next` is the cursor of the page after this one; null: this is the last."""

    items: list[dict[str, Any]]
    next: str | None = None


class Slice(BaseModel):
    """Which part of a list is asked for: `after` is the id of the last row of the page before."""

    after: str | None
    limit: int


def encode_cursor(last: str) -> str:
    return base64.urlsafe_b64encode(last.encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> str:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return raw.decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise InputError(
            "this is no cursor of ours", where="cursor", hint="take `next` of the page before"
        ) from None


def slice_of(
    cursor: Annotated[str | None, Query(max_length=400, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
) -> Slice:
    return Slice(after=decode_cursor(cursor) if cursor else None, limit=limit)


AskedSlice = Annotated[Slice, Depends(slice_of)]


def page_of(rows: list[dict[str, Any]], asked: Slice, key: str = "id") -> Page:
    """A page from at most `limit + 1` rows in ascending order of `key`."""
    items = rows[: asked.limit]
    more = len(rows) > asked.limit
    return Page(items=items, next=encode_cursor(str(items[-1][key])) if more else None)
