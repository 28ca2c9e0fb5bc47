"""Who may use what: keys, roles, problem documents, and what surrounds every answer."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from orchestrator.bootstrap import Runtime
from tests.integration.faces.conftest import Callers


def test_health_needs_no_key(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["checks"] == {"policies": "ok", "database": "ok"}


def test_simulated_channels_are_named(client: TestClient) -> None:
    assert set(client.get("/readyz").json()["simulated"]) == {"sms", "email", "voice", "letter"}


def test_measures_name_routes_and_never_ids(client: TestClient, callers: Callers) -> None:
    client.get("/api/v1/consumers/C-SECRET-1", headers=callers["auditor"])
    text = client.get("/metrics").text
    assert "duecourse_http_requests_total" in text
    assert "C-SECRET-1" not in text


@pytest.mark.parametrize("path", ["/api/v1/consumers", "/api/v1/attempts", "/api/v1/imports"])
def test_without_a_key_nothing_is_shown(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "unauthenticated"


@pytest.mark.parametrize("token", ["", "x", "dc.key_0.secret", "dc.key_" + "0" * 26 + "." + "a" * 43])
def test_a_key_that_is_not_ours_is_told_nothing_more(client: TestClient, token: str) -> None:
    missing = client.get("/api/v1/consumers").json()
    assert client.get("/api/v1/consumers", headers={"Authorization": f"Bearer {token}"}).json() == missing


def test_a_revoked_key_is_closed_at_once(client: TestClient, runtime: Runtime) -> None:
    key, token = runtime.api_keys.add("dialer", "collector")
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/consumers", headers=headers).status_code == 200
    runtime.api_keys.revoke(key.id)
    assert client.get("/api/v1/consumers", headers=headers).status_code == 401


def test_the_secret_of_a_key_is_not_in_the_database(runtime: Runtime) -> None:
    _, token = runtime.api_keys.add("dialer", "collector")
    with runtime.database.read() as unit:
        rows = unit.query("SELECT * FROM api_key")
    assert token.split(".")[2] not in str(rows)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("DELETE", "/healthz", 405, "method_not_allowed"),
        ("GET", "/api/v1/consumers/nobody", 404, "not_found"),
        ("GET", "/api/v1/consumers?limit=0", 422, "bad_input"),
        ("GET", "/api/v1/consumers?cursor=%25", 400, "bad_input"),
    ],
)
def test_every_error_is_a_problem_document(  # noqa: PLR0917 - a table of cases and two fixtures
    client: TestClient, callers: Callers, method: str, path: str, status: int, code: str
) -> None:
    answer = client.request(method, path, headers=callers["administrator"])
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == code
    assert problem["status"] == status
    assert problem["type"].startswith("/docs/problems#")


def test_a_body_over_its_limit_is_refused_before_it_is_read(client: TestClient) -> None:
    answer = client.post("/webhooks/twilio/sms", content=b"x" * (64 * 1024 + 1))
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"


def test_a_body_that_hides_its_size_is_cut_off_too(client: TestClient) -> None:
    answer = client.post("/webhooks/twilio/sms", content=(b"x" * 1024 for _ in range(100)))
    assert answer.status_code == 413


@pytest.mark.parametrize("path", ["/healthz", "/docs", "/api/v1/consumers", "/openapi.json", "/nothing"])
def test_every_answer_wears_its_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "script-src 'self'" in headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/docs", "/docs/problems", "/openapi.json"])
def test_no_page_refers_to_an_outside_address(client: TestClient, path: str) -> None:
    assert "http://" not in client.get(path).text
    assert "https://" not in client.get(path).text
    assert 'src="//' not in client.get(path).text


def test_what_we_did_not_foresee_shows_an_incident_and_nothing_else(
    client: TestClient, runtime: Runtime, callers: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestrator.store.listing.page", lambda *_args, **_more: 1 / 0)
    answer = client.get("/api/v1/consumers", headers=callers["auditor"])
    assert answer.status_code == 500
    problem = answer.json()
    assert problem["code"] == "internal"
    assert len(problem["incident"]) == 8
    assert "ZeroDivision" not in answer.text
    assert "division" not in answer.text
