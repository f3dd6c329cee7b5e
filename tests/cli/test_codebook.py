"""A model with a codebook by the command alone: trained, compressed with, looked into."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from cli_types import Acn
from PIL import Image
from tiny import blobs, frozen
from tiny_codes import tiny_vqvae


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "blobs.npz"
    images = blobs(90, 1)[:, 0]
    np.savez(path, x=images * np.uint8(255), y=(images.sum((1, 2)) > 20).astype(np.uint8))
    return path


@pytest.fixture
def codebook_file(tmp_path: Path) -> Path:
    path = tmp_path / "codes.safetensors"
    path.write_bytes(tiny_vqvae(1, height=8, width=8, binary=True).to_bytes())
    return path


def test_it_is_trained_and_watched(acn: Acn, labelled: Path, tmp_path: Path) -> None:
    model, watched = tmp_path / "m.safetensors", tmp_path / "watch.gif"
    line = ("train", labelled, "-o", model, "--preset", "tiny-vqvae", "--steps", 100, "-v")
    outcome = acn(*line, "--set", "decoder.codes=4", "--log", tmp_path / "log", "--watch", watched)
    assert outcome.code == 0, outcome.err
    assert "perplexity" in outcome.err and "frames of 15 images" in outcome.out
    with Image.open(watched) as frames:
        assert frames.n_frames >= 2
    log = (tmp_path / "log" / "log.jsonl").read_text().splitlines()
    assert 1 <= json.loads(log[-1])["measures"]["perplexity"] <= 4
    shown = json.loads(acn("models", "show", model, "--json").out)
    assert 1 <= shown["valid_perplexity"] <= 4


@pytest.mark.parametrize("order", ["keep", "any"])
def test_sets_come_back(
    acn: Acn, labelled: Path, codebook_file: Path, tmp_path: Path, order: str
) -> None:
    path, back = tmp_path / "a.acn", tmp_path / "back.npz"
    line = ("compress", labelled, path, "--model", codebook_file, "--stored", "never")
    outcome = acn(*line, "--order", order)
    assert outcome.code == 0, outcome.err
    assert acn("verify", path, "--model", codebook_file).code == 0
    told = json.loads(acn("info", path, "--json").out)
    assert told["profile"] == "int15-vqvae"
    assert acn("decompress", path, back, "--model", codebook_file).code == 0
    ours, theirs = np.load(labelled), np.load(back)
    if order == "keep":
        assert np.array_equal(ours["x"], theirs["x"]) and np.array_equal(ours["y"], theirs["y"])
    else:
        rows = [sorted(zip(a["x"].tolist(), a["y"].tolist(), strict=True)) for a in (ours, theirs)]
        assert rows[0] == rows[1]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("plot maps DATA", "a.png"), ("plot codebook --perplexity 1", "a.png"),
        ("plot pca DATA", "a.png"), ("neighbours DATA", "a.png"), ("reconstruct DATA", "a.png"),
        ("neighbours DATA --reconstruct --count 3", "a.png"), ("sample --count 9", "a.png"),
    ],
)  # fmt: skip
def test_pictures_of_it(
    acn: Acn, labelled: Path, codebook_file: Path, tmp_path: Path, words: str, name: str
) -> None:
    path = tmp_path / name
    line = [str(labelled) if word == "DATA" else word for word in words.split()]
    outcome = acn(*line, "-o", path, "--model", codebook_file)
    assert outcome.code == 0, outcome.err
    assert path.read_bytes().startswith(b"\x89PNG")


def test_the_codebook_of_quantised_latents_is_drawn_too(acn: Acn, tmp_path: Path) -> None:
    model, path = tmp_path / "m.safetensors", tmp_path / "a.png"
    model.write_bytes(frozen(1, "acn-vq").to_bytes())
    outcome = acn("plot", "codebook", "--perplexity", 1, "-o", path, "--model", model)
    assert outcome.code == 0 and "vectors of the codebook" in outcome.out, outcome.err


def test_codes_are_vectors_and_their_indexes(
    acn: Acn, labelled: Path, codebook_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "codes.npz"
    outcome = acn("embed", labelled, "-o", path, "--model", codebook_file)
    assert outcome.code == 0, outcome.err
    with np.load(path) as arrays:
        assert arrays["codes"].shape == (90, 4 * 3) and arrays["grid"].shape == (90, 4)
        assert arrays["grid"].min() >= 0 and arrays["grid"].max() < 6
    line = ("probe", labelled, labelled, "--model", codebook_file, "--components", 2, "--json")
    outcome = acn(*line)
    assert outcome.code == 0, outcome.err
    row = json.loads(outcome.out)["rows"][-1]
    assert (row["representation"], row["dimensions"]) == ("vqvae", 12)


def test_models_without_a_codebook_are_told_so(
    acn: Acn, labelled: Path, model_file: Path, codebook_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "a.png"
    outcome = acn("plot", "maps", labelled, "-o", path, "--model", model_file)
    assert (outcome.code, "no maps of indexes into a codebook" in outcome.err) == (1, True)
    outcome = acn("plot", "codebook", "-o", path, "--model", model_file)
    assert (outcome.code, "no codebook" in outcome.err) == (1, True)
    outcome = acn("plot", "codebook", "-o", path, "--model", codebook_file)
    assert (outcome.code, "6 codes are too few" in outcome.err) == (1, True)
    outcome = acn("daydream", labelled, "-o", path, "--model", codebook_file)
    assert outcome.code == 1 and not path.exists()
    assert acn("plot", "codebook", "-o", path).code == 2
