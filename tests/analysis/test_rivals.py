"""What other compressors would make of a set."""

from __future__ import annotations

import bz2
import lzma

import numpy as np
import pytest
from level_sets import level_array, level_set
from mixed_sets import mixed_set

from acncodec.analysis import rivals as module
from acncodec.analysis.drawn import draw
from acncodec.analysis.rivals import RivalCost, rival_costs
from acncodec.errors import MissingExtraError
from acncodec.images import DataSource, MixedData
from acncodec.images.recognised import recognise


def costs(data: DataSource | MixedData, **drawing: int) -> dict[str, RivalCost]:
    return {cost.name: cost for cost in rival_costs(draw(data, **drawing))}


def test_byte_compressors_get_all_bytes() -> None:
    data = level_set("deep", 20, 3)
    raw = data.pixels.astype(">u2").tobytes()
    found = costs(data)
    assert found["xz -9e"].nbytes == len(lzma.compress(raw, preset=9 | lzma.PRESET_EXTREME))
    assert found["bzip2 -9"].nbytes == len(bz2.compress(raw, 9))
    bits = 8 * len(bz2.compress(raw, 9)) / data.pixels.size
    assert found["bzip2 -9"].bits_per_dim == pytest.approx(bits)


def test_few_levels_are_packed_where_that_is_less() -> None:
    noise = np.random.default_rng(1).integers(0, 2, (40, 16, 16), np.uint8)
    packed = np.packbits(noise.reshape(40, -1), axis=1).tobytes()
    found = costs(recognise({"x": noise}))["bzip2 -9"].nbytes
    assert found == min(len(bz2.compress(raw, 9)) for raw in (noise.tobytes(), packed))


def test_some_stand_for_all() -> None:
    data = level_set("grey", 60, 3)
    raw = draw(data, images=20).images.blocks[0].tobytes()
    found = costs(data, images=20)["bzip2 -9"].nbytes
    assert found == int(np.ceil(len(bz2.compress(raw, 9)) * data.count / 20))


def test_pictures_go_one_by_one_or_as_one_large_one() -> None:
    imagecodecs = pytest.importorskip("imagecodecs")
    smooth = level_array("grey", 25, 3, 20, 20)
    found = costs(recognise({"x": smooth}))
    mosaic = np.concatenate([np.concatenate(list(row), 1) for row in smooth.reshape(5, 5, 20, 20)])
    alone = sum(len(imagecodecs.png_encode(image, level=9)) for image in smooth)
    assert found["PNG"].nbytes == min(alone, len(imagecodecs.png_encode(mosaic, level=9)))
    assert {name for name, cost in found.items() if cost.nbytes} == {
        "xz -9e", "bzip2 -9", "PNG", "WebP lossless", "JPEG XL -e 7",
    }  # fmt: skip


def test_a_mosaic_ends_in_blank_pictures() -> None:
    pictures = [np.full((2, 3), at, np.uint8) for at in range(1, 6)]
    made = module._mosaic(pictures)
    assert made.shape == (4, 9)
    assert made[::2, ::3].tolist() == [[1, 2, 3], [4, 5, 0]]


def test_mixed_sets_go_one_by_one() -> None:
    pytest.importorskip("imagecodecs")
    found = costs(mixed_set())
    assert found["PNG"].nbytes and found["xz -9e"].nbytes


def test_what_a_format_does_not_take_is_said() -> None:
    found = costs(level_set("deep", 9, 3))["WebP lossless"]
    assert (found.nbytes, found.why) == (None, "takes no more than 256 levels")
    found = costs(level_set("la", 9, 3))["WebP lossless"]
    assert (found.nbytes, found.why) == (None, "does not take images of so many channels")


def test_what_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise MissingExtraError("imagecodecs")

    monkeypatch.setattr(module, "imagecodecs", missing)
    found = costs(level_set("grey", 9, 3))
    assert found["PNG"] == RivalCost("PNG", None, why="the extra `images` is not installed")
    assert found["xz -9e"].nbytes


def test_what_a_library_refuses_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing:
        def __getattr__(self, name: str) -> None:
            raise ValueError(name)

    monkeypatch.setattr(module, "imagecodecs", Refusing)
    assert costs(level_set("grey", 9, 3))["PNG"].why == "failed: ValueError"
