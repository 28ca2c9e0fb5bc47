"""The cadences that can be enrolled in: those shipped, and those of a firm's own folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path

from orchestrator.domain.cadence import Cadence
from orchestrator.domain.cadence_file import parse
from orchestrator.errors import UnknownReference


class Cadences:
    """Cadences by name and every version of them by digest; loading a bad file changes nothing."""

    def __init__(self, cadences: Sequence[Cadence] = ()) -> None:
        self._active: dict[str, Cadence] = {}
        self._versions: dict[tuple[str, str], Cadence] = {}
        for cadence in cadences:
            self.activate(cadence)

    def activate(self, cadence: Cadence) -> None:
        """Make this the version that new enrollments enter; running ones keep theirs."""
        self._active[cadence.name] = cadence
        self.remember(cadence)

    def remember(self, cadence: Cadence) -> None:
        """Keep an older version for the enrollments that are in it."""
        self._versions[cadence.name, cadence.digest] = cadence

    def find(self, name: str) -> Cadence:
        """The active version; an unknown name is an UnknownReference that lists the known ones."""
        if name not in self._active:
            raise UnknownReference(
                f"no cadence is named {name!r}",
                where=name,
                hint=f"known: {', '.join(sorted(self._active)) or 'none'}",
            )
        return self._active[name]

    def version(self, name: str, digest: str) -> Cadence | None:
        """The version an enrollment entered with, or None if it was never loaded here."""
        return self._versions.get((name, digest))

    def __iter__(self) -> Iterator[Cadence]:
        return iter(self._active[name] for name in sorted(self._active))


def load(folder: Path | None = None) -> Cadences:
    """The shipped cadences and those in `folder` (`*.yaml`); a bad file raises CadenceError with its line."""
    cadences = Cadences()
    shipped = resources.files("orchestrator.domain.cadences")
    for entry in sorted(shipped.iterdir(), key=lambda found: found.name):
        if entry.name.endswith(".yaml"):
            cadences.activate(parse(entry.read_text("utf-8"), entry.name))
    for path in sorted(folder.glob("*.yaml")) if folder is not None else ():
        cadences.activate(parse(path.read_text("utf-8"), str(path)))
    return cadences
