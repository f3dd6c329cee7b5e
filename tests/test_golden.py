"""Files of every past format version open, and give what they were made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from acncodec.codec import CompressOptions, compress_dataset, decompress_archive
from acncodec.compare import same_data
from acncodec.container import FORMAT_VERSION, read_archive, read_header
from acncodec.exact.model import FrozenModel
from acncodec.images import load_dataset

GOLDEN = Path(__file__).parent / "golden"
CASES = sorted(GOLDEN.glob("v*/*.acn"))
FROZEN = {"v1"}
"""Versions whose files are here; a version is frozen when it is released."""


def test_every_version_has_its_files() -> None:
    versions = {path.parent.name for path in CASES}
    assert versions == FROZEN <= {f"v{version}" for version in range(1, FORMAT_VERSION + 1)}
    assert len(CASES) == 4 * len(FROZEN)


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_golden_file_gives_its_arrays(path: Path) -> None:
    model = FrozenModel.load(path.parent / "model.safetensors")
    data = load_dataset(path.parent / "arrays.npz")
    order = read_header(path).header.order
    assert same_data(data, decompress_archive(path, model), order)


@pytest.mark.parametrize(
    "path",
    CASES,
    ids=lambda path: f"{path.parent.name}-{path.stem}",
)
def test_the_same_input_still_gives_the_same_bits(path: Path, tmp_path: Path) -> None:
    """A change here is a change of the format: it needs a new version and new files."""
    model = FrozenModel.load(path.parent / "model.safetensors")
    data = load_dataset(path.parent / "arrays.npz")
    header = read_header(path).header
    options = CompressOptions(header.order, header.shards[0].strategy, solver="greedy")
    again = tmp_path / "again.acn"
    with again.open("wb") as file:
        compress_dataset(data, model, options, file)
    # Not byte by byte: another zlib or liblzma may pack header and side data otherwise.
    old, new = read_archive(path), read_archive(again)
    assert new.header == old.header
    assert new.stack(0) == old.stack(0) and new.duplicates(0) == old.duplicates(0)
    assert new.side is not None and old.side is not None
    assert new.side[:40] == old.side[:40]  # length and SHA-256 of what it unpacks to
