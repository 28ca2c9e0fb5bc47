"""All policies that are installed: the only reader of packaged files.

Nothing is half loaded: one bad pack in a folder refuses that load as a whole, and what was active stays active
because a library is never changed after it is made.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from policies.compose import Stack, check_client_packs
from policies.errors import PackError, StackError
from policies.facts import Settings
from policies.pack import DEFAULT, GENERIC, Pack, Rule, canonical
from policies.parse import parse_pack
from policies.vocabulary import Status


class Library:
    """Packs by id, rules by id, and the stacks made of them (kept, because making one costs milliseconds)."""

    def __init__(self, packs: Iterable[Pack]) -> None:
        self.packs: Mapping[str, Pack] = {pack.pack: pack for pack in sorted(packs, key=lambda p: p.pack)}
        self.rules: Mapping[str, Rule] = {r.id: r for pack in self.packs.values() for r in pack.rules}
        self.pack_of: Mapping[str, Pack] = {r.id: pack for pack in self.packs.values() for r in pack.rules}
        self.digest = _digest(self.packs.values())
        self._stacks: dict[tuple[object, ...], Stack] = {}

    def covers(self, jurisdictions: Iterable[str]) -> bool:
        """True if a pack of law stands over one of these jurisdictions."""
        wanted = set(jurisdictions)
        return any(pack.jurisdiction in wanted and not pack.client for pack in self.packs.values())

    def stack(
        self,
        jurisdictions: tuple[str, ...],
        actor: str,
        on: dt.date,
        only: tuple[str, ...] | None = None,
        settings: Settings | None = None,
    ) -> Stack:
        """The rules over a consumer's jurisdictions and the firm's own; `only` names the sole rules in force.

        A stack holds its rules for every date, so `on` and `actor` choose nothing more than what is asked first:
        the judge itself moves through the dated spans. Without a pack for the place, the protective default stands.
        """
        chosen = settings or Settings()
        key = (tuple(jurisdictions), only, chosen)
        known = self._stacks.get(key)
        if known is None:
            known = self._stacks[key] = Stack(self._choose(jurisdictions, only), chosen)
        return known

    def _choose(self, jurisdictions: tuple[str, ...], only: tuple[str, ...] | None) -> list[Rule]:
        if only is not None:
            return [self.rules[name] for name in dict.fromkeys(only) if name in self.rules]
        places = {*jurisdictions, GENERIC}
        if not self.covers(jurisdictions):
            places.add(DEFAULT)
        packs = [pack for pack in self.packs.values() if pack.jurisdiction in places]
        return [rule for pack in packs for rule in pack.rules if rule.status is Status.ON]


def _digest(packs: Iterable[Pack]) -> str:
    found = hashlib.sha256()
    for pack in packs:
        found.update(canonical(pack))
    return found.hexdigest()


def _yaml_files(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        name = f"{prefix}{entry.name}"
        if entry.is_dir():
            yield from _yaml_files(entry, f"{name}/")
        elif entry.name.endswith((".yaml", ".yml")):
            yield name, entry


def _read(name: str, entry: Traversable, *, client: bool) -> Pack:
    try:
        text = entry.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PackError("the file cannot be read as UTF-8", code="unreadable", file=name, line=1) from error
    return parse_pack(text, name, client=client)


def packaged(name: str) -> str:
    """The text of a packaged file of this package (`packs/...`, `tables/...`)."""
    return (resources.files("policies") / name).read_text(encoding="utf-8")


def _refuse_twins(packs: list[Pack]) -> None:
    seen: dict[str, Pack] = {}
    names: dict[str, Pack] = {}
    for pack in packs:
        if pack.pack in names:
            raise PackError(
                f"the pack {pack.pack} is already in {names[pack.pack].origin}",
                code="duplicate_pack",
                file=pack.origin,
                line=1,
                hint="give it another name",
            )
        names[pack.pack] = pack
        for rule in pack.rules:
            if rule.id in seen:
                raise PackError(
                    f"the rule {rule.id} is already in {seen[rule.id].origin}",
                    code="duplicate_rule",
                    file=pack.origin,
                    line=pack.lines.get(rule.id, 1),
                    hint="a rule has one home",
                )
            seen[rule.id] = pack


@cache
def _shipped() -> tuple[Pack, ...]:
    root = resources.files("policies") / "packs"
    return tuple(_read(f"policies/packs/{name}", entry, client=False) for name, entry in _yaml_files(root))


@cache
def load(extra_dirs: tuple[str, ...] = ()) -> Library:
    """The packs that ship and those of the firm's folders. Raises PackError or StackError; nothing is half loaded."""
    shipped = list(_shipped())
    own: list[Pack] = []
    for folder in extra_dirs:
        path = Path(folder)
        if not path.is_dir():
            raise StackError(
                f"there is no folder {folder}", code="no_folder", file=folder, hint="check the setting"
            )
        own += [_read(f"{folder}/{name}", entry, client=True) for name, entry in _yaml_files(path)]
    laid = [(pack.origin, pack.lines.get(rule.id, 1), rule) for pack in own for rule in pack.rules]
    check_client_packs((rule for pack in shipped for rule in pack.rules), laid)
    _refuse_twins(shipped + own)
    return Library(shipped + own)
