"""Signing in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from orchestrator.console import cookie
from orchestrator.console.access import AVisitor, MayManageSelf, Visitor, keep_guest
from orchestrator.console.cookie import runtime_of
from orchestrator.console.language import LANGUAGES
from orchestrator.console.message import N_
from orchestrator.console.page import page, words_of
from orchestrator.console.place import HOME, MAX_NEXT, SIGN_IN, safe_next
from orchestrator.errors import AuthenticationError, ThrottledError
from orchestrator.services import sign_in as service
from orchestrator.services import user

router = APIRouter()
WRONG = N_("This name and password do not fit together.")
BE_CAREFUL = N_("Check both; capital letters count in the password.")
THROTTLED = N_("Too many tries: wait %(seconds)s seconds.")


@router.get("/sign-in")
def show_sign_in(
    request: Request,
    visitor: AVisitor,
    next_place: Annotated[str, Query(alias="next", max_length=MAX_NEXT)] = HOME,
    lang: Annotated[str | None, Query(max_length=10)] = None,
) -> Response:
    """The form; whoever is signed in goes on."""
    place = safe_next(next_place)
    if visitor.is_signed_in:
        return RedirectResponse(place, status_code=303)
    answer = _form(request, visitor, place, ended=place != HOME)
    if lang in LANGUAGES:
        cookie.keep_language(request, answer, str(lang))
    return answer


@router.post("/sign-in")
def sign_in(  # nosec B107 - an empty field is no password
    request: Request,
    visitor: AVisitor,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    next_place: Annotated[str, Form(alias="next", max_length=MAX_NEXT)] = HOME,
) -> Response:
    """A session, then the place where the visitor was; a refusal keeps the name and never says what was wrong."""
    place, words = safe_next(next_place), words_of(visitor)
    try:
        signed_in = service.sign_in(runtime_of(request).house, name, password, cookie.address_of(request))
    except ThrottledError as error:
        wait = words.gettext(THROTTLED) % {"seconds": error.wait_s}
        return _form(request, visitor, place, name=name, problem=wait, status=429)
    except AuthenticationError:
        wrong = words.gettext(WRONG)
        advice = words.gettext(BE_CAREFUL)
        return _form(request, visitor, place, name=name, problem=wrong, advice=advice, status=401)
    answer = RedirectResponse(place, status_code=303)
    cookie.give_cookie(request, answer, signed_in)
    return answer


@router.post("/sign-out")
def sign_out(request: Request, visitor: MayManageSelf) -> Response:
    """From here the browser's session opens nothing."""
    service.sign_out(runtime_of(request).house, cookie.session_token(request) or "")
    answer = RedirectResponse(SIGN_IN, status_code=303)
    cookie.take_cookie(request, answer)
    return answer


def _form(
    request: Request,
    visitor: Visitor,
    place: str,
    *,
    name: str = "",
    problem: str = "",
    advice: str = "",
    ended: bool = False,
    status: int = 200,
) -> Response:
    runtime = runtime_of(request)
    people = [] if runtime.settings.is_production else user.sample_names(runtime.house)
    answer = page(
        request,
        visitor,
        "sign_in/page.html",
        status=status,
        next=place,
        name=name,
        problem=problem,
        advice=advice,
        ended=ended,
        sample_people=people,
    )
    keep_guest(request, answer)
    return answer
