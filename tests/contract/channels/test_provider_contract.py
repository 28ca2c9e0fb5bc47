"""Every provider keeps every promise of the contract."""

from __future__ import annotations

import pytest

from channels.testing import CHECKS, Check
from tests.contract.channels.rigs import RIGS

CASES = [
    pytest.param(name, check, id=f"{name}-{check.name.replace(' ', '_')}")
    for name, make in RIGS.items()
    for check in CHECKS
    if check.needs in make().faults
]


@pytest.mark.parametrize(("name", "check"), CASES)
async def test_provider_keeps_the_contract(name: str, check: Check) -> None:
    rig = RIGS[name]()
    try:
        await check.run(rig)
    finally:
        await rig.close()
