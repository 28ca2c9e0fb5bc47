"""Another interpreter of our own beside this one, and the pipe between the two.

A fresh one, neither forked nor a copy of how this process was started: no threads and locks come along, and it loads
what its own work needs, not what a command line or a server does. What it is told comes through the pipe alone.
"""

from __future__ import annotations

import os
import subprocess  # nosec B404 - our own interpreter
import sys
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection


class Child:
    """A process that runs `serve` ("module:function"), which takes its end of the pipe; `pipe` is ours.

    OSError: it could not be started. When it ends, for whatever reason, reading its pipe is an EOFError or OSError.
    """

    def __init__(self, serve: str) -> None:
        self.pipe, theirs = Pipe()
        try:
            self._process = _start(serve, theirs)
        except OSError:
            self.pipe.close()
            raise
        finally:
            theirs.close()

    def close(self) -> None:
        """End it; it holds nothing that could be lost."""
        self._process.kill()
        with suppress(OSError):
            self.pipe.close()
        self._process.wait()


def _start(serve: str, pipe: Connection) -> subprocess.Popen[bytes]:
    module, _, function = serve.partition(":")
    program = (
        f"import sys; sys.path[:] = {sys.path!r}; from multiprocessing.connection import Connection; "
        f"from {module} import {function}; {function}(Connection({pipe.fileno()}))"
    )
    return subprocess.Popen(  # noqa: S603 - our own interpreter and a constant program
        [sys.executable, "-P", "-c", program],
        pass_fds=[pipe.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={name: value for name, value in os.environ.items() if not name.startswith("DUECOURSE_")},
    )


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
