"""The first page: where each role's day begins."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from orchestrator.console.access import MayManageSelf
from orchestrator.console.section import SECTIONS
from orchestrator.domain.permission import Role

router = APIRouter()
# an officer reads rules first, an auditor the ledger; everybody else begins with the first section they may see
BEGINS = {Role.COMPLIANCE_OFFICER: "/policies", Role.AUDITOR: "/ledger", Role.CAMPAIGN_MANAGER: "/campaigns"}


@router.get("/")
def go_home(visitor: MayManageSelf) -> RedirectResponse:
    """Sends the visitor to the page they begin with."""
    first = next(section.path for section in SECTIONS if visitor.may(section.permission))
    begins = BEGINS.get(visitor.role, first) if visitor.role is not None else first
    return RedirectResponse(begins, status_code=303)
