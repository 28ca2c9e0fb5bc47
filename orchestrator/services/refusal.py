"""What an act answers to somebody whose role may not do it."""

from __future__ import annotations

from orchestrator.domain.permission import Permission, Role, roles_with
from orchestrator.errors import AccessError


def not_for(role: Role, what: str, where: str | None) -> AccessError:
    """The refusal of an act that is for roles with RELEASE; `what` says what this role may not."""
    return AccessError(
        f"the role {role} {what}: nothing was changed",
        code="role_missing",
        where=where,
        hint=f"it is for {', '.join(roles_with(Permission.RELEASE))}",
    )
