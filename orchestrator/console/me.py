"""One's own page: how the console looks, the password, signing out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from orchestrator.console import cookie
from orchestrator.console.access import MayManageSelf, Visitor, find_visitor
from orchestrator.console.cookie import runtime_of
from orchestrator.console.message import N_
from orchestrator.console.page import page, words_of
from orchestrator.console.role import ROLE_WORDS
from orchestrator.console.sign_in import THROTTLED
from orchestrator.domain import user as person
from orchestrator.errors import AuthenticationError, InputError, ThrottledError
from orchestrator.services import user

router = APIRouter()
SAVED = N_("Saved.")
CHANGED = N_("Your password is changed. Other browsers were signed out.")
MESSAGES = {"saved": SAVED, "password": CHANGED}
WRONG = N_("This is not the password you have.")
WEAK = N_("Take at least 12 characters, not your name and not the same few letters again and again.")
NO_ZONE = N_("This is no time zone: choose one of the list.")


@router.get("/me")
def show_me(
    request: Request, visitor: MayManageSelf, done: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """The visitor's own page."""
    return _show(request, visitor, done=done)


@router.post("/me")
def save_preferences(  # noqa: PLR0917 - the fields of the form
    request: Request,
    visitor: MayManageSelf,
    language: Annotated[str, Form(max_length=10)],
    theme: Annotated[str, Form(max_length=20)],
    density: Annotated[str, Form(max_length=20)],
    time_zone: Annotated[str, Form(max_length=60)],
    single_keys: Annotated[str, Form(max_length=5)] = "",
) -> Response:
    """How the console looks for this person, from the next page on."""
    try:
        chosen = person.preferences(
            language=language,
            time_zone=time_zone,
            theme=theme,
            density=density,
            single_keys=single_keys == "yes",
        )
    except InputError as error:
        if error.where != "time_zone":
            raise
        return _show(request, visitor, errors={"time_zone": words_of(visitor).gettext(NO_ZONE)})
    user.set_preferences(runtime_of(request).house, visitor.user_id, chosen)
    return RedirectResponse("/me?done=saved", status_code=303)


@router.post("/me/password")
def change_password(
    request: Request,
    visitor: MayManageSelf,
    current: Annotated[str, Form(max_length=1000)] = "",
    new: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """A new password; every other session of the person ends."""
    words = words_of(visitor)
    try:
        signed_in = user.change_own_password(
            runtime_of(request).house,
            cookie.session_token(request) or "",
            current,
            new,
            cookie.address_of(request),
        )
    except ThrottledError as error:
        wait = words.gettext(THROTTLED) % {"seconds": error.wait_s}
        return _show(request, visitor, errors={"current": wait})
    except InputError:
        return _show(request, visitor, errors={"new": words.gettext(WEAK)})
    except AuthenticationError:
        if not find_visitor(request).is_signed_in:
            raise
        return _show(request, visitor, errors={"current": words.gettext(WRONG)})
    answer = RedirectResponse("/me?done=password", status_code=303)
    cookie.give_cookie(request, answer, signed_in)
    return answer


def _show(
    request: Request, visitor: Visitor, *, done: str = "", errors: dict[str, str] | None = None
) -> Response:
    message = MESSAGES.get(done)
    return page(
        request,
        visitor,
        "me/page.html",
        status=422 if errors else 200,
        errors=errors or {},
        done=words_of(visitor).gettext(message) if message else "",
        role_words=ROLE_WORDS,
        zones=[(zone, zone.replace("_", " ")) for zone in sorted(person.time_zones() | {visitor.time_zone})],
    )
