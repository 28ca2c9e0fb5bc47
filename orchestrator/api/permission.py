"""Who may do what: every route names one permission, every role a set of them. What is not granted is refused."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What a route asks for."""

    PUBLIC = "public"  # no key: health, documentation, signed links and signed callbacks
    CHECK = "check"
    CONTACT = "contact"
    RESERVE = "reserve"
    READ = "read"
    RECORD = "record"  # consents, holds, promises, payments, complaints, events
    ENROLL = "enroll"
    IMPORT = "import"
    REVIEW = "review"  # policies, templates, cadences
    AUDIT = "audit"
    ADMINISTER = "administer"


class Role(StrEnum):
    """The roles of people and of keys."""

    COLLECTOR = "collector"
    CAMPAIGN_MANAGER = "campaign_manager"
    COMPLIANCE_OFFICER = "compliance_officer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


P = Permission
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.COLLECTOR: frozenset({P.CHECK, P.CONTACT, P.RESERVE, P.READ, P.RECORD}),
    Role.CAMPAIGN_MANAGER: frozenset({P.CHECK, P.CONTACT, P.READ, P.ENROLL, P.IMPORT, P.REVIEW}),
    Role.COMPLIANCE_OFFICER: frozenset({P.CHECK, P.READ, P.RECORD, P.REVIEW, P.AUDIT}),
    Role.AUDITOR: frozenset({P.READ, P.REVIEW, P.AUDIT}),
    Role.ADMINISTRATOR: frozenset(set(Permission) - {P.PUBLIC}),
}


def allows(role: Role, permission: Permission) -> bool:
    """True if `role` may use routes that ask for `permission`."""
    return permission is P.PUBLIC or permission in GRANTS[role]
