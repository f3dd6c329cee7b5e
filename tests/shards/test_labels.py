"""Labels through whole files: taken where that is smaller, never wrong, whatever is damaged."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reading import decoded, salvaged
from tiny import blobs

import acncodec.shards.labels
from acncodec.codec import CompressOptions, compress_dataset
from acncodec.codec.compare import same_data
from acncodec.coding.neighbours import earlier_neighbours
from acncodec.container import Archive, SectionType, pack_side, read_archive, write_archive
from acncodec.errors import CorruptionError, FormatError
from acncodec.images import DataSet, ImageSpec, SideArray
from acncodec.models.frozen import FrozenModel

SPEC = ImageSpec("x", "uint8", "nhw", (0, 1))
RNG = np.random.default_rng(0)
KINDS = RNG.integers(0, 5, 800)
PIXELS = blobs(5, seed=1)[KINDS] ^ (RNG.random((800, 1, 8, 8)) < 0.05)
"""Five images, over and over, each time with a few pixels changed; the kinds are the labels."""


def dataset(*side: SideArray, count: int = 200, position: int = 0) -> DataSet:
    pixels = PIXELS[:count]
    return DataSet(pixels, replace(SPEC, position=position), side, pixels.nbytes)


def labels(name: str = "y", dtype: str = "u1", array: Any = KINDS[:200]) -> SideArray:
    return SideArray(name, np.asarray(array).astype(dtype), aligned=True)


def written(data: DataSet, model: FrozenModel, path: Path, order: str = "keep") -> Archive:
    with path.open("wb") as file:
        stats = compress_dataset(data, model, CompressOptions(order, "iid"), file)
    archive = read_archive(path)
    assert stats.side_bytes == sum(
        section.file_bytes
        for section in archive.sections
        if section.kind in (SectionType.SIDE, SectionType.LABELS)
    )
    return archive


def rewritten(archive: Archive, path: Path, **header: object) -> None:
    with path.open("wb") as file:
        write_archive(file, replace(archive.header, **header), archive.sections)  # type: ignore[arg-type]


@pytest.mark.parametrize("order", ["keep", "any"])
def test_labels_alone(tiny_model: FrozenModel, tmp_path: Path, order: str) -> None:
    data, path = dataset(labels()), tmp_path / "a.acn"
    archive = written(data, tiny_model, path, order)
    assert archive.header.labels == (0,) and archive.header.format_version == 2
    assert archive.side is None
    assert len(archive.labels or b"") < 100 < len(pack_side([labels()]))
    assert same_data(data, decoded(path, tiny_model), order)


@pytest.mark.parametrize("order", ["keep", "any"])
def test_labels_among_others_come_back_in_their_places(
    tiny_model: FrozenModel, tmp_path: Path, order: str
) -> None:
    side = (
        SideArray("note", np.array(["a"]), aligned=False),
        labels("fine", ">i2", KINDS[:200] * 300 - 500),
        SideArray("score", np.linspace(0, 1, 200), aligned=True),
        labels("column", "i8", KINDS[:200, None] % 2),
        labels("flag", "?", KINDS[:200] == 3),
        labels("alone", "i8", RNG.permutation(300)[:200]),
        labels("many", "u2", np.arange(200) * np.arange(200)),
    )
    data, path = dataset(*side, position=2), tmp_path / "a.acn"
    archive = written(data, tiny_model, path, order)
    assert archive.header.labels == (1, 3, 4)
    assert archive.side is not None
    back = decoded(path, tiny_model, threads=1, batch=7)
    assert [one.name for one in back.side] == [one.name for one in side]
    assert same_data(data, back, order)


def test_they_stay_in_the_side_data_where_that_is_smaller(
    tiny_model: FrozenModel, tmp_path: Path
) -> None:
    regular = labels("y", "u1", np.arange(800) % 10)
    archive = written(dataset(regular, count=800), tiny_model, tmp_path / "a.acn")
    assert archive.header.labels == ()
    assert archive.labels is None and archive.side == pack_side([regular])
    data = dataset(regular, labels("z", array=KINDS), count=800)
    both = written(data, tiny_model, tmp_path / "b.acn")
    assert both.header.labels == (1,)


def test_the_choice_is_the_smaller_file(
    tiny_model: FrozenModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = set()
    for count in (100, 200, 400, 800):
        data = dataset(labels("y", "u1", np.arange(count) % 10), count=count)
        free = written(data, tiny_model, tmp_path / "a.acn")
        with monkeypatch.context() as patch:
            patch.setattr(acncodec.shards.labels, "table_of", lambda _side: None)
            plain = written(data, tiny_model, tmp_path / "a.acn")
        assert plain.header.labels == ()
        if free.header.labels:
            assert free.file_bytes < plain.file_bytes
        else:
            assert free == plain
        chosen.add(free.header.labels)
    assert chosen == {(), (0,)}


@pytest.mark.parametrize("pixel_weight", [0, 1, 255])
def test_the_pixel_weight_is_the_writers_choice(
    tiny_model: FrozenModel, tmp_path: Path, pixel_weight: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = dataset(labels())
    monkeypatch.setattr(acncodec.shards.labels, "PIXEL_WEIGHT", pixel_weight)
    archive = written(data, tiny_model, tmp_path / "a.acn")
    assert archive.labels is not None and archive.labels[0] == pixel_weight
    monkeypatch.undo()
    assert same_data(data, decoded(tmp_path / "a.acn", tiny_model), "keep")


def test_every_damaged_byte_is_noticed(tiny_model: FrozenModel, tmp_path: Path) -> None:
    """CRCs are recomputed after the damage, so that only the section itself can notice."""
    path = tmp_path / "a.acn"
    data = dataset(labels("y", "i2", KINDS[:40] * 3), count=40)
    archive = written(data, tiny_model, path)
    (at,) = [i for i, section in enumerate(archive.sections) if section.kind == SectionType.LABELS]
    payload = archive.sections[at].payload
    for byte in range(len(payload)):
        damaged = bytearray(payload)
        damaged[byte] ^= 1 << (byte % 8)
        sections = list(archive.sections)
        sections[at] = replace(archive.sections[at], payload=bytes(damaged))
        with path.open("wb") as file:
            write_archive(file, archive.header, sections)
        with pytest.raises(FormatError):
            decoded(path, tiny_model)


def test_labels_of_other_images_are_noticed(tiny_model: FrozenModel, tmp_path: Path) -> None:
    one = written(dataset(labels()), tiny_model, tmp_path / "a.acn")
    data = dataset(labels())
    other = written(replace(data, pixels=data.pixels[::-1].copy()), tiny_model, tmp_path / "b.acn")
    sections = [
        theirs if theirs.kind == SectionType.LABELS else ours
        for ours, theirs in zip(one.sections, other.sections, strict=True)
    ]
    with (tmp_path / "a.acn").open("wb") as file:
        write_archive(file, one.header, sections)
    with pytest.raises(CorruptionError, match="the labels are damaged"):
        decoded(tmp_path / "a.acn", tiny_model)


def test_labels_given_codes_of_too_many_dimensions_are_not_written_and_refused(
    tiny_model: FrozenModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, path, dimensions = dataset(labels()), tmp_path / "a.acn", tiny_model.latents.shape[0]
    monkeypatch.setattr(acncodec.shards.labels, "MAX_DIMENSIONS", dimensions)
    assert written(data, tiny_model, path).header.labels == (0,)
    monkeypatch.setattr(acncodec.shards.labels, "MAX_DIMENSIONS", dimensions - 1)
    with pytest.raises(FormatError, match="too many dimensions"):
        decoded(path, tiny_model)
    assert written(data, tiny_model, path).header.labels == ()
    assert same_data(data, decoded(path, tiny_model), "keep")


def test_votes_of_the_farthest_codes_fit_64_bits() -> None:
    """Of a VQ-VAE, whose points reach farthest: entries of both signs, the largest there are."""
    reach, dimensions = 16_383, acncodec.shards.labels.MAX_DIMENSIONS
    points = np.array([[-reach], [reach]], np.int64).repeat(dimensions, axis=1)
    found = earlier_neighbours(points, np.zeros((2, 1, 1, 1), np.uint8), 2, 0)
    assert found.indexes[1, 0] == 0 and found.weights[1, 0] == 2**16 // 4


def test_a_header_at_odds_with_the_section_is_refused(
    tiny_model: FrozenModel, tmp_path: Path
) -> None:
    path = tmp_path / "a.acn"
    archive = written(dataset(labels()), tiny_model, path)
    rewritten(archive, path, labels=(1,))
    with pytest.raises(FormatError, match="no array 1 among"):
        decoded(path, tiny_model)
    rewritten(archive, path, labels=(0, 1))
    with pytest.raises(FormatError, match="labels"):
        decoded(path, tiny_model)
    rewritten(archive, path, spec=replace(SPEC, name="y"))
    with pytest.raises(CorruptionError, match="fit together"):
        decoded(path, tiny_model)


def test_batches_and_threads_change_no_byte(tiny_model: FrozenModel) -> None:
    data = dataset(labels())
    files = []
    for threads, batch in ((1, 7), (2, 256)):
        file = io.BytesIO()
        compress_dataset(
            data, tiny_model, CompressOptions("any", "iid", "ans", threads, batch), file
        )
        files.append(file.getvalue())
    assert files[0] == files[1]


def test_labels_before_the_images_are_salvaged_with_them(
    tiny_model: FrozenModel, tmp_path: Path
) -> None:
    data, path = dataset(labels(), position=1), tmp_path / "a.acn"
    assert written(data, tiny_model, path).side is None
    back, loss = salvaged(path, tiny_model, threads=1)
    assert loss.is_none and same_data(data, back, "keep")


def test_salvage_tells_labels_from_other_arrays(tiny_model: FrozenModel, tmp_path: Path) -> None:
    note = SideArray("note", np.array(["a"]), aligned=False)
    data, path = dataset(labels(), note, position=1), tmp_path / "a.acn"
    archive = written(data, tiny_model, path)
    whole = path.read_bytes()
    for kind, kept, lost in (
        (SectionType.LABELS, (note,), (False, True)),
        (SectionType.SIDE, (), (True, True)),
    ):
        (payload,) = (it.payload for it in archive.sections if it.kind == kind)
        damaged = whole.replace(payload, payload[:-1] + bytes([payload[-1] ^ 1]))
        path.write_bytes(damaged)
        back, loss = salvaged(path, tiny_model, threads=1)
        assert np.array_equal(back.pixels, data.pixels)
        assert [one.name for one in back.side] == [one.name for one in kept]
        assert (loss.side_lost, loss.labels_lost) == lost
