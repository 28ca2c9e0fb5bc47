"""The console as an application of its own, mounted behind the API: its errors are pages, not problem documents."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.types import Scope

from orchestrator.bootstrap import Runtime
from orchestrator.console import (
    campaign,
    campaign_forecast,
    campaign_live,
    consumer,
    contact_act,
    contact_letter,
    contact_panel,
    decision,
    failure,
    home,
    ledger,
    me,
    page,
    policy,
    record,
    reply,
    search,
    sign_in,
    unsubscribe,
    work,
)
from orchestrator.console.board import Board


class Assets(StaticFiles):
    """Our own files under addresses that change with them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return answer


def routers() -> list[APIRouter]:
    """Every page's router."""
    return [
        module.router
        for module in (
            campaign,
            campaign_forecast,
            campaign_live,
            consumer,
            contact_act,
            contact_letter,
            contact_panel,
            decision,
            home,
            ledger,
            search,
            sign_in,
            unsubscribe,
            me,
            policy,
            record,
            reply,
            work,
        )
    ]


def create_console(runtime: Runtime) -> FastAPI:
    """The pages over `runtime`."""
    app = FastAPI(title="duecourse console", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.runtime = runtime
    app.state.board = Board()
    for router in routers():
        app.include_router(router)
    app.mount(page.PREFIX, Assets(directory=page.ASSETS), name="assets")
    failure.install(app)
    return app
