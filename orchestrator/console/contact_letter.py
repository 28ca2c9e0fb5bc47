"""A letter as it would leave, as PDF, from the compose part of the contact panel."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from orchestrator.console.access import MayContact
from orchestrator.console.contact_panel import ConsumerId, view_of
from orchestrator.console.cookie import runtime_of
from orchestrator.errors import UnknownReference
from orchestrator.services.letter_preview import letter_pdf

router = APIRouter(prefix="/consumers/{consumer_id}/contact")
Word = Annotated[str, Query(max_length=200)]


@router.get("/letter.pdf")
def show_letter(  # noqa: PLR0917 - what is chosen in the panel
    request: Request,
    visitor: MayContact,
    consumer_id: ConsumerId,
    account: Word = "",
    contact_point: Word = "",
    template: Word = "",
    language: Word = "",
) -> Response:
    """The letter; nothing is sent or recorded."""
    view = view_of(request, consumer_id)
    about = view.account(account or None)
    if about is None:
        raise UnknownReference(f"{consumer_id} has no account {account!r}", where="account")
    data = letter_pdf(
        runtime_of(request).house,
        view.id,
        about.id,
        point_id=contact_point.rpartition(":")[2],
        template=template,
        language=language,
        reader=visitor.language,
    )
    headers = {"Content-Disposition": 'inline; filename="letter-preview.pdf"'}
    return Response(data, media_type="application/pdf", headers=headers)
