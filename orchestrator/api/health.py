"""Is it alive, is it ready, and its measures. Nothing here names a consumer."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from orchestrator.api.caller import PUBLIC, TheRuntime
from orchestrator.errors import UnavailableError

router = APIRouter(tags=["health"], dependencies=[Depends(PUBLIC)])


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
def readyz(runtime: TheRuntime) -> JSONResponse:
    """The database answers and a valid policy is loaded; otherwise 503 with what is missing."""
    checks = readiness(runtime)
    ready = all(state == "ok" for state in checks.values())
    body = {"status": "ready" if ready else "not_ready", "checks": checks, "simulated": runtime.simulated()}
    return JSONResponse(body, status_code=200 if ready else 503)


def readiness(runtime: Any) -> dict[str, str]:
    """Each check and `ok` or what is wrong."""
    checks = {"policies": "ok" if runtime.house.library is not None else "no valid policy: nothing is sent"}
    try:
        with runtime.database.read(runtime.clock) as unit:
            unit.one("SELECT 1")
        checks["database"] = "ok"
    except UnavailableError as error:
        checks["database"] = error.code
    return checks


@router.get("/metrics", response_class=Response)
def metrics() -> Response:
    """Measures in Prometheus' text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
