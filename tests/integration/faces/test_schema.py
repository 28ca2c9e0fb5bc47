"""Whatever fits the published description is answered as described, whoever asks: never a failure of ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, cast

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import openapi
from schemathesis.checks import CheckFunction, not_a_server_error
from schemathesis.core.result import Err, Ok
from schemathesis.generation import GenerationMode
from schemathesis.generation.case import Case
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

import tests.steady  # noqa: F401 - before the properties are defined
from orchestrator.api.app import create_app
from orchestrator.bootstrap import Runtime
from orchestrator.domain.permission import Permission, Role, allows
from tests.integration.faces.conftest import Callers

# what an operation asks for, by the first pattern that it fits: written down here a second time, by hand
ASKS = (
    (r"\w+ /api/v1/users", Permission.ADMINISTER),
    (r"POST /api/v1/contacts/check", Permission.CHECK),
    (r"(GET|POST) /api/v1/contacts", Permission.CONTACT),
    (r"\w+ /api/v1/reservations", Permission.RESERVE),
    (r"POST /api/v1/(consents|opt-outs|holds|promises|payments|complaints|events|notes)", Permission.RECORD),
    (r"POST /api/v1/(wishes|call-backs|contact-points|attorneys)", Permission.RECORD),
    (r"\w+ /api/v1/tasks", Permission.RECORD),
    (r"POST /api/v1/enrollments", Permission.ENROLL),
    (r"POST /api/v1/imports", Permission.IMPORT),
    (r"POST /api/v1/campaigns/[^/]+/stop", Permission.STOP),
    (r"(POST|PUT) /api/v1/campaigns", Permission.CAMPAIGN),
    (r"GET /api/v1/(cadences|templates|campaigns)", Permission.REVIEW),
    (r"GET /api/v1/policies", Permission.POLICY),
    (r"POST /api/v1/decisions", Permission.CHECK),
    (r"\w+ /api/v1/ledger", Permission.AUDIT),
    (r"GET /api/v1/", Permission.READ),
    (r"\w+ /(webhooks|u|healthz|readyz|metrics)\b", Permission.PUBLIC),
)
# ids of the book, so that requests get behind the first look-up as well
KNOWN: dict[str, Any] = {
    "consumer_id": "C-1", "account_id": "A-1", "account_ids": ["A-1"], "template": "reminder", "currency": "USD",
    "cadence": "standard",
}  # fmt: skip
CHECKS: list[CheckFunction] = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]
CODES = frozenset(
    re.findall(
        r"^\| `(\w+)`",
        (Path(__file__).parents[3] / "docs/reference/errors.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
)
READS, WRITES = 2, 3  # requests of one operation and role: the whole stays below half a minute


@cache
def operations() -> tuple[Any, ...]:
    """Every operation of the published description."""
    schema = openapi.from_dict(create_app(cast(Runtime, None)).openapi())
    found = list(schema.get_all_operations())
    assert not [one.err() for one in found if isinstance(one, Err)]
    return tuple(one.ok() for one in found if isinstance(one, Ok))


def asked(label: str) -> Permission:
    found = [permission for pattern, permission in ASKS if re.match(pattern, label)]
    assert found, f"{label}: say in ASKS what it asks for"
    return found[0]


def send(client: TestClient, case: Case[Any], headers: dict[str, str], *, known: bool) -> Any:
    """The case as the strategy made it, or with ids that are in the book."""
    if known and isinstance(case.body, dict):
        case.body |= {name: value for name, value in KNOWN.items() if name in case.body}
    if known and "consumer_id" in (case.query or {}):
        case.query["consumer_id"] = KNOWN["consumer_id"]
    request = case.as_transport_kwargs(base_url="https://collections.example.com")
    request["headers"] = {**request.get("headers", {}), **headers}
    request.pop("cookies", None)
    if isinstance(request.get("data"), str | bytes):
        request["content"] = request.pop("data")
    return client.request(**request)


def judge(case: Case[Any], answer: Any, refused: bool, role: Role) -> None:
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json", answer.text
        problem = answer.json()
        assert problem["status"] == answer.status_code
        assert problem["code"] in CODES, problem
    # some of what an operation gives is for those alone who lift holds, such as the work of compliance
    is_theirs = answer.status_code == 403 and answer.json()["code"] == "role_missing"
    if refused or not is_theirs or allows(role, Permission.RELEASE):
        assert (answer.status_code == 403) == refused, answer.text
    case.validate_response(answer, checks=CHECKS)


def each(operation: Any, ask: Callable[[Case[Any], bool], None]) -> None:
    """A few requests that fit the description of one operation; the same ones on every run."""

    @settings(
        max_examples=READS if operation.method == "get" else WRITES,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE), known=st.booleans())
    def run(case: Case[Any], known: bool) -> None:
        ask(case, known)

    run()


def test_every_role_is_answered_as_described_or_refused(client: TestClient, callers: Callers) -> None:
    met: set[tuple[str, Role]] = set()
    for operation in operations():
        permission = asked(operation.label)
        if permission is Permission.PUBLIC:
            continue

        def ask(
            case: Case[Any], known: bool, permission: Permission = permission, label: str = operation.label
        ) -> None:
            for role in Role:
                answer = send(client, case, callers[role.value], known=known)
                judge(case, answer, refused=not allows(role, permission), role=role)
                met.add((label, role))

        each(operation, ask)
    asked_of = {one.label for one in operations() if asked(one.label) is not Permission.PUBLIC}
    assert asked_of
    assert met == {(label, role) for label in asked_of for role in Role}


def test_what_is_public_fails_for_nobody(client: TestClient) -> None:
    """Forged callbacks and links are refused; a person who follows an old link is shown a page."""

    def ask(case: Case[Any], known: bool) -> None:
        answer = send(client, case, {}, known=known)
        case.validate_response(answer, checks=[not_a_server_error])
        if case.path.startswith("/webhooks"):
            assert answer.status_code in {403, 422, 503}
            assert answer.headers["content-type"] == "application/problem+json"

    for operation in operations():
        if asked(operation.label) is Permission.PUBLIC:
            each(operation, ask)
