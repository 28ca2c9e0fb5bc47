"""Properties are searched for steadily (tests/steady.py)."""

from __future__ import annotations

import tests.steady  # noqa: F401 - registers the profiles before a property is defined
