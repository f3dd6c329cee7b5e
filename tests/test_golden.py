"""Files of every past format version open, and give what they were made of."""

from __future__ import annotations

from pathlib import Path

import mixed_sets
import pytest
from optional import needs_torchac
from second_reader import read

from acncodec.codec import (
    CompressOptions,
    Run,
    compress_dataset,
    decompress_archive,
    read_set,
)
from acncodec.codec.compress_mixed import code_assigned
from acncodec.compare import same_data
from acncodec.container import FORMAT_VERSION, MixedHeader, read_archive, read_header
from acncodec.container.stored import unpack_stored
from acncodec.images import DataSet, MixedData, load_dataset
from acncodec.models.frozen import FrozenModel

GOLDEN = Path(__file__).parent / "golden"
TABLES = Path(__file__).parent.parent / "acncodec" / "arithmetic" / "tables.safetensors"
CASES = sorted(GOLDEN.glob("v*/*.acn"))
COUNTS = {1: 4, 2: 7, 3: 12}
"""How many files each version has."""
READ_TWICE = 2
"""The newest version that the second reader knows: whoever has not seen the code extends it."""


def each(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "path",
        [
            pytest.param(
                path, id=f"{path.parent.name}-{path.stem}",
                marks=[needs_torchac] if path.stem.endswith("torchac") else [],
            )
            for path in paths
        ],
    )  # fmt: skip


golden = each(CASES)
golden_read_twice = each([path for path in CASES if int(path.parent.name[1:]) <= READ_TWICE])


def is_mixed(path: Path) -> bool:
    """Whether an archive is of a mixed set."""
    return isinstance(read_header(path).header, MixedHeader)


def used_models(path: Path) -> list[FrozenModel]:
    """The models of mixed sets, in the order in which they were given."""
    return [FrozenModel.load(path.parent / f"model-{channels}.safetensors") for channels in (1, 3)]


def model_file(path: Path) -> Path:
    """The model beside an archive that it names."""
    wanted = read_header(path).header.model_id
    files = sorted(path.parent.glob("*.safetensors"))
    (found,) = [file for file in files if FrozenModel.load(file).model_id == wanted]
    return found


def arrays(path: Path) -> DataSet | MixedData:
    """What an archive was made of."""
    if is_mixed(path):
        return mixed_sets.load_list(path.parent / f"arrays-{path.stem.split('-')[2]}.npz")
    if path.parent.name in ("v1", "v2"):
        return load_dataset(path.parent / "arrays.npz")
    kind = path.stem.split("-")[2]
    layout = read_header(path).header.spec.layout
    return load_dataset(path.parent / f"arrays-{kind}.npz", layout=layout)


def test_every_version_has_its_files() -> None:
    assert list(COUNTS) == list(range(1, FORMAT_VERSION + 1))
    for version, count in COUNTS.items():
        files = [path for path in CASES if path.parent.name == f"v{version}"]
        assert len(files) == count
        assert {read_header(path).header.format_version for path in files} == {version}


@golden
def test_a_golden_file_gives_its_arrays(path: Path) -> None:
    data = arrays(path)
    order = read_header(path).header.order
    models = used_models(path) if is_mixed(path) else [FrozenModel.load(model_file(path))]
    assert same_data(data, read_set(path, models, Run()), order)


@golden_read_twice
def test_the_second_reader_gives_the_same(path: Path) -> None:
    model = model_file(path)
    ours, theirs = decompress_archive(path, FrozenModel.load(model)), read(path, model, TABLES)
    assert theirs["x"].tobytes() == ours.pixels.tobytes()
    for side in ours.side:
        assert theirs[side.name].tobytes() == side.array.tobytes()


@golden
def test_the_same_input_still_gives_the_same_bits(path: Path, tmp_path: Path) -> None:
    """A change here is a change of the format: it needs a new version and new files."""
    data = arrays(path)
    again = tmp_path / "again.acn"
    if isinstance(data, MixedData):
        assert_same_mixed(path, data, again)
        return
    header = read_header(path).uniform
    (shard,) = header.shards
    urn = {"alpha": shard.alpha, "kernel": shard.kernel} if shard.alpha is not None else {}
    options = CompressOptions(
        header.order, shard.strategy, solver="greedy", coder=header.coder, **urn
    )
    with again.open("wb") as file:
        compress_dataset(data, FrozenModel.load(model_file(path)), options, file)
    # Not byte by byte: another zlib or liblzma may pack header and side data otherwise.
    old, new = read_archive(path), read_archive(again)
    assert new.header == old.header
    assert new.stack(0) == old.stack(0) and new.duplicates(0) == old.duplicates(0)
    assert new.labels == old.labels
    assert new.side is not None and old.side is not None
    assert new.side[:40] == old.side[:40]  # length and SHA-256 of what it unpacks to


def assert_same_mixed(path: Path, data: MixedData, again: Path) -> None:
    """Coded again, all that models decide is the same, and so are the stored images."""
    order, ordering, kind = path.stem.split("-")
    options = CompressOptions(order, "auto" if ordering == "none" else ordering)
    made = code_assigned(data, mixed_sets.ASSIGNED[kind], used_models(path), options)
    again.write_bytes(made.data)
    old, new = read_archive(path), read_archive(again)
    assert isinstance(old.header, MixedHeader) and new.header == old.header
    for number in range(sum(len(shard.parts) for shard in old.header.shards)):
        assert new.stack(number) == old.stack(number)
    assert new.arrangement(0) == old.arrangement(0) and new.duplicates(0) == old.duplicates(0)
    shard = old.header.shards[0]
    if shard.stored:
        images = [
            unpack_stored(one.stored(0) or b"", old.header.classes, shard.stored).keys()
            for one in (old, new)
        ]
        assert images[0] == images[1]
    assert new.side is not None and old.side is not None
    assert new.side[:40] == old.side[:40]
