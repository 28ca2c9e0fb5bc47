"""Recording what a consumer says or does: a form in a dialog (or a page of its own), and what follows at once."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from orchestrator.console.access import MayRecord, RoleMissingError, Visitor
from orchestrator.console.consumer import wording
from orchestrator.console.cookie import runtime_of
from orchestrator.console.message import N_
from orchestrator.console.page import page
from orchestrator.console.record_form import CHANNELS, FIELDS, NO_DATE, TOO_MUCH, Asked, read, text_of
from orchestrator.console.record_wish import SAVES as WISHES
from orchestrator.console.record_wish import WISH_FORMS
from orchestrator.console.record_wording import TITLES, told_of
from orchestrator.domain.permission import Permission
from orchestrator.engine.complaint import complaint_due
from orchestrator.engine.house import House
from orchestrator.errors import UnknownReference
from orchestrator.services import call_back, correction, fact
from orchestrator.services.consumer_view import view_consumer
from orchestrator.services.fact import By
from policies.verdict import Verdict, deciding

router = APIRouter(prefix="/consumers/{consumer_id}/record")
ConsumerId = Annotated[str, Path(max_length=200)]
Kind = Annotated[str, Path(max_length=20)]
Name = Annotated[str, Query(max_length=200)]
_DUE = N_("Contact stopped at once. The answer is due by %(day)s.")
_WAITS = N_("It may allow contacts earlier: the stricter record holds until compliance confirms it.")
_UNLAWFUL = N_("A call may not be made then.")
_UNLAWFUL_UNTIL = N_("A call may not be made then. The next time is %(moment)s.")


@router.get("/{kind}")
def show_form(
    request: Request, visitor: MayRecord, consumer_id: ConsumerId, kind: Kind, account: Name = ""
) -> Response:
    """The empty form; what the address says is filled in."""
    asked = _asked(request, visitor, consumer_id, kind, account, dict(request.query_params))
    _refuse_release(visitor, kind, asked)
    asked.typed = {one.name: text_of(one, asked.given) for one in FIELDS[kind]}
    if not asked.typed.get("account") and asked.account is not None and kind != "note":
        asked.typed["account"] = asked.account.id
    return _form(request, visitor, kind, asked, secrets.token_urlsafe(12))


@router.post("/{kind}")
async def save(
    request: Request, visitor: MayRecord, consumer_id: ConsumerId, kind: Kind, account: Name = ""
) -> Response:
    """Records it, or shows the form again with what is wrong beside each field."""
    given = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    return await run_in_threadpool(_save, request, visitor, consumer_id, kind, account, given)


def _save(  # noqa: PLR0917 - a form and whose it is
    request: Request, visitor: Visitor, consumer_id: str, kind: str, account: str, given: dict[str, str]
) -> Response:
    asked = _asked(request, visitor, consumer_id, kind, account, given)
    read(FIELDS[kind], asked)
    key = given.get("key", "")[:40] or secrets.token_urlsafe(12)
    by = By("console", visitor.actor, key=f"{visitor.user_id}:{key}:{_digest(asked)}", role=visitor.role)
    rest = ""
    if not asked.errors:
        rest = _SAVES[kind](runtime_of(request).house, by, consumer_id, asked) or ""
    if asked.errors:
        return _form(request, visitor, kind, asked, key, status=422)
    told = told_of(asked.words, kind, rest)
    if "HX-Request" not in request.headers:
        chosen = {"told": kind} | ({"account": account} if account else {})
        place = f"/consumers/{quote(consumer_id, safe='')}?{urlencode(chosen)}"
        return RedirectResponse(place, status_code=303)
    events = {"record-done": True, "consumer-changed": True, "draft-kept": {"value": f"{kind}-{consumer_id}"}}
    headers = {"HX-Retarget": "#told", "HX-Reswap": "innerHTML", "HX-Trigger": json.dumps(events)}
    return page(request, visitor, "consumer/part_told.html", told=told, headers=headers)


def _digest(asked: Asked) -> str:
    """Another choice in the same form is another fact: only the same one, sent again, is written once."""
    return hashlib.sha256(json.dumps(asked.typed, sort_keys=True).encode()).hexdigest()


def _refuse_release(visitor: Visitor, kind: str, asked: Asked) -> None:
    """No form for what the role could not save: a page that says which roles lift this hold."""
    if kind in {"answer", "settle"} and not visitor.may(Permission.RELEASE):
        raise RoleMissingError(visitor, Permission.RELEASE)
    if kind != "release":
        return
    standing = next((one for one in asked.words.view.standing if one.id == asked.given.get("id")), None)
    if standing is not None and not fact.may_release(visitor.role, standing.what):
        raise RoleMissingError(visitor, Permission.RELEASE)


def _asked(  # noqa: PLR0917 - a form and whose it is
    request: Request, visitor: Visitor, consumer_id: str, kind: str, account: str, given: dict[str, str]
) -> Asked:
    if kind not in FIELDS:
        raise UnknownReference(f"nothing is recorded as {kind!r}", where="kind")
    view = view_consumer(runtime_of(request).house, consumer_id)
    return Asked(wording(request, visitor, view), view.account(account or None) or view.account(None), given)


def _form(  # noqa: PLR0917 - a form and how it is shown
    request: Request, visitor: Visitor, kind: str, asked: Asked, key: str, status: int = 200
) -> HTMLResponse:
    template = "part_form" if "HX-Request" in request.headers else "form"
    title, button = TITLES[kind]
    return page(
        request,
        visitor,
        f"consumer/{template}.html",
        status=status,
        view=asked.words.view,
        account=asked.account,
        kind=kind,
        title=title,
        button=button,
        fields=FIELDS[kind],
        others=WISH_FORMS if kind in WISH_FORMS else {},
        asked=asked,
        errors=asked.errors,
        key=key,
        today=asked.words.say.local(asked.now, asked.words.zone).date().isoformat(),
    )


def _promise(house: House, by: By, _: str, asked: Asked) -> None:
    given, account = asked.values, asked.words.view.account(asked.values["account"])
    if account is not None and given["amount"] > account.balance_minor and not given["over"]:
        balance = asked.words.say.money(account.balance_minor, account.currency)
        asked.fail("amount", TOO_MUCH, balance=balance)
        return
    fact.record_promise(house, by, given["account"], amount_minor=given["amount"], due_on=given["due_on"])


def _payment(house: House, by: By, _: str, asked: Asked) -> None:
    fact.record_payment(house, by, asked.values["account"], amount_minor=asked.values["amount"])


def _dispute(house: House, by: By, consumer_id: str, asked: Asked) -> None:
    given = asked.values
    fact.record_dispute(house, by, consumer_id, account_id=given["account"], form=given["form"])


def _complaint(house: House, by: By, consumer_id: str, asked: Asked) -> str:
    given = asked.values
    fact.record_complaint(house, by, consumer_id, account_id=given["account"], text=given["text"])
    with house.database.read(house.clock) as unit:
        due = complaint_due(unit, consumer_id, unit.now)
    return asked.words.said(_DUE, day=asked.words.say.day(due)) if due is not None else ""


def _wrong_party(house: House, by: By, consumer_id: str, asked: Asked) -> None:
    fact.record_wrong_party(house, by, consumer_id, asked.values["point"])


def _consent(house: House, by: By, consumer_id: str, asked: Asked) -> None:
    given = asked.values
    fact.record_consent(
        house,
        by,
        consumer_id,
        kind=given["type"],
        channel=given["channel"],
        contact_point_id=given["point"],
        via=given["via"],
        quote=given["quote"],
    )


def _opt_out(house: House, by: By, consumer_id: str, asked: Asked) -> None:
    channel, _, point_id = asked.values["target"].partition(":")
    point = asked.words.view.point(point_id)
    fact.record_opt_out(
        house,
        by,
        # the number is closed for everyone who has it; without one the channel is, for this person
        consumer_id=consumer_id if point is None else None,
        address=point.value if point is not None else None,
        channel=channel if channel in CHANNELS else None,
    )


def _cease(house: House, by: By, consumer_id: str, asked: Asked) -> None:
    fact.record_cease(house, by, consumer_id, form=asked.values["form"])


def _attorney(house: House, by: By, consumer_id: str, _: Asked) -> None:
    fact.record_attorney(house, by, consumer_id)


def _hold(house: House, by: By, consumer_id: str, asked: Asked) -> None:
    given = asked.values
    fact.place_hold(
        house, by, consumer_id, kind=given["kind"], account_id=given["account"], until=given["until"]
    )


def _release(house: House, by: By, consumer_id: str, asked: Asked) -> None:
    fact.release_hold(house, by, consumer_id, asked.values["id"], reason=asked.values["reason"])


def _withdraw(house: House, by: By, consumer_id: str, asked: Asked) -> None:
    fact.withdraw_consent(house, by, consumer_id, asked.values["id"])


def _answer(house: House, by: By, consumer_id: str, asked: Asked) -> None:
    fact.answer_dispute(house, by, consumer_id, asked.values["id"], kind=asked.values["kind"])


def _settle(house: House, by: By, consumer_id: str, asked: Asked) -> None:
    given = asked.values
    fact.close_complaint(
        house, by, consumer_id, given["id"], closed_as=given["closed_as"], reason=given["reason"]
    )


def _note(house: House, by: By, consumer_id: str, asked: Asked) -> None:
    fact.record_note(house, by, consumer_id, asked.values["text"], account_id=asked.values["account"])


def _call_back(house: House, by: By, consumer_id: str, asked: Asked) -> None:
    given, at = asked.values, asked.moment("day", "time")
    if at <= asked.now:
        asked.fail("time", N_("That time is over: enter a later one."))
        return
    if at >= asked.now + call_back.FURTHEST:
        asked.fail("day", NO_DATE)
        return
    made = call_back.plan_call_back(house, by, consumer_id, given["account"], point_id=given["point"], at=at)
    if made.task_id is None:
        asked.errors["time"] = _refusal(asked, made.verdict)
        finding = deciding(made.verdict)
        asked.values["found"] = finding.found if finding is not None else ""


def _refusal(asked: Asked, verdict: Verdict) -> str:
    words = asked.words
    if verdict.retry_at is None:
        return words.said(_UNLAWFUL)
    moment = words.say.moment(verdict.retry_at, words.zone)
    return words.said(_UNLAWFUL_UNTIL, moment=moment)


def _correct(house: House, by: By, consumer_id: str, asked: Asked) -> str:
    given = asked.values
    made = correction.correct_event(
        house,
        consumer_id,
        given["id"],
        {"outcome": given["outcome"]},
        reason=given["reason"],
        by=by.who,
        role=by.role,
    )
    return asked.words.said(_WAITS) if made.waits is not None else ""


_SAVES: dict[str, Callable[[House, By, str, Asked], str | None]] = {
    "promise": _promise,
    "payment": _payment,
    "dispute": _dispute,
    "complaint": _complaint,
    "wrong_party": _wrong_party,
    "consent": _consent,
    "opt_out": _opt_out,
    "cease": _cease,
    "attorney": _attorney,
    "hold": _hold,
    "release": _release,
    "withdraw": _withdraw,
    "answer": _answer,
    "settle": _settle,
    "note": _note,
    "call_back": _call_back,
    "correct": _correct,
    **WISHES,
}
