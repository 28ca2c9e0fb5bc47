"""What the roles are called."""

from __future__ import annotations

from orchestrator.console.message import N_
from orchestrator.domain.permission import Role

ROLE_WORDS = {
    Role.COLLECTOR: N_("collector"),
    Role.CAMPAIGN_MANAGER: N_("campaign manager"),
    Role.COMPLIANCE_OFFICER: N_("compliance officer"),
    Role.AUDITOR: N_("auditor"),
    Role.ADMINISTRATOR: N_("administrator"),
}
