"""Ctrl-C, SIGTERM and SIGHUP: raised where that does no harm, so that clean-up runs.

A signal becomes an exception in whatever the main thread executes. Inside numba's compiler that
may be between taking a global lock and the block that gives it back, or in a finalizer, which
swallows exceptions: every other thread then waits for ever. So there the exception is put off.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePath
from types import FrameType

CAUGHT = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
EARLY = (signal.SIGINT, signal.SIGTERM)
"""What ends early what can end early."""
RETRY_SECONDS = 0.05
COMPILER = {"numba", "llvmlite"}
CALLED_BACK = ("<frozen importlib._bootstrap>", "cb")
"""What Python's imports have called when a lock of theirs is gone: it swallows exceptions too."""


class Terminated(BaseException):
    """Raised on SIGTERM and SIGHUP, as KeyboardInterrupt is on SIGINT."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def is_delicate(frame: FrameType | None) -> bool:
    """Whether an exception raised in `frame` may leave a lock behind or get lost."""
    while frame is not None:
        code = frame.f_code
        swallows = code.co_name == "__del__" or (code.co_filename, code.co_name) == CALLED_BACK
        if swallows or COMPILER.intersection(PurePath(code.co_filename).parts):
            return True
        frame = frame.f_back
    return False


class Signals:
    """The first signal is raised, as soon as may be; later ones must not break the clean-up."""

    def __init__(self) -> None:
        self._number = 0

    def install(self) -> None:
        """Take over the signals that are not ignored (nohup stays in force)."""
        if threading.current_thread() is not threading.main_thread():
            return
        signal.signal(signal.SIGALRM, self._retry)
        for number in CAUGHT:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._catch)

    def _catch(self, number: int, frame: FrameType | None) -> None:
        if not self._number:
            self._number = number
            self._retry(signal.SIGALRM, frame)

    def _retry(self, _number: int, frame: FrameType | None) -> None:
        if is_delicate(frame):
            signal.setitimer(signal.ITIMER_REAL, RETRY_SECONDS)
        elif self._number == signal.SIGINT:
            raise KeyboardInterrupt
        elif self._number:
            raise Terminated(self._number)


@contextmanager
def ending_early(first: Callable[[], None]) -> Iterator[Callable[[], bool]]:
    """Within, the first Ctrl-C or SIGTERM only calls `first` and lets what is yielded be true; the
    second does what the first would do elsewhere. In another thread than the main one, neither."""
    asked = False
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    before = {number: signal.getsignal(number) for number in EARLY}

    def catch(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        handler = before[signal.Signals(number)]
        if not asked:
            asked = True
            first()
        elif callable(handler):
            handler(number, frame)
        else:
            signal.signal(number, handler)
            signal.raise_signal(number)

    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, catch)
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
