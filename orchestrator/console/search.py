"""Search: who is meant by a name, an account, a number or an address, and straight there if there is no doubt."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from orchestrator.console.access import MayRead
from orchestrator.console.cookie import runtime_of
from orchestrator.console.message import N_
from orchestrator.console.page import page
from orchestrator.services.search import LIMIT, MAX_TEXT, find_consumers

router = APIRouter()
MATCHED = {
    "name": N_("Name"),
    "consumer_id": N_("Consumer id"),
    "account": N_("Account"),
    "phone": N_("Phone number"),
    "email": N_("Email address"),
}


@router.get("/consumers")
def search(
    request: Request, visitor: MayRead, q: Annotated[str, Query(max_length=MAX_TEXT)] = ""
) -> Response:
    """The people found; one who is named without doubt is opened at once."""
    house = runtime_of(request).house
    answer = find_consumers(house, q)
    if answer.only is not None:
        return RedirectResponse(f"/consumers/{quote(answer.only.consumer_id, safe='')}", status_code=303)
    creditors = {one.creditor_id for found in answer.found for one in found.accounts}
    named = {one: found.name for one in creditors if (found := house.firm.creditor(one)) and found.id == one}
    return page(
        request,
        visitor,
        "consumer/search.html",
        q=q,
        answer=answer,
        creditors=named,
        matched=MATCHED,
        limit=LIMIT,
    )
