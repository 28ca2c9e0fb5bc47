"""A reference made of any attempt id may be printed: one of digits alone is no account number."""

from __future__ import annotations

from orchestrator.engine.message import reference
from templates.standard import STANDARD
from templates.value import to_slot


def test_a_reference_of_digits_alone_may_be_printed() -> None:
    made = reference("at_" + "7" * 24)
    assert to_slot("reference", made, STANDARD["reference"].variable, "en") == made
