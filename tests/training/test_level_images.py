"""Training on images of any levels and channels, to a model that codes them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from level_sets import level_array, level_set
from reading import decoded

from acncodec.codec import CompressOptions, compress_dataset
from acncodec.codec.compare import same_data
from acncodec.errors import TrainingError
from acncodec.learning.source import LevelSource, step_generator
from acncodec.training.session import train_model


@pytest.mark.parametrize("kind", ["grey", "rgb", "deep", "la"])
def test_a_trained_model_codes_its_images(kind: str, tmp_path: Path) -> None:
    data, output = tmp_path / "x.npz", tmp_path / "m.safetensors"
    np.savez(data, x=level_array(kind, 60, 1), y=np.zeros(3))
    model = train_model(data, output, preset="tiny-resnet", steps=60, device="cpu")
    assert model.accepts.size is None and model.card["training_data"]["images"] == 50
    images = level_set(kind, 20, 2, 7, 5)
    bits = compress_dataset(images, model, CompressOptions(), io.BytesIO()).bits_per_dim
    depth = 16 if kind == "deep" else 8
    assert bits is not None and bits < 1.2 * depth
    path = tmp_path / "a.acn"
    with path.open("wb") as file:
        compress_dataset(images, model, CompressOptions("any"), file)
    assert same_data(images, decoded(path, model), "any")


@pytest.mark.parametrize("kind", ["grey", "rgb"])
def test_a_model_with_latents_learns_codes_and_priors(kind: str, tmp_path: Path) -> None:
    data, output, reports = tmp_path / "x.npz", tmp_path / "m.safetensors", []
    np.savez(data, x=level_array(kind, 120, 1), y=np.zeros(3))
    model = train_model(
        data, output, preset="tiny-acn-resnet", steps=100, device="cpu", report=reports.append
    )
    first, last = reports[0], reports[-1]
    assert last.reconstruction_nats < first.reconstruction_nats and first.kl_nats > 0
    assert last.valid_kl_nats is not None and last.valid_kl_nats > 0
    assert set(model.card["tour_valid_kl_nats"]) == {"trained", "tuned"}
    assert model.card["validation"]["neighbour_kl_nats"] > 0
    assert model.mixture is not None
    assert model.card["unconditional_components"] == model.mixture.components
    images = level_set(kind, 20, 2, 7, 5)
    for order, ordering in (("keep", "iid"), ("any", "tour")):
        file = io.BytesIO()
        bits = compress_dataset(images, model, CompressOptions(order, ordering), file).bits_per_dim
        assert bits is not None and bits < 1.2 * 8
        (tmp_path / "a.acn").write_bytes(file.getvalue())
        assert same_data(images, decoded(tmp_path / "a.acn", model), order)


@pytest.mark.parametrize("preset", ["tiny-resnet", "tiny-acn-resnet"])
def test_a_run_goes_on_where_it_stopped(preset: str, tmp_path: Path) -> None:
    data = tmp_path / "x.npz"
    np.savez(data, x=level_array("rgb", 24, 1, 4, 5))
    options = {"preset": preset, "device": "cpu"}
    whole = train_model(data, tmp_path / "a.safetensors", steps=6, **options)
    train_model(data, tmp_path / "b.safetensors", steps=3, **options)
    resumed = train_model(
        data, tmp_path / "b.safetensors", steps=6, resume=True, force=True, **options
    )
    # The rate depends on how far a run is, so that three steps of six and of three differ.
    assert (whole.card["steps"], resumed.card["steps"]) == (6, 6)
    np.savez(data, x=level_array("rgb", 24, 2, 4, 5))
    with pytest.raises(TrainingError):
        train_model(data, tmp_path / "b.safetensors", resume=True, force=True, **options)


def test_validation_images_have_as_many_channels(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", x=level_array("rgb", 24, 1))
    np.savez(tmp_path / "v.npz", x=level_array("grey", 24, 1))
    with pytest.raises(TrainingError, match="differ in channels"):
        train_model(
            tmp_path / "x.npz", tmp_path / "m.safetensors", preset="tiny-resnet", steps=1,
            valid=tmp_path / "v.npz", device="cpu",
        )  # fmt: skip


def test_a_source_gives_level_indexes_as_they_are(tmp_path: Path) -> None:
    pixels = level_set("deep", 9, 3).pixels
    source = LevelSource(pixels, 65536)
    drawn = source.draw(torch.tensor([4, 0]), step_generator(1, 0))
    assert drawn.dtype == torch.float32
    assert np.array_equal(drawn.numpy(), pixels[[4, 0]].astype(np.float32))
    assert (source.shape, source.levels, len(source)) == ((1, 6, 5), 65536, len(pixels))
    assert source.digest != LevelSource(pixels[::-1].copy(), 65536).digest
    with pytest.raises(TrainingError, match="where there are 256"):
        LevelSource(pixels, 256)
    with pytest.raises(TrainingError, match="non-empty"):
        LevelSource(pixels[:0], 65536)
