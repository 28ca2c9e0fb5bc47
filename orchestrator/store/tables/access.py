"""Who signs in: people, their sessions, and failed attempts. API keys stand with the work of the API."""

from datetime import datetime

from sqlmodel import Field

from orchestrator.store.tables.base import SQLModel, instant, optional_instant


class UserAccount(SQLModel, table=True):
    """A person. Disabled ones stay, because what they did names them; `name` is folded and never given twice."""

    __tablename__ = "user_account"

    id: str = Field(primary_key=True)
    name: str = Field(unique=True)
    display_name: str
    role: str
    password_hash: str
    # the password was given out by somebody else: it opens nothing but the page that changes it
    must_change_password: bool = False
    language: str = "en"
    time_zone: str = "UTC"
    theme: str = "auto"
    density: str = "comfortable"
    single_keys: bool = True
    # made by the first start for trying out; production refuses to run beside one that is not disabled
    is_sample: bool = False
    created_at: datetime = instant()
    disabled_at: datetime | None = optional_instant()
    password_changed_at: datetime = instant()


class UserSession(SQLModel, table=True):
    """A signed-in browser. `id` is a keyed hash of its token; times are real ones even where days are simulated."""

    __tablename__ = "user_session"

    id: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="user_account.id", index=True)
    csrf: str
    created_at: datetime = instant()
    last_seen_at: datetime = instant()
    expires_at: datetime = instant(index=True)
    revoked_at: datetime | None = optional_instant()


class SignInFailure(SQLModel, table=True):
    """Failures that count, by account or address, as keyed hashes: what people mistype may be a password."""

    __tablename__ = "sign_in_failure"

    kind: str = Field(primary_key=True)  # account | address
    subject_hash: str = Field(primary_key=True)
    failures: int
    # since when the next failure is being forgotten
    since_at: datetime = instant(index=True)
    closed_until: datetime = instant()
