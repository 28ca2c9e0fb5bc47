"""A large file is read and prepared in a process of its own, one chunk ahead of the one that is written.

Nearly half of an import is reading, checking and sealing, which needs no database, and Python does one thing at a
time. The second process has the file and the keys, which come to it through its standard input, and no database.
Should it end early, for whatever reason, the rest is read in this process: nothing is lost, nothing is read twice.
"""

from __future__ import annotations

import gc
import os
import pickle  # nosec B403 - between this process and its own child
import selectors
import signal
import subprocess  # nosec B404 - our own interpreter
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any

from orchestrator.child import cores
from orchestrator.importers.kind import Kind
from orchestrator.importers.source import Chunk, Source
from orchestrator.store.sealing import Sealer

# fewer lines are written before the second process has started
WORTH_LINES = 10_000
_WARMING_ROWS = 200
_DIED = (OSError, EOFError, pickle.UnpicklingError)


class Ahead:
    """Gives the chunks of `source` as a second process reads them; `ended_early` if it did not do all of it.

    Until that process has started and has its tables, which takes seconds, chunks are read in this one.
    """

    def __init__(self, source: Source) -> None:
        self.ended_early = False
        self._source, self._own, self._taken = source, 0, 0
        self._is_asked = False
        self._child: subprocess.Popen[bytes] | None = None
        try:
            self._child = _start()
            self._send((source.path, source.kind, source.mapping, source.sealer.ring))
        except OSError:
            self._go_on_alone()

    def read(self, count: int) -> Chunk:
        """The next chunk: of `count` rows, or of as many as the call before asked the second process for."""
        if self._is_asked:
            try:
                chunk: Chunk = self._receive()
            except _DIED:
                self._go_on_alone()
            else:
                self._taken += chunk.count
                self._ask(count)
                return chunk
        else:
            self._hand_over(count)
        chunk = self._source.read(count)
        self._own += chunk.count
        self._taken += chunk.count
        return chunk

    def close(self) -> None:
        """End the second process; it holds nothing that could be lost."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            with suppress(OSError), child:
                pass

    def _hand_over(self, count: int) -> None:
        """If the second process is ready, it goes on behind the `count` rows that are read here meanwhile."""
        if self._child is None:
            return
        try:
            if self._is_ready(self._child):
                self._receive()
                self._send(self._taken + count)
                self._send(count)
                self._is_asked = True
        except _DIED:
            self._go_on_alone()

    @staticmethod
    def _is_ready(child: subprocess.Popen[bytes]) -> bool:
        with selectors.DefaultSelector() as waiting:
            waiting.register(_pipe(child.stdout), selectors.EVENT_READ)
            return bool(waiting.select(0))

    def _ask(self, count: int) -> None:
        try:
            self._send(count)
        except OSError:
            self._go_on_alone()

    def _send(self, told: Any) -> None:
        if self._child is not None:
            pipe = _pipe(self._child.stdin)
            pickle.dump(told, pipe, protocol=5)
            pipe.flush()

    def _receive(self) -> Any:
        if self._child is None:
            raise EOFError
        return pickle.load(_pipe(self._child.stdout))  # noqa: S301 # nosec B301 - our own child

    def _go_on_alone(self) -> None:
        """What the second process gave is taken already: this one's own reading of the file catches up."""
        self.ended_early, self._is_asked = True, False
        self.close()
        self._source.skip(self._taken - self._own)
        self._own = self._taken


@contextmanager
def reading_ahead(source: Source, lines: int) -> Iterator[Source | Ahead]:
    """`source`, read ahead where its `lines` and this machine make that worthwhile."""
    # opt-outs are few and quick to read
    if lines < WORTH_LINES or cores() < 2 or source.kind is Kind.OPT_OUTS:
        yield source
        return
    ahead = Ahead(source)
    try:
        yield ahead
    finally:
        ahead.close()


def serve() -> None:
    """The second process: file and keys, where to begin, and then one chunk for every number that it is asked for."""
    # an interrupt is for the process that asks; when that ends, its pipes close and this one ends too
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asked, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # nobody else may write into the answers
    with suppress(*_DIED):
        path, kind, mapping, ring = pickle.load(asked)  # noqa: S301 # nosec B301 - from the process that started us
        source = Source(path, kind, mapping, Sealer(ring))
        # tables of places and numbers are loaded by whoever reads first
        Source(path, kind, mapping, source.sealer).read(_WARMING_ROWS)
        gc.freeze()
        gc.set_threshold(50_000, 20, 20)
        _answer(answers, True)
        source.skip(pickle.load(asked))  # noqa: S301 # nosec B301
        while True:
            _answer(answers, source.read(pickle.load(asked)))  # noqa: S301 # nosec B301


def _answer(answers: IO[bytes], given: Any) -> None:
    pickle.dump(given, answers, protocol=5)
    answers.flush()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise EOFError
    return pipe


def _start() -> subprocess.Popen[bytes]:
    """Our own interpreter with our own search path; what it needs to know comes through the pipe alone."""
    code = f"import sys; sys.path[:] = {sys.path!r}; from orchestrator.importers.ahead import serve; serve()"
    return subprocess.Popen(  # noqa: S603 # nosec B603 - our own interpreter and a constant program
        [sys.executable, "-P", "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={name: value for name, value in os.environ.items() if not name.startswith("DUECOURSE_")},
    )
