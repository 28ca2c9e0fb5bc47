"""What a start of anything loads: not what only some processes need, and then late."""

from __future__ import annotations

import subprocess
import sys


def test_conditions_and_zones_load_neither_a_terminal_toolkit_nor_the_table_of_numbers() -> None:
    program = (
        "import sys, orchestrator.domain.condition as c, policies.zones; c.parse('balance > 1.0'); "
        "print({'prompt_toolkit', 'phonenumbers.tzdata'} & set(sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"
