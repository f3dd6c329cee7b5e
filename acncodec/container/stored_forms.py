"""The general forms that the bytes of stored images take: as they are, deflate, LZMA2, bzip2.

LZMA2 says itself by which settings it was made (lc, lp, pb), so that a writer may try some; how far
it looks back does not stand in it, and the format bounds that.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from acncodec.container.squeeze import DEFLATE, LZMA, LZMA_FILTERS, STORED, UNPACK, unlzma
from acncodec.errors import FormatError

BZIP2: Final = 3
"""The flag of a form beside those of `squeeze`."""

FAR: Final = 1 << 26
"""The dictionary of LZMA2 where images lie by pixels, bytes: a reader needs no more."""
WRITTEN_FAR: Final = 1 << 24
"""How far a writer looks back, which takes eleven times that."""
LEAST_FAR: Final = 1 << 12
"""The smallest dictionary that LZMA2 has."""

TRIED_BYTES: Final = 1 << 20
"""So many of the first bytes decide which settings all are packed by."""


@dataclass(frozen=True)
class Settings:
    """LZMA's: how many of the highest bits of the byte before (lc) and of the lowest of the
    position (lp) choose how a single byte is coded, and of the position (pb) how anything is."""

    lc: int
    lp: int
    pb: int


USUAL: Final = Settings(3, 0, 2)
"""LZMA's own choice."""


def settings_for(pixel_bytes: int) -> tuple[Settings, ...]:
    """Those that are worth a try on pixels of so many bytes: positions told apart as far as pixels
    keep to them, and many contexts or few."""
    places = min(3, (pixel_bytes & -pixel_bytes).bit_length() - 1)
    return Settings(4 - places, places, places), Settings(0, places, places)


def deflated(raw: bytes) -> bytes:
    """The shortest of what deflate's strategies give: noise of few levels has no repetition."""
    found = []
    for strategy in (zlib.Z_DEFAULT_STRATEGY, zlib.Z_HUFFMAN_ONLY):
        packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, strategy)
        found.append(packer.compress(raw) + packer.flush())
    return min(found, key=len)


FORMS: Final[dict[int, Callable[[bytes], bytes]]] = {
    STORED: lambda raw: raw,
    DEFLATE: deflated,
    LZMA: lambda raw: lzma.compress(raw, lzma.FORMAT_RAW, filters=LZMA_FILTERS),
    BZIP2: lambda raw: bz2.compress(raw, 9),
}
"""By flag, how a form is made where images lie by planes."""


def lzma_by(raw: bytes, settings: Settings, far: int = WRITTEN_FAR) -> bytes:
    """Raw LZMA2 of a dictionary of at most `far` bytes."""
    chosen = {
        "id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME,
        "dict_size": _far(len(raw), far),
        "lc": settings.lc, "lp": settings.lp, "pb": settings.pb,
    }  # fmt: skip
    return lzma.compress(raw, lzma.FORMAT_RAW, filters=[chosen])


@dataclass(frozen=True)
class Trial:
    """Bytes that may stand for all, by which settings and dictionary they would be packed, and the
    flag that would say so."""

    flag: int
    raw: bytes
    settings: Settings
    far: int

    def payload(self, most: int | None = None) -> bytes:
        """The flag, and all bytes packed, or the first ones."""
        return bytes([self.flag]) + lzma_by(self.raw[:most], self.settings, self.far)


def shortest_lzma(trials: Sequence[Trial]) -> tuple[Trial, bytes]:
    """The shortest of some trials, of which a beginning decides, and its payload."""
    begun = [trial.payload(TRIED_BYTES) for trial in trials]
    # Each for all of its bytes: what stands for the same images may have more of them.
    shares = [max(1.0, len(trial.raw) / TRIED_BYTES) for trial in trials]
    costs = [len(packed) * share for packed, share in zip(begun, shares, strict=True)]
    at = costs.index(min(costs))
    best = trials[at]
    return best, begun[at] if len(best.raw) <= TRIED_BYTES else best.payload()


def unpack_form(form: int, packed: bytes, limit: int, *, by_pixels: bool) -> bytes:
    """The bytes that a form stands for, of which there may be up to `limit`.

    Raises `FormatError` on a stream that is malformed, is followed by others, looks back further
    than it may, or gives more.
    """
    if by_pixels and form == LZMA:
        return unlzma(packed, limit, _far(limit, FAR))
    return _UNPACK[form](packed, limit)


def _far(length: int, most: int) -> int:
    """The dictionary for so many bytes: no larger than these, nor than `most`."""
    return min(most, max(LEAST_FAR, 1 << (length - 1).bit_length()))


def _unbzip2(packed: bytes, limit: int) -> bytes:
    decompressor = bz2.BZ2Decompressor()
    try:
        raw = decompressor.decompress(packed, limit + 1)
    except (OSError, ValueError) as error:
        raise FormatError(f"corrupt bzip2 stream: {error}") from error
    if len(raw) > limit:
        raise FormatError(f"the payload holds more than {limit} bytes")
    if not decompressor.eof or decompressor.unused_data:
        raise FormatError("the bzip2 stream does not end where it should")
    return raw


_UNPACK: Final = UNPACK | {BZIP2: _unbzip2}
