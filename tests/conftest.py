"""What every tier shares: quiet folders for child processes, hypothesis profiles, the test PostgreSQL."""

from __future__ import annotations

import importlib.util
import os

from hypothesis import HealthCheck, settings

# a developer's own settings must not leak into tests
for name in [name for name in os.environ if name.startswith("DUECOURSE_")]:
    del os.environ[name]
os.environ["DUECOURSE_ENV_FILE"] = os.devnull

settings.register_profile(
    "steady",
    derandomize=True,  # the same examples on every machine: a red build is a change, not luck
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("search", max_examples=2_000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

pytest_plugins = ["tests.postgres"] if importlib.util.find_spec("tests.postgres") else []
