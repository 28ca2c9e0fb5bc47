"""The resources that are read: lists in pages, and single ones. Sealed values stay sealed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query

from orchestrator.api.caller import Allow, Caller, CanRead, TheRuntime
from orchestrator.api.listing import AskedSlice, Page, page_of
from orchestrator.bootstrap import Runtime
from orchestrator.domain.permission import Permission, reads_compliance
from orchestrator.errors import UnknownReference
from orchestrator.store import listing
from orchestrator.store import tables as t

# path, what it lists, and which columns may be asked for
RESOURCES: tuple[tuple[str, listing.Model, str], ...] = (
    ("consumers", t.Consumer, "id"),
    ("accounts", t.Account, "id"),
    ("contact-points", t.ContactPoint, "consumer_id"),
    ("consents", t.Consent, "consumer_id"),
    ("opt-outs", t.OptOut, "consumer_id"),
    ("holds", t.Hold, "consumer_id"),
    ("wishes", t.Preference, "consumer_id"),
    ("promises", t.Promise, "consumer_id"),
    ("payments", t.Payment, "consumer_id"),
    ("complaints", t.Complaint, "consumer_id"),
    ("attempts", t.Attempt, "consumer_id"),
    ("enrollments", t.Enrollment, "consumer_id"),
    ("imports", t.ImportBatch, "id"),
)
_FOR_COMPLIANCE: dict[listing.Model, str] = {t.Complaint: "correction_reason"}
"""The words in which compliance answered: left out for a role that neither writes nor checks them."""
Identifier = Annotated[str, Path(max_length=200)]
router = APIRouter(prefix="/api/v1", tags=["resources"], dependencies=[Depends(Allow(Permission.READ))])


def lister(model: listing.Model, column: str) -> Callable[..., Page]:
    """The endpoint that lists `model`, narrowed by `column`."""

    def list_rows(
        runtime: TheRuntime,
        caller: CanRead,
        asked: AskedSlice,
        consumer_id: Annotated[str | None, Query(max_length=200, description="only this consumer's")] = None,
    ) -> Page:
        where = {column: consumer_id} if column != "id" else {}
        with runtime.database.read(runtime.clock) as unit:
            rows = listing.page(unit, model, after=asked.after, limit=asked.limit, where=where)
        return page_of([_shown(model, row, caller) for row in rows], asked)

    return list_rows


def shower(name: str, model: listing.Model) -> Callable[..., dict[str, Any]]:
    """The endpoint that shows one row of `model`."""

    def show_row(runtime: TheRuntime, caller: CanRead, identifier: Identifier) -> dict[str, Any]:
        return _shown(model, find(runtime, name, model, identifier), caller)

    return show_row


def _shown(model: listing.Model, row: dict[str, Any], caller: Caller) -> dict[str, Any]:
    hidden = None if reads_compliance(caller.role) else _FOR_COMPLIANCE.get(model)
    return {name: value for name, value in row.items() if name != hidden}


@router.get("/events")
def list_events(
    runtime: TheRuntime,
    asked: AskedSlice,
    consumer_id: Annotated[str, Query(max_length=200, description="whose contact history")],
) -> Page:
    """The contacts of a consumer, in and out, each as it is known now, after every correction."""
    with runtime.database.read(runtime.clock) as unit:
        rows = listing.events(unit, consumer_id, after=asked.after, limit=asked.limit)
    return page_of(rows, asked, key="event_id")


def find(runtime: Runtime, name: str, model: listing.Model, identifier: str) -> dict[str, Any]:
    """One row, or a 404 that names what was asked for."""
    with runtime.database.read(runtime.clock) as unit:
        row = listing.one(unit, model, identifier)
    if row is None:
        raise UnknownReference(f"there is none of this id among the {name}", where=identifier)
    return row


for _name, _model, _column in RESOURCES:
    router.add_api_route(f"/{_name}", lister(_model, _column), name=f"list_{_name}", summary=f"List {_name}")
    router.add_api_route(
        f"/{_name}/{{identifier}}", shower(_name, _model), name=f"show_{_name}", summary=f"One of the {_name}"
    )
