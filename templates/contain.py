"""Render in a child process that may use 256 MiB, one second of CPU and 64 KiB of output, and nothing else.

Where a template is judged before it is used (lint, approval), it runs here with its worst values: whatever it
does, the parent gets an answer. The child is a fresh interpreter with no inherited environment.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from templates.errors import OutputTooLarge, TemplateError
from templates.sandbox import MAX_OUTPUT_BYTES, compiled, produce

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]

MEMORY_BYTES = 256 * 1024 * 1024
CPU_SECONDS = 1
WALL_SECONDS = 20  # a loaded machine may hold a process up for long; the CPU limit is what counts
_CPU_EXIT, _MEMORY_EXIT, _OUTPUT_EXIT, _FAULT_EXIT = 91, 92, 93, 94


class Job(msgspec.Struct, frozen=True):
    """One part to render: source, whether it is HTML, and the flat values."""

    source: str
    is_html: bool
    values: dict[str, Any]


class Outcome(msgspec.Struct, frozen=True):
    """`reason` is empty when all jobs came back; else cpu, memory, output, fault or time."""

    reason: str
    outputs: tuple[str, ...] = ()
    detail: str = ""

    @property
    def is_contained(self) -> bool:
        return self.reason == ""


def run_contained(jobs: Sequence[Job]) -> Outcome:
    """Render every job in one limited child; never raises for what the templates do."""
    root = str(Path(__file__).resolve().parent.parent)
    code = f"import sys; sys.path[:0] = {[root]!r}; import templates.contain as c; c.main()"
    command = [sys.executable, "-I", "-c", code]
    with subprocess.Popen(  # noqa: S603 - our own interpreter and a constant program
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_bare_environment(),
    ) as child:
        try:
            out, err = child.communicate(msgspec.json.encode(list(jobs)), timeout=WALL_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            return Outcome("time", detail=f"no answer within {WALL_SECONDS} s")
    return _outcome(child.returncode, out, err)


def _bare_environment() -> dict[str, str]:
    # Windows needs SYSTEMROOT to start an interpreter; no secret of the parent goes to the child
    return {name: os.environ[name] for name in ("SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}


def _outcome(code: int, out: bytes, err: bytes) -> Outcome:
    if code == 0:
        with contextlib.suppress(msgspec.DecodeError):
            return Outcome("", tuple(msgspec.json.decode(out, type=list[str])))
        return Outcome("fault", detail="the child's answer cannot be read")
    detail = err.decode("utf-8", "replace").strip().splitlines()[-1:] or [""]
    reasons = {_CPU_EXIT: "cpu", _MEMORY_EXIT: "memory", _OUTPUT_EXIT: "output", _FAULT_EXIT: "fault"}
    if not hasattr(signal, "SIGPROF"):
        return Outcome(reasons.get(code, "fault"), detail=detail[0][:300])
    killed = (
        "cpu"
        if code in {-signal.SIGPROF, -signal.SIGXCPU, -signal.SIGKILL}
        else "memory"
        if code in {-signal.SIGABRT, -signal.SIGSEGV}
        else "fault"
    )
    return Outcome(reasons.get(code, killed), detail=detail[0][:300])


def limit_process(memory: int = MEMORY_BYTES, cpu_seconds: int = CPU_SECONDS) -> None:
    """Put the limits on this process; a platform without them (Windows) relies on the parent's time limit."""
    if resource is None:
        return
    with contextlib.suppress(ValueError, OSError):  # macOS refuses an address-space limit
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # The start of the interpreter has used CPU already: a profiling timer counts from here, its signal kills
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds + 2, cpu_seconds + 3))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_OUTPUT_BYTES * 8, MAX_OUTPUT_BYTES * 8))


def main() -> None:
    """The child: limits first, then everything that the parent asked for."""
    jobs = msgspec.json.decode(sys.stdin.buffer.read(), type=list[Job])
    limit_process()
    outputs, left = [], MAX_OUTPUT_BYTES
    try:
        for job in jobs:
            outputs.append(_render(job, left))
            left = MAX_OUTPUT_BYTES
    except MemoryError:
        os._exit(_MEMORY_EXIT)
    except OutputTooLarge:
        os._exit(_OUTPUT_EXIT)
    except TemplateError as fault:
        is_memory = isinstance(fault.__context__, MemoryError)
        sys.stderr.write(fault.message)
        sys.stderr.flush()
        os._exit(_MEMORY_EXIT if is_memory else _FAULT_EXIT)
    sys.stdout.buffer.write(msgspec.json.encode(outputs))
    sys.stdout.flush()


def _render(job: Job, limit: int) -> str:
    values: Mapping[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in job.values.items()
    }
    return produce(compiled(job.source, html=job.is_html), dict(values), limit=limit)
