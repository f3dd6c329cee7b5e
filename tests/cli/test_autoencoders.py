"""Models without a likelihood on the command line: all looks at codes, and no coding."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from cli_types import Acn
from tiny import blobs, frozen

from acncodec.models.frozen import FrozenModel
from acncodec.models.users import VARIABLE

KINDS = ("autoencoder", "aae", "style")
LABELS = np.arange(60) % 3


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("models")
    paths = {kind: folder / f"{kind}.safetensors" for kind in KINDS}
    for kind, path in paths.items():
        path.write_bytes(frozen(1, kind).to_bytes())
    return paths


@pytest.fixture
def data(tmp_path: Path) -> Path:
    np.savez(tmp_path / "data.npz", x=blobs(60, 1)[:, 0], y=LABELS)
    return tmp_path / "data.npz"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "line",
    [
        "compress {data} {out}.acn", "compress {data} {out}.acn --embed-model",
        "compress {data} {out}.acn --stored never --order any", "bench {data}",
        "info --estimate {data}", "plot costs {data} -o {out}.png",
    ],
)  # fmt: skip
def test_what_needs_a_price_says_which_families_have_one(
    acn: Acn, models: dict[str, Path], data: Path, tmp_path: Path, kind: str, line: str
) -> None:
    words = line.format(data=data, out=tmp_path / "out").split()
    outcome = acn(*words, "--model", models[kind])
    assert outcome.code == 1, outcome.out
    assert f"of the family {kind}, which has no likelihood" in outcome.err
    assert "families that have one: acn, pixelcnn, vae, pixelvae" in outcome.err
    assert outcome.out == "" and not list(tmp_path.glob("out*"))


@pytest.mark.parametrize("kind", KINDS)
def test_everything_that_looks_at_codes_serves_them(
    acn: Acn, models: dict[str, Path], data: Path, tmp_path: Path, kind: str
) -> None:
    model = ("--model", models[kind])
    for name, line in {
        "codes.npz": ("embed", data, "-o"),
        "near.png": ("neighbours", data, "--count", 3, "--neighbours", 2, "-o"),
        "pca.png": ("plot", "pca", data, "-o"),
        "matrix.png": ("plot", "matrix", data, "--count", 50, "-o"),
        "back.png": ("reconstruct", data, "--count", 5, "-o"),
        "sample.png": ("sample", "--count", 12, "-o"),
        "sample.npz": ("sample", "--count", 12, "-o"),
        "walk.gif": ("walk", "--steps", 3, "-o"),
        "walk.png": ("walk", "--steps", 3, "--count", 2, "-o"),
    }.items():
        outcome = acn(*line, tmp_path / name, *model)
        assert outcome.code == 0, outcome.err
        assert (tmp_path / name).stat().st_size > 200
    with np.load(tmp_path / "codes.npz") as arrays:
        grid = FrozenModel.load(models[kind]).encoder.codes(blobs(60, 1))  # type: ignore[union-attr]
        assert np.array_equal(arrays["grid"], grid) and np.array_equal(arrays["y"], LABELS)
    with np.load(tmp_path / "sample.npz") as arrays:
        assert arrays["x"].shape == (12, 8, 8) and arrays["x"].max() > 1
        assert ("y" in arrays) == (kind == "style")
    outcome = acn("probe", data, data, *model, "--components", 2, "--json")
    assert json.loads(outcome.out)["rows"][2]["representation"] == kind
    shown = json.loads(acn("models", "show", models[kind], "--json").out)
    assert (shown["model_kind"], shown["levels"]) == (kind, 2) and shown["macs_per_image"] > 0


def test_a_style_is_a_row_and_a_class_a_column(
    acn: Acn, models: dict[str, Path], tmp_path: Path
) -> None:
    path, line = tmp_path / "a.npz", ("sample", "--model", models["style"], "--seed", 2)
    outcome = acn(*line, "--count", 10, "-o", path)
    assert "12 samples" in outcome.out  # whole rows of three
    with np.load(path) as arrays:
        assert arrays["y"].tolist() == [0, 1, 2] * 4 and len(arrays["x"]) == 12
        assert len({image.tobytes() for image in arrays["x"]}) == 12
    assert "3 samples" in acn(*line, "--count", 1, "-o", tmp_path / "b.png").out


def test_reconstructions_need_the_class_where_the_decoder_is_told_it(
    acn: Acn, models: dict[str, Path], data: Path, tmp_path: Path
) -> None:
    np.save(tmp_path / "bare.npy", blobs(60, 1)[:, 0])
    np.save(tmp_path / "labels.npy", LABELS)
    line = ("reconstruct", tmp_path / "bare.npy", "--count", 5, "--model", models["style"])
    outcome = acn(*line, "-o", tmp_path / "a.png")
    assert outcome.code == 1 and "bare.npy: no labels" in outcome.err
    named = acn(*line, "--labels", tmp_path / "labels.npy", "-o", tmp_path / "a.png")
    assert named.code == 0, named.err
    assert "1 reconstruction of each of 5" in named.out
    again = acn("reconstruct", data, *line[2:], "-o", tmp_path / "b.png")
    assert again.code == 0, again.err
    refused = acn(
        "reconstruct", data, "--label", "y", "--model", models["aae"], "-o", tmp_path / "c.png"
    )
    assert refused.code == 2 and "is told no class" in refused.err
    assert not (tmp_path / "c.png").exists()


def test_each_is_trained_by_its_preset(acn: Acn, data: Path, tmp_path: Path) -> None:
    for kind in KINDS:
        model = tmp_path / f"{kind}.safetensors"
        line = ("train", data, "-o", model, "--preset", f"tiny-{kind}", "--steps", 100)
        outcome = acn(*line, "--device", "cpu", "--set", "train.batch=8", "-v")
        assert outcome.code == 0, outcome.err
        assert "squared error" in outcome.err and "nats" not in outcome.err
        assert ("discriminator true accuracy" in outcome.err) == (kind != "autoencoder")
        assert acn("sample", "--model", model, "-o", tmp_path / f"{kind}.npz").code == 0


def test_a_style_is_not_trained_without_labels(acn: Acn, tmp_path: Path) -> None:
    np.save(tmp_path / "bare.npy", blobs(60, 1)[:, 0])
    np.save(tmp_path / "labels.npy", LABELS)
    line = ("train", tmp_path / "bare.npy", "-o", tmp_path / "m.safetensors", "--steps", 1)
    outcome = acn(*line, "--preset", "tiny-style")
    assert outcome.code == 1 and "bare.npy: no labels" in outcome.err
    assert not (tmp_path / "m.safetensors").exists()
    named = acn(*line, "--preset", "tiny-style", "--labels", tmp_path / "labels.npy")
    assert named.code == 0, named.err


def test_ones_own_is_taken_by_its_name_and_never_unasked(
    acn: Acn, models: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    only_mnist: None,
) -> None:  # fmt: skip
    monkeypatch.setenv(VARIABLE, str(tmp_path / "own"))
    assert acn("models", "add", models["aae"], "--name", "mine").code == 0
    np.savez(tmp_path / "data.npz", x=blobs(60, 1)[:, 0])
    archive = tmp_path / "a.acn"
    outcome = acn("compress", tmp_path / "data.npz", archive)
    assert outcome.code == 0 and "mine" not in outcome.out + outcome.err
    embedded = acn("embed", tmp_path / "data.npz", "-o", tmp_path / "c.npz", "--model", "mine")
    assert embedded.code == 0, embedded.err
    refused = acn("compress", tmp_path / "data.npz", archive, "--model", "mine", "-f")
    assert refused.code == 1 and "has no likelihood" in refused.err


@pytest.mark.parametrize(
    ("name", "options", "code", "message"),
    [
        ("a.jpg", "", 2, "the output is .gif or .png"),
        ("there.gif", "", 1, "exists; use -f to overwrite it"),
        ("a.gif", "--steps 0", 2, "0 is not in the range"),
        ("a.gif", "--model none", 1, "neither a model file nor a bundled model"),
    ],
)
def test_a_walk_is_refused(
    acn: Acn, tmp_path: Path, name: str, options: str, code: int, message: str
) -> None:
    (tmp_path / "there.gif").write_bytes(b"mine")
    outcome = acn("walk", "-o", tmp_path / name, *options.split())
    assert outcome.code == code and message in outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["there.gif"]


def test_a_walk_needs_latents(acn: Acn, tmp_path: Path) -> None:
    model = tmp_path / "pixelcnn.safetensors"
    model.write_bytes(frozen(1, "pixelcnn").to_bytes())
    outcome = acn("walk", "-o", tmp_path / "a.gif", "--model", model)
    assert outcome.code == 1 and "has no codes" in outcome.err
