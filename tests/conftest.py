"""What every tier shares: quiet folders for child processes, compiled modules kept, the test PostgreSQL."""

from __future__ import annotations

import importlib.util
import os
import sys

# a developer's own settings must not leak into tests
for name in [name for name in os.environ if name.startswith("DUECOURSE_")]:
    del os.environ[name]
os.environ["DUECOURSE_ENV_FILE"] = os.devnull

# a machine that forbids compiled files would have each worker compile every module anew, seconds a run
sys.dont_write_bytecode = False

pytest_plugins = ["tests.postgres"] if importlib.util.find_spec("tests.postgres") else []
