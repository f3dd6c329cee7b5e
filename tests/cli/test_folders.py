"""A folder of pictures to an archive, and the archive to a folder."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from cli_types import Acn
from level_sets import tiny_resnet
from numpy.typing import NDArray

from acncodec.codec import CompressOptions, compress_dataset
from acncodec.container import atomic_output
from acncodec.images import SideArray
from acncodec.images.dataset import DataSet
from acncodec.images.recognised import recognise
from acncodec.models.frozen import FrozenModel

Image = pytest.importorskip("PIL.Image")
pytest.importorskip("imagecodecs")
NAMES = ["a/x.png", "a/y.png", "b/c/d/z.png", "top.png"]


@pytest.fixture
def folder(images: NDArray[np.uint8], tmp_path: Path) -> Path:
    """Binary pictures in folders."""
    root = tmp_path / "in"
    for name, image in zip(NAMES, images[:, 0], strict=False):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image > 0).save(root / name)
    return root


def pictures(root: Path) -> dict[str, tuple[str, bytes]]:
    """Mode and samples of each file."""
    found = {}
    for path in sorted(root.rglob("*")):
        if path.is_file():
            with Image.open(path) as image:
                found[str(path.relative_to(root))] = image.mode, image.tobytes()
    return found


@pytest.mark.parametrize("name", ["out/", "out"])
@pytest.mark.parametrize("options", [(), ("--order", "any"), ("--shard-size", 2)])
def test_a_folder_comes_back_as_a_folder(
    acn: Acn, folder: Path, model_file: Path, tmp_path: Path, name: str, options: tuple[object, ...]
) -> None:
    archive, model = tmp_path / "a.acn", ("--model", model_file)
    outcome = acn("compress", folder, archive, *model, *options, "--verify")
    assert (outcome.code, outcome.err) == (0, "")
    outcome = acn("decompress", archive, f"{tmp_path}/{name}", *model)
    assert (outcome.code, outcome.err) == (0, "")
    assert "out: 4 images of 8x8 and 1 other array(s)" in outcome.out
    assert pictures(tmp_path / "out") == pictures(folder)
    assert sorted(pictures(folder)) == NAMES


MODES = ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"]


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Pictures of three sizes and all modes, palettes with a transparent colour among them."""
    root, rng = tmp_path / "in", np.random.default_rng(5)
    for number in range(21):
        mode, side = MODES[number % 7], 3 + number // 7
        shape = (side, 4) if mode in ("1", "L", "P", "I;16") else (side, 4, len(mode))
        samples = rng.integers(0, 256, shape, np.uint8)
        if mode in ("1", "I;16"):
            samples = samples > 99 if mode == "1" else samples * np.uint16(257)
            image = Image.fromarray(samples)
        else:
            image = Image.fromarray(samples, mode)
        options = {}
        if mode == "P":
            image.putpalette(rng.bytes(768))
            options = {"transparency": 7}
        path = root / mode.replace(";", "") / str(side) / f"{number}.png"
        path.parent.mkdir(parents=True)
        image.save(path, **options)
    return root


@pytest.mark.parametrize("options", [(), ("--order", "any"), ("--shard-size", 8)])
def test_a_folder_of_all_sizes_and_modes_comes_back(
    acn: Acn, mixed: Path, tmp_path: Path, options: tuple[object, ...]
) -> None:
    archive = tmp_path / "a.acn"
    outcome = acn("compress", mixed, archive, *options, "--verify")
    assert outcome.code == 0, outcome.err
    outcome = acn("decompress", archive, tmp_path / "out")
    assert (outcome.code, outcome.err) == (0, "")
    found = pictures(tmp_path / "out")
    assert found == pictures(mixed) and len(found) == 21
    for path in mixed.rglob("*.png"):
        with (
            Image.open(path) as one,
            Image.open(tmp_path / "out" / path.relative_to(mixed)) as other,
        ):
            assert (one.info, one.getpalette()) == (other.info, other.getpalette())


