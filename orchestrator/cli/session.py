"""Opening the runtime for one command and closing it whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from orchestrator import log
from orchestrator.bootstrap import Runtime
from orchestrator.settings import load


@contextmanager
def open_runtime() -> Iterator[Runtime]:
    """The configured runtime; the log goes to its file."""
    settings = load()
    log.configure(settings.data_dir, settings.log_level)
    runtime = Runtime.open(settings)
    try:
        yield runtime
    finally:
        runtime.close()
