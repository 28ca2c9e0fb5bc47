"""Every route says in so many words who may use it; what is public is listed here by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import Mount, Route

from orchestrator.api.app import create_app
from orchestrator.api.permission import Permission
from orchestrator.bootstrap import Runtime

# reachable without a key: health, our documentation, and what proves itself by a signature
PUBLIC = {
    "/healthz", "/readyz", "/metrics", "/docs", "/docs/problems", "/u/{token}",
    "/webhooks/twilio/sms", "/webhooks/twilio/sms/{attempt_id}", "/webhooks/twilio/voice",
    "/webhooks/twilio/voice/{attempt_id}", "/webhooks/email",
}  # fmt: skip
APP = create_app(cast(Runtime, None))
ROUTES = [route for route in APP.routes if isinstance(route, APIRoute)]


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
    assert named, "no permission: add a Can... parameter or Depends(PUBLIC)"
    assert (Permission.PUBLIC in named) == (route.path in PUBLIC)


def test_there_is_no_other_way_in() -> None:
    """Only the description and the static files are served beside our own routes."""
    ours = [route for route in APP.routes if isinstance(route, Route | Mount)]
    others = {route.path for route in ours if not isinstance(route, APIRoute)}
    assert others == {"/openapi.json", "/assets"}


@pytest.mark.parametrize("route", [one for one in ROUTES if one.include_in_schema], ids=name)
def test_every_route_is_described(route: APIRoute) -> None:
    assert (route.summary or route.description or "").strip()
