from __future__ import annotations

import hashlib
import lzma
import struct
import zlib
from typing import Any

import numpy as np
import pytest

from acncodec.container.side import pack_side, unpack_side
from acncodec.errors import CorruptionError, DataError, FormatError, TooLargeError
from acncodec.images import SideArray
from acncodec.run import memory

NAN = np.array([0x7FF8_0000_0000_0123], dtype=np.uint64).view(np.float64)
ARRAYS = (
    SideArray("labels", np.arange(6, dtype=">u2"), True),
    SideArray("", NAN, False),
    SideArray("a/b", np.asfortranarray(np.eye(3)), False),
    SideArray("漢", np.array(["p", "qr"]), False),
    SideArray("s", np.array([b"p", b"qr"]), False),
    SideArray("when", np.array(["NaT", "2020-01-01"], dtype="datetime64[D]"), False),
    SideArray("c", np.array([1j]), False),
    SideArray("struct", np.array([(1, 2.0)], dtype=[("a", ">i2"), ("b", "f4")]), False),
    SideArray("scalar", np.array(5), False),
    SideArray("none", np.zeros((0, 7)), False),
)


def payload(raw: bytes, form: int = 0, length: int | None = None) -> bytes:
    head = struct.pack("<Q", len(raw) if length is None else length)
    body = lzma.compress(raw) if form == 1 else raw
    return head + hashlib.sha256(raw).digest() + bytes([form]) + body


def raw_of(packed: bytes) -> bytes:
    return packed[41:] if packed[40] == 0 else lzma.decompress(packed[41:])


def test_what_no_memory_holds_is_refused_before_a_byte_is_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    packed = pack_side((SideArray("a", np.zeros(1 << 20, np.uint8), False),))
    monkeypatch.setattr(memory, "machine_bytes", lambda: 1 << 20)
    with pytest.raises(TooLargeError, match="the arrays beside the images take"):
        unpack_side(packed, 0)
    monkeypatch.setattr(memory, "machine_bytes", lambda: 3 << 20)
    assert unpack_side(packed, 0)[0].array.size == 1 << 20


@pytest.mark.parametrize("arrays", [ARRAYS, ARRAYS[:1], ()])
def test_round_trip(arrays: tuple[SideArray, ...]) -> None:
    found = unpack_side(pack_side(arrays), 6)
    assert len(found) == len(arrays)
    for before, after in zip(arrays, found, strict=True):
        assert (after.name, after.aligned) == (before.name, before.aligned)
        assert after.array.dtype == before.array.dtype
        assert after.array.shape == before.array.shape
        assert after.array.tobytes() == before.array.tobytes()
        assert after.array.flags.f_contiguous == before.array.flags.f_contiguous


def test_stored_where_that_is_smaller() -> None:
    noise = np.frombuffer(np.random.default_rng(0).bytes(2000), dtype=np.uint8)
    assert pack_side(ARRAYS)[40] == 1
    packed = pack_side((SideArray("", noise[:1], False),))
    for arrays in (packed, payload(raw_of(packed), 0), payload(raw_of(packed), 1)):
        assert unpack_side(arrays, 0)[0].array.tolist() == noise[:1].tolist()
    assert len(pack_side((SideArray("n", noise, False),))) < len(noise) + 300


def test_zeros_cost_little_and_large_data_are_fine() -> None:
    arrays = (SideArray("z", np.zeros(3 << 20, dtype=np.uint8), False),)
    packed = pack_side(arrays)
    assert len(packed) < 1500
    assert unpack_side(packed, 0)[0].array.nbytes == 3 << 20
    with pytest.raises(FormatError, match="more than 1000"):
        unpack_side(packed, 0, max_bytes=1000)


def test_a_bomb_stops_at_the_declared_length() -> None:
    bomb = lzma.compress(bytes(32 << 20))
    packed = struct.pack("<Q", 1000) + bytes(32) + b"\1" + bomb
    with pytest.raises(FormatError, match="holds more than 1000"):
        unpack_side(packed, 0)
    hungry = lzma.compress(b"abc", filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 28}])
    with pytest.raises(FormatError, match="corrupt"):
        unpack_side(struct.pack("<Q", 3) + bytes(32) + b"\1" + hungry, 0)


@pytest.mark.parametrize("form", [0, 1])
def test_every_truncation_and_every_flipped_bit(form: int) -> None:
    raw = raw_of(pack_side(ARRAYS[:1]))
    packed = payload(raw, form)
    if form == 1:
        packed = packed[:41] + lzma.compress(raw, check=lzma.CHECK_NONE)
    for length in range(len(packed)):
        with pytest.raises(FormatError):
            unpack_side(packed[:length], 6)
    with pytest.raises(FormatError):
        unpack_side(packed + b"\0", 6)
    for bit in range(8 * len(packed)):
        flipped = bytearray(packed)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(FormatError):
            unpack_side(bytes(flipped), 6)


def test_the_digest_is_checked() -> None:
    packed = bytearray(payload(raw_of(pack_side(ARRAYS[:1]))))
    packed[-1] ^= 1
    with pytest.raises(CorruptionError, match="SHA-256"):
        unpack_side(bytes(packed), 6)


def array(name: bytes, flags: int, npy: bytes, length: int | None = None) -> bytes:
    size = len(npy) if length is None else length
    return struct.pack("<H", len(name)) + name + struct.pack("<BQ", flags, size) + npy


NPY = raw_of(pack_side((SideArray("", np.arange(6, dtype=np.uint8), False),)))[11:]
OBJECTS = NPY.replace(b"|u1", b"|O8")


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (array(b"a", 2, NPY), "unknown flags 2"),
        (array(b"a", 1, NPY), "cannot follow 7 images"),
        (array(b"a", 0, NPY) * 2, "'a' is there twice"),
        (array(b"\xff", 0, NPY), "utf-8"),
        (array(b"a\0", 0, NPY), "NUL"),
        (array(b"a", 0, NPY, 1 << 63), "'a' is truncated"),
        (array(b"a", 0, NPY) + b"\1", "truncated"),
        (array(b"a", 0, NPY)[:9], "truncated"),
        (array(b"a", 0, NPY + b"\0"), "takes 6 bytes, but 7"),
        (array(b"a", 0, OBJECTS), "nothing is ever unpickled"),
        (array(b"a", 0, b"hello"), r"not a \.npy"),
    ],
)
def test_malformed_content(raw: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        unpack_side(payload(raw), 7)


def test_heads() -> None:
    with pytest.raises(FormatError, match="truncated"):
        unpack_side(b"", 0)
    with pytest.raises(FormatError, match=r"unknown form 2.*offset 40"):
        unpack_side(payload(b"", 2), 0)
    with pytest.raises(FormatError, match="holds 0 bytes, not 5"):
        unpack_side(payload(b"", 0, 5), 0)
    with pytest.raises(FormatError, match="corrupt"):
        unpack_side(payload(b"", 0)[:40] + b"\1" + zlib.compress(bytes(range(99))), 0)
    with pytest.raises(FormatError, match="more than"):
        unpack_side(payload(b"", 0, 1 << 60), 0)


def test_objects_are_never_packed() -> None:
    class Sly(SideArray):
        def __post_init__(self) -> None:
            pass

    sly: Any = Sly("o", np.array([None]), False)
    with pytest.raises(DataError, match="nothing is ever pickled"):
        pack_side((sly,))
