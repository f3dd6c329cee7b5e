"""The images that the rivals are measured on, from an array file.

It imports nothing of acncodec, and it is the only place that would change if it did.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

CHANNELS = 4


@dataclass(frozen=True)
class Images:
    """Images of one size and what is said of them.

    pixels: uint8 or uint16 (N, H, W, C), values 0 ... levels - 1; of any two values the smaller
    is 0 and the larger 1.
    levels: 2, or the largest value plus one.
    sha256: hexadecimal, of the samples as they were, little-endian and in C order.
    """

    pixels: NDArray[Any]
    levels: int
    sha256: str

    @property
    def bits(self) -> int:
        """Bits that hold a sample."""
        return max(1, (self.levels - 1).bit_length())

    @property
    def packed_bytes(self) -> int:
        """Bytes of all samples at `bits` a sample."""
        return -(-self.pixels.size * self.bits // 8)


def load(path: Path) -> Images:
    """Read a .npy file of images, or an .npz with exactly one array of images.

    Images are uint8 or uint16, (N, H, W) or (N, H, W, C) with C up to 4.

    Raises: SystemExit if it holds anything else.
    """
    try:
        loaded = np.load(path, allow_pickle=False)
        arrays = dict(loaded) if isinstance(loaded, np.lib.npyio.NpzFile) else {path.name: loaded}
    except (OSError, ValueError, EOFError) as error:
        raise SystemExit(f"{path}: {error}") from error
    found = [array for array in arrays.values() if array.ndim >= 3]
    if len(found) != 1:
        raise SystemExit(f"{path}: {len(found)} arrays of images where there must be one")
    return images(found[0], str(path))


def images(array: NDArray[Any], name: str) -> Images:
    """Check an array of images and bring its values to levels."""
    native = array.astype(array.dtype.newbyteorder("="), copy=False)
    if native.dtype not in (np.uint8, np.uint16):
        raise SystemExit(f"{name}: {array.dtype}, where uint8 or uint16 must be")
    if native.ndim not in (3, 4) or native.size == 0:
        raise SystemExit(f"{name}: no images in an array of shape {array.shape}")
    pixels = np.ascontiguousarray(native if native.ndim == 4 else native[..., None])
    if pixels.shape[3] > CHANNELS:
        raise SystemExit(f"{name}: {pixels.shape[3]} channels, where at most {CHANNELS} may be")
    digest = hashlib.sha256(pixels.astype(pixels.dtype.newbyteorder("<"), copy=False).data)
    low, high = int(pixels.min()), int(pixels.max())
    if np.all((pixels == low) | (pixels == high)):
        return Images((pixels != low).astype(np.uint8), 2, digest.hexdigest())
    return Images(pixels, high + 1, digest.hexdigest())
