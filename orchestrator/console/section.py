"""The sections of the navigation: a word, an address, the key after `g`, and what somebody needs to see it."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.console.message import N_
from orchestrator.domain.permission import Permission


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    label: str
    path: str
    key: str
    permission: Permission


SECTIONS = (
    Section("work", N_("Work"), "/work", "w", Permission.RECORD),
    Section("consumers", N_("Consumers"), "/consumers", "c", Permission.READ),
    Section("campaigns", N_("Campaigns"), "/campaigns", "m", Permission.REVIEW),
    Section("policies", N_("Policies"), "/policies", "p", Permission.POLICY),
    Section("decisions", N_("Decisions"), "/decisions", "d", Permission.READ),
    Section("ledger", N_("Ledger"), "/ledger", "l", Permission.AUDIT),
)
