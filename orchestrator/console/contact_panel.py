"""The contact panel of the consumer screen: answers and hours of every contact point, composing, sending, calling.

Thin over `services.contact_panel`, `contact_detail`, `contact`, `call` and `follow_up`. Sending is judged again at that
moment, by the gate and nobody else; a refused contact leaves everything as it was typed.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from orchestrator.console.access import MayRead, Visitor
from orchestrator.console.contact_callout import Callout
from orchestrator.console.contact_view import PIPS, ContactWording
from orchestrator.console.cookie import runtime_of
from orchestrator.console.page import page, wording_of, words_of
from orchestrator.console.reason import ReasonWording
from orchestrator.console.wrap_up import WrapUp
from orchestrator.domain.permission import Permission
from orchestrator.engine.house import House
from orchestrator.services import call
from orchestrator.services.consumer_view import ConsumerView, view_consumer
from orchestrator.services.contact_detail import Detail, read_detail
from orchestrator.services.contact_panel import Panel, PointAnswer, read_panel
from policies.verdict import Decision

router = APIRouter(prefix="/consumers/{consumer_id}/contact")
ConsumerId = Annotated[str, Path(max_length=100)]
Word = Annotated[str, Form(max_length=200)]
POINT = "contact_point"
"""The name of the radio buttons, which console.js knows too."""
CHANGED = {"HX-Trigger-After-Settle": "consumer-changed"}
"""The timeline and what else shows the consumer loads itself again."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody has chosen in the panel; what is empty or not there is left for what is."""

    account: str = ""
    point: str = ""
    template: str = ""
    language: str = ""
    task: str = ""

    @classmethod
    def of(cls, request: Request) -> Asked:
        given = request.query_params
        names = {name: name for name in cls.__slots__} | {"point": POINT}
        return cls(**{name: given.get(field, "")[:200] for name, field in names.items()})


def panel_values(
    request: Request, visitor: Visitor, view: ConsumerView, account_id: str | None
) -> dict[str, Any]:
    """Everything that `contact/panel.html` shows of the consumer and the account, as the address asks for it."""
    return values_of(request, visitor, view, Asked.of(request), account_id)


def values_of(  # noqa: PLR0917 - the panel and what was asked in it
    request: Request,
    visitor: Visitor,
    view: ConsumerView,
    asked: Asked,
    account_id: str | None,
    callout: Callout | None = None,
    wrap_up: WrapUp | None = None,
) -> dict[str, Any]:
    """The same for what was asked in a form, with what became of it."""
    house = runtime_of(request).house
    account = view.account(account_id or asked.account or None) or view.account(None)
    if account is None:
        return {"contact": None, "view": view}
    panel = read_panel(house, view.id, account.id, view.main_zone)
    chosen = _chosen(house, panel, asked)
    wording = wording_of_panel(request, visitor, panel, view)
    running = call.running(house, view.id, visitor.actor) if visitor.may(Permission.WORK) else None
    shown = _called(panel, chosen, running)
    detail = _detail(house, panel, shown, asked)
    return {
        "view": view,
        "contact": {
            "account": account,
            "panel": panel,
            "rows": wording.rows(shown),
            "chosen": shown,
            "detail": detail,
            "wording": wording,
            "asked": asked,
            "key": secrets.token_urlsafe(12),
            "running": running,
            "outcomes": call.OUTCOMES,
            "callout": callout,
            "wrap_up": wrap_up,
            "pips": PIPS,
            "is_allowed": shown is not None and shown.may_send and _message_leaves(shown, detail),
        },
    }


def _chosen(house: House, panel: Panel, asked: Asked) -> PointAnswer | None:
    """The row that was chosen, else the one that the call task in hand is about, else the first."""
    wanted = asked.point
    if not wanted and asked.task:
        planned = call.planned(house, panel.consumer_id, asked.task)
        calls = [one.key for one in panel.answers if one.channel == "voice"]
        wanted = (planned or next(iter(calls), "")) if planned is not None else ""
    return panel.answer(wanted) or next(iter(panel.answers), None)


