from __future__ import annotations

import pytest

from orchestrator.domain.permission import GRANTS, Permission, Role, allows


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


def test_whoever_writes_policies_does_not_send() -> None:
    assert not allows(Role.COMPLIANCE_OFFICER, Permission.CONTACT)
