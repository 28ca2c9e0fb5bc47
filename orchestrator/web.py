"""What a web process serves: the API under its own roots, the console everywhere else."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from orchestrator.api.app import Lifespan, create_app, quiet
from orchestrator.api.guard import Guard
from orchestrator.bootstrap import Runtime
from orchestrator.console.app import create_console

API_ROOTS = frozenset({"api", "webhooks", "healthz", "readyz", "metrics", "docs", "assets", "openapi.json"})


class Web:
    """Sends each request to the application whose it is; what neither knows is the console's not-found page."""

    def __init__(self, api: ASGIApp, console: ASGIApp):
        self.api = api
        self.console = console

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self.is_api(scope["path"]):
            await self.console(scope, receive, send)
        else:
            await self.api(scope, receive, send)

    @staticmethod
    def is_api(path: str) -> bool:
        return path.strip("/").partition("/")[0] in API_ROOTS


def create_web(runtime: Runtime, lifespan: Lifespan = quiet) -> ASGIApp:
    """Both applications over `runtime`, which the caller opens and closes."""
    return Web(create_app(runtime, lifespan), Guard(create_console(runtime)))
