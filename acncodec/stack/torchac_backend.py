"""torchac, an arithmetic coder (an optional package): intervals to bytes and back.

Of each symbol the coder needs one interval [low, high) of range(2^16). The package is imported
on first use: it compiles its C++ then, once for each installation of torch. torch too is imported
then only, which takes longer than many a compression.
"""

from __future__ import annotations

import functools
import os
import sysconfig
import time
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import CoderError, MissingExtraError

if TYPE_CHECKING:
    import torch

Ints = NDArray[np.int64]
Table = NDArray[np.uint16]

TOTAL_BITS = 16
TOTAL = 1 << TOTAL_BITS
MAX_ALTERNATIVES = 1 << 14
"""torchac numbers alternatives in 16 bits with a sign; far more would also be too coarse."""

_NARROW = 4
"""Entries of a table that holds any interval, and any two or three alternatives."""

_SLACK_BYTES = 8

PATIENCE_SECONDS = 300.0
"""How long another process may be compiling; it takes about one minute."""


@functools.cache
def load_torchac() -> ModuleType:
    """Import torchac, quietly. Raises `MissingExtraError` when it, or what it needs, is missing."""
    from torch.utils import cpp_extension
    from torch.utils.file_baton import FileBaton

    build = cpp_extension.load

    class Impatient(FileBaton):
        """torch's lock is a file that is there: one that a killed process left stays for ever."""

        def wait(self) -> None:
            path, until = Path(self.lock_file_path), time.monotonic() + PATIENCE_SECONDS
            while path.exists():
                if time.monotonic() > until:
                    raise RuntimeError(
                        f"another process has been compiling for {PATIENCE_SECONDS / 60:g} minutes;"
                        f" if there is none, delete {path}"
                    )
                time.sleep(self.wait_seconds)

    def quietly(*args: Any, **options: Any) -> Any:
        return build(*args, **{**options, "verbose": False})

    # ninja may have come with the extra, into an environment that is not on the path.
    path = os.pathsep.join((sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)))
    try:
        with (
            patch.object(cpp_extension, "load", quietly),
            patch.object(cpp_extension, "FileBaton", Impatient),
            patch.dict(os.environ, PATH=path),
        ):
            import torchac
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            "this needs torchac, which is not installed: pip install 'acncodec[torchac]'"
        ) from error
    except (ImportError, OSError, RuntimeError) as error:
        raise MissingExtraError(
            "torchac cannot be compiled or loaded: it needs ninja (pip install"
            f" 'acncodec[torchac]'), a C++ compiler and Python's headers: {error}"
        ) from error
    return torchac  # type: ignore[no-any-return]


def _tensor(array: NDArray[np.uint16] | NDArray[np.int16]) -> torch.Tensor:
    import torch

    return torch.from_numpy(array.view(np.int16))


def _interval_tables(lows: Ints, highs: Ints, entries: int, out: Table) -> Ints:
    """Fill tables (n, entries) in which one alternative is the interval. Returns which one.

    The upper end 2^16 does not fit 16 bits: torchac takes it to be that of the last one.
    """
    last = highs == TOTAL
    out[:, 0] = 0
    out[:, 1] = np.where(last, 0, lows)
    out[:, 2:] = np.where(last, 0, highs)[:, None]
    out[last, entries - 2] = lows[last]
    return np.where(last, entries - 2, 1)


def encode_intervals(lows: Ints, highs: Ints) -> bytes:
    """Code symbols with the intervals [low, high), int64 (n,) each, the first one first."""
    tables = np.empty((len(lows), _NARROW), np.uint16)
    which = _interval_tables(lows, highs, _NARROW, tables)
    encode = load_torchac().encode_int16_normalized_cdf
    return bytes(encode(_tensor(tables), _tensor(which.astype(np.int16))))


class KnownSymbols:
    """The symbols decoded so far from one piece of bytes; each step decodes them again first.

    torchac cannot stop and go on, so that n steps cost n^2: a piece must not be long.
    """

    def __init__(self, capacity: int) -> None:
        load_torchac()
        self._tables = np.empty((capacity, _NARROW), np.uint16)
        self._lows, self._highs = np.empty(capacity, np.int64), np.empty(capacity, np.int64)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def clear(self) -> None:
        """Begin another piece."""
        self._count = 0

    def encode(self) -> bytes:
        """Code the known symbols."""
        return encode_intervals(self._lows[: self._count], self._highs[: self._count])

    def decode(self, content: bytes, starts: Ints, count: int) -> Ints:
        """Decode and add the next `count` symbols, int64 (count,).

        content: the piece from its start, and anything after it; zeros follow where it ends.
        starts: int64 (count or 1, K + 1), lower ends of the K >= 2 alternatives, and 2^16.
        """
        known, total, size = self._count, self._count + count, starts.shape[1] - 1
        if size > MAX_ALTERNATIVES:
            raise CoderError(f"torchac takes up to {MAX_ALTERNATIVES} alternatives, not {size}")
        entries = max(_NARROW, size + 1)
        if entries == _NARROW:
            tables = self._tables[:total]
        else:
            tables = np.empty((total, entries), np.uint16)
            _interval_tables(self._lows[:known], self._highs[:known], entries, tables[:known])
        # A table too long begins with an empty alternative, which is never decoded.
        shift = entries - 1 - size
        tables[known:, :shift] = 0
        tables[known:, shift:-1] = starts[:, :-1]
        # Of a symbol's interval at least 2^-17 of its place is left, so three bytes suffice.
        piece = content[: 3 * total + _SLACK_BYTES]
        decode = load_torchac().decode_int16_normalized_cdf
        found = decode(_tensor(tables), piece).numpy()[known:].astype(np.int64) - shift
        rows = np.arange(count) if len(starts) > 1 else np.zeros(count, np.int64)
        new = slice(known, total)
        self._lows[new], self._highs[new] = starts[rows, found], starts[rows, found + 1]
        _interval_tables(self._lows[new], self._highs[new], _NARROW, self._tables[new])
        self._count = total
        return np.asarray(found, np.int64)
