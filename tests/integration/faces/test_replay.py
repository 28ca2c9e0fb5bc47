"""`duecourse audit replay` over a database with verdicts: what it prints and how it exits."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from orchestrator.bootstrap import Runtime
from orchestrator.cli import main
from orchestrator.settings import Settings
from tests.integration.faces.conftest import SECRET, Callers


@pytest.fixture
def attempt(client: TestClient, callers: Callers, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    """A contact that left and one that was refused, and the command line set to their database."""
    monkeypatch.setenv("DUECOURSE_DATABASE_URL", str(settings.database_url))
    monkeypatch.setenv("DUECOURSE_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("DUECOURSE_SECRET_KEY", SECRET)
    monkeypatch.setattr("orchestrator.cli.session.log.configure", lambda *_: None)
    body = {"consumer_id": "C-1", "channel": "sms", "account_ids": ["A-1"], "template": "reminder"}
    answers = [
        client.post("/api/v1/contacts", json=one, headers=callers["collector"]).json()
        for one in (body, body | {"template": "opt_out_confirmation"})
    ]
    assert [one["decision"] for one in answers] == ["allow", "deny"]
    return str(answers[0]["attempt_id"])


def replayed(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main.run(["audit", "replay", *options])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_unchanged_verdicts_are_summed_up(attempt: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = replayed(capsys)
    assert (code, out) == (0, "2 verdicts replayed: 2 unchanged, 0 changed\n")
    assert replayed(capsys, attempt)[1].startswith("1 verdicts replayed")
    assert replayed(capsys, "--sample", "1")[1].startswith("1 verdicts replayed")
    assert replayed(capsys, "--to", "2026-10-13")[1].startswith("0 verdicts replayed")
    assert replayed(capsys, "--from", "2026-10-14", "--to", "2026-10-14")[1].startswith("2 verdicts replayed")


def test_a_changed_verdict_is_named_with_its_reason_and_policy_version(
    attempt: str, runtime: Runtime, capsys: pytest.CaptureFixture[str]
) -> None:
    with runtime.database.write() as unit:
        ((verdict, policy),) = unit.query(
            "SELECT id, policy_digest FROM verdict WHERE attempt_id = :id", {"id": attempt}
        )
        unit.execute("UPDATE verdict SET decision = 'deny' WHERE id = :id", {"id": verdict})
    code, out, _ = replayed(capsys)
    assert code == 1
    assert out.splitlines() == [
        f"{verdict}: body was deny, is allow",
        f"1 changed under policy version {policy}",
        "2 verdicts replayed: 1 unchanged, 1 changed",
    ]
    code, out, _ = replayed(capsys, "--json")
    told: dict[str, Any] = json.loads(out)
    assert (code, told["replayed"], told["unchanged"], told["changed"]) == (1, 2, 1, 1)
    assert told["differences"][0]["policy_digest"] == policy


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("at_nobody",), "at_nobody: no verdict"),
        (("at_nobody", "--sample", "3"), "do not go together"),
        (("--from", "2026-10-15", "--to", "2026-10-14"), "before the first"),
        (("--sample", "0"), "--sample"),
    ],
)
@pytest.mark.usefixtures("attempt")
def test_what_names_nothing_is_refused_in_one_line(
    options: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = replayed(capsys, *options)
    assert (code, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1
