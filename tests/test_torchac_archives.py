"""Archives of the coder `torchac`: every strategy comes back, and damage is found."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from optional import needs_torchac
from reading import decoded
from tiny import blobs

from acncodec.codec import CompressOptions, CompressStats, compress_dataset
from acncodec.container import read_archive, write_archive
from acncodec.errors import CorruptionError
from acncodec.images import DataSet, ImageSpec
from acncodec.models.frozen import FrozenModel

pytestmark = needs_torchac

CASES = [
    ("keep", "iid"), ("keep", "tour"), ("any", "iid"), ("any", "tour"), ("any", "set"),
    ("any", "urn"),
]  # fmt: skip


def dataset(pixels: NDArray[np.uint8]) -> DataSet:
    return DataSet(pixels, ImageSpec("x", "uint8", "nhw", (0, 1)))


def packed(
    pixels: NDArray[np.uint8], model: FrozenModel, order: str, ordering: str,
    threads: int = 1, batch: int = 256, coder: str = "torchac",
) -> tuple[bytes, CompressStats]:  # fmt: skip
    file = io.BytesIO()
    options = CompressOptions(order, ordering, coder, threads, batch)
    stats = compress_dataset(dataset(pixels), model, options, file)
    return file.getvalue(), stats


def rows(pixels: NDArray[np.uint8]) -> list[bytes]:
    return [image.tobytes() for image in pixels]


@pytest.mark.parametrize(("order", "ordering"), CASES)
def test_every_strategy_comes_back_from_other_threads_and_batches(
    tiny_model: FrozenModel, tmp_path: Path, order: str, ordering: str
) -> None:
    pixels = np.concatenate([blobs(150, 21), blobs(20, 21)])
    blob, stats = packed(pixels, tiny_model, order, ordering)
    assert blob == packed(pixels, tiny_model, order, ordering, threads=2, batch=11)[0]
    path = tmp_path / "file.acn"
    path.write_bytes(blob)
    header = read_archive(path).header
    assert (header.coder, header.format_version, stats.coder) == ("torchac", 2, "torchac")
    back = rows(decoded(path, tiny_model, threads=2, batch=7).pixels)
    assert back == rows(pixels) if order == "keep" else back == sorted(rows(pixels))


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_few_images(tiny_model: FrozenModel, tmp_path: Path, count: int) -> None:
    path = tmp_path / "file.acn"
    for order, ordering in CASES:
        path.write_bytes(packed(blobs(count, 5), tiny_model, order, ordering)[0])
        back = decoded(path, tiny_model).pixels
        assert sorted(rows(back)) == sorted(rows(blobs(count, 5)))


@pytest.mark.parametrize(("order", "ordering"), CASES)
def test_the_file_is_near_its_ideal_and_near_the_other_coders(
    tiny_model: FrozenModel, order: str, ordering: str
) -> None:
    pixels = np.unique(blobs(600, 8), axis=0)
    blob, stats = packed(pixels, tiny_model, order, ordering)
    other = packed(pixels, tiny_model, order, ordering, coder="ans")[0]
    assert stats.stack_bytes + stats.other_bytes + stats.side_bytes == len(blob)
    assert 0 < stats.initial_bits < 1200
    assert len(blob) == pytest.approx(len(other), rel=0.05)


@pytest.mark.parametrize(("order", "ordering"), [("keep", "tour"), ("any", "urn")])
def test_damage_is_noticed_without_crcs(
    tiny_model: FrozenModel, tmp_path: Path, order: str, ordering: str
) -> None:
    path = tmp_path / "file.acn"
    path.write_bytes(packed(blobs(30, 14), tiny_model, order, ordering)[0])
    archive = read_archive(path)
    payload = archive.sections[-1].payload
    damages = [payload[:-1], payload + b"\0", payload[1:], payload[: len(payload) // 2]]
    for at in range(0, len(payload), 7):
        flipped = bytearray(payload)
        flipped[at] ^= 1 << (at % 8)
        damages.append(bytes(flipped))
    for damaged in damages:
        sections = [*archive.sections[:-1], replace(archive.sections[-1], payload=damaged)]
        with path.open("wb") as file:
            write_archive(file, archive.header, sections)
        with pytest.raises(CorruptionError):
            decoded(path, tiny_model)


def test_a_stack_of_the_other_coder_is_noticed(tiny_model: FrozenModel, tmp_path: Path) -> None:
    path = tmp_path / "file.acn"
    path.write_bytes(packed(blobs(30, 14), tiny_model, "any", "set", coder="ans")[0])
    archive = read_archive(path)
    with path.open("wb") as file:
        write_archive(file, replace(archive.header, coder="torchac"), archive.sections)
    with pytest.raises(CorruptionError):
        decoded(path, tiny_model)
