"""The families of the package: each keeps the contract, and has the parts that its name says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import torch
from contracts.family import SIZE, FamilyContract
from safetensors.numpy import load_file, save_file
from tiny import blobs, frozen

from acncodec.errors import FreezeError, ModelError
from acncodec.families import (
    acn,
    acn_resnet,
    acn_vq,
    causal_resnet,
    gated_levels,
    pixelcnn,
    pixelvae,
    placed_resnet,
    vae,
    vqvae,
)
from acncodec.families.registry import families
from acncodec.heads.logistic_mixture import SCALES
from acncodec.learning.fitting import Fitted
from acncodec.models import find_for_data
from acncodec.models.build import float_networks, freeze_model
from acncodec.models.frozen import FrozenModel
from acncodec.models.registry import EARLIER
from acncodec.parts.causal_resnet.net import planes
from acncodec.parts.feedforward.exact import ExactFeedForward

ROOT = Path(__file__).parent.parent.parent
BENCH, GOLDEN = ROOT / "bench" / "models", ROOT / "tests" / "golden"
PROFILES = {
    "int15": 1,
    "int15-pixelcnn": 2,
    "int15-vae": 2,
    "int15-pixelvae": 2,
    "int15-resnet": 3,
    "int15-acn-resnet": 3,
    "int15-gated-levels": 4,
    "int15-autoencoder": 5,
    "int15-aae": 5,
    "int15-style": 5,
    "int15-vqvae": 5,
    "int15-acn-vq": 5,
    "int15-placed-resnet": 7,
}


class TestACN(FamilyContract):
    family, preset = acn.FAMILY, "tiny"
    ids: ClassVar = {
        ROOT / "acncodec" / "models" / "mnist.safetensors":
            "88fbf335c5b9b2ac2517116d943da6a86601e7ff68de9012874091001916cce4",
        GOLDEN / "v1" / "model.safetensors":
            "d587d0118f5e0dc41d852ea06b092c5f42465441085b5aab3a7c61ed1db20976",
        GOLDEN / "v2" / "model.safetensors":
            "d587d0118f5e0dc41d852ea06b092c5f42465441085b5aab3a7c61ed1db20976",
    }  # fmt: skip


class TestPixelCNN(FamilyContract):
    family, preset = pixelcnn.FAMILY, "tiny-pixelcnn"
    ids: ClassVar = {
        BENCH / "mnist-pixelcnn.safetensors":
            "449afca56e24bdd939606756029da4fb7328133d075139fffa87e83583c94447",
        GOLDEN / "v2" / "model-pixelcnn.safetensors":
            "9152ac50fc5fe03f21a6b11fdd13a90d0a1b19c67c0a53c4612fe9408e540251",
    }  # fmt: skip


class TestVAE(FamilyContract):
    family, preset = vae.FAMILY, "tiny-vae"
    ids: ClassVar = {
        BENCH / "mnist-vae.safetensors":
            "17f7af0d094d33c091bdd2b1240a10e9e6a9b3c9d8ff1c97649f398a233ddee9",
        GOLDEN / "v2" / "model-vae.safetensors":
            "51f7625751323225f1866c1d0ab58378ab88aff3bf78fc3f4981e620d13ebf86",
    }  # fmt: skip


class TestPixelVAE(FamilyContract):
    family, preset = pixelvae.FAMILY, "tiny-pixelvae"
    ids: ClassVar = {
        BENCH / "mnist-pixelvae.safetensors":
            "dadef0d9e8987532000f431d5cedd4cc5c1bb05068c35c0f78abd1a764f081b4",
        GOLDEN / "v2" / "model-pixelvae.safetensors":
            "1b571ab98f989075acfb5102c1371552bc8e3f51aba48030bad3fd8daf2ec3e6",
    }  # fmt: skip


class TestCausalResNet(FamilyContract):
    family, preset = causal_resnet.FAMILY, "tiny-resnet"
    ids: ClassVar = {
        ROOT / "acncodec" / "models" / "grey.safetensors":
            "bd0bde72d1e3e5d726e3706a53bb790c85c11f2a7af21bc99f16dac9ea514911",
        ROOT / "acncodec" / "models" / "rgb.safetensors":
            "f0fcde4bb8fcab034038cbd0c3c26d6706f9cc9cf8e6bf5a67a5d13e3d16f090",
        EARLIER / "grey-81e8ad2b231d00cd.safetensors":
            "81e8ad2b231d00cdbf2c241863d89cdb4a91036dbf488a0a1b4163b120a72cef",
        EARLIER / "rgb-c9ed3f89ec3943cf.safetensors":
            "c9ed3f89ec3943cf148f491b0322760284315819c5c1a94ac642c918e415cdb7",
        EARLIER / "rgb-8cdc47fc4171ee6d.safetensors":
            "8cdc47fc4171ee6d66bcd7dc0fec9c772d7858df8392c34ac3e9bea0365a50d0",
        EARLIER / "rgb-8e64c3ba292fc097.safetensors":
            "8e64c3ba292fc097bd6b70408c5421b20d8e72e73e873af5fd5df2e6764f046a",
        BENCH / "fashion-mnist.safetensors":
            "bd36073b04b04d1501c37e2a30d203856a6a1b8cb41783ff04cd88788860aeda",
        BENCH / "digits8.safetensors":
            "7b45132756e26172da0ea0f70c1bc19999124b333485bd857429e99652e9825f",
        GOLDEN / "v3" / "model-1.safetensors":
            "2be5385e873108b27ab51ef10b274377260de60ff974a52663d319e1ddcabec3",
        GOLDEN / "v3" / "model-2.safetensors":
            "b37e19790c8a4eab7a4993ff8439ea114abac0ffa4a4d9f418dae1daadf3a5c0",
        GOLDEN / "v3" / "model-3.safetensors":
            "0bf67f9600f418bbf84bdb0b35a681b19094e4b873208f5524c0745d3630e9a0",
        GOLDEN / "v3" / "model-4.safetensors":
            "baa21433d57f4f5dbb1564edb2c87451f3e35b508a7807f6de1c8158b1476a6b",
    }  # fmt: skip

    def test_integer_networks_are_close_to_the_float_ones(self, model: FrozenModel) -> None:
        check_level_networks(model)


class TestACNResNet(FamilyContract):
    family, preset = acn_resnet.FAMILY, "tiny-acn-resnet"
    ids: ClassVar = {
        GOLDEN / "v3" / "model-latents.safetensors":
            "d19052bb2d17e04105b84534928eed026b373928cae85bc1dfbb0cdcc67a867e",
    }  # fmt: skip

    def test_integer_networks_are_close_to_the_float_ones(self, model: FrozenModel) -> None:
        check_level_networks(model)


class TestGatedLevels(FamilyContract):
    family, preset = gated_levels.FAMILY, "tiny-gated"

    def test_integer_networks_are_close_to_the_float_ones(self, model: FrozenModel) -> None:
        check_level_networks(model)


class TestPlacedResNet(FamilyContract):
    family, preset = placed_resnet.FAMILY, "tiny-placed"

    def test_integer_networks_are_close_to_the_float_ones(self, model: FrozenModel) -> None:
        check_level_networks(model)


class TestACNVQ(FamilyContract):
    family, preset = acn_vq.FAMILY, "tiny-acn-vq"

    def test_integer_networks_are_close_to_the_float_ones(self, model: FrozenModel) -> None:
        net, pixels = float_networks(model), blobs(30, 5, SIZE)
        x = torch.from_numpy(pixels).float()
        with torch.no_grad():
            codes = net.encode(x, 2)
            z = (codes * 8).round()
            taken = net.decoder.conditioner.nearest(z / 8).numpy()
            logits = net.decoder(x, z / 8).flatten(1).numpy()
        assert np.abs(model.encoder.codes(pixels) / 8 - codes.numpy()).max() < 0.5 / 8 + 0.02
        steps = z.numpy().astype(np.int64)
        same = (model.decoder.conditioner.nearest(steps) == taken).all(1)
        assert same.mean() > 0.8
        # Vectors of the codebook are rounded to grid steps.
        exact = model.decoder.score(steps, pixels) / 1024
        assert np.abs(exact - logits)[same].max() < 0.3


class TestVQVAE(FamilyContract):
    family, preset = vqvae.FAMILY, "tiny-vqvae"

    def test_integer_networks_are_close_to_the_float_ones(self, model: FrozenModel) -> None:
        net, pixels = float_networks(model), blobs(30, 5, SIZE)
        x = torch.from_numpy(pixels).float()
        with torch.no_grad():
            codes = net.encode(x, 2)
            vectors = net.encoder.look_up(codes, model.config.map_size)
            logits = net.decoder(x, vectors).flatten(1).numpy()
            nats = net.prior_nats(codes).numpy()
        z = codes.numpy().astype(np.int64)
        assert np.mean(model.encoder.codes(pixels) == z) > 0.95
        assert np.abs(model.decoder.score(z, pixels) / 1024 - logits).max() < 0.02
        bits = model.latents.prices().unconditional(z)
        assert np.abs(bits * np.log(2) - nats).max() < 0.02


def check_level_networks(model: FrozenModel) -> None:
    """Codes and outputs of the integers against those of the floats."""
    net, pixels, levels = float_networks(model), blobs(30, 5, SIZE), 2
    x = torch.from_numpy(pixels).float()
    with torch.no_grad():
        codes = net.encode(x, levels)
        z = (codes * 8).round()
        outputs = net.decoder(planes(x, levels), z / 8 if z.shape[1] else None)
    if model.encoder is not None:
        exact = model.encoder.codes(pixels, levels) / 8
        assert np.abs(exact - codes.numpy()).max() < 0.5 / 8 + 0.02
    sized = model.decoder.sized(SIZE, SIZE, levels)
    found = sized.score(z.numpy().astype(np.int64), pixels)
    ends = np.cumsum(model.config.head.sizes)[:-1]
    for ours, theirs, bits in zip(
        np.split(found, ends, -1),
        np.split(outputs.permute(2, 3, 0, 1).numpy(), ends, -1),
        SCALES, strict=True,
    ):  # fmt: skip
        if ours.size:
            assert np.abs(ours / 2.0**bits - theirs).max() < 0.02


def write(model: FrozenModel, folder: Path, profile: str | None = None, **tensors: object) -> Path:
    """The model's file, with another profile or tensors changed."""
    path = folder / "model.safetensors"
    path.write_bytes(model.to_bytes())
    head = {"config": model.config.to_json(), "name": "x", "card": {}}
    metadata = {"acncodec": json.dumps(head), "profile": profile or model.profile}
    save_file(load_file(path) | tensors, path, metadata)
    return path


