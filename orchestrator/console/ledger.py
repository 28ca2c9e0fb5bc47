"""The ledger for auditors: how it stands, its lines newest first, and a verification of the whole of it."""

from __future__ import annotations

from datetime import date as calendar_date
from datetime import datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, BackgroundTasks, Query, Request
from fastapi.responses import RedirectResponse, Response

from orchestrator.audit.head import Signer
from orchestrator.audit.ledger import LineKind
from orchestrator.bootstrap import Runtime
from orchestrator.console.access import MayAudit, Visitor
from orchestrator.console.cookie import runtime_of
from orchestrator.console.decision import NO_DAY
from orchestrator.console.message import N_
from orchestrator.console.page import page, wording_of, words_of
from orchestrator.errors import ConflictError
from orchestrator.services import verification
from orchestrator.services.ledger_view import LineSought, list_lines, read_ledger

router = APIRouter(prefix="/ledger")
KINDS = {
    LineKind.RESERVED: N_("contact reserved"),
    LineKind.SUBMITTED: N_("contact handed over"),
    LineKind.OUTCOME: N_("outcome of a contact"),
    LineKind.RELEASED: N_("reservation released"),
    LineKind.REFUSED: N_("contact refused"),
    LineKind.RECEIPT: N_("receipt of a provider"),
    LineKind.INBOUND: N_("message of a consumer"),
    LineKind.CONSENT: N_("consent recorded"),
    LineKind.OPT_OUT: N_("opt-out recorded"),
    LineKind.WISH: N_("wish recorded or ended"),
    LineKind.HOLD: N_("hold recorded"),
    LineKind.HOLD_RELEASED: N_("hold released"),
    LineKind.CEASE: N_("request to cease recorded"),
    LineKind.DISPUTE: N_("dispute recorded"),
    LineKind.COMPLAINT: N_("complaint recorded"),
    LineKind.PROMISE: N_("promise recorded"),
    LineKind.PAYMENT: N_("payment recorded"),
    LineKind.RECALL: N_("account recalled"),
    LineKind.CORRECTION: N_("correction"),
    LineKind.INCIDENT: N_("incident"),
    LineKind.ENROLLED: N_("account enrolled"),
    LineKind.ENROLLMENT: N_("enrollment changed"),
    LineKind.IMPORTED: N_("file imported"),
    LineKind.POLICY: N_("policy changed"),
    LineKind.SWITCH: N_("stop switch turned"),
    LineKind.CAMPAIGN: N_("campaign changed"),
    LineKind.ACCESS: N_("access"),
}
Word = Annotated[str, Query(max_length=100)]


@router.get("")
def show_ledger(
    request: Request,
    visitor: MayAudit,
    day: Word = "",
    kind: Word = "",
    before: Annotated[str | None, Query(max_length=100)] = None,
) -> Response:
    """How the ledger stands, and its lines."""
    runtime = runtime_of(request)
    errors, since, until = {}, None, None
    if day:
        try:
            since = datetime.combine(calendar_date.fromisoformat(day), time(), ZoneInfo(visitor.time_zone))
            until = since + timedelta(days=1)
        except (ValueError, OverflowError):
            errors["day"] = words_of(visitor).gettext(NO_DAY)
    found = list_lines(runtime.house, LineSought(since, until, kind), before=before)
    query = {name: value for name, value in (("day", day), ("kind", kind)) if value}
    say = wording_of(visitor, runtime.clock.now())
    return page(
        request,
        visitor,
        "ledger/page.html",
        status=422 if errors else 200,
        state=read_ledger(runtime.house, runtime.ledger_heads, _public_key(runtime)),
        rows=found.rows,
        older=f"/ledger?{urlencode({**query, 'before': found.before})}" if found.before else "",
        newest=f"/ledger?{urlencode(query)}" if before else "",
        day=day,
        kind=kind,
        kinds={one.value: KINDS.get(one, one.value.replace("_", " ")) for one in LineKind},
        errors=errors,
        zone=say.zone_name(say.now),
        **_verified(runtime),
    )


@router.get("/verification")
def show_verification(request: Request, visitor: MayAudit) -> Response:
    """How far a verification is, for the page to ask again and again; without script, the whole page."""
    if request.headers.get("HX-Request") != "true":
        return RedirectResponse("/ledger", status_code=303)
    return _part(request, visitor)


@router.post("/verification")
def verify_now(request: Request, visitor: MayAudit, after: BackgroundTasks) -> Response:
    """Begin a verification beside the page; one that runs already is shown instead."""
    runtime = runtime_of(request)
    try:
        begun = verification.begin(runtime.house, visitor.display_name)
    except ConflictError:
        pass
    else:
        after.add_task(verification.run, runtime.house, begun, runtime.ledger_heads, _public_key(runtime))
    if request.headers.get("HX-Request") != "true":
        return RedirectResponse("/ledger", status_code=303, background=after)
    answer = _part(request, visitor)
    answer.background = after
    return answer


def _part(request: Request, visitor: Visitor) -> Response:
    return page(request, visitor, "ledger/part_verification.html", **_verified(runtime_of(request)))


def _verified(runtime: Runtime) -> dict[str, Any]:
    known = verification.last_verification(runtime.house)
    return {"verified": known, "runs": known is not None and known.is_running(runtime.clock.now())}


def _public_key(runtime: Runtime) -> str:
    return Signer(runtime.sealer.ring.signing_key).public_key
