"""`reconstruct`, `daydream` and `neighbours`: sheets of images of a data set."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from cli_types import Acn
from numpy.typing import NDArray
from PIL import Image

from acncodec.models.frozen import FrozenModel

COMMANDS = [
    ("reconstruct", "a.png", "--count 4 --draws 2"),
    ("daydream", "a.png", "--count 4 --steps 3"),
    ("daydream", "a.gif", "--count 4 --steps 3"),
    ("neighbours", "a.png", "--count 4 --neighbours 3"),
]


@pytest.mark.parametrize(("command", "name", "options"), COMMANDS)
def test_a_seed_gives_the_same_bytes(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path, command: str, name: str,
    options: str,
) -> None:  # fmt: skip
    target = tmp_path / name

    def made(*more: object) -> bytes:
        line = (command, data_file, "-o", target, "--model", model_file, *options.split())
        outcome = acn(*line, "-f", *more)
        assert outcome.code == 0, outcome.err
        assert str(target) in outcome.out
        return target.read_bytes()

    first = made("--seed", 1, "--threads", 1)
    assert made("--seed", 1, "--threads", 2, "--batch", 3) == first
    assert made("--seed", 2) != first
    with Image.open(io.BytesIO(first)) as image:
        assert getattr(image, "n_frames", 1) == (4 if name.endswith("gif") else 1)


@pytest.mark.parametrize(("command", "name", "options"), COMMANDS)
def test_refusals(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path, command: str, name: str,
    options: str,
) -> None:  # fmt: skip
    line = (command, data_file, "--model", model_file, *options.split(), "-o")
    outcome = acn(*line, tmp_path / "a.txt")
    assert (outcome.code, "the output is" in outcome.err) == (2, True)
    there = tmp_path / name
    there.write_bytes(b"mine")
    assert acn(*line, there).code == 1
    assert there.read_bytes() == b"mine"
    assert acn(command, tmp_path / "none.npz", "-o", tmp_path / "b.png").code == 1


@pytest.mark.usefixtures("only_mnist")
def test_images_that_no_model_takes(
    acn: Acn, model_file: Path, tmp_path: Path, images: NDArray[np.uint8]
) -> None:
    path, target = tmp_path / "wide.npz", tmp_path / "a.png"
    np.savez(path, x=images[:, 0, :, :7])
    outcome = acn("reconstruct", path, "-o", target)
    assert (outcome.code, "no bundled model has codes of images of 8x7" in outcome.err) == (1, True)
    outcome = acn("reconstruct", path, "-o", target, "--model", model_file)
    assert outcome.code == 1
    assert f"{path}: model tiny-1 codes (1, 8, 8)" in outcome.err
    assert not target.exists()


def test_no_images(acn: Acn, model_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "none.npz"
    np.savez(path, x=np.zeros((0, 8, 8), np.uint8))
    outcome = acn("daydream", path, "-o", tmp_path / "a.gif", "--model", model_file)
    assert (outcome.code, "there are no images" in outcome.err) == (1, True)


def test_grey_images_are_binarised_by_the_seed(
    acn: Acn, model_file: Path, tmp_path: Path, images: NDArray[np.uint8]
) -> None:
    path, target = tmp_path / "grey.npz", tmp_path / "a.png"
    grey = images[:, 0] * np.uint8(200)
    grey[0, 0, 0] = 100  # of two values it would be binary as it is
    np.savez(path, x=grey)
    line = ("reconstruct", path, "-o", target, "--model", model_file, "--seed", 6, "-f")
    outcome = acn(*line)
    assert outcome.code == 0, outcome.err
    assert "grey images, binarised by a draw (seed 6)" in outcome.err
    assert acn(*line, "-q").err == ""


def test_neighbours_want_enough_images_and_labels_that_fit(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path, images: NDArray[np.uint8]
) -> None:
    few = tmp_path / "few.npz"
    np.savez(few, x=images[:3, 0])
    line = ("-o", tmp_path / "a.png", "--model", model_file)
    outcome = acn("neighbours", few, *line, "--neighbours", 3)
    assert (outcome.code, "3 images have no 3 neighbours" in outcome.err) == (1, True)
    assert acn("neighbours", few, *line, "--neighbours", 2).code == 0
    outcome = acn("neighbours", data_file, *line, "--label", "z", "-f")
    assert (outcome.code, "no array is called 'z'" in outcome.err) == (1, True)
    outcome = acn("neighbours", data_file, *line, "--label", "y", "--labels", "f", "-f")
    assert (outcome.code, "exclude each other" in outcome.err) == (2, True)


def test_neighbours_that_are_mere_chance_are_told_of(
    acn: Acn, model_file: Path, tiny_model: FrozenModel, tmp_path: Path, images: NDArray[np.uint8]
) -> None:
    target, line = tmp_path / "n.png", ("--model", model_file, "--count", 2, "--neighbours", 2)
    codes = tiny_model.encoder.codes(images)
    first = np.sort(np.unique(codes, axis=0, return_index=True)[1])[:3]
    assert len(first) == 3  # images whose codes differ
    for times, told in ((1, False), (4, True)):
        np.save(tmp_path / "some.npy", np.repeat(images[first, 0], times, 0))
        outcome = acn("neighbours", tmp_path / "some.npy", "-o", target, *line, "-f")
        assert outcome.code == 0, outcome.err
        assert ("12 images have 3 different codes" in outcome.err) == told
