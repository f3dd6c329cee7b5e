"""Which distinct image of a shard lies in which bin, and the digest of all: docs/FORMAT.md, 3.1.

The bins are the shard's parts and then its stored classes. Bits of the order are paid for as far as
bins interleave, and no further.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from acncodec.coding.draws import Draws
from acncodec.errors import CorruptionError, FormatError
from acncodec.stack.ans import Stack

Ints = NDArray[np.int64]

DIGEST_BYTES = 32
_WORD_BYTES = 4


def pack_arrangement(digest: bytes, bins: Ints, sizes: Sequence[int], *, keep: bool) -> bytes:
    """The payload: SHA-256 of all images, and with `keep` the bin of each distinct one, int64 (U,).

    sizes: how many images each bin has.
    """
    if not keep:
        return digest
    stack = Stack(np.zeros(0, np.uint32), seal=True)
    Draws(np.array(sizes, np.int64)).push(stack, bins)
    return digest + stack.payload()


def unpack_arrangement(
    payload: bytes, sizes: Sequence[int], *, keep: bool
) -> tuple[bytes, Ints | None]:
    """Undo `pack_arrangement`; without `keep` there are no bins.

    Raises `FormatError` on another length, `CorruptionError` on a stack that holds something else.
    """
    digest, words = payload[:DIGEST_BYTES], payload[DIGEST_BYTES:]
    if len(digest) < DIGEST_BYTES or (words and not keep):
        raise FormatError(f"an arrangement of {len(payload)} bytes")
    if not keep:
        return digest, None
    if not words or len(words) % _WORD_BYTES:
        raise FormatError("the arrangement's stack is not of whole words")
    stack = Stack(np.frombuffer(words, "<u4").astype(np.uint32), seal=False)
    bins = Draws(np.array(sizes, np.int64)).pop(stack, sum(sizes))
    if stack.payload() != (1).to_bytes(_WORD_BYTES, "little"):
        raise CorruptionError("the arrangement is not what its stack was made of")
    return digest, bins