def test_profiles_and_their_versions_stay() -> None:
    ours = families()[: len(PROFILES)]
    assert {family.profile: family.since for family in ours} == PROFILES
    assert [family.name for family in ours] == [
        "acn",
        "pixelcnn",
        "vae",
        "pixelvae",
        "causal-resnet",
        "acn-resnet",
        "gated-levels",
        "autoencoder",
        "aae",
        "style",
        "vqvae",
        "acn-vq",
        "placed-resnet",
    ]


def test_every_file_that_ships_has_its_id_in_a_contract() -> None:
    suites = (TestACN, TestPixelCNN, TestVAE, TestPixelVAE, TestCausalResNet, TestACNResNet)
    told = {path for suite in suites for path in suite.ids}
    folders = (ROOT / "acncodec" / "models", EARLIER, BENCH, *GOLDEN.glob("v[123]"))
    assert told == {path for folder in folders for path in folder.glob("*.safetensors")}


def test_a_family_has_the_parts_of_its_own_and_no_other(baseline: FrozenModel) -> None:
    rooms = {name.partition(".")[0] for name in baseline.tensors()}
    name = baseline.family.name
    assert rooms == ({"decoder"} if name == "pixelcnn" else {"decoder", "encoder", "mixture"})
    assert isinstance(baseline.decoder, ExactFeedForward) == (name == "vae")
    with pytest.raises(ModelError, match="no prior network"):
        _ = baseline.prior_network


