"""Every route says in so many words who may use it; what is public is listed here by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from orchestrator.api.app import create_app, routers
from orchestrator.bootstrap import Runtime
from orchestrator.console import app as console
from orchestrator.domain.permission import Permission

# reachable without signing in: health, our documentation, the sign-in form, and what proves itself by a signature
PUBLIC = {
    "/healthz", "/readyz", "/metrics", "/docs", "/docs/problems", "/u/{token}",
    "/webhooks/twilio/sms", "/webhooks/twilio/sms/{attempt_id}", "/webhooks/twilio/voice",
    "/webhooks/twilio/voice/{attempt_id}", "/webhooks/email", "/sign-in",
}  # fmt: skip
APP = create_app(cast(Runtime, None))


def found(router: Any) -> Iterator[APIRoute]:
    """The routes of a router and of those that it includes."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from found(route.original_router)


ROUTES = [route for router in [*routers(), *console.routers()] for route in found(router)]


def permissions(dependant: Dependant) -> Iterator[Permission]:
    for dependency in dependant.dependencies:
        named = getattr(dependency.call, "permission", None)
        if named is not None:
            yield named
        yield from permissions(dependency)


def name(route: Any) -> str:
    return f"{','.join(sorted(route.methods))} {route.path}"


@pytest.mark.parametrize("route", ROUTES, ids=name)
def test_every_route_names_its_permission(route: APIRoute) -> None:
    named = set(permissions(route.dependant))
    assert len(named) == 1, (
        "exactly one permission: a Can... or May... parameter, Depends(PUBLIC) or AVisitor"
    )
    assert (Permission.PUBLIC in named) == (route.path in PUBLIC)


def test_no_route_is_overlooked() -> None:
    """What is described was looked at here."""
    known = [(method, route.path) for route in ROUTES for method in route.methods or ()]
    # a route of an included router does not know what it is included under
    overlooked = [
        f"{method} {path}"
        for path, ways in APP.openapi()["paths"].items()
        for method in ways
        if not any(method.upper() == one and path.endswith(end) for one, end in known)
    ]
    assert overlooked == []


def test_there_is_no_other_way_in() -> None:
    """Only the description and the static files are served beside our own routes."""
    others = {route.path for route in APP.routes if hasattr(route, "path")}
    assert others == {"/openapi.json", "/assets"}
    assert len(APP.routes) == len(others) + len(routers())


@pytest.mark.parametrize("route", [one for one in ROUTES if one.include_in_schema], ids=name)
def test_every_route_is_described(route: APIRoute) -> None:
    assert (route.summary or route.description or "").strip()
