"""What the codec refuses: data, models, options and archives that do not go together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from reading import decoded
from sets import SPEC, dataset, labels, packed, unpacked
from tiny import SIZE, blobs

from acncodec.codec import CompressOptions
from acncodec.container import Header, Section, read_archive, write_archive
from acncodec.errors import AcnError, CorruptionError, FormatError, ModelError
from acncodec.images import DataSet, ImageSpec
from acncodec.models.frozen import FrozenModel


def rewrite(path: Path, header: Header, sections: Sequence[Section]) -> None:
    """Another archive in the place of `path`, its CRCs right."""
    with path.open("wb") as file:
        write_archive(file, header, sections)


def test_another_model_is_refused_by_name_and_id(
    tiny_model: FrozenModel, other_model: FrozenModel, tmp_path: Path
) -> None:
    blob = packed(dataset(blobs(5, 13)), tiny_model)
    with pytest.raises(ModelError) as error:
        unpacked(blob, other_model, tmp_path)
    for model in (tiny_model, other_model):
        assert model.model_id.hex() in str(error.value) and model.name in str(error.value)


def test_data_that_does_not_fit_the_model_is_refused(tiny_model: FrozenModel) -> None:
    with pytest.raises(ModelError, match="levels"):
        packed(dataset(np.zeros((2, 1, SIZE, SIZE + 1), np.uint8)), tiny_model)
    grey = DataSet(
        np.arange(2 * SIZE * SIZE, dtype=np.uint8).reshape(2, 1, SIZE, SIZE),
        ImageSpec("x", "uint8", "nhw", tuple(range(256))),
    )
    with pytest.raises(ModelError, match="256 levels"):
        packed(grey, tiny_model)


@pytest.mark.parametrize(
    "options",
    [
        {"order": "sorted"},
        {"coder": "huffman"},
        {"threads": 0},
        {"order": "any", "ordering": "urn", "alpha": 0},
        {"order": "any", "ordering": "urn", "alpha": 2**32},
        {"order": "any", "ordering": "urn", "kernel": -1},
        {"order": "any", "ordering": "urn", "kernel": 4097},
        {"order": "any", "ordering": "set", "alpha": 10},
        {"order": "any", "kernel": 10},
    ],
)
def test_bad_options_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(AcnError):
        CompressOptions(**options)  # type: ignore[arg-type]


@pytest.mark.parametrize("ordering", ["iid", "tour", "urn"])
def test_every_damaged_stack_word_is_noticed(
    tiny_model: FrozenModel, tmp_path: Path, ordering: str
) -> None:
    """CRCs are recomputed after the damage, so that only the digest can notice."""
    data = dataset(blobs(50 if ordering == "urn" else 20, 14))
    path = tmp_path / "file.acn"
    order = "any" if ordering == "urn" else "keep"
    path.write_bytes(packed(data, tiny_model, order=order, ordering=ordering))
    archive = read_archive(path)
    payload = bytearray(archive.sections[0].payload)
    for at in range(0, len(payload), 5):
        damaged = bytearray(payload)
        damaged[at] ^= 1 << (at % 8)
        sections = [replace(archive.sections[0], payload=bytes(damaged)), *archive.sections[1:]]
        rewrite(path, archive.header, sections)
        with pytest.raises(CorruptionError):
            decoded(path, tiny_model)


def test_lying_counts_are_noticed_quickly(tiny_model: FrozenModel, tmp_path: Path) -> None:
    path = tmp_path / "file.acn"
    path.write_bytes(packed(dataset(blobs(20, 15)), tiny_model, order="any", ordering="iid"))
    archive = read_archive(path)
    for count in (21, 300, 1_000_000):
        sizes = (*(512,) * (count // 512), count % 512)
        shard = replace(archive.header.shards[0], count=count, distinct=count, sizes=sizes)
        rewrite(path, replace(archive.header, shards=(shard,)), archive.sections)
        with pytest.raises(CorruptionError):
            decoded(path, tiny_model)


def test_arrays_that_do_not_fit_together_are_a_corruption(
    tiny_model: FrozenModel, tmp_path: Path
) -> None:
    path = tmp_path / "file.acn"
    path.write_bytes(packed(dataset(blobs(4, 16), labels(4)), tiny_model))
    archive = read_archive(path)
    header = replace(archive.header, spec=replace(archive.header.spec, name="y"))
    rewrite(path, header, archive.sections)
    with pytest.raises(CorruptionError, match="fit together"):
        decoded(path, tiny_model)


def test_a_stored_order_in_a_set_is_refused(tiny_model: FrozenModel, tmp_path: Path) -> None:
    path = tmp_path / "file.acn"
    path.write_bytes(packed(dataset(blobs(4, 17)), tiny_model, order="any", ordering="tour"))
    archive = read_archive(path)
    shard = replace(archive.header.shards[0], permuted=True)
    rewrite(path, replace(archive.header, shards=(shard,)), archive.sections)
    with pytest.raises(CorruptionError, match="contradict"):
        decoded(path, tiny_model)


@pytest.mark.parametrize("ordering", ["set", "urn"])
def test_a_set_that_claims_an_order_is_refused(
    tiny_model: FrozenModel, tmp_path: Path, ordering: str
) -> None:
    path = tmp_path / "file.acn"
    path.write_bytes(packed(dataset(blobs(4, 17)), tiny_model, order="any", ordering=ordering))
    archive = read_archive(path)
    rewrite(path, replace(archive.header, order="keep"), archive.sections)
    with pytest.raises(CorruptionError, match="contradict"):
        decoded(path, tiny_model)


def test_another_alpha_or_kernel_than_the_writers_is_noticed(
    tiny_model: FrozenModel, tmp_path: Path
) -> None:
    path = tmp_path / "file.acn"
    path.write_bytes(packed(dataset(blobs(80, 22)), tiny_model, order="any", ordering="urn"))
    archive = read_archive(path)
    shard = archive.header.shards[0]
    for change in ({"alpha": (shard.alpha or 0) + 1000}, {"kernel": shard.kernel + 5}):
        changed = replace(archive.header, shards=(replace(shard, **change),))
        rewrite(path, changed, archive.sections)
        with pytest.raises(CorruptionError):
            decoded(path, tiny_model)


@pytest.mark.parametrize(
    "change",
    [{"coder": "huffman"}, {"profile": "int99"}, {"spec": replace(SPEC, values=(0, 1, 2))}],
)
def test_headers_at_odds_with_reader_or_model_are_refused(
    tiny_model: FrozenModel, tmp_path: Path, change: dict[str, object]
) -> None:
    path = tmp_path / "file.acn"
    path.write_bytes(packed(dataset(blobs(4, 17)), tiny_model))
    archive = read_archive(path)
    rewrite(path, replace(archive.header, **change), archive.sections)  # type: ignore[arg-type]
    with pytest.raises(FormatError):
        decoded(path, tiny_model)
