"""The second reader on stored images that lie by pixels: what it takes, what it rejects."""

from __future__ import annotations

import lzma
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from acn_files import AcnFile
from mixed_files import TABLES, MixedSet
from reading import decoded
from second_reader import Malformed, read
from second_reader.packed import unlzma
from stored_payloads import compressed

from acncodec.images import MixedData

STORED = 5


def stored_set(levels: int, channels: int, way: bytes, order: str = "keep") -> MixedSet:
    """Five images of 5 rows and 3 columns."""
    rng = np.random.default_rng(levels + channels)
    shape = (channels, 5, 3)
    images = [(0, rng.integers(0, levels, shape), None) for _ in range(5)]
    dtype = "uint16" if levels > 256 else "uint8"
    return MixedSet(order, [[levels, *shape]], images, dtype=dtype, stored=way)


def written(file: AcnFile, folder: Path) -> Path:
    path = folder / "a.acn"
    path.write_bytes(file.to_bytes())
    return path


def read_by_both(path: Path) -> np.ndarray:
    """The images, of which both readers give the same."""
    data, theirs = decoded(path, []), read(path, [], TABLES)["x"]
    ours = (data.named() if isinstance(data, MixedData) else data.arrays())["x"]
    assert ours.dtype == theirs.dtype and np.array_equal(ours, theirs)
    return np.asarray(theirs)


@pytest.mark.parametrize("flag", [4, 5, 6, 7])
@pytest.mark.parametrize(
    ("levels", "channels", "density"),
    [
        (2, 3, 8), (4, 2, 4), (16, 4, 2), (256, 1, 1), (256, 3, 1), (256, 4, 1),
        (256, 3, 3), (256, 4, 3), (200, 3, 3), (2, 4, 3), (257, 3, 1), (65_536, 2, 1),
    ],
)  # fmt: skip
def test_both_readers_read_what_lies_by_pixels(
    flag: int, levels: int, channels: int, density: int, tmp_path: Path
) -> None:
    given = stored_set(levels, channels, bytes([flag, density]))
    found = read_by_both(written(given.write(), tmp_path))
    wanted = np.array([x for _, x, _ in given.images], given.dtype)
    assert found.dtype == wanted.dtype and np.array_equal(found, wanted)


def test_several_classes_lie_so_each_in_its_way_and_as_a_set_in_canonical_order(
    tmp_path: Path,
) -> None:
    rng = np.random.default_rng(1)
    classes = [[4, 3, 5, 3], [200, 3, 5, 3], [256, 3, 5, 3], [300, 3, 5, 3]]
    images = [(c, rng.integers(0, classes[c][0], classes[c][1:]), None) for c in (2, 0, 3, 2, 1, 0)]
    given = MixedSet("any", classes, images, dtype="uint16", stored=bytes([4, 4, 1, 3, 1]))
    found = read_by_both(written(given.write(), tmp_path))
    wanted = [x.astype(np.uint16).tobytes() for _, x, _ in images]
    assert sorted(x.tobytes() for x in found) == sorted(wanted)


def test_an_lzma2_stream_looks_back_as_far_as_the_flag_allows() -> None:
    once = np.random.default_rng(0).bytes(2000)
    raw = once + bytes(3 * 2**19) + once
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 2**21}]
    data = lzma.compress(raw, lzma.FORMAT_RAW, filters=filters)
    assert len(data) < 2 * len(once)
    assert unlzma(data, len(raw), 2**26) == raw
    with pytest.raises(Malformed, match="broken stream"):
        unlzma(data, len(raw))


SPOILT: dict[str, tuple[str, tuple[int, int], Callable[[bytes], bytes]]] = {
    "a flag that there is not": ("form", (256, 3), lambda p: b"\x08" + p[1:]),
    "differences of fewer than three channels": (
        "samples a byte", (256, 2), lambda p: p[:1] + b"\3" + p[2:] * 2
    ),
    "differences of what lies by channels": (
        "samples a byte", (256, 3), lambda p: b"\0\3" + bytes(5 * 60)
    ),
    "differences of two bytes": (
        "samples a byte", (300, 3), lambda p: p[:1] + b"\3" + p[2:]
    ),
    "two samples a byte of many levels": (
        "samples a byte", (300, 3), lambda p: p[:1] + b"\2" + p[2:]
    ),
    "five samples a byte": ("samples a byte", (2, 3), lambda p: p[:1] + b"\5" + p[2:]),
    "a fourth byte of three channels": (
        "channel that is not", (256, 3), lambda p: b"\4\3" + bytes(5 * 60 - 1) + b"\1"
    ),
    "a sum that is no level": (
        "level that is not", (200, 3), lambda p: b"\4\3" + bytes([100, 100, 0, 0] * 75)
    ),
    "a level that is not there": (
        "level that is not", (300, 3), lambda p: p[:-1] + b"\2"
    ),
    "differences that end early": ("ends early", (256, 3), lambda p: p[:1] + b"\3" + p[2:]),
    "bytes behind the last image": ("length", (256, 3), lambda p: p + b"\0"),
    "a stream longer than pixels may be": (
        "longer", (256, 3), lambda p: b"\5" + compressed(b"\3" + bytes(5 * 60 + 1), 1)
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_payload_is_rejected(name: str, tmp_path: Path) -> None:
    message, (levels, channels), spoil = SPOILT[name]
    file = stored_set(levels, channels, b"\4\1").write()
    file.change(STORED, spoil)
    with pytest.raises(Malformed, match=message):
        read(written(file, tmp_path), [], TABLES)


def test_in_a_set_images_ascend_by_their_bytes_and_not_by_pixels(tmp_path: Path) -> None:
    file = stored_set(256, 3, b"\4\1", "any").write()
    file.change(STORED, lambda p: p[:2] + p[47:] + p[2:47])
    with pytest.raises(Malformed, match="stored images: order"):
        read(written(file, tmp_path), [], TABLES)


@pytest.mark.parametrize("version", [3, 4])
def test_earlier_versions_have_no_such_flags(version: int, tmp_path: Path) -> None:
    file = stored_set(256, 3, b"\4\1").write()
    file.version = version
    with pytest.raises(Malformed, match="newer than the version"):
        read(written(file, tmp_path), [], TABLES)
