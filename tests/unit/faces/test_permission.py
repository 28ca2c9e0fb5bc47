from __future__ import annotations

import pytest

from orchestrator.domain.permission import GRANTS, Permission, Role, allows, roles_with


def test_every_role_has_its_grants() -> None:
    assert set(GRANTS) == set(Role)


def test_every_permission_is_granted_to_somebody_and_the_administrator_has_them_all() -> None:
    for permission in set(Permission) - {Permission.PUBLIC}:
        assert allows(Role.ADMINISTRATOR, permission)


@pytest.mark.parametrize(
    "permission",
    [Permission.CONTACT, Permission.RECORD, Permission.IMPORT, Permission.ENROLL, Permission.ADMINISTER],
)
def test_an_auditor_changes_nothing(permission: Permission) -> None:
    assert not allows(Role.AUDITOR, permission)


def test_a_collector_neither_imports_nor_audits() -> None:
    assert not allows(Role.COLLECTOR, Permission.IMPORT)
    assert not allows(Role.COLLECTOR, Permission.AUDIT)


def test_whoever_can_start_campaigns_can_stop_them_and_an_officer_can_only_stop() -> None:
    assert set(roles_with(Permission.CAMPAIGN)) < set(roles_with(Permission.STOP))
    assert allows(Role.COMPLIANCE_OFFICER, Permission.STOP)
    assert not allows(Role.COMPLIANCE_OFFICER, Permission.CAMPAIGN)


def test_everybody_manages_their_own_account_and_may_read_the_rules() -> None:
    assert set(roles_with(Permission.SELF)) == set(roles_with(Permission.POLICY)) == set(Role)


def test_only_an_administrator_decides_who_gets_in() -> None:
    assert roles_with(Permission.ADMINISTER) == (Role.ADMINISTRATOR,)


def test_whoever_writes_policies_does_not_send() -> None:
    assert not allows(Role.COMPLIANCE_OFFICER, Permission.CONTACT)
