"""Whether a form is one of our own: its token, and what the browser says about where it was sent from."""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import UploadFile

from orchestrator.console.cookie import runtime_of
from orchestrator.errors import AccessError

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class ForeignFormError(AccessError):
    """The form is not from one of our pages, or from one of a session before."""

    def __init__(self) -> None:
        super().__init__(
            "this form was not sent from a page of this session",
            code="foreign_form",
            hint="open the page again",
        )


async def ensure_own_form(request: Request, csrf: str) -> None:
    """A ForeignFormError unless the request carries the session's token and comes from our own pages."""
    given = request.headers.get("X-CSRF-Token")
    if given is None and request.headers.get("Content-Type", "").startswith(FORMS):
        field = (await request.form()).get("csrf")
        given = None if isinstance(field, UploadFile) else field
    if not is_from_here(request) or not hmac.compare_digest((given or "").encode(), csrf.encode()):
        raise ForeignFormError


def is_from_here(request: Request) -> bool:
    """What the browser says about where the request started; a client that says nothing is no browser of today."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("Origin")
    return origin is None or origin in own_origins(request)


def own_origins(request: Request) -> set[str]:
    public = urlsplit(runtime_of(request).house.public_url)
    return {f"{request.url.scheme}://{request.url.netloc}", f"{public.scheme}://{public.netloc}"}
