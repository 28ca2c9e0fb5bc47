"""What officers and auditors read over HTTP: rules, decisions, the ledger; and a decision judged again."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from orchestrator.audit.head import Signer, write_head
from orchestrator.audit.sealer import seal_pending
from orchestrator.bootstrap import Runtime
from tests.integration.console.contacts import ask, calls
from tests.integration.faces.conftest import Callers, Count


def get(client: TestClient, callers: Callers, path: str, role: str = "auditor") -> Any:
    answer = client.get(f"/api/v1{path}", headers=callers[role])
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_rules_come_with_their_sentence_source_and_cases(client: TestClient, callers: Callers) -> None:
    found = get(client, callers, "/policies/rules?instrument=us-reg-f&topic=how_often")["items"]
    cap = next(one for one in found if one["id"] == "regf-7in7-attempts")
    assert cap["sentence"] == {
        "name": "cap_local_days",
        "values": {"limit": 7, "n": 7, "noun": "calls", "about": "account", "week_start": "sun"},
    }
    assert (cap["state"], cap["grade"], cap["since"], cap["cases"]) == ("on", "Q", "2021-11-30", 7)
    whole = get(client, callers, "/policies/rules/regf-7in7-attempts")
    assert all(case["passes"] for case in whole["worked_cases"])
    assert client.get("/api/v1/policies/rules/none", headers=callers["auditor"]).status_code == 404


def test_a_decision_comes_with_every_answer_and_its_replay(
    client: TestClient, callers: Callers, runtime: Runtime
) -> None:
    refused = calls(runtime, 8)[-1]
    listed = get(client, callers, "/decisions?rule=regf-7in7-attempts")["items"]
    assert [one["id"] for one in listed] == [refused]
    found = get(client, callers, f"/decisions/{refused}")
    assert found["verdict"]["decision"] == "defer"
    assert found["trace"]["answers"][0]["rule"] == "regf-7in7-attempts"
    assert found["trace"]["steps"][-1]["waits"] == []
    assert found["replay"] == {"same": True, "differences": []}
    assert found["record"]["fits"]


def test_only_those_who_contact_or_record_see_values(
    client: TestClient, callers: Callers, runtime: Runtime
) -> None:
    allowed = ask(runtime, "sms")
    shown = {
        role: {
            point["value"]
            for point in get(client, callers, f"/decisions/{allowed}", role)["contact_points"].values()
        }
        for role in ("auditor", "compliance_officer", "collector")
    }
    assert "+13125550101" not in shown["auditor"]
    assert "+13125550101" in shown["compliance_officer"]
    assert "+13125550101" in shown["collector"]


def test_lists_go_on_by_their_cursor(client: TestClient, callers: Callers, runtime: Runtime) -> None:
    made = calls(runtime, 5)
    first = get(client, callers, "/decisions?limit=3")
    second = get(client, callers, f"/decisions?limit=3&cursor={first['next']}")
    assert [one["id"] for one in first["items"] + second["items"]] == made[::-1]
    assert second["next"] is None
    lines = get(client, callers, "/ledger/lines?kind=reserved&limit=4")
    rest = get(client, callers, f"/ledger/lines?kind=reserved&limit=4&cursor={lines['next']}")
    assert (len(lines["items"]), len(rest["items"])) == (4, 1)


def test_a_decision_is_judged_again_without_a_trace(
    client: TestClient, callers: Callers, runtime: Runtime, count: Count
) -> None:
    refused = calls(runtime, 8)[-1]
    rows = count("verdict"), count("ledger_entry")

    def again(role: str, **body: Any) -> Any:
        return client.post(f"/api/v1/decisions/{refused}/what-if", json=body, headers=callers[role])

    assert again("collector", suppose=["agreed:call"]).json()["verdict"]["decision"] == "allow"
    assert again("collector", at="2026-10-21T15:00:00Z").json()["verdict"]["decision"] == "allow"
    assert again("collector").json()["verdict"]["decision"] == "defer"
    assert (count("verdict"), count("ledger_entry")) == rows
    assert again("auditor").status_code == 403
    assert again("collector", at="2026-10-21T15:00:00").status_code == 400
    assert again("collector", suppose=["nonsense"]).status_code == 400


@pytest.mark.parametrize("path", ["/ledger", "/ledger/lines"])
def test_the_ledger_is_for_those_who_audit(client: TestClient, callers: Callers, path: str) -> None:
    assert client.get(f"/api/v1{path}", headers=callers["collector"]).status_code == 403
    assert client.get(f"/api/v1{path}", headers=callers["auditor"]).status_code == 200


def test_a_verification_is_begun_and_its_result_kept(
    client: TestClient, callers: Callers, runtime: Runtime
) -> None:
    calls(runtime, 2)
    seal_pending(runtime.database, "test", runtime.clock, whole=True)
    signer = Signer(runtime.sealer.ring.signing_key)
    write_head(runtime.database, signer, runtime.ledger_heads, runtime.clock)
    begun = client.post("/api/v1/ledger/verification", headers=callers["auditor"])
    assert (begun.status_code, begun.json()["state"]) == (202, "running")
    state = get(client, callers, "/ledger")
    assert (state["verification"]["state"], state["inside"]["fits"], state["outside"]["fits"]) == (
        "sound",
        True,
        True,
    )
    assert state["verification"]["by"] == "key:auditor"
