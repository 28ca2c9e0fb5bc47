"""Every error as an RFC 9457 problem document with a stable `code`; nothing internal ever leaves."""

from __future__ import annotations

import http
import secrets
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from channels.errors import WebhookError
from orchestrator.domain.campaign import CampaignError
from orchestrator.errors import DuecourseError

MEDIA_TYPE = "application/problem+json"
CODES = {
    400: "bad_input",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "too_large",
    415: "unsupported_media_type",
    429: "too_many_requests",
    503: "unavailable",
}

log = structlog.get_logger("api")


class Complaint(BaseModel):
    """One thing that is wrong with a request, by JSON pointer into its body, query or path."""

    pointer: str
    message: str


class Problem(BaseModel):
    """RFC 9457: `type` is a relative reference into our own documentation, `code` never changes its meaning."""

    model_config = ConfigDict(extra="forbid")

    type: str
    title: str
    status: int
    code: str
    detail: str | None = None
    where: str | None = None
    hint: str | None = None
    incident: str | None = Field(default=None, description="quote it: the log has the whole story under it")
    errors: list[Complaint] | None = None


def respond(
    status: int, code: str, *, headers: dict[str, str] | None = None, errors: Any = None, **text: str | None
) -> JSONResponse:
    """The document as a response; members without a value are left out."""
    problem = Problem(
        type=f"/docs/problems#{code}",
        title=http.HTTPStatus(status).phrase,
        status=status,
        code=code,
        errors=errors,
        **text,
    )
    return JSONResponse(
        problem.model_dump(exclude_none=True), status_code=status, media_type=MEDIA_TYPE, headers=headers
    )


def of_error(error: DuecourseError) -> JSONResponse:
    """A member of the error tree; a retryable one says when, a missing key how to sign in."""
    headers = {503: {"Retry-After": "5"}, 401: {"WWW-Authenticate": "Bearer"}}.get(error.status)
    return respond(
        error.status,
        error.code,
        headers=headers,
        errors=by_field(error),
        detail=error.message,
        where=error.where,
        hint=error.hint,
    )


def by_field(error: DuecourseError) -> list[Complaint] | None:
    """What is wrong with each field of a campaign."""
    if not isinstance(error, CampaignError):
        return None
    return [
        Complaint(pointer=f"/body/{one.field}", message=" ".join(filter(None, (one.where, one.message))))
        for one in error.problems
    ]


def of_webhook(error: WebhookError) -> JSONResponse:
    """A callback that is not taken; whoever forged it learns nothing of why."""
    return respond(error.status, error.code, detail="this callback is not taken")


def of_validation(error: RequestValidationError) -> JSONResponse:
    complaints = [
        Complaint(pointer="/" + "/".join(str(part) for part in found["loc"]), message=found["msg"])
        for found in error.errors()
    ]
    return respond(422, "bad_input", detail="the request does not fit its description", errors=complaints)


def of_http(error: HTTPException) -> JSONResponse:
    headers = dict(error.headers) if error.headers else None
    code = CODES.get(error.status_code, "bad_input" if error.status_code < 500 else "internal")
    return respond(error.status_code, code, headers=headers, detail=str(error.detail))


def of_surprise(error: Exception, route: str) -> JSONResponse:
    """Something we did not foresee: the answer carries an incident code only, the log the traceback."""
    incident = secrets.token_hex(4)
    log.error("unexpected_error", incident=incident, route=route, exc_info=error)
    return respond(
        500,
        "internal",
        detail="something went wrong on our side",
        incident=incident,
        hint="quote the incident",
    )


def install(app: FastAPI) -> None:
    """Makes every error of `app` a problem document."""

    async def on_error(_request: Request, error: Exception) -> JSONResponse:
        if isinstance(error, DuecourseError):
            return of_error(error)
        if isinstance(error, WebhookError):
            return of_webhook(error)
        if isinstance(error, RequestValidationError):
            return of_validation(error)
        if isinstance(error, HTTPException):
            return of_http(error)
        raise error

    for kind in (DuecourseError, WebhookError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, on_error)
