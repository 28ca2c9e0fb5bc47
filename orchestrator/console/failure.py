"""What went wrong, as a page in the reader's language: what it is, what it means, what to do."""

from __future__ import annotations

import secrets

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orchestrator.console.access import (
    RoleMissingError,
    SignInNeeded,
    reader_of,
    to_sign_in,
)
from orchestrator.console.message import N_
from orchestrator.console.own_form import ForeignFormError
from orchestrator.console.page import page, words_of
from orchestrator.console.role import ROLE_WORDS
from orchestrator.console.wording import beside
from orchestrator.errors import DuecourseError

TITLES = {
    400: N_("This cannot be read"),
    403: N_("Your role does not have this"),
    404: N_("There is nothing here"),
    405: N_("This cannot be done here"),
    409: N_("Somebody changed this meanwhile"),
    413: N_("That is too large"),
    422: N_("This cannot be read"),
    429: N_("Too many tries"),
    503: N_("The database cannot be reached"),
}
DETAILS = {
    404: N_("It does not exist, or it is not in your portfolio."),
    503: N_("Nothing was changed and nothing was sent. Try again in a moment."),
}
SURPRISE = N_("Something went wrong on our side")
FOREIGN = N_("This form was not sent from a page of this session")
REOPEN = N_("Nothing was changed. Open the page again and send it from there.")
FOR_ROLES = N_("You are signed in as %(own)s. This is for: %(roles)s.")

log = structlog.get_logger("console")


def show(
    request: Request, status: int, *, title: str = "", detail: str = "", hint: str = "", incident: str = ""
) -> HTMLResponse:
    """The page of an error; a part of a page that failed gets the same as a part."""
    is_part, reader = "HX-Request" in request.headers, reader_of(request)
    return page(
        request,
        reader,
        "failure/part.html" if is_part else "failure/page.html",
        status=status,
        title=title or TITLES.get(status, SURPRISE),
        detail=detail or (words_of(reader).gettext(DETAILS[status]) if status in DETAILS else ""),
        hint=hint,
        incident=incident,
    )


def refusal(error: RoleMissingError) -> str:
    """Which roles have what this one lacks."""
    words, own = words_of(error.visitor), error.visitor.role
    named = [words.gettext(ROLE_WORDS[role]) for role in error.roles]
    mine = words.gettext(ROLE_WORDS[own]) if own is not None else ""
    return words.gettext(FOR_ROLES) % {"own": mine, "roles": beside(error.visitor.language, named)}


def of_surprise(request: Request, error: Exception) -> HTMLResponse:
    """Something we did not foresee: the page has an incident code only, the log the traceback."""
    incident = secrets.token_hex(4)
    log.error("unexpected_error", incident=incident, exc_info=error)
    return show(request, 500, incident=incident)


def install(app: FastAPI) -> None:
    """Makes every error of the console a page."""

    async def on_error(request: Request, error: Exception) -> Response:
        if isinstance(error, SignInNeeded):
            return to_sign_in(request)
        if isinstance(error, RoleMissingError):
            return show(request, 403, detail=refusal(error))
        if isinstance(error, ForeignFormError):
            return show(request, 403, title=FOREIGN, detail=words_of(reader_of(request)).gettext(REOPEN))
        if isinstance(error, DuecourseError):
            # what is missing is told to nobody: it may be out of the reader's scope
            told = ("", "") if error.status == 404 else (error.message, error.hint or "")
            return show(request, error.status, detail=told[0], hint=told[1])
        if isinstance(error, RequestValidationError):
            return show(request, 422, detail="; ".join(str(one["msg"]) for one in error.errors()))
        if isinstance(error, HTTPException):
            return show(request, error.status_code)
        raise error

    for kind in (DuecourseError, SignInNeeded, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, on_error)
    app.add_middleware(LastNet)


class LastNet:
    """Around all pages: what nobody foresaw becomes a page too, unless an answer has begun."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            if begun or scope["type"] != "http":
                raise
            await of_surprise(Request(scope, receive), error)(scope, receive, send)
