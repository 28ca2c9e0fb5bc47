"""Contact values that are not shown whole."""

from __future__ import annotations

import pytest

from orchestrator.domain.masked import masked


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("phone", "+13125550148", "··0148"),
        ("phone", "0148", "··"),
        ("email", "maria.canary@example.com", "m··@example.com"),
        ("email", "no mailbox", "··"),
        ("postal", "1 Main Street\nSpringfield", "··"),
        ("phone", "", ""),
    ],
)
def test_a_value_is_told_apart_and_cannot_be_used(kind: str, value: str, shown: str) -> None:
    assert masked(kind, value) == shown
