"""An address that the user typed, and the store that it leads to.

Nothing but a command line or a caller says addresses: none is taken from what a file holds.
"""

from __future__ import annotations

import queue
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final, TypeVar, cast

from acncodec.errors import AcnError, DataError, MissingExtraError

T = TypeVar("T")

ANSWER_SECONDS: Final = 60.0
"""So long a store may take for a question, what is there, until nothing is taken to answer."""
_FORM: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(.*)", re.DOTALL)
_NUMERIC_HOST: Final = re.compile(r"\[[0-9A-Fa-f:.]*\]")
LOCAL: Final = frozenset({"file", "local", "asynclocal"})
INDIRECT: Final = frozenset(
    {
        "abstract", "archive", "blockcache", "cached", "dir", "filecache", "generic", "libarchive",
        "reference", "simplecache", "tar", "zip",
    }
)  # fmt: skip
"""What leads to another address or path, which may even be one that a file names."""


@dataclass(frozen=True)
class Address:
    """An address as it was typed.

    Raises:
        DataError: it is none, is chained (`a::b`), leads to others, or holds a password.
    """

    text: str

    def __post_init__(self) -> None:
        found = _FORM.fullmatch(self.text)
        if found is None:
            raise DataError(f"{self.text}: is no address")
        host, _, path = _NUMERIC_HOST.sub("", found[2]).partition("/")
        if "::" in host or "::" in path:
            raise DataError(f"{self.text}: a chain of addresses is not taken; name the last one")
        if self.protocol in LOCAL:
            raise DataError(f"{self.text}: is on this machine; name its path")
        if self.protocol in INDIRECT:
            raise DataError(f"{self.text}: leads to other addresses, and is not taken")
        if ":" in host.rpartition("@")[0]:
            raise DataError(
                f"{self.protocol}://...: holds a password, which others can see; its store's own"
                " settings are the place for it"
            )

    def __str__(self) -> str:
        return self.text

    @property
    def protocol(self) -> str:
        """What stands before `://`, in small letters."""
        return self.text.partition("://")[0].lower()

    @property
    def name(self) -> str:
        """The last part of the path."""
        return PurePosixPath(self.text.partition("://")[2]).name

    @property
    def suffix(self) -> str:
        """The ending of that, such as `.npz`."""
        return PurePosixPath(self.name).suffix

    def beside(self, name: str) -> Address:
        """The address of another file beside this one."""
        return Address(f"{self.text.rpartition('/')[0]}/{name}")


def is_address(text: str) -> bool:
    """Whether a text is meant as an address and not as a path."""
    return "://" in text


@dataclass(frozen=True, eq=False)
class Store:
    """The store of an address, and the path in it; that of fsspec."""

    fs: Any
    path: str


def store_of(address: Address) -> Store:
    """Where an address leads. Some stores are asked for leave already.

    Raises `MissingExtraError` where fsspec or what it needs for the protocol is not installed,
    `DataError` where it does not know the protocol, or the store gives no leave.
    """
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise MissingExtraError(
            "an address needs fsspec, which is not installed; install acncodec with the extra"
            " 'addresses'"
        ) from error
    with store_errors(DataError, f"{address}: cannot be reached"):
        return Store(*url_to_fs(address.text, use_listings_cache=False))


def answer(ask: Callable[..., T], *arguments: Any, **named: Any) -> T:
    """What a question to a store brings, `ask(*arguments, **named)`, in its time: libraries try
    again and again, some for half an hour, where something takes questions and does not answer.

    Raises `TimeoutError` after `ANSWER_SECONDS`, and what `ask` does.
    """
    found: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

    def work() -> None:
        try:
            found.put((ask(*arguments, **named), None))
        except BaseException as error:  # noqa: BLE001 it is raised where it was asked
            found.put((None, error))

    # Nobody waits for its end, not even the end of the process.
    threading.Thread(target=work, daemon=True).start()
    try:
        value, error = found.get(timeout=ANSWER_SECONDS)
    except queue.Empty:
        raise TimeoutError(f"nothing answered within {ANSWER_SECONDS:g} s") from None
    if error is not None:
        raise error
    return cast("T", value)


@contextmanager
def store_errors(kind: type[AcnError], what: str = "cannot be read") -> Iterator[None]:
    """Turn what the library of a store may raise, which is anything, into an error of `kind`."""
    try:
        yield
    except AcnError:
        raise
    except ImportError as error:
        raise MissingExtraError(f"{what}: {_line(error)}") from error
    except FileNotFoundError as error:
        raise kind(f"{what}: there is nothing there") from error
    except Exception as error:
        raise kind(f"{what}: {_line(error)}") from error


def _line(error: Exception) -> str:
    """The first line of what an error says."""
    strerror = error.strerror if isinstance(error, OSError) else None
    text = str(strerror or error).strip() or type(error).__name__
    return text.splitlines()[0]
