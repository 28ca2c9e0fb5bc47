"""The manifest of a spool folder: one JSON line per letter that is to be printed, and its PDF beside it.

The line is what counts. A PDF is complete in its place before its line is written, and a line that was cut off
by a crash is removed before the next one: a printer that follows the manifest never sees half a letter.
"""

from __future__ import annotations

import contextlib
import errno
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec

from channels.errors import SetupError

try:
    import fcntl
except ImportError:  # Windows: one process per spool folder
    fcntl = None  # type: ignore[assignment]

MANIFEST = "manifest.jsonl"
_LOCK = ".manifest.lock"
_WORK = ".work"


class Entry(msgspec.Struct, frozen=True):
    """One letter: `file` lies in the folder; `created` is the time the engine gave, RFC 3339, or null."""

    attempt_id: str
    file: str
    sha256: str
    pages: int
    country: str
    paper: str
    created: str | None = None


class Spool:
    """A folder that any number of processes may write to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._entries: dict[str, Entry] = {}
        self._read_to = 0
        self._threads = threading.Lock()
        try:
            (folder / _WORK).mkdir(parents=True, exist_ok=True)
            (folder / MANIFEST).touch(exist_ok=True)
        except OSError as fault:
            raise SetupError(
                f"the spool folder cannot be used: {fault.strerror}", code="spool_unusable", file=str(folder)
            ) from None

    def find(self, attempt_id: str) -> Entry | None:
        """The letter of an attempt, if it is in the manifest."""
        with self._locked():
            return self._entries.get(attempt_id)

    def add(self, entry: Entry, data: bytes) -> Entry:
        """Put PDF and line in place, both or none; an attempt that is there already keeps its first letter.

        Raises OSError with nothing left behind.
        """
        work = self.folder / _WORK / f"{entry.file}.{os.getpid()}.{threading.get_ident()}"
        try:
            _write(work, data)
            with self._locked():
                known = self._entries.get(entry.attempt_id)
                if known is None:
                    self._commit(work, entry)
                return known or entry
        finally:
            with contextlib.suppress(OSError):
                work.unlink(missing_ok=True)

    def entries(self) -> list[Entry]:
        with self._locked():
            return list(self._entries.values())

    def _commit(self, work: Path, entry: Entry) -> None:
        place = self.folder / entry.file
        work.replace(place)
        try:
            self._append(msgspec.json.encode(entry) + b"\n")
        except OSError:
            with contextlib.suppress(OSError):
                place.unlink(missing_ok=True)
            raise
        self._entries[entry.attempt_id] = entry

    def _append(self, line: bytes) -> None:
        handle = os.open(self.folder / MANIFEST, os.O_WRONLY | os.O_APPEND)
        try:
            _write_whole(handle, line)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(handle, self._read_to)
            raise
        finally:
            os.close(handle)
        self._read_to += len(line)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with self._threads, (self.folder / _LOCK).open("ab") as lock:
            if fcntl is not None:
                fcntl.flock(lock, fcntl.LOCK_EX)
            self._read_on()
            yield

    def _read_on(self) -> None:
        """Read what other processes added; under the lock a line without an end is a crash's remains."""
        path = self.folder / MANIFEST
        if path.stat().st_size < self._read_to:
            self._entries, self._read_to = {}, 0  # the printer has taken the manifest away
        with path.open("rb") as file:
            file.seek(self._read_to)
            added = file.read()
        whole, end, rest = added.rpartition(b"\n")
        if rest:
            os.truncate(path, self._read_to + len(whole) + len(end))
        for line in whole.splitlines():
            with contextlib.suppress(msgspec.MsgspecError):
                entry = msgspec.json.decode(line, type=Entry)
                self._entries[entry.attempt_id] = entry
        self._read_to += len(whole) + len(end)


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _write_whole(handle: int, line: bytes) -> None:
    if os.write(handle, line) != len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.fsync(handle)
