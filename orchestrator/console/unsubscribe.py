"""`/u/{token}`: what the links in our messages lead to. GET shows, POST acts (RFC 8058); nothing about a debt.

The signed token stands for a sign-in and for the token of a form: a mail program that sends its one click has neither.
The page names nobody but the firm, by the name that gives nothing away, and sets no cookie.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

from orchestrator.console import language
from orchestrator.console.cookie import runtime_of
from orchestrator.console.message import N_
from orchestrator.console.page import environment
from orchestrator.domain.permission import Permission
from orchestrator.errors import UnavailableError
from orchestrator.services import preference
from orchestrator.services.preference import Scope
from orchestrator.store.callback import Reached

NAMES = {"en": "English", "es": "Español", "zh": "中文"}
"""The languages of this page: one more than the console's, because consumers read it."""
CHOICES = {
    Scope.ADDRESS: N_("Messages to this address or number"),
    Scope.CHANNEL: N_("All messages of this kind, for example every email"),
    Scope.ALL: N_("All messages and calls"),
}
UNKNOWN = N_("This link is not valid any more. Please reply to the message instead.")
AGAIN = N_("This did not work just now, and nothing was changed. Please try again in a minute.")


class Signed:
    """A dependency: nobody signs in, the token in the address is signed by us."""

    permission = Permission.PUBLIC

    def __call__(self) -> None:
        """Nothing to ask: `preference.find` checks the signature."""


router = APIRouter(dependencies=[Depends(Signed())])
# without bounds: a value that is longer than ours is no reason to refuse a stop
Token = Annotated[str, Path()]
Chosen = Annotated[str, Query(alias="lang")]


@router.get("/u/{token}", response_class=HTMLResponse)
def show_preferences(request: Request, token: Token, lang: Chosen = "") -> HTMLResponse:
    """Shows what can be stopped; changes nothing, because mail scanners follow links."""
    try:
        target = preference.find(runtime_of(request).house, token)
    except UnavailableError:
        return _page(request, lang, None, 503, problem=AGAIN)
    if target is None:
        return _page(request, lang, None, 404, problem=UNKNOWN)
    return _page(request, lang, target, choices=CHOICES)


@router.post("/u/{token}", response_class=HTMLResponse)
async def stop_messages(request: Request, token: Token, lang: Chosen = "") -> HTMLResponse:
    """Stops what was asked for, from the form or by a mail program's one click; it counts once it is answered."""
    return await run_in_threadpool(_stop, request, token, await _wanted(request), lang)


async def _wanted(request: Request) -> Scope:
    """What the form asks to stop. Whatever else arrives asks for a stop, too: of this address at least."""
    try:
        async with request.form() as form:
            scope, one_click = form.get("scope"), "List-Unsubscribe" in form
    except (HTTPException, MultiPartException, ValueError):
        return Scope.ADDRESS
    if one_click or not isinstance(scope, str) or scope not in set(Scope):
        return Scope.ADDRESS
    return Scope(scope)


def _stop(request: Request, token: str, wanted: Scope, lang: str) -> HTMLResponse:
    house = runtime_of(request).house
    try:
        target = preference.find(house, token)
        if target is None or not preference.stop(house, token, wanted):
            return _page(request, lang, None, 404, problem=UNKNOWN)
    except UnavailableError:
        return _page(request, lang, None, 503, problem=AGAIN)
    return _page(request, lang, target, done=CHOICES[wanted])


def _page(
    request: Request, chosen: str, target: Reached | None, status: int = 200, **values: object
) -> HTMLResponse:
    written = target.language if target is not None else None
    reader = closest(chosen, written, request.headers.get("Accept-Language"))
    firm = preference.neutral_name(runtime_of(request).house, reader)
    shown = {"reader": reader, "firm": firm, "names": NAMES, "here": request.url.path} | values
    template = environment(reader).get_template("unsubscribe/page.html")
    texts = {"choices": {}, "done": "", "problem": ""} | shown
    # the address is the key to this page: no other site may learn it
    return HTMLResponse(
        template.render(texts), status_code=status, headers={"Referrer-Policy": "same-origin"}
    )


def closest(*wishes: str | None) -> str:
    """The first wish that is one of this page's languages ("es-MX" is "es"), else English."""
    for wish in wishes:
        for part in (wish or "").split(","):
            start = part.split(";")[0].strip().split("-")[0].lower()
            if start in NAMES:
                return start
    return language.LANGUAGES[0]
