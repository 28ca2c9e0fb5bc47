"""Who may do what: every route names one permission, every role a set of them. What is not granted is refused."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What a route asks for, on the API and in the console alike."""

    PUBLIC = "public"  # nobody is asked: health, documentation, signing in, signed links and signed callbacks
    SELF = "self"  # one's own password, preferences and signing out
    CHECK = "check"  # may this contact be made; what would happen if
    CONTACT = "contact"
    RESERVE = "reserve"
    READ = "read"  # consumers, accounts, timelines, decisions
    RECORD = "record"  # consents, holds, promises, payments, complaints, events
    RELEASE = "release"  # lift a hold that the law or a third person brought about
    WORK = "work"  # the work list: take a case, run its call, finish it
    POLICY = "policy"  # the rules as they stand, with their sources
    REVIEW = "review"  # templates, cadences, campaigns and how they fare
    ENROLL = "enroll"
    IMPORT = "import"
    CAMPAIGN = "campaign"  # write, forecast, start, pause and resume campaigns
    STOP = "stop"  # stop a campaign or everything; going on again is CAMPAIGN
    AUDIT = "audit"  # the ledger and its verification, evidence
    ADMINISTER = "administer"  # people, keys, providers


class Role(StrEnum):
    """The roles of people and of keys."""

    COLLECTOR = "collector"
    CAMPAIGN_MANAGER = "campaign_manager"
    COMPLIANCE_OFFICER = "compliance_officer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


P = Permission
EVERYONE = frozenset({P.SELF, P.READ, P.POLICY})
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.COLLECTOR: EVERYONE | {P.CHECK, P.CONTACT, P.RESERVE, P.RECORD, P.WORK},
    Role.CAMPAIGN_MANAGER: EVERYONE | {P.CHECK, P.CONTACT, P.REVIEW, P.ENROLL, P.IMPORT, P.CAMPAIGN, P.STOP},
    Role.COMPLIANCE_OFFICER: EVERYONE | {P.CHECK, P.RECORD, P.RELEASE, P.REVIEW, P.STOP, P.AUDIT},
    Role.AUDITOR: EVERYONE | {P.REVIEW, P.AUDIT},
    Role.ADMINISTRATOR: frozenset(set(Permission) - {P.PUBLIC}),
}


def allows(role: Role, permission: Permission) -> bool:
    """True if `role` may use routes that ask for `permission`."""
    return permission is P.PUBLIC or permission in GRANTS[role]


def reads_compliance(role: Role) -> bool:
    """True if the words in which compliance answers a complaint are for `role`: it writes or checks them."""
    return allows(role, P.RELEASE) or allows(role, P.AUDIT)


def roles_with(permission: Permission) -> tuple[Role, ...]:
    """The roles that may, in the order in which they are listed: what a refusal tells people."""
    return tuple(role for role in Role if allows(role, permission))
