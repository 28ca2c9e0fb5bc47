from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.errors import SettingError
from orchestrator.settings import load


def refused(monkeypatch: pytest.MonkeyPatch, **values: str) -> str:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingError) as caught:
        load()
    assert caught.value.exit_code == 2
    return caught.value.line()


def test_without_any_setting_it_is_a_development_on_sqlite() -> None:
    settings = load()
    assert settings.database_url == "sqlite:///var/duecourse.db"
    assert not settings.is_production


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DUECOURSE_PORT", "eighty"),
        ("DUECOURSE_PORT", "0"),
        ("DUECOURSE_MODE", "prod"),
        ("DUECOURSE_DATABASE_URL", "mysql://here"),
        ("DUECOURSE_PUBLIC_URL", "collections.example.com"),
        ("DUECOURSE_SPEED", "-1"),
        ("DUECOURSE_SECRET_KEY", "short"),
        ("DUECOURSE_LOG_LEVEL", "chatty"),
        ("DUECOURSE_WORKER_BATCH", "0"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    line = refused(monkeypatch, **{name: value})
    assert line.startswith(f"{name}: ")
    assert "\n" not in line


def test_a_secret_is_never_quoted_back(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "hunter2" not in refused(monkeypatch, DUECOURSE_SECRET_KEY="hunter2")


def test_a_misspelt_name_is_not_silently_without_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(monkeypatch, DUECOURSE_DATABSE_URL="sqlite:///x.db").startswith("DUECOURSE_DATABSE_URL: ")


def test_a_misspelt_name_in_the_env_file_is_found_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "env"
    file.write_text("DUECOURSE_PROT=8000\n", encoding="utf-8")
    assert refused(monkeypatch, DUECOURSE_ENV_FILE=str(file)).startswith("DUECOURSE_PROT: ")


def test_the_env_file_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("DUECOURSE_PORT=8123\n", encoding="utf-8")
    monkeypatch.setenv("DUECOURSE_ENV_FILE", str(file))
    assert load().port == 8123


def test_speed_needs_no_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPEED", "60")
    assert load().speed == 60


class TestProduction:
    def test_it_wants_a_key_of_its_own(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert "DUECOURSE_SECRET_KEY" in refused(monkeypatch, DUECOURSE_MODE="production")

    def test_it_does_not_simulate(self, monkeypatch: pytest.MonkeyPatch) -> None:
        line = refused(monkeypatch, DUECOURSE_MODE="production", DUECOURSE_SECRET_KEY="k" * 32)
        assert "does not simulate" in line
        assert "sms" in line

    def test_with_providers_and_address_it_starts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in {
            "MODE": "production",
            "SECRET_KEY": "k" * 32,
            "TWILIO_ACCOUNT_SID": "AC1",
            "TWILIO_AUTH_TOKEN": "t",
            "TWILIO_FROM": "+15555550100",
            "SMTP_HOST": "mail.example.com",
            "LETTER_SPOOL": "letters",
            "PUBLIC_URL": "https://collections.example.com",
        }.items():
            monkeypatch.setenv(f"DUECOURSE_{name}", value)
        assert load().is_production
