"""Files of every past format version open, and give what they were made of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import form_sets
import mixed_sets
import numpy as np
import pytest
from numpy.typing import NDArray
from optional import needs_torchac
from reading import carried_by, decoded
from second_reader import read

from acncodec.codec import CompressOptions, compress_dataset
from acncodec.codec.compare import same_data
from acncodec.codec.compress_mixed import code_assigned
from acncodec.container import FORMAT_VERSION, MixedHeader, read_archive, read_header
from acncodec.container.stored import stored_since, unpack_stored
from acncodec.images import DataSet, MixedData, load_dataset
from acncodec.models.frozen import FrozenModel
from acncodec.run.settings import Run

GOLDEN = Path(__file__).parent / "golden"
TABLES = Path(__file__).parent.parent / "acncodec" / "arithmetic" / "tables.safetensors"
CASES = sorted(GOLDEN.glob("v*/*.acn"))
COUNTS = {1: 4, 2: 7, 3: 23, 4: 7, 5: 7, 6: 4, 7: 2}
"""How many files each version has."""


def originals(path: Path) -> Path:
    """The arrays that an archive was made of."""
    kind = path.stem.split("-")[2] if path.parent.name not in ("v1", "v2") else ""
    return path.parent / (f"arrays-{kind}.npz" if kind else "arrays.npz")


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


def is_mixed(path: Path) -> bool:
    """Whether an archive is of a mixed set."""
    return isinstance(read_header(path).header, MixedHeader)


def kind_of(path: Path) -> str:
    """What an archive is of, as its name has it; nothing of the first two versions."""
    return "-".join(path.stem.split("-")[2:3])


def is_formed(path: Path) -> bool:
    """Whether the images are given back in another form (`i`)."""
    return path.parent.name == "v3" and kind_of(path) in form_sets.ARRAYS


MIXED = [path for path in CASES if is_mixed(path)]
FORMED = [path for path in CASES if is_formed(path)]
PLAIN = [path for path in CASES if path not in (*MIXED, *FORMED)]


def files_of(path: Path) -> list[Path]:
    """The files of a mixed set's models, in the order in which they were given."""
    names = ["latents"] if kind_of(path) == "encoded" else ["1", "3"]
    return [GOLDEN / "v3" / f"model-{name}.safetensors" for name in names]


def used_models(path: Path) -> list[FrozenModel]:
    """The models of a mixed set, in the order in which they were given; those that the archive
    carries come out of it."""
    carried = {model.model_id: model for model in carried_by(path)}
    return [carried.get(model.model_id, model) for model in map(FrozenModel.load, files_of(path))]


def model_file(path: Path) -> Path:
    """The model beside an archive that it names."""
    wanted = read_header(path).header.model_id
    files = sorted(path.parent.glob("*.safetensors"))
    (found,) = [file for file in files if FrozenModel.load(file).model_id == wanted]
    return found


def beside(path: Path) -> list[Path]:
    """The model that an archive needs beside it, unless it carries it."""
    return [] if read_header(path).header.embedded else [model_file(path)]


def model_of(path: Path) -> FrozenModel:
    """The one that an archive carries, or the one beside it."""
    return next(iter(carried_by(path)), None) or FrozenModel.load(model_file(path))


def arrays(path: Path) -> DataSet | MixedData:
    """What an archive was made of."""
    if is_mixed(path):
        return mixed_sets.load_list(path.parent / f"arrays-{path.stem.split('-')[2]}.npz")
    if path.parent.name in ("v1", "v2"):
        return load_dataset(originals(path))
    return load_dataset(originals(path), layout=read_header(path).header.spec.layout)


def test_every_version_has_its_files() -> None:
    assert list(COUNTS) == list(range(1, FORMAT_VERSION + 1))
    for version, count in COUNTS.items():
        files = [path for path in CASES if path.parent.name == f"v{version}"]
        assert len(files) == count
        assert {read_header(path).header.format_version for path in files} == {version}


@each([path for path in MIXED if path.parent.name in ("v5", "v6")])
def test_stored_images_need_the_version_of_their_file(path: Path) -> None:
    archive = read_archive(path)
    payloads = [archive.stored(number) or b"" for number in range(len(archive.header.shards))]
    assert all(stored_since(payload) == archive.header.format_version for payload in payloads)


@each([*PLAIN, *MIXED])
def test_a_golden_file_gives_its_arrays(path: Path) -> None:
    data = arrays(path)
    order = read_header(path).header.order
    models = used_models(path) if is_mixed(path) else [model_of(path)]
    assert same_data(data, decoded(path, models, Run()), order)


@each(FORMED)
def test_both_readers_give_back_forms_as_they_went_in(path: Path, tmp_path: Path) -> None:
    model = model_file(path)
    ours = form_sets.decompress(path, model, tmp_path / "ours.npz")
    theirs, wanted = read(path, model, TABLES), dict(np.load(originals(path)))
    assert list(ours) == list(theirs) == list(wanted)
    for name, array in wanted.items():
        assert theirs[name].dtype == ours[name].dtype == array.dtype
        assert theirs[name].tobytes() == ours[name].tobytes()
        if not path.stem.startswith("any"):
            np.testing.assert_array_equal(theirs[name], array)
    assert rows_together(theirs) == rows_together(wanted)


