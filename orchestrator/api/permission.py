"""Moved to `orchestrator.domain.permission`, which both faces may import; kept while others still import it here."""

from __future__ import annotations

from orchestrator.domain.permission import GRANTS, Permission, Role, allows

__all__ = ["GRANTS", "Permission", "Role", "allows"]
