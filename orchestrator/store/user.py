"""Rows of the people who sign in."""

from __future__ import annotations

from typing import Any

from orchestrator.domain.instant import from_micros
from orchestrator.domain.permission import Role
from orchestrator.domain.user import Preferences, User
from orchestrator.store.session import Session

COLUMNS = (
    "id, name, display_name, role, language, time_zone, theme, density, single_keys, must_change_password,"
    " is_sample, created_at, disabled_at, password_changed_at"
)


def qualified(table: str) -> str:
    """The columns of `of_row`, each with its table before it, for a join."""
    return ", ".join(f"{table}.{column}" for column in COLUMNS.split(", "))


def add(unit: Session, values: dict[str, Any]) -> bool:
    """Inserts a person; False if the name was given before, also to somebody disabled since."""
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    sql = f"INSERT INTO user_account ({names}) VALUES ({marks}) ON CONFLICT (name) DO NOTHING"  # noqa: S608
    return int(unit.execute(sql, values).rowcount) == 1


def find(unit: Session, *, name: str | None = None, user_id: str | None = None) -> User | None:
    """The person with this folded name or this id, disabled ones too."""
    key, value = ("name", name) if name is not None else ("id", user_id)
    row = unit.one(f"SELECT {COLUMNS} FROM user_account WHERE {key} = :value", {"value": value})  # noqa: S608
    return None if row is None else of_row(row)


def everybody(unit: Session) -> list[User]:
    """Every person, disabled ones too, by name."""
    return [of_row(row) for row in unit.query(f"SELECT {COLUMNS} FROM user_account ORDER BY name")]  # noqa: S608


def password_hash(unit: Session, user_id: str, *, lock: bool = False) -> str | None:
    """The hash to verify with; None for an unknown or disabled person. `lock`: it stays until the end."""
    select = "SELECT password_hash FROM user_account WHERE id = :id AND disabled_at IS NULL"
    row = unit.one(" ".join((select, unit.for_update if lock else "")), {"id": user_id})
    return None if row is None else str(row[0])


def change(unit: Session, user_id: str, values: dict[str, Any]) -> None:
    """Sets columns of one person."""
    sets = ", ".join(f"{name} = :{name}" for name in values)
    unit.execute(f"UPDATE user_account SET {sets} WHERE id = :id", {**values, "id": user_id})  # noqa: S608


def hold_administrators(unit: Session) -> list[str]:
    """The ids of the administrators who can sign in, locked, so that two of them do not remove each other at once."""
    select = "SELECT id FROM user_account WHERE role = 'administrator' AND disabled_at IS NULL ORDER BY id"
    return [str(row[0]) for row in unit.query(" ".join((select, unit.for_update)))]


def sample_names(unit: Session) -> list[str]:
    """The names of the sample people who can still sign in."""
    sql = "SELECT name FROM user_account WHERE is_sample AND disabled_at IS NULL ORDER BY created_at, name"
    return [str(row[0]) for row in unit.query(sql)]


def of_row(row: tuple[Any, ...]) -> User:
    """A row in the order of `COLUMNS`."""
    disabled = row[12]
    chosen = Preferences(
        language=row[4], time_zone=row[5], theme=row[6], density=row[7], single_keys=bool(row[8])
    )
    return User(
        id=row[0],
        name=row[1],
        display_name=row[2],
        role=Role(row[3]),
        preferences=chosen,
        must_change_password=bool(row[9]),
        is_sample=bool(row[10]),
        created_at=from_micros(row[11]).isoformat(),
        disabled_at=None if disabled is None else from_micros(disabled).isoformat(),
        password_changed_at=from_micros(row[13]).isoformat(),
    )


def preference_values(chosen: Preferences) -> dict[str, Any]:
    """Preferences as columns."""
    return {
        "language": chosen.language,
        "time_zone": chosen.time_zone,
        "theme": chosen.theme,
        "density": chosen.density,
        "single_keys": chosen.single_keys,
    }