def rows_together(arrays: dict[str, NDArray[Any]]) -> dict[int, list[tuple[bytes, ...]]]:
    """By their number of rows all arrays that go together, row by row, in an order of their own."""
    alike: dict[int, list[Any]] = {}
    for array in arrays.values():
        alike.setdefault(len(array) if array.ndim else -1, []).append(np.atleast_1d(array))
    return {
        count: sorted(zip(*([row.tobytes() for row in one] for one in found), strict=True))
        for count, found in alike.items()
    }


@each(FORMED)
def test_the_same_forms_still_give_the_same_bits(path: Path, tmp_path: Path) -> None:
    order, ordering, _ = path.stem.split("-")
    again = tmp_path / "again.acn"
    form_sets.compress(originals(path), again, model_file(path), order, ordering)
    assert_same_bits(path, again)


@each(MIXED)
def test_the_second_reader_gives_the_same_of_mixed_sets(path: Path) -> None:
    ours = decoded(path, used_models(path), Run())
    carried = {model.model_id for model in carried_by(path)}
    files = [file for file in files_of(path) if FrozenModel.load(file).model_id not in carried]
    theirs = read(path, files, TABLES)
    assert isinstance(ours, MixedData)
    for one, other in zip(ours.arrays(), theirs["x"], strict=True):
        assert one.dtype == other.dtype and np.array_equal(one, other)
    for side in ours.side:
        assert theirs[side.name].tobytes() == side.array.tobytes()


@each(PLAIN)
def test_the_second_reader_gives_the_same_and_what_went_in(path: Path) -> None:
    ours, theirs = decoded(path, model_of(path)), read(path, beside(path), TABLES)
    pixels = theirs["x"]
    pixels = pixels[:, None] if pixels.ndim == 3 else np.moveaxis(pixels, 3, 1)
    values = np.array(ours.spec.values)[ours.pixels]  # which have equal channels once
    np.testing.assert_array_equal(pixels, np.broadcast_to(values, pixels.shape))
    for side in ours.side:
        assert theirs[side.name].tobytes() == side.array.tobytes()
    with np.load(originals(path)) as file:
        wanted = dict(file)
    assert list(theirs) == list(wanted)
    for name, array in wanted.items():
        assert theirs[name].dtype == array.dtype and theirs[name].shape == array.shape
    if path.stem.startswith("any"):  # rows may come in another order, images with their labels
        wanted, theirs = in_order(wanted), in_order(theirs)
    for name, array in wanted.items():
        np.testing.assert_array_equal(theirs[name], array)


def in_order(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The arrays with the rows of images and labels sorted."""
    rows = zip(arrays["x"], arrays["y"], strict=True)
    keys = [image.tobytes() + label.tobytes() for image, label in rows]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return arrays | {name: arrays[name][order] for name in ("x", "y")}


@each([*PLAIN, *MIXED])
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
        header.order, shard.strategy, solver="greedy", coder=header.coder,
        embed=bool(header.embedded), **urn,
    )  # fmt: skip
    with again.open("wb") as file:
        compress_dataset(data, model_of(path), options, file)
    assert_same_bits(path, again)


def assert_same_bits(path: Path, again: Path) -> None:
    """Two archives of one set are the same, however what is in them was packed."""
    # Not byte by byte: another zlib or liblzma may pack header and side data otherwise.
    old, new = read_archive(path), read_archive(again)
    assert new.header == old.header
    assert new.stack(0) == old.stack(0) and new.duplicates(0) == old.duplicates(0)
    assert new.labels == old.labels and new.model(0) == old.model(0)
    # Of side data length and SHA-256 of what it unpacks to.
    assert (new.side or b"")[:40] == (old.side or b"")[:40]


def assert_same_mixed(path: Path, data: MixedData, again: Path) -> None:
    """Coded again, all that models decide is the same, and so are the stored images."""
    order, ordering, kind, *coder = path.stem.split("-")
    carries, models = bool(read_header(path).header.embedded), used_models(path)
    options = CompressOptions(
        order, "auto" if ordering == "none" else ordering, solver="greedy",
        coder=coder[0] if coder else "ans", shard_size=mixed_sets.SHARDS.get(kind), embed=carries,
        at_hand=mixed_sets.at_hand(kind, models) if carries else frozenset(),
    )  # fmt: skip
    made = code_assigned(data, mixed_sets.ASSIGNED[kind], models, options)
    again.write_bytes(made.data)
    old, new = read_archive(path), read_archive(again)
    assert isinstance(old.header, MixedHeader)
    # What is stored may now be packed as only a later version can.
    since = old.header.format_version
    assert new.header.format_version >= since
    assert replace(new.header, format_version=since) == old.header
    assert [new.model(number) for number in (0, 1)] == [old.model(number) for number in (0, 1)]
    for number in range(sum(len(shard.parts) for shard in old.header.shards)):
        assert new.stack(number) == old.stack(number)
    for number, shard in enumerate(old.header.shards):
        assert new.arrangement(number) == old.arrangement(number)
        assert new.duplicates(number) == old.duplicates(number)
        if shard.stored:
            images = [
                sorted(unpack_stored(payload, old.header.classes, shard.stored).keys())
                for payload in (old.stored(number) or b"", new.stored(number) or b"")
            ]
            assert images[0] == images[1]
    assert new.side is not None and old.side is not None
    assert new.side[:40] == old.side[:40]
