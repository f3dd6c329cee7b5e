"""`compress` and `train` on images of other kinds than 0 and 1: taken, or refused clearly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cli_types import Acn
from level_sets import level_array, tiny_acn
from numpy.typing import NDArray
from PIL import Image
from tiny import blobs

from acncodec_cli.main import run

BITS = blobs(60, 3)[:, 0]
RNG = np.random.default_rng(0)


def there_and_back(
    acn: Acn, folder: Path, model_file: Path, array: NDArray[Any], **options: Any
) -> NDArray[Any]:
    source, archive, back = (folder / name for name in ("a.npz", "a.acn", "b.npz"))
    np.savez(source, x=array, y=np.arange(len(array)))
    outcome = acn("compress", source, archive, "--model", model_file, "--verify", "-f")
    assert outcome.code == 0, outcome.err
    outcome = acn("decompress", archive, back, "--model", model_file, "-f")
    assert outcome.code == 0, outcome.err
    with np.load(back) as arrays:
        found: NDArray[Any] = arrays["x"]
    return found


@pytest.mark.parametrize("values", [(0, 128), (1, 3), (0, 254), (254, 255)])
def test_any_two_values_suit_a_binary_model(
    acn: Acn, model_file: Path, tmp_path: Path, values: tuple[int, int]
) -> None:
    array = np.array(values, np.uint8)[BITS]
    found = there_and_back(acn, tmp_path, model_file, array)
    assert found.dtype == np.uint8 and np.array_equal(found, array)


def test_any_two_values_can_be_trained_on(acn: Acn, tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=BITS * np.uint8(128))
    model = tmp_path / "m.safetensors"
    outcome = acn("train", tmp_path / "a.npz", "-o", model, "--preset", "tiny", "--steps", 2)
    assert outcome.code == 0, outcome.err
    assert "warning" not in outcome.err


@pytest.mark.usefixtures("only_mnist")
def test_grey_images_lead_to_no_training_in_vain(acn: Acn, tmp_path: Path) -> None:
    source, model = tmp_path / "grey.npz", tmp_path / "m.safetensors"
    np.savez(source, x=(BITS * RNG.integers(100, 256, BITS.shape)).astype(np.uint8))
    outcome = acn("compress", source, tmp_path / "a.acn", "--stored", "never")
    assert outcome.code == 1
    assert "`acncodec train DATA --preset grey-small" in outcome.err
    outcome = acn("train", source, "-o", model, "--preset", "tiny", "--steps", 2)
    assert outcome.code == 0, outcome.err
    first = outcome.err.splitlines()[0]
    assert "256 levels, binarised" in first and "the model will code binary images alone" in first


@pytest.mark.parametrize(
    "array",
    [
        BITS.astype(np.uint16) * 65_535,
        BITS.astype(">u2"),
        BITS[..., None].repeat(3, 3),
    ],
)
def test_two_values_in_any_array_suit_a_binary_model(
    acn: Acn, model_file: Path, tmp_path: Path, array: NDArray[Any]
) -> None:
    found = there_and_back(acn, tmp_path, model_file, array)
    assert found.dtype == array.dtype and np.array_equal(found, array)


@pytest.mark.parametrize(
    ("preset", "array"),
    [
        ("tiny-resnet", RNG.integers(0, 65_536, (18, 5, 6)).astype(np.uint16)),
        ("tiny-resnet", RNG.integers(0, 256, (18, 5, 6, 3), np.uint8)),
    ],
)
def test_a_model_of_any_size_is_trained_and_codes_images_of_any_kind(
    acn: Acn, tmp_path: Path, preset: str, array: NDArray[Any]
) -> None:
    source, model = tmp_path / "a.npz", tmp_path / "m.safetensors"
    np.savez(source, x=array)
    outcome = acn("train", source, "-o", model, "--preset", preset, "--steps", 2)
    assert outcome.code == 0, outcome.err
    found = there_and_back(acn, tmp_path, model, array[:, :, :2])
    assert found.dtype == array.dtype and np.array_equal(found, array[:, :, :2])
    facts = json.loads(acn("models", "show", model, "--json").out)
    assert (facts["sizes"], facts["levels"]) == ("any", "any")
    assert facts["macs_per_image"] % 1024 == 0 and facts["model_kind"] == "causal-resnet"
    facts = json.loads(acn("info", tmp_path / "a.acn", "--json").out)
    assert (facts["format_version"], facts["profile"]) == (3, "int15-resnet")
    assert facts["bits_per_dim"] * array[0, :, :2].size == pytest.approx(facts["bits_per_image"])
    drawn = tmp_path / "s.npz"
    assert acn("sample", "-o", drawn, "--model", model, "--count", 2).code == 0
    with np.load(drawn) as arrays:
        assert arrays["x"].shape[1:] == array.shape[1:]


@pytest.fixture(scope="module", params=["grey", "rgb"])
def with_latents(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    """Images with labels, and a model with latents that was trained on them for a few steps."""
    folder = tmp_path_factory.mktemp("latents")
    images = level_array(request.param, 60, seed=3, height=7, width=6)
    labels = np.arange(60, dtype=np.uint8) % 2
    source, model = folder / "a.npz", folder / "m.safetensors"
    np.savez(source, x=images, y=labels)
    line = ["train", source, "-o", model, "--preset", "tiny-acn-resnet", "--steps", 6, "-q"]
    assert run([str(word) for word in line]) == 0
    return source, model


def test_a_model_with_latents_is_looked_into(
    acn: Acn, with_latents: tuple[Path, Path], tmp_path: Path
) -> None:
    source, model = with_latents
    given = ("--model", model)
    with np.load(source) as arrays:
        images = arrays["x"]
    for command in ("reconstruct", "neighbours", "daydream"):
        sheet = tmp_path / f"{command}.png"
        outcome = acn(command, source, "-o", sheet, "--count", 3, *given)
        assert outcome.code == 0, outcome.err
        with Image.open(sheet) as page:
            colours = np.array(page).reshape(-1, 3)
        coloured = (colours.max(1) != colours.min(1)).any()
        assert coloured == (images.ndim == 4 or command == "neighbours")
    codes = tmp_path / "c.npz"
    assert acn("embed", source, "-o", codes, *given).code == 0
    with np.load(codes) as arrays:
        assert arrays["codes"].shape == arrays["grid"].shape == (60, 4)
        assert np.abs(arrays["grid"] / 8 - arrays["codes"]).max() < 0.5 / 8 + 0.02
    outcome = acn("probe", source, source, *given, "--components", 2, "--json")
    assert outcome.code == 0, outcome.err
    rows = json.loads(outcome.out)["rows"]
    assert [row["representation"] for row in rows] == ["pca2", "pixels", "acn-resnet"]


def test_a_model_with_latents_draws_images_of_any_size(
    acn: Acn, with_latents: tuple[Path, Path], tmp_path: Path
) -> None:
    source, model = with_latents
    with np.load(source) as arrays:
        shape = arrays["x"].shape[3:]
    drawn = tmp_path / "s.npz"
    for size, options in (((7, 6), ()), ((3, 11), ("--size", "3x11")), ((1, 1), ("--size", "1x1"))):
        line = ("sample", "-o", drawn, "--model", model, "--count", 4, "-f", *options)
        outcome = acn(*line)
        assert outcome.code == 0, outcome.err
        with np.load(drawn) as arrays:
            assert arrays["x"].shape == (4, *size, *shape) and arrays["x"].dtype == np.uint8
    assert acn("sample", "-o", tmp_path / "s.png", "--model", model, "--count", 4).code == 0
    for size in ("3", "0x3", "3x4x5", "3x70000", "03x4", "axb"):
        outcome = acn("sample", "-o", drawn, "--model", model, "-f", "--size", size)
        assert outcome.code == 2 and "--size" in outcome.err


def test_a_model_of_one_size_draws_no_other(acn: Acn, model_file: Path, tmp_path: Path) -> None:
    line = ("sample", "-o", tmp_path / "s.npz", "--model", model_file, "--count", 2, "--size")
    assert acn(*line, "8x8").code == 0
    outcome = acn(*line, "8x9", "-f")
    assert outcome.code == 1 and "draws (1, 8, 8) images of 2 levels" in outcome.err


def test_a_model_that_does_not_say_its_size_asks_for_one(acn: Acn, tmp_path: Path) -> None:
    model = tmp_path / "m.safetensors"
    model.write_bytes(tiny_acn(1).to_bytes())
    line = ("sample", "-o", tmp_path / "s.npz", "--model", model, "--count", 2)
    outcome = acn(*line)
    assert outcome.code == 1 and "say one (--size)" in outcome.err
    assert acn(*line, "--size", "4x3").code == 0


@pytest.mark.usefixtures("only_mnist")
@pytest.mark.parametrize(
    "array",
    [
        RNG.integers(0, 65_536, (9, 8, 8)).astype(np.uint16),
        RNG.integers(0, 256, (9, 8, 8, 3), np.uint8),
        RNG.integers(0, 256, (9, 8, 8, 4), np.uint8),
        RNG.integers(0, 17, (9, 8, 8), np.uint8),
    ],
)
def test_kinds_that_no_model_codes_are_refused_by_name(
    acn: Acn, tmp_path: Path, array: NDArray[Any]
) -> None:
    np.savez(tmp_path / "a.npz", x=array)
    outcome = acn("compress", tmp_path / "a.npz", tmp_path / "a.acn", "--stored", "never")
    channels = array.shape[3] if array.ndim == 4 else 1
    kind = f"{channels} channel(s), {int(array.max()) + 1} levels"
    assert outcome.code == 1 and f"no bundled model fits images of 8x8, {kind}" in outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["a.npz"]


@pytest.mark.usefixtures("only_mnist")
def test_kinds_that_no_model_codes_are_stored_and_that_is_said(acn: Acn, tmp_path: Path) -> None:
    noise = RNG.integers(0, 65_536, (9, 8, 8)).astype(np.uint16)
    np.savez(tmp_path / "a.npz", x=noise, y=np.arange(9))
    archive, back = tmp_path / "a.acn", tmp_path / "b.npz"
    outcome = acn("compress", tmp_path / "a.npz", archive, "--verify", "--json")
    assert (
        outcome.code == 0
        and "all images stored, not modelled: no installed model takes them" in outcome.err
    )
    stats = json.loads(outcome.out)
    assert (stats["model"], stats["stored_images"], stats["levels"]) == (
        None,
        9,
        int(noise.max()) + 1,
    )
    assert stats["shapes"][0]["stored"] == stats["shapes"][0]["count"] == 9
    assert stats["file_bytes"] - stats["side_bytes"] <= stats["raw_bytes"] * 1.01 + 300
    assert acn("decompress", archive, back).code == 0
    with np.load(back) as found:
        assert np.array_equal(found["x"], noise) and found["x"].dtype == noise.dtype
    assert acn("verify", archive).code == 0
    facts = json.loads(acn("info", archive, "--json").out)
    assert facts["shapes"] == stats["shapes"] and facts["stored_images"] == 9
    told = acn("info", archive).out
    assert "9 stored" in told and "model  " not in told


def test_a_part_and_what_is_whole_of_stored_images(acn: Acn, tmp_path: Path) -> None:
    noise = RNG.integers(0, 256, (9, 8, 8, 4)).astype(np.uint8)
    np.savez(tmp_path / "a.npz", x=noise)
    archive, back = tmp_path / "a.acn", tmp_path / "b.npz"
    assert acn("compress", tmp_path / "a.npz", archive, "--shard-size", 4).code == 0
    assert acn("decompress", archive, back, "--range", "3:6").code == 0
    with np.load(back) as found:
        assert np.array_equal(found["x"], noise[3:6])
    damaged = bytearray(archive.read_bytes())
    damaged[-40] ^= 1
    archive.write_bytes(damaged)
    assert acn("verify", archive).code == 1
    outcome = acn("decompress", archive, back, "--salvage", "-f", "--json")
    assert outcome.code == 1 and json.loads(outcome.out)["missing"] == [[8, 9]]
    with np.load(back) as found:
        assert np.array_equal(found["x"], noise[:8])


@pytest.mark.parametrize(
    "line",
    [
        "neighbours DATA -o OUT.png", "reconstruct DATA -o OUT.png", "daydream DATA -o OUT.png",
        "embed DATA -o OUT.npz", "plot pca DATA -o OUT.png", "plot tsne DATA -o OUT.png",
        "plot matrix DATA -o OUT.png", "probe DATA DATA --components 2",
        "neighbours DATA -o OUT.png --model rgb", "probe DATA DATA --components 2 --model rgb",
        "plot pca DATA -o OUT.png --model rgb",
    ],
)  # fmt: skip
def test_what_looks_at_codes_says_so_where_there_are_none(
    acn: Acn, tmp_path: Path, line: str
) -> None:
    data = tmp_path / "a.npz"
    np.savez(data, x=level_array("rgb", 12, 1, 9, 9), y=np.arange(12) % 2)
    words = [{"DATA": str(data)}.get(word, word) for word in line.split()]
    outcome = acn(*(word.replace("OUT", str(tmp_path / "out")) for word in words))
    assert outcome.code == 1
    said = "model rgb has no codes" if "--model" in words else "no bundled model has codes of"
    assert said in outcome.err and "Traceback" not in outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["a.npz"]


@pytest.mark.parametrize("shards", [(), ("--shard-size", 5)])
def test_no_images_of_any_size_are_a_set(
    acn: Acn, tmp_path: Path, shards: tuple[object, ...]
) -> None:
    data, path, back = (tmp_path / name for name in ("a.npy", "a.acn", "b.npy"))
    np.save(data, np.zeros((0, 1080, 1920, 3), np.uint8))
    outcome = acn("compress", data, path, *shards)
    assert outcome.code == 0, outcome.err
    assert acn("decompress", path, back).code == 0
    assert np.load(back).shape == (0, 1080, 1920, 3)


def test_grey_digits_are_binarised_for_the_model_that_has_codes_of_them(
    acn: Acn, tmp_path: Path
) -> None:
    data, codes = tmp_path / "a.npz", tmp_path / "codes.npz"
    np.savez(data, x=level_array("grey", 12, 1, 28, 28))
    outcome = acn("embed", data, "-o", codes)
    assert outcome.code == 0 and "binarised by a draw" in outcome.err, outcome.err
    with np.load(codes) as arrays:
        assert arrays["codes"].shape == (12, 16)
