"""The way back after signing in: always a place of ours, however the address was written."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from fastapi import Request

HOME, SIGN_IN, SIGN_OUT = "/", "/sign-in", "/sign-out"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
MAX_NEXT = 2_000


def place_of(request: Request) -> str:
    """Where the visitor is, to come back to after signing in: the page, not the part of it or the form's target."""
    own = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.headers.get("HX-Request") == "true":
        return local(request.headers.get("HX-Current-URL"))
    return own if request.method in SAFE_METHODS else local(request.headers.get("Referer"))


def local(url: str | None) -> str:
    """Path and query of an address that the browser gave."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return HOME
    return safe_next(parts.path + (f"?{parts.query}" if parts.query else ""))


def safe_next(wanted: str | None) -> str:
    """`wanted` if it is a place of ours, else the first page. Never an address outside, however browsers read it."""
    given = wanted or ""
    plain = unquote(given)
    is_odd = any(character in "\\\x7f" or character < " " for character in given + plain)
    if not given.startswith("/") or given.startswith("//") or is_odd or len(given) > MAX_NEXT:
        return HOME
    path = urlsplit(given).path
    return HOME if path.startswith(("//", SIGN_IN, SIGN_OUT)) else given