def _called(panel: Panel, chosen: PointAnswer | None, running: call.Call | None) -> PointAnswer | None:
    """While a call runs, its number is the chosen row: its script is what is needed."""
    if running is None:
        return chosen
    return panel.answer(f"voice:{running.point_id}") or chosen


def wording_of_panel(request: Request, visitor: Visitor, panel: Panel, view: ConsumerView) -> ContactWording:
    say = wording_of(visitor, runtime_of(request).clock.now())
    return ContactWording(ReasonWording(say, words_of(visitor), view.main_zone), panel, view.country)


def _detail(house: House, panel: Panel, chosen: PointAnswer | None, asked: Asked) -> Detail | None:
    if chosen is None:
        return None
    return read_detail(
        house,
        panel.consumer_id,
        panel.account_id,
        chosen,
        template=asked.template,
        language=asked.language,
    )


def _message_leaves(chosen: PointAnswer, detail: Detail | None) -> bool:
    """The very message is allowed too; a call needs no message."""
    if chosen.channel == "voice":
        return True
    message = detail.message if detail is not None else None
    return message is not None and message.verdict.decision is Decision.ALLOW


def show(
    request: Request,
    visitor: Visitor,
    view: ConsumerView,
    asked: Asked,
    *,
    template: str = "contact/panel.html",
    callout: Callout | None = None,
    status: int = 200,
    wrap_up: WrapUp | None = None,
    changed: bool = False,
    draft: str = "",
) -> Response:
    """The panel as a part of the page, or as a page of its own where there is no script.

    `changed`: something was recorded, so that the rest of the page loads itself again. `draft`: names what was typed
    and is recorded now, so that the browser forgets it.
    """
    is_part = request.headers.get("HX-Request") == "true"
    values = values_of(request, visitor, view, asked, None, callout, wrap_up)
    return page(
        request,
        visitor,
        template if is_part else "contact/page.html",
        status=status,
        headers=(CHANGED if changed else {}) | (recorded(draft) if draft else {}),
        **values,
    )


def recorded(draft: str) -> dict[str, str]:
    """Tells the browser to forget what was typed: it is recorded."""
    return {"HX-Trigger": json.dumps({"draft-kept": draft})}


def view_of(request: Request, consumer_id: str) -> ConsumerView:
    return view_consumer(runtime_of(request).house, consumer_id)


@router.get("")
def show_panel(request: Request, visitor: MayRead, consumer_id: ConsumerId) -> Response:
    """The whole panel: another account, or everything anew."""
    return show(request, visitor, view_of(request, consumer_id), Asked.of(request))


@router.get("/answers")
def show_answers(request: Request, visitor: MayRead, consumer_id: ConsumerId) -> Response:
    """The rows and the chosen one's detail, after something about the consumer changed."""
    view = view_of(request, consumer_id)
    return show(request, visitor, view, Asked.of(request), template="contact/part_answers.html")


@router.get("/detail")
def show_detail(request: Request, visitor: MayRead, consumer_id: ConsumerId) -> Response:
    """The chosen row's detail: another row, template or language."""
    view = view_of(request, consumer_id)
    return show(request, visitor, view, Asked.of(request), template="contact/part_detail.html")


@router.post("/show")
def choose(  # noqa: PLR0917 - the fields of the form
    request: Request,
    _visitor: MayRead,
    consumer_id: ConsumerId,
    account: Word = "",
    point: Annotated[str, Form(max_length=200, alias=POINT)] = "",
    template: Word = "",
    language: Word = "",
) -> Response:
    """What was chosen, without script: leads to the page that shows it."""
    chosen = {"account": account, POINT: point, "template": template, "language": language}
    return RedirectResponse(f"/consumers/{quote(consumer_id, safe='')}?{urlencode(chosen)}", status_code=303)