def test_parts_of_mixed_folders_and_arrays_of_them(acn: Acn, mixed: Path, tmp_path: Path) -> None:
    archive = tmp_path / "a.acn"
    assert acn("compress", mixed, archive).code == 0
    assert acn("decompress", archive, tmp_path / "part", "--range", "3:12").code == 0
    part, whole = pictures(tmp_path / "part"), pictures(mixed)
    assert len(part) == 9 and part.items() <= whole.items()
    assert acn("decompress", archive, tmp_path / "whole", "--salvage").code == 0
    assert pictures(tmp_path / "whole") == whole
    assert acn("decompress", archive, tmp_path / "a.npz").code == 0
    with np.load(tmp_path / "a.npz") as arrays:
        assert {"names", "modes", "chunks", "chunks_of"} < set(arrays)
        assert sum(name.startswith("x/") for name in arrays) == 21


def test_a_part_and_what_is_whole_come_as_folders(
    acn: Acn, folder: Path, model_file: Path, tmp_path: Path
) -> None:
    archive, model = tmp_path / "a.acn", ("--model", model_file)
    assert acn("compress", folder, archive, *model).code == 0
    assert acn("decompress", archive, tmp_path / "part", *model, "--range", "1:3").code == 0
    assert sorted(pictures(tmp_path / "part")) == NAMES[1:3]
    assert acn("decompress", archive, tmp_path / "whole", *model, "--salvage").code == 0
    assert pictures(tmp_path / "whole") == pictures(folder)


@pytest.mark.parametrize("option", [(), ("-f",)])
def test_a_folder_that_is_there_is_not_touched(
    acn: Acn, folder: Path, model_file: Path, tmp_path: Path, option: tuple[str, ...]
) -> None:
    archive = tmp_path / "a.acn"
    assert acn("compress", folder, archive, "--model", model_file).code == 0
    before = pictures(folder)
    (tmp_path / "link").symlink_to(tmp_path)
    for target, words in ((folder, "is not empty"), (tmp_path / "link", "is a link")):
        outcome = acn("decompress", archive, target, "--model", model_file, *option)
        assert (outcome.code, words in outcome.err) == (1, True)
    assert pictures(folder) == before


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["../../up.png", "a.png"], "'../../up.png' leads out of the folder"),
        (["/tmp/up.png", "a.png"], "is absolute"),
        (["a.png", "A.png"], "is the same file as"),
        (["a.png", "a.png/b.png"], "lies in 'a.png'"),
        (["C:up.png", "a.png"], "begins with a drive"),
    ],
)
def test_names_that_may_not_become_files_are_refused_before_one_is_written(
    acn: Acn, images: NDArray[np.uint8], tiny_model: FrozenModel, model_file: Path, tmp_path: Path,
    names: list[str], words: str,
) -> None:  # fmt: skip
    data = recognise({"x": images[:2, 0], "names": np.array(names)})
    archive = write(data, tiny_model, tmp_path / "in" / "a.acn")
    before = sorted(tmp_path.rglob("*"))
    outcome = acn("decompress", archive, tmp_path / "in/out/", "--model", model_file)
    assert (outcome.code, words in outcome.err) == (1, True), outcome.err
    assert f"{archive}: the name" in outcome.err
    assert sorted(tmp_path.rglob("*")) == before
    assert acn("decompress", archive, tmp_path / "out.npz", "--model", model_file).code == 0


def write(data: DataSet, model: FrozenModel, path: Path) -> Path:
    path.parent.mkdir(exist_ok=True)
    with atomic_output(path, force=False) as file:
        compress_dataset(data, model, CompressOptions(), file)
    return path


def test_what_no_folder_holds_is_refused(
    acn: Acn, archive: Path, model_file: Path, images: NDArray[np.uint8], tiny_model: FrozenModel,
    tmp_path: Path,
) -> None:  # fmt: skip
    outcome = acn("decompress", archive, tmp_path / "out/", "--model", model_file)
    assert (outcome.code, "holds no names of pictures" in outcome.err) == (1, True)
    data = recognise({"x": images[:2, 0]})
    bare = write(data, tiny_model, tmp_path / "bare.acn")
    outcome = acn("decompress", bare, tmp_path / "out/", "--model", model_file)
    assert (outcome.code, "holds no names of pictures" in outcome.err) == (1, True)
    side = (SideArray("names", np.array(["a.png", "b.png"]), True),
            SideArray("y", np.array(["k", "l"]), True))  # fmt: skip
    more = write(DataSet(data.pixels, data.spec, side), tiny_model, tmp_path / "more.acn")
    outcome = acn("decompress", more, tmp_path / "out/", "--model", model_file)
    assert (outcome.code, "the array 'y', which no folder" in outcome.err) == (1, True)
    assert not (tmp_path / "out").exists()


