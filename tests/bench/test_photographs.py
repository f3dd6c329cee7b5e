"""`bench/photographs.py`: tiles hold each sample once, and only PNG is taken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import photographs
import pytest
from photographs import Photograph, blockiness, gathered, read, tiles

Image = pytest.importorskip("PIL.Image")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "skimage" / "data"
    folder.mkdir(parents=True)
    samples = np.random.default_rng(0).integers(0, 256, (130, 200, 3)).astype(np.uint8)
    Image.fromarray(samples).save(folder / "colour.png")
    Image.fromarray(samples[..., 0]).save(folder / "grey.png")
    Image.fromarray(samples).save(folder / "lossy.png", format="JPEG")
    return tmp_path


@pytest.mark.parametrize(("name", "channels"), [("colour", 3), ("grey", 1)])
def test_tiles_are_the_photograph_row_by_row(package: Path, name: str, channels: int) -> None:
    photograph = read(package, name, channels)
    found, rows = gathered(package, (Photograph(name, "CC0"),) * 2, channels)
    assert found.shape[:3] == (12, 64, 64) and found.dtype == np.uint8
    assert np.array_equal(found[:6], found[6:]) and [row["tiles"] for row in rows] == [6, 6]
    for place, tile in enumerate(found[:6]):
        row, column = divmod(place, 3)
        part = photograph[64 * row : 64 * (row + 1), 64 * column : 64 * (column + 1)]
        assert np.array_equal(tile, part)


def test_only_png_of_its_channels_is_taken(package: Path) -> None:
    for name, channels in (("lossy", 3), ("colour", 1), ("grey", 3)):
        with pytest.raises(SystemExit, match=name):
            read(package, name, channels)


def test_blocks_show_where_they_are() -> None:
    rng = np.random.default_rng(1)
    smooth = rng.integers(0, 3, (64, 96))
    blocks = np.kron(rng.integers(0, 40, (8, 12)), np.ones((8, 8), int))
    assert blockiness((smooth + 50).astype(np.uint8)) == pytest.approx(1, abs=0.1)
    assert blockiness((smooth + blocks).astype(np.uint8)) > 5
    assert tiles(np.zeros((70, 63, 3), np.uint8)).shape == (0, 64, 64, 3)
    names = [one.name for one in (*photographs.COLOUR, *photographs.GREY)]
    assert len(set(names)) == len(names)
