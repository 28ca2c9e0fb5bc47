"""What a deployment may set: environment variables or `.env`, prefix DUECOURSE_. Read once, at the start."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from dotenv import dotenv_values
from pydantic import AliasChoices, Field, SecretStr, StringConstraints, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from orchestrator.errors import SettingError

PREFIX = "DUECOURSE_"


class Mode(StrEnum):
    """development: simulator and sample keys allowed; production: both refused."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


Address = Annotated[str, StringConstraints(pattern=r"^(sqlite:///|postgresql://).+")]
Link = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+\S*$")]


class Settings(BaseSettings):
    """Every setting of the product; docs/reference/settings.md describes each by its variable."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="ignore", frozen=True, env_file_encoding="utf-8"
    )

    mode: Mode = Mode.DEVELOPMENT
    database_url: Address = "sqlite:///var/duecourse.db"
    # LISTEN/NOTIFY needs a connection of its own where a pooler stands before PostgreSQL
    database_direct_url: Address | None = None
    data_dir: Path = Path("var")
    firm: Path | None = None
    # seals contact points and bodies, keys the blind index, signs tokens; development makes one in data_dir
    secret_key: Annotated[SecretStr, Field(min_length=32)] | None = None
    secret_key_file: Path | None = None
    ledger_heads: Path | None = None
    policies_dir: Annotated[tuple[Path, ...], NoDecode] = ()
    templates_dir: Annotated[tuple[Path, ...], NoDecode] = ()
    cadences_dir: Path | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65_535)
    public_url: Link | None = None
    speed: float = Field(
        default=1.0, gt=0, le=86_400, validation_alias=AliasChoices("DUECOURSE_SPEED", "SPEED")
    )
    behaviour: Path | None = None
    worker_batch: int = Field(default=500, ge=1, le=2_000)
    log_level: Annotated[str, StringConstraints(pattern="^(debug|info|warning|error)$")] = "info"

    twilio_account_sid: str | None = None
    twilio_auth_token: SecretStr | None = None
    twilio_from: str | None = None
    twilio_voice_from: str | None = None
    twilio_base_url: Link | None = None
    smtp_host: str | None = None
    smtp_port: int | None = Field(default=None, ge=1, le=65_535)
    smtp_from: str | None = None
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_tls: Annotated[str, StringConstraints(pattern="^(auto|starttls|tls|none)$")] = "auto"
    smtp_bounce_address: str | None = None
    email_webhook_secret: SecretStr | None = None
    letter_spool: Path | None = None

    @field_validator("policies_dir", "templates_dir", mode="before")
    @classmethod
    def split_folders(cls, value: Any) -> Any:
        """Several folders are written as in PATH."""
        return (
            tuple(Path(part) for part in value.split(os.pathsep) if part) if isinstance(value, str) else value
        )

    @property
    def is_production(self) -> bool:
        return self.mode is Mode.PRODUCTION

    def simulated_channels(self) -> tuple[str, ...]:
        """The channels that no provider is configured for."""
        missing = []
        if not (self.twilio_account_sid and self.twilio_auth_token and self.twilio_from):
            missing += ["sms", "voice"]
        if not self.smtp_host:
            missing.append("email")
        if not self.letter_spool:
            missing.append("letter")
        return tuple(missing)


def variable(field: str) -> str:
    """The environment variable of a field."""
    return PREFIX + field.upper()


def load() -> Settings:
    """Settings from the environment and `.env` (or the file named by DUECOURSE_ENV_FILE).

    A wrong value, an unknown DUECOURSE_ name, or a production that would simulate or has no key of its own is
    a SettingError of one line.
    """
    env_file = os.environ.get("DUECOURSE_ENV_FILE", ".env")
    refuse_unknown({*os.environ, *dotenv_values(env_file)})
    try:
        settings = Settings(_env_file=env_file)  # type: ignore[call-arg]
    except ValidationError as error:
        raise describe(error) from None
    refuse_unsafe(settings)
    return settings


def refuse_unknown(names: set[str]) -> None:
    """A misspelt name must not be silently without effect."""
    known = {variable(field) for field in Settings.model_fields} | {
        "DUECOURSE_ENV_FILE",
        "DUECOURSE_FAILPOINT",
    }
    unknown = sorted(name for name in names if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise SettingError(
            "there is no such setting", where=unknown[0], hint="docs/reference/settings.md lists them all"
        )


def refuse_unsafe(settings: Settings) -> None:
    """Production never simulates a channel and never makes up its own key."""
    if not settings.is_production:
        return
    if settings.secret_key is None and settings.secret_key_file is None:
        raise SettingError(
            "production needs a key of your own",
            where="DUECOURSE_SECRET_KEY",
            hint="32 random characters or more, or DUECOURSE_SECRET_KEY_FILE",
        )
    if simulated := settings.simulated_channels():
        raise SettingError(
            f"production does not simulate: no provider for {', '.join(simulated)}",
            where="DUECOURSE_MODE",
            hint="set the providers' variables, or DUECOURSE_MODE=development",
        )
    if settings.public_url is None:
        raise SettingError(
            "callbacks and unsubscribe links need the public address", where="DUECOURSE_PUBLIC_URL"
        )


# what a value must look like, where the checker's own words would be a pattern
EXPECTED = {
    "database_url": "sqlite:///var/duecourse.db or postgresql://user@host/name",
    "database_direct_url": "postgresql://user@host/name",
    "public_url": "an address such as https://collections.example.com",
    "twilio_base_url": "an address such as http://localhost:8900",
    "log_level": "debug, info, warning or error",
    "smtp_tls": "auto, starttls, tls or none",
}


def describe(error: ValidationError) -> SettingError:
    """The first complaint as one line; never the value, which may be a secret."""
    first = error.errors(include_url=False, include_input=False)[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    field = name.removeprefix(PREFIX).lower()
    expected = EXPECTED.get(field)
    message = "not a value this setting takes" if expected else first["msg"][:1].lower() + first["msg"][1:]
    return SettingError(message, where=name if name == "SPEED" else variable(field), hint=expected)