def test_jpeg_is_refused_or_said_what_it_costs(
    acn: Acn, folder: Path, model_file: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "a.acn"
    black = Image.new("L", (8, 8))
    black.save(folder / "a/w.jpg")
    outcome = acn("compress", folder, archive, "--model", model_file)
    assert (outcome.code, archive.exists()) == (1, False)
    assert "'a/w.jpg' cannot be read as an image: is JPEG" in outcome.err
    for path in folder.rglob("*.png"):
        path.unlink()
    outcome = acn("compress", folder, archive, "--model", model_file, "--decode-jpeg")
    assert outcome.code == 0
    first, last = outcome.err.splitlines()
    assert "of 1 lossy files" in first and "the files do not come back" in first
    assert "1 lossy files of" in last and f"have become {archive.stat().st_size:,} bytes" in last
    assert acn("decompress", archive, tmp_path / "out/", "--model", model_file).code == 0
    assert pictures(tmp_path / "out") == {"a/w.jpg.png": ("L", bytes(64))}


def test_a_zip_of_several_sizes_and_a_jpeg_comes_back_as_a_folder(
    acn: Acn, mixed: Path, tmp_path: Path
) -> None:
    packed, archive = tmp_path / "in.zip", tmp_path / "a.acn"
    Image.new("L", (8, 8)).save(mixed / "w.jpg")
    with zipfile.ZipFile(packed, "w") as file:
        for path in sorted(mixed.rglob("*.*")):
            file.write(path, path.relative_to(mixed))
    outcome = acn("compress", packed, archive, "--verify")
    assert (outcome.code, archive.exists()) == (1, False)
    assert "'w.jpg' cannot be read as an image: is JPEG" in outcome.err
    outcome = acn("compress", packed, archive, "--verify", "--decode-jpeg")
    assert outcome.code == 0, outcome.err
    assert "in.zip: 1 lossy files of" in outcome.err and "and 21 other pictures" in outcome.err
    assert acn("decompress", archive, tmp_path / "out/").code == 0
    back = pictures(tmp_path / "out")
    assert back.pop("w.jpg.png") == ("L", bytes(64))
    (mixed / "w.jpg").unlink()
    assert back == pictures(mixed)


def test_jpeg_of_several_data_is_refused_or_said_what_it_costs(
    acn: Acn, images: NDArray[np.uint8], model_file: Path, tmp_path: Path
) -> None:
    archive, model = tmp_path / "a.acn", ("--model", model_file)
    sources = [tmp_path / "one", tmp_path / "two.zip"]
    sources[0].mkdir()
    for name in ("a.jpg", "b.jpg"):
        Image.new("L", (8, 8)).save(sources[0] / name)
    with zipfile.ZipFile(sources[1], "w") as file:
        file.write(sources[0] / "a.jpg", "c.jpg")
    outcome = acn("compress", *sources, archive, *model)
    assert (outcome.code, archive.exists()) == (1, False)
    assert f"{sources[0]}: 'a.jpg' cannot be read as an image: is JPEG" in outcome.err
    outcome = acn("compress", *sources, archive, *model, "--decode-jpeg", "--verify")
    assert outcome.code == 0, outcome.err
    size = sum((sources[0] / name).stat().st_size for name in ("a.jpg", "b.jpg", "a.jpg"))
    assert f"{sources[0]}: 3 lossy files of {size:,} bytes have become" in outcome.err
    assert acn("decompress", archive, tmp_path / "a.npz", *model).code == 0
    with np.load(tmp_path / "a.npz") as arrays:
        assert arrays["one/x"].shape == (2, 8, 8) and arrays["two/x"].shape == (1, 8, 8)
        assert arrays["two/names"].tolist() == ["c.jpg"]


@pytest.mark.parametrize("order", ["keep", "any"])
def test_labels_beside_pictures_of_several_sizes_follow_them(
    acn: Acn, mixed: Path, tmp_path: Path, order: str
) -> None:
    """By the names in a table, though its rows stand otherwise."""
    names = sorted(str(path.relative_to(mixed)) for path in mixed.rglob("*.png"))
    table, archive = tmp_path / "labels.csv", tmp_path / "a.acn"
    table.write_text("file,class\n" + "".join(f"{name},{len(name)}\n" for name in names[::-1]))
    outcome = acn("compress", mixed, archive, "--labels", table, "--order", order, "--verify")
    assert outcome.code == 0, outcome.err
    assert acn("decompress", archive, tmp_path / "a.npz").code == 0
    with np.load(tmp_path / "a.npz") as arrays:
        assert sorted(arrays["names"].tolist()) == names
        assert arrays["file"].tolist() == arrays["names"].tolist()
        assert arrays["class"].tolist() == [len(name) for name in arrays["names"].tolist()]
        assert order == "any" or arrays["names"].tolist() == names


def test_a_folder_is_written_from_a_pipe(
    acn: Acn, folder: Path, model_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, model = tmp_path / "a.acn", ("--model", model_file)
    assert acn("compress", folder, archive, *model).code == 0
    with archive.open("rb") as file:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(file))
        outcome = acn("decompress", "-", tmp_path / "out/", *model)
    assert outcome.code == 0, outcome.err
    assert pictures(tmp_path / "out") == pictures(folder)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three hundred pictures of three sizes in nested folders, of all modes, some alike."""
    root, rng = tmp_path_factory.mktemp("many") / "in", np.random.default_rng(6)
    for number in range(300):
        mode, (height, width) = MODES[number % 7], ((6, 7), (9, 5), (4, 11))[number // 7 % 3]
        shape = (height, width) if mode in ("1", "L", "P", "I;16") else (height, width, len(mode))
        drawn = np.random.default_rng(number % 280)
        samples = (drawn.integers(0, 9, shape) * 25 + drawn.integers(0, 50)).astype(np.uint8)
        if mode in ("1", "I;16"):
            image = Image.fromarray(samples > 99 if mode == "1" else samples * np.uint16(211))
        else:
            image = Image.fromarray(samples, mode)
        if mode == "P":
            image.putpalette(rng.bytes(768))
        path = root / f"{height}x{width}" / mode.replace(";", "") / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        image.save(path)
    return root


@pytest.mark.parametrize(("order", "shard_size"), [("keep", ()), ("any", ("--shard-size", 90))])
def test_three_hundred_pictures_of_all_kinds_come_back(
    acn: Acn, many: Path, tmp_path: Path, order: str, shard_size: tuple[object, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for room in ("assign", "fates"):  # so that not all are stored, the net being untrained
        monkeypatch.setattr(f"acncodec.mixed.{room}.NEAR", 99.0)
    model = tmp_path / "grey.safetensors"
    model.write_bytes(tiny_resnet(1).to_bytes())
    archive, given = tmp_path / "a.acn", ("--model", model)
    line = ("compress", many, archive, *given, "--order", order, *shard_size)
    outcome = acn(*line, "--verify", "--json")
    assert outcome.code == 0, outcome.err
    facts = json.loads(outcome.out)
    assert facts["images"] == 300 and 0 < facts["stored_images"] < 300
    assert facts["bound_nats_per_image"] > 0 and facts["model"] == "tiny-resnet-1-1"
    outcome = acn("decompress", archive, tmp_path / "out", *given)
    assert (outcome.code, outcome.err) == (0, "")
    found = pictures(tmp_path / "out")
    assert len(found) == 300 and found == pictures(many)
    # As a list in an .npz, and in again.
    arrays = tmp_path / "a.npz"
    assert acn("decompress", archive, arrays, *given).code == 0
    again = acn("compress", arrays, tmp_path / "b.acn", *given, "--verify", "--json")
    assert again.code == 0, again.err
    assert json.loads(again.out)["images"] == 300
    assert acn("decompress", tmp_path / "b.acn", tmp_path / "from-list", *given).code == 0
    assert pictures(tmp_path / "from-list") == pictures(many)
