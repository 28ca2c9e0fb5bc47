"""People over HTTP and on the command line, and a production that starts beside no sample person."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from channels.simulator import parse as behaviour_file
from orchestrator.bootstrap import Runtime
from orchestrator.cli import main, serve
from orchestrator.clock import VirtualClock
from orchestrator.domain import password as passwords
from orchestrator.domain.permission import Role
from orchestrator.engine.life import Agenda
from orchestrator.errors import SettingError
from orchestrator.services import sample, sample_people, sign_in, user
from orchestrator.settings import Mode
from orchestrator.store import mark
from tests.integration.faces.conftest import SECRET, Callers, make_settings

HERE = "192.0.2.1"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def run(runtime: Runtime, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command on the database of this test: exit code, stdout, stderr."""
    monkeypatch.setattr("orchestrator.cli.session.log.configure", lambda *_: None)
    monkeypatch.setenv("DUECOURSE_DATABASE_URL", runtime.settings.database_url)
    monkeypatch.setenv("DUECOURSE_DATA_DIR", str(runtime.settings.data_dir))
    monkeypatch.setenv("DUECOURSE_SECRET_KEY", SECRET)

    def command(*words: str, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        capsys.readouterr()
        code = main.run(["users", *words])
        said = capsys.readouterr()
        return code, said.out.strip(), said.err.strip()

    return command


def add(client: TestClient, callers: Callers, **more: Any) -> dict[str, Any]:
    body = {"name": "Kim@Example.com", "role": "collector"} | more
    answer = client.post("/api/v1/users", json=body, headers=callers["administrator"])
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


# over HTTP


def test_a_person_added_over_http_signs_in_with_the_password_shown_once(
    client: TestClient, callers: Callers, runtime: Runtime
) -> None:
    made = add(client, callers)
    entered = sign_in.sign_in(runtime.house, "kim@example.com", made["result"]["password"], HERE)
    assert (entered.user.id, entered.user.must_change_password) == (made["id"], True)
    shown = client.get(f"/api/v1/users/{made['id']}", headers=callers["administrator"])
    listed = client.get("/api/v1/users", headers=callers["administrator"])
    assert listed.json()["items"] == [shown.json()]
    for answer in (shown, listed):
        assert made["result"]["password"] not in answer.text
        assert "hash" not in answer.text
        assert "argon2" not in answer.text


def test_a_person_is_disabled_enabled_and_given_another_role_and_password_over_http(
    client: TestClient, callers: Callers, runtime: Runtime
) -> None:
    made = add(client, callers)
    entered = sign_in.sign_in(runtime.house, "kim@example.com", made["result"]["password"], HERE)

    def change(what: str, **body: str) -> Any:
        path = f"/api/v1/users/{made['id']}/{what}"
        return client.post(path, json=body or None, headers=callers["administrator"])

    assert change("disable").json()["result"]["disabled_at"] is not None
    assert sign_in.session_of(runtime.house, entered.token) is None
    assert change("enable").json()["result"]["disabled_at"] is None
    assert change("role", role="auditor").json()["result"]["role"] == "auditor"
    password = change("password").json()["result"]["password"]
    assert sign_in.sign_in(runtime.house, "kim@example.com", password, HERE).user.role is Role.AUDITOR


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"name": "two words", "role": "collector"}, 400, "bad_input"),
        ({"name": "kim", "role": "owner"}, 422, "bad_input"),
        ({"name": "kim"}, 422, "bad_input"),
        ({"name": "kim", "role": "auditor", "password": "mine"}, 422, "bad_input"),
        ({"name": "TAKEN", "role": "auditor"}, 409, "name_taken"),
    ],
)
def test_what_cannot_be_added_is_a_problem(
    client: TestClient, callers: Callers, body: dict[str, str], status: int, code: str
) -> None:
    add(client, callers, name="taken")
    answer = client.post("/api/v1/users", json=body, headers=callers["administrator"])
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_the_last_administrator_and_nobody_over_http(client: TestClient, callers: Callers) -> None:
    made = add(client, callers, role="administrator")
    last = client.post(f"/api/v1/users/{made['id']}/disable", headers=callers["administrator"])
    assert (last.status_code, last.json()["code"]) == (409, "last_administrator")
    nobody = client.post("/api/v1/users/usr_nobody/disable", headers=callers["administrator"])
    assert (nobody.status_code, nobody.json()["code"]) == (404, "not_found")


