"""The cookies: the session's, the guest's half of a form token, and a guest's language."""

from __future__ import annotations

from fastapi import Request, Response

from orchestrator.bootstrap import Runtime
from orchestrator.console import language
from orchestrator.services.sign_in import ABSOLUTE_S, SignedIn

LANGUAGE_COOKIE = "duecourse-language"


def runtime_of(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


def is_secure(request: Request) -> bool:
    """Whether browsers reach us through TLS: then the cookie never travels without it and no neighbour can set it."""
    return request.url.scheme == "https" or runtime_of(request).house.public_url.startswith("https://")


def cookie_name(request: Request) -> str:
    return "__Host-duecourse" if is_secure(request) else "duecourse"


def session_token(request: Request) -> str | None:
    return request.cookies.get(cookie_name(request))


def give_cookie(request: Request, response: Response, signed_in: SignedIn) -> None:
    """Hands the session to the browser; its end in the database is what counts."""
    set_cookie(request, response, cookie_name(request), signed_in.token, ABSOLUTE_S)


def take_cookie(request: Request, response: Response) -> None:
    """Removes the session from the browser, after signing out."""
    set_cookie(request, response, cookie_name(request), "", 0)


def set_cookie(request: Request, response: Response, name: str, value: str, max_age: int | None) -> None:
    """No script reads it, no other site sends it along with what changes something."""
    response.set_cookie(
        name, value, max_age=max_age, path="/", secure=is_secure(request), httponly=True, samesite="lax"
    )


def guest_cookie(request: Request) -> str:
    return f"{cookie_name(request)}-guest"


def keep_language(request: Request, response: Response, chosen: str) -> None:
    """Remembers a guest's language for a year."""
    set_cookie(request, response, LANGUAGE_COOKIE, language.closest(chosen), 365 * 24 * 3_600)


def address_of(request: Request) -> str:
    """Where the request comes from, for counting failures; behind a proxy, as the server reads its header."""
    return request.client.host if request.client else "unknown"
