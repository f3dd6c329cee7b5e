"""Lines to a server on the loopback, that count what goes through them, and are cut."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Line:
    """What leads to a server, by a port of its own.

    most: so many bytes go there, and every connection that sends more is cut; none is where None.
    spared: connections that have sent so few bytes since then are not. sent, received: bytes there
    and back.
    """

    most: int | None = None
    spared: int = 0
    sent: int = 0
    received: int = 0
    port: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def _passes(self, nbytes: int, beyond: list[int]) -> bool:
        """Count what is sent; whether it may pass. beyond: of this connection, past the most."""
        with self._lock:
            self.sent += nbytes
            if self.most is not None and self.sent > self.most:
                beyond[0] += nbytes
                return beyond[0] <= self.spared
            return True

    def _there(self, near: socket.socket, far: socket.socket) -> None:
        beyond = [0]
        with suppress(OSError):
            while data := near.recv(4096):
                if not self._passes(len(data), beyond):
                    break
                far.sendall(data)
        _end(near, far)

    def _back(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while data := far.recv(1 << 16):
                with self._lock:
                    self.received += len(data)
                near.sendall(data)
        _end(near, far)

    def serve(self, listening: socket.socket, host: str, port: int) -> None:
        """Take connections until `listening` is closed."""
        while True:
            try:
                near, _ = listening.accept()
            except OSError:
                return
            far = socket.create_connection((host, port))
            for way in (self._there, self._back):
                threading.Thread(target=way, args=(near, far), daemon=True).start()


def _end(*ends: socket.socket) -> None:
    for one in ends:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)  # wakes whoever reads it
        one.close()


@contextmanager
def line_to(host: str, port: int, most: int | None = None, spared: int = 0) -> Iterator[Line]:
    """A line to a server."""
    line = Line(most, spared)
    listening = socket.create_server(("127.0.0.1", 0))
    line.port = listening.getsockname()[1]
    threading.Thread(target=line.serve, args=(listening, host, port), daemon=True).start()
    try:
        yield line
    finally:
        listening.close()
