"""A binary PNM of samples as they are, of any greatest value."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.formats.modes import Mode

_KINDS = {1: "P5", 3: "P6"}


def takes(mode: Mode) -> bool:
    """Whether a PNM has samples of this mode: grey or RGB."""
    return mode.channels in _KINDS and not mode.indexed


def encode_pnm(samples: NDArray[Any], mode: Mode) -> bytes:
    """A PBM, PGM or PPM of `samples`, (H, W) or (H, W, 3) of the mode's type.

    Raises `DataError` for a mode that no PNM has.
    """
    if not takes(mode):
        raise DataError(f"no PNM has samples of mode {mode.name}")
    height, width = samples.shape[:2]
    if mode.dtype == np.bool_:
        return b"P4\n%d %d\n" % (width, height) + np.packbits(~samples, axis=1).tobytes()
    head = f"{_KINDS[mode.channels]}\n{width} {height}\n{mode.maximum}\n".encode()
    return head + samples.astype(">u2" if mode.maximum > 255 else np.uint8).tobytes()
