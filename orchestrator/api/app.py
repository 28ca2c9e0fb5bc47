"""The HTTP application: made from a runtime, so that tests and processes each make their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles

from orchestrator import __version__
from orchestrator.api import (
    campaign,
    catalog,
    contact,
    documentation,
    fact,
    health,
    problem,
    reservation,
    resource,
    review,
    standing,
    upload,
    user,
    webhook,
    work,
)
from orchestrator.api.guard import Guard
from orchestrator.api.problem import MEDIA_TYPE, Problem
from orchestrator.bootstrap import Runtime

DESCRIPTION = (
    "Lawful, well-timed contacts about overdue accounts. A refused contact is 200 with its verdict, never an error;"
    " errors are problem documents (RFC 9457) with a stable `code`. Lists are paged by cursor. Writes take an"
    " `Idempotency-Key`: the same key and body give the first answer for 24 hours."
)
PROBLEMS = {
    "default": {
        "description": "a problem document",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def quiet(_app: FastAPI) -> AsyncIterator[None]:
    yield


def create_app(runtime: Runtime, lifespan: Lifespan = quiet) -> FastAPI:
    """An application over `runtime`, which the caller opens and closes."""
    app = FastAPI(
        title="duecourse",
        version=__version__,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        separate_input_output_schemas=False,
        responses=PROBLEMS,  # type: ignore[arg-type]  # "default" is a legal key of OpenAPI
    )
    app.state.runtime = runtime
    problem.install(app)
    for router in routers():
        app.include_router(router)
    app.mount("/assets", StaticFiles(directory=documentation.ASSETS), name="assets")
    app.add_middleware(Guard)
    describe_problem(app)
    return app


def describe_problem(app: FastAPI) -> None:
    """Puts the problem document among the schemas, to which every operation's default answer refers."""
    describe = app.openapi

    def with_problem() -> dict[str, object]:
        document = describe()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(schema.pop("$defs", {}))
        schemas["Problem"] = schema
        return document

    app.openapi = with_problem  # type: ignore[method-assign]  # the framework documents this way of extending it


def routers() -> list[APIRouter]:
    """Every router, in the order in which the documentation shows them."""
    modules = (
        contact,
        reservation,
        fact,
        standing,
        catalog,
        campaign,
        upload,
        review,
        resource,
        work,
        user,
        webhook,
        health,
        documentation,
    )
    return [module.router for module in modules]
