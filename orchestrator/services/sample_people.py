"""One made-up person for each role, so that a first start can be looked at from every side. Never in production."""

from __future__ import annotations

import os
from pathlib import Path

from orchestrator.domain import password as passwords
from orchestrator.domain.permission import Role
from orchestrator.engine.house import House
from orchestrator.errors import SettingError
from orchestrator.services import user

KEPT_IN = "sample-password"
PEOPLE = (
    ("collector", Role.COLLECTOR, "Sample collector"),
    ("manager", Role.CAMPAIGN_MANAGER, "Sample campaign manager"),
    ("officer", Role.COMPLIANCE_OFFICER, "Sample compliance officer"),
    ("auditor", Role.AUDITOR, "Sample auditor"),
    ("admin", Role.ADMINISTRATOR, "Sample administrator"),
)


def ensure(house: House, folder: Path) -> str | None:
    """Makes those of the five who are missing, and gives the password that they share; None if none can sign in.

    The password is made up here and kept in `folder` for its owner alone; where it was lost, all get a new one.
    """
    known = {one.name for one in user.everybody(house)}
    missing = [one for one in PEOPLE if one[0] not in known]
    there = names(house)
    if not missing and not there:
        return None
    kept = _kept_password(folder)
    password = kept or _new_password(folder)
    for name, role, shown in missing:
        user.add(house, name, role, by="sample", display_name=shown, password=password, is_sample=True)
    for name in there if kept is None else ():
        user.set_password(house, name, password, by="sample", must_change=False)
    return password


def names(house: House) -> list[str]:
    """Those of them who can sign in, in the order of the roles."""
    there = set(user.sample_names(house))
    return [name for name, _, _ in PEOPLE if name in there]


def refuse(house: House) -> None:
    """A SettingError while one of them can sign in: for production."""
    if there := names(house):
        raise SettingError(
            f"sample people can sign in: {', '.join(there)}",
            code="sample_people",
            where="DUECOURSE_MODE",
            hint="add an administrator of your own, then duecourse users disable each of these",
        )


def _kept_password(folder: Path) -> str | None:
    path = folder / KEPT_IN
    return (path.read_text(encoding="utf-8").strip() or None) if path.is_file() else None


def _new_password(folder: Path) -> str:
    made = passwords.generated()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / KEPT_IN
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(made + "\n")
    return made
