"""Command lines that can be killed: forks of a process in which everything is imported."""

from __future__ import annotations

import hashlib
import os
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from safetensors import safe_open

from acncodec_cli.main import run as run_line

POLL_SECONDS = 0.002


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def tensors(path: Path) -> dict[str, bytes]:
    """All tensors of a model file; its card holds the time that the training took."""
    with safe_open(path, "np") as file:
        return {name: file.get_tensor(name).tobytes() for name in file.keys()}


class Child:
    """A command line in a fork of this process."""

    def __init__(self, folder: Path, line: Sequence[str]) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 it lives as long as the child
        self._pid = os.fork()
        self.status: int | None = None
        if not self._pid:
            status = 1
            try:
                os.dup2(self._log.fileno(), 2)
                os.chdir(folder)
                status = run_line(["-q", *line])
            finally:
                os._exit(status)

    def poll(self) -> int | None:
        """The exit status, negative for a signal, or None while it runs."""
        if self.status is None:
            pid, raw = os.waitpid(self._pid, os.WNOHANG)
            self.status = os.waitstatus_to_exitcode(raw) if pid else None
        return self.status

    def wait(self) -> int:
        """Wait for the end."""
        while self.poll() is None:
            time.sleep(POLL_SECONDS)
        return self.status or 0

    def kill(self) -> int:
        """Kill it, if it still runs."""
        if self.poll() is None:
            os.kill(self._pid, signal.SIGKILL)
        return self.wait()

    def message(self) -> str:
        """What it wrote to standard error."""
        self._log.seek(0)
        return self._log.read().decode(errors="replace")


@dataclass
class Command:
    """A command line that turns `source` into `target`, both in the folder it runs in."""

    name: str
    line: Sequence[str]
    target: str
    reference: Path
    inputs: dict[str, bytes]
    outcomes: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)
    seconds: float = 0.0
    writes_after: float = 0.0

    def start(self, folder: Path, *more: str) -> Child:
        """Start the command in `folder`."""
        return Child(folder, [*self.line, *more])

    def fill(self, folder: Path) -> None:
        """Put the inputs into `folder`."""
        for name, content in self.inputs.items():
            (folder / name).write_bytes(content)

    def measure(self) -> None:
        """Make the reference, and note how long a run takes and when its temporary file shows."""
        for _ in range(2):  # the first compiles
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                self.fill(folder)
                start = time.monotonic()
                child = self.start(folder)
                self.writes_after = wait_for_temporary(folder, child, start)
                if child.wait():
                    raise SystemExit(f"{self.name} fails unbroken: {child.message()}")
                self.seconds = time.monotonic() - start
                self.reference.write_bytes((folder / self.target).read_bytes())

    def is_whole(self, target: Path) -> bool:
        """Whether `target` is what an unbroken run writes."""
        if self.name == "train":
            return tensors(target) == tensors(self.reference)
        return digest(target) == digest(self.reference)


def wait_for_temporary(folder: Path, child: Child, start: float) -> float:
    """Seconds from `start` until a temporary file shows, or the child ends."""
    while child.poll() is None and not any(folder.glob(".*.tmp")):
        time.sleep(POLL_SECONDS)
    return time.monotonic() - start
