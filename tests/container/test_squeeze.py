from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acncodec.container.squeeze import DEFLATE, LZMA, STORED, squeeze, unsqueeze
from acncodec.errors import FormatError

PERIODIC = bytes(random.Random(0).randbytes(40_000)) * 2  # repeats beyond deflate's window


@pytest.mark.parametrize(
    ("raw", "flag"),
    [(b"", STORED), (b"abc", STORED), (bytes(300), DEFLATE), (PERIODIC, LZMA)],
)
def test_the_shortest_form_is_taken(raw: bytes, flag: int) -> None:
    packed = squeeze(raw)
    assert packed[0] == flag
    assert unsqueeze(packed, len(raw)) == raw


@settings(deadline=None)
@given(st.binary(), st.integers(1, 200))
def test_round_trip(raw: bytes, times: int) -> None:
    assert unsqueeze(squeeze(raw * times), len(raw) * times) == raw * times


@pytest.mark.parametrize("raw", [b"abc", bytes(300), PERIODIC])
def test_only_the_right_length_will_do(raw: bytes) -> None:
    packed = squeeze(raw)
    for length in (0, len(raw) - 1, len(raw) + 1, 1 << 40):
        with pytest.raises(FormatError):
            unsqueeze(packed, length)
    for damaged in (b"", packed[:-1], packed + b"\0", b"\3" + packed[1:]):
        with pytest.raises(FormatError):
            unsqueeze(damaged, len(raw))


@settings(deadline=None)
@given(st.integers(0, 2), st.binary(), st.integers(0, 99))
def test_any_bytes_are_of_the_length_or_an_error(flag: int, body: bytes, length: int) -> None:
    try:
        raw = unsqueeze(bytes([flag]) + body, length)
    except FormatError:
        return
    assert len(raw) == length