def test_the_profile_is_part_of_the_identity() -> None:
    names = [family.name for family in families()[: len(PROFILES)]]
    assert len({frozen(1, name).model_id for name in names}) == len(names)


def test_files_of_another_profile_or_with_other_tensors_are_refused(
    baseline: FrozenModel, tmp_path: Path
) -> None:
    for profile in (*PROFILES, "int15-flow"):
        if profile != baseline.profile:
            with pytest.raises(ModelError):
                FrozenModel.load(write(baseline, tmp_path, profile))
    extra = {"prior.reach": np.array(100, np.int64)}
    with pytest.raises(ModelError, match="unknown tensor"):
        FrozenModel.load(write(baseline, tmp_path, **extra))
    if baseline.encoder is not None:
        extra = {"decoder.conditioner.latent_lift": np.array(14, np.int64)}
        with pytest.raises(ModelError, match="lifted latents"):
            FrozenModel.load(write(baseline, tmp_path, **extra))


def test_a_model_with_latents_needs_their_prior(baseline: FrozenModel) -> None:
    family, net = baseline.family, float_networks(baseline)
    x = torch.zeros(4, 1, 8, 8)
    if baseline.encoder is not None:
        with pytest.raises(FreezeError, match="prior"):
            freeze_model(family, net, Fitted(), x, "x", {})
    else:
        model = freeze_model(family, net, Fitted(), x, "x", {})
        assert model.mixture is None and model.latents.shape == (0,)


def test_the_default_model_is_still_an_acn() -> None:
    assert find_for_data((1, 28, 28), 2).family is acn.FAMILY


def test_to_know_the_families_takes_no_library() -> None:
    code = "import sys, acncodec.families.registry as r; r.families(); print(*sys.modules)"
    line = [sys.executable, "-c", code]
    modules = subprocess.run(line, check=True, capture_output=True, text=True, cwd=ROOT).stdout
    assert not {"torch", "numba", "numpy", "safetensors"} & set(modules.split())
