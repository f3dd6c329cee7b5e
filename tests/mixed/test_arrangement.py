"""The arrangement of a shard: which image is in which bin, and the digest of all."""

from __future__ import annotations

import numpy as np
import pytest

from acncodec.errors import CorruptionError, FormatError
from acncodec.mixed.arrangement import pack_arrangement, unpack_arrangement

DIGEST = bytes(range(32))
BINS = np.array([0, 2, 1, 1, 0, 2, 2, 2, 2])
SIZES = (2, 2, 5)


def test_bins_come_back_where_the_order_is_kept() -> None:
    payload = pack_arrangement(DIGEST, BINS, SIZES, keep=True)
    digest, bins = unpack_arrangement(payload, SIZES, keep=True)
    assert digest == DIGEST and bins is not None and np.array_equal(bins, BINS)
    assert len(payload) == 32 + 4


def test_a_single_bin_costs_nothing() -> None:
    payload = pack_arrangement(DIGEST, np.zeros(9, np.int64), (9,), keep=True)
    assert payload == DIGEST + b"\1\0\0\0"


def test_a_set_has_the_digest_alone() -> None:
    payload = pack_arrangement(DIGEST, BINS, SIZES, keep=False)
    assert payload == DIGEST and unpack_arrangement(payload, SIZES, keep=False) == (DIGEST, None)


@pytest.mark.parametrize(
    ("payload", "keep", "error", "words"),
    [
        (DIGEST[:31], True, FormatError, "31 bytes"),
        (DIGEST, True, FormatError, "whole words"),
        (DIGEST + b"\1\0\0", True, FormatError, "whole words"),
        (DIGEST + b"\1\0\0\0", False, FormatError, "36 bytes"),
        (DIGEST + bytes(4), True, CorruptionError, "last word is 0"),
        (DIGEST + b"\2\0\0\0", True, CorruptionError, "not what its stack"),
        (DIGEST + b"\7\3\0\1", True, CorruptionError, "not what its stack"),
    ],
)
def test_others_are_refused(payload: bytes, keep: bool, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        unpack_arrangement(payload, SIZES, keep=keep)


def test_bins_of_other_sizes_are_noticed() -> None:
    payload = pack_arrangement(DIGEST, BINS, SIZES, keep=True)
    with pytest.raises(CorruptionError):
        unpack_arrangement(payload, (3, 1, 5), keep=True)
