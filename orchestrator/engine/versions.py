"""Cadence versions that are not among the files any more: an enrollment keeps the one it entered with."""

from __future__ import annotations

from collections.abc import Iterable

from orchestrator.domain.cadence_file import CadenceError, parse
from orchestrator.engine.house import House
from orchestrator.store import enrollment
from orchestrator.store.session import Session


def recall_versions(house: House, unit: Session, named: Iterable[tuple[str, str]]) -> None:
    """Read versions (name, digest) that this process has not seen yet; what cannot be read stays unknown."""
    for name, digest in sorted(set(named)):
        if house.cadences.version(name, digest) is not None:
            continue
        body = enrollment.version_body(unit, name, digest)
        if body is None:
            continue
        try:
            house.cadences.remember(parse(body, f"{name}@{digest[:12]}"))
        except CadenceError:
            # held as `cadence_unavailable`, with a task for a person
            continue
