"""Models of every kind: files, identity, what each has, and closeness to the float networks."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from tiny import frozen

from acncodec.coding.bitsback import encode_images
from acncodec.container import PROFILES as VERSIONS
from acncodec.errors import FreezeError, ModelError
from acncodec.families.config import UNUSED
from acncodec.families.networks import LatentModel, encode
from acncodec.models import find_for_data, selftest
from acncodec.models.build import float_networks, freeze_model
from acncodec.models.frozen import PROFILES, FrozenModel
from acncodec.ordering.estimate import grid_samples
from acncodec.parts.feedforward.exact import ExactFeedForward
from acncodec.run.workers import Workers


def write(model: FrozenModel, folder: Path, profile: str | None = None, **tensors: object) -> Path:
    """The model's file, with another profile or tensors changed."""
    path = folder / "model.safetensors"
    path.write_bytes(model.to_bytes())
    if profile is not None or tensors:
        head = {"config": model.config.to_json(), "name": "x", "card": {}}
        metadata = {"acncodec": json.dumps(head), "profile": profile or model.profile}
        save_file(load_file(path) | tensors, path, metadata)
    return path


def codes_and_latents(
    model: FrozenModel, images: NDArray[np.uint8]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    with Workers(1, 256) as workers:
        codes = encode_images(model, images, workers)
    return codes, grid_samples(codes, seed=0)


def test_every_kind_has_a_profile_and_every_profile_a_version() -> None:
    assert list(PROFILES.values()) == list(UNUSED)
    assert set(VERSIONS) == set(PROFILES)
    assert [VERSIONS[profile] for profile in PROFILES] == [1, 2, 2, 2]


def test_a_model_comes_back(baseline: FrozenModel, tmp_path: Path) -> None:
    back = FrozenModel.load(write(baseline, tmp_path))
    assert (back.model_id, back.config, back.card) == (
        baseline.model_id, baseline.config, baseline.card,
    )  # fmt: skip
    assert (back.parameters, back.macs_per_image) == (
        baseline.parameters, baseline.macs_per_image,
    )  # fmt: skip
    assert back.profile == f"int15-{baseline.config.kind}"
    selftest.check_products(back)


def test_a_kind_has_the_networks_of_its_kind_and_no_other(baseline: FrozenModel) -> None:
    rooms = {name.partition(".")[0] for name in baseline.tensors()}
    kind = baseline.config.kind
    assert rooms == ({"decoder"} if kind == "pixelcnn" else {"decoder", "encoder", "mixture"})
    assert baseline.prior is None and (baseline.encoder is None) == (kind == "pixelcnn")
    assert isinstance(baseline.decoder, ExactFeedForward) == (kind == "vae")
    with pytest.raises(ModelError, match="no prior network"):
        _ = baseline.prior_network


def test_the_profile_is_part_of_the_identity() -> None:
    ids = {frozen(1, kind).model_id for kind in UNUSED}
    assert len(ids) == len(UNUSED)


def test_files_of_another_profile_or_with_other_tensors_are_refused(
    baseline: FrozenModel, tiny_model: FrozenModel, tmp_path: Path
) -> None:
    for profile in (*PROFILES, "int15-flow"):
        if profile != baseline.profile:
            with pytest.raises(ModelError):
                FrozenModel.load(write(baseline, tmp_path, profile))
    extra = {"prior.reach": np.array(100, np.int64)}
    with pytest.raises(ModelError, match="unknown tensor"):
        FrozenModel.load(write(baseline, tmp_path, **extra))
    if baseline.config.has_latents:
        extra = {"decoder.conditioner.latent_lift": np.array(14, np.int64)}
        with pytest.raises(ModelError, match="lifted latents"):
            FrozenModel.load(write(baseline, tmp_path, **extra))


def test_integer_networks_are_close_to_the_float_ones(
    baseline: FrozenModel, images: NDArray[np.uint8]
) -> None:
    net = float_networks(baseline)
    codes, z = codes_and_latents(baseline, images)
    x = torch.from_numpy(images).float()
    with torch.no_grad():
        real_codes = encode(net, x).numpy()
        real = net.decoder(x, torch.from_numpy(z / 8).float()).flatten(1).numpy()
    assert codes.shape == real_codes.shape
    assert np.abs(codes / 8 - real_codes).max(initial=0) < 0.5 / 8 + 0.02
    assert np.abs(baseline.decoder.score(z, images) / 1024 - real).max() < 0.02
    assert np.abs(real).max() > 0.5


def test_a_model_with_latents_needs_their_prior(baseline: FrozenModel) -> None:
    net = float_networks(baseline)
    x = torch.zeros(4, 1, 8, 8)
    if isinstance(net, LatentModel):
        with pytest.raises(FreezeError, match="prior"):
            freeze_model(net, None, None, x, "x", {})
    else:
        assert freeze_model(net, None, None, x, "x", {}).mixture.components == 1


def test_the_default_model_is_still_an_acn() -> None:
    assert find_for_data((1, 28, 28), 2).config.kind == "acn"
