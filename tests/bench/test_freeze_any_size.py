"""Freezing an export: the model file codes what the float network was trained on."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from any_size_images import ImageSet
from any_size_recipe import DataConfig, Recipe, TrainConfig
from any_size_run import Run, export
from freeze_any_size import freeze
from level_sets import level_set

from acncodec.analysis.priced import bound_nats
from acncodec.codec import CompressOptions, compress_dataset
from acncodec.heads.mixture_shape import LogisticMixture
from acncodec.models.frozen import FrozenModel
from acncodec.parts.causal_resnet.shape import CausalResNetConfig


def test_an_export_becomes_a_model_that_codes_what_the_floats_promise(tmp_path: Path) -> None:
    head = LogisticMixture(3, components=2)
    net = CausalResNetConfig(3, head.outputs, width=8, blocks=2, hidden=12)
    data = DataConfig("a.npy", 1.0, 4)
    images = level_set("rgb", 24, 1).pixels
    np.save(tmp_path / "a.npy", images.transpose(0, 2, 3, 1))
    recipe = Recipe(net, head, TrainConfig(steps=10, batch=6, warm_up=2), (data,))
    run = Run(recipe, "cpu", False)
    for _ in range(4):
        run.train_step([ImageSet.load(tmp_path, data)])
    export(run, tmp_path / "export.safetensors", {})
    model = freeze(tmp_path / "export.safetensors", tmp_path, "frozen", count=10)
    (tmp_path / "m.safetensors").write_bytes(model.to_bytes())
    back = FrozenModel.load(tmp_path / "m.safetensors")
    assert back.model_id == model.model_id and back.card["data"][0]["file"] == "a.npy"
    for key, value in run.average.state_dict().items():
        assert torch.equal(torch.from_numpy(back.floats[f"decoder.{key}"]), value)
    tested = level_set("rgb", 12, 2, 4, 7)
    stats = compress_dataset(tested, back, CompressOptions(), io.BytesIO())
    bound, _ = bound_nats(tested, back, "iid", "keep", 1, 0)
    assert stats.ideal_nats_per_image == pytest.approx(bound, rel=2e-3)