def test_adding_again_with_the_same_key_gives_the_same_answer(
    client: TestClient, callers: Callers, count: Callable[[str], int]
) -> None:
    headers = callers["administrator"] | {"Idempotency-Key": "k-1"}
    body = {"name": "kim", "role": "collector"}
    first = client.post("/api/v1/users", json=body, headers=headers).json()
    assert client.post("/api/v1/users", json=body, headers=headers).json() == first
    assert count("user_account") == 1


# on the command line


def test_a_person_added_on_the_command_line_gets_a_password_shown_once(run: Run, runtime: Runtime) -> None:
    code, password, note = run("add", "kim@example.com", "--role", "collector", "--display-name", "Kim Lee")
    assert code == 0
    assert "not shown again" in note
    assert password not in note
    entered = sign_in.sign_in(runtime.house, "kim@example.com", password, HERE)
    assert (entered.user.display_name, entered.user.must_change_password) == ("Kim Lee", True)


def test_a_password_from_standard_input_is_kept_and_not_said(run: Run, runtime: Runtime) -> None:
    words = "correct horse battery"
    code, said, _ = run("add", "kim", "--role", "auditor", "--password-stdin", stdin=f"{words}\n")
    assert (code, words in said) == (0, False)
    assert not sign_in.sign_in(runtime.house, "kim", words, HERE).user.must_change_password
    assert run("add", "lee", "--role", "auditor", "--password-stdin", stdin="")[0] == 2
    code, _, line = run("add", "lee", "--role", "auditor", "--password-stdin", stdin="short\n")
    assert (code, line.count("\n")) == (2, 0)
    assert "short" not in line


def test_people_are_listed_disabled_enabled_and_changed(run: Run, runtime: Runtime) -> None:
    run("add", "kim", "--role", "collector")
    assert run("disable", "kim")[:2] == (0, "kim is disabled")
    assert run("enable", "kim")[:2] == (0, "kim may sign in")
    assert run("role", "kim", "auditor")[:2] == (0, "kim is auditor")
    code, password, _ = run("password", "KIM")
    assert code == 0
    assert sign_in.sign_in(runtime.house, "kim", password, HERE).user.role is Role.AUDITOR
    code, listed, _ = run("list", "--json")
    assert [(one["name"], one["role"]) for one in json.loads(listed)] == [("kim", "auditor")]
    assert "password_hash" not in listed
    assert run("list")[1].split()[:3] == ["kim", "kim", "auditor"]


@pytest.mark.parametrize(
    "words",
    [("add", "kim", "--role", "owner"), ("add", "two words", "--role", "auditor"), ("disable", "nobody")],
)
def test_what_is_wrong_is_one_line(run: Run, words: tuple[str, ...]) -> None:
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1


# sample people


def greeting(runtime: Runtime, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    serve.greet_people(runtime)
    return capsys.readouterr().out


def test_a_first_start_says_how_to_sign_in_and_the_words_work(
    runtime: Runtime, capsys: pytest.CaptureFixture[str]
) -> None:
    mark.put(runtime.database, sample.MARK)
    said = greeting(runtime, capsys)
    names = [name for name, _, _ in sample_people.PEOPLE]
    assert ", ".join(names[:-1]) + f" or {names[-1]}" in said
    word = said.split("each with the password")[1].split()[0]
    for name in names:
        assert sign_in.sign_in(runtime.house, name, word, HERE)
    assert greeting(runtime, capsys) == said


def test_a_database_of_ones_own_gets_no_sample_people(
    runtime: Runtime, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "duecourse users add" in greeting(runtime, capsys)
    assert user.everybody(runtime.house) == []


def test_production_neither_makes_sample_people_nor_starts_beside_one(
    runtime: Runtime, clock: VirtualClock, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = make_settings(runtime.settings.data_dir, mode=Mode.PRODUCTION)

    def start() -> serve.Process:
        return serve.open_process(settings, clock, Agenda(), behaviour_file.packaged())

    mark.put(runtime.database, sample.MARK)
    process = start()
    greeting(process.runtime, capsys)
    process.runtime.close()
    assert user.everybody(runtime.house) == []
    sample_people.ensure(runtime.house, runtime.settings.data_dir)
    with pytest.raises(SettingError) as caught:
        start()
    assert caught.value.code == "sample_people"
    user.add(runtime.house, "chief", Role.ADMINISTRATOR, by="test")
    for name, _, _ in sample_people.PEOPLE:
        user.disable(runtime.house, name, by="test")
    start().runtime.close()
