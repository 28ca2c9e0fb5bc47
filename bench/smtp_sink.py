"""A mail server that takes everything and keeps nothing, in a process of its own: `python -m bench.smtp_sink`.

It prints its port, then answers until it is stopped. Pipelined or not, one mail or many on a connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Iterator

END = b"\r\n.\r\n"


class Sink(asyncio.Protocol):
    """As much of RFC 5321 as a client needs to deliver."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.buffer, self.in_text = b"", False
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while self._text() if self.in_text else self._line():
            pass

    def _text(self) -> bool:
        at = self.buffer.find(END)
        if at < 0:
            return False
        self.buffer, self.in_text = self.buffer[at + len(END) :], False
        self.transport.write(b"250 kept\r\n")
        return True

    def _line(self) -> bool:
        line, found, rest = self.buffer.partition(b"\r\n")
        if not found:
            return False
        self.buffer = rest
        verb = line[:4].upper()
        if verb == b"DATA":
            self.in_text = True
            self.transport.write(b"354 go on\r\n")
        elif verb == b"QUIT":
            self.transport.write(b"221 bye\r\n")
            self.transport.close()
        elif verb == b"EHLO":
            self.transport.write(b"250-sink\r\n250 PIPELINING\r\n")  # as nearly every server in use offers
        else:
            self.transport.write(b"250 sink\r\n")
        return True


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


@contextlib.contextmanager
def running() -> Iterator[int]:
    """The port of a sink that lives as long as the block."""
    child = subprocess.Popen([sys.executable, "-m", "bench.smtp_sink"], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    try:
        yield int(child.stdout.readline())
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve())
