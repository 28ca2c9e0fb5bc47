"""What the engine works with, composed once at the edge and handed to every part: no part reaches for a global."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from channels.contract import Channel, Provider
from orchestrator.clock import Clock
from orchestrator.domain.cadence_library import Cadences
from orchestrator.domain.firm import Firm, Sender, sender_for
from orchestrator.domain.seal import Seal
from orchestrator.store.database import Database
from orchestrator.store.sealing import Sealer
from policies.facts import Settings
from policies.library import Library
from templates.library import Catalog

_DEFAULTS = Settings(daytime_only=True)


@dataclass(slots=True)
class House:
    """One engine. `library` is None while no valid policy is loaded: then everything is HOLD.

    node: names this process in leases. assume_complete: nothing happened before what is recorded (simulation).
    seals: by creditor id, for letters.
    inline: run database work in the calling thread; a virtual clock needs it. lease_s: how long a worker may be
    silent about an attempt it handed over before the attempt counts as ambiguous.
    """

    database: Database
    clock: Clock
    sealer: Sealer
    library: Library | None
    catalog: Catalog
    firm: Firm
    cadences: Cadences
    providers: Mapping[Channel, Provider]
    settings: Settings = _DEFAULTS
    node: str = "node"
    public_url: str = ""
    seals: Mapping[str, Seal] = field(default_factory=dict)
    assume_complete: bool = False
    inline: bool = False
    lease_s: float = 30.0
    batch: int = 500
    monotonic: Callable[[], float] = time.monotonic
    on_verdict: Callable[[Any], None] | None = None
    known_policies: set[str] = field(default_factory=set)
    refusals: Iterator[int] = field(default_factory=count)
    _senders: dict[tuple[str, str, str, str], Sender] = field(default_factory=dict)

    def sender(self, creditor_id: str, country: str, language: str, channel: str) -> Sender:
        """Who a contact comes from; worked out once, since the firm stays as it is while this engine runs."""
        key = (creditor_id, country, language, channel)
        found = self._senders.get(key)
        if found is None:
            found = self._senders[key] = sender_for(self.firm, *key)
        return found

    def seal(self, creditor_id: str) -> Seal | None:
        """What a letter about this creditor's account is sealed with, if the firm file names an image."""
        creditor = self.firm.creditor(creditor_id)
        return self.seals.get(creditor.id) if creditor is not None else None
