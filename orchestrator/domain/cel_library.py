"""The CEL package without its command line.

Importing it loads that too, with a terminal toolkit: a tenth of the time in which anything of ours starts.
"""

from __future__ import annotations

import sys
from types import ModuleType

sys.modules.setdefault("cel.cli", ModuleType("cel.cli"))

import cel  # noqa: E402 - only now it finds its command line there

__all__ = ["cel"]
