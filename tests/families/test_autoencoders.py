"""Families without a likelihood: they keep the contract, render their codes, and code nothing."""

from __future__ import annotations

import copy
import io
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from contracts.family import SIZE, ModelContract, binary, written
from numpy.typing import NDArray
from reading import decoded
from tiny import blobs, frozen

from acncodec.analysis.bench import bench_dataset
from acncodec.analysis.image_costs import image_costs
from acncodec.arithmetic.tables import GRID_BITS
from acncodec.codec import CompressOptions, compress_dataset, models_for
from acncodec.container import FORMAT_VERSION, Section, SectionType, read_archive, write_archive
from acncodec.errors import ModelError
from acncodec.families import aae, autoencoder, style
from acncodec.families.family import CLASSES
from acncodec.latents.told import STEPS, WIDTH, with_classes
from acncodec.learning.adversary import DISCRIMINATOR
from acncodec.models.build import float_networks
from acncodec.models.frozen import FrozenModel
from acncodec.run.workers import Workers
from acncodec.sampling import reconstruct, sample, styles

KINDS = ("autoencoder", "aae", "style")
CODING = "acn, pixelcnn, vae, pixelvae, causal-resnet, acn-resnet, gated-levels"


def labels_of(count: int) -> NDArray[np.int64]:
    return np.arange(count) % 3


class AutoEncoderContract(ModelContract):
    """What a family without a likelihood must show beside the contract of all."""

    def told(self, model: FrozenModel, count: int) -> NDArray[np.int64] | None:
        return labels_of(count) if model.can(CLASSES) else None

    def test_integer_networks_are_close_to_the_float_ones(self, model: FrozenModel) -> None:
        net, pixels = float_networks(model), blobs(30, 5, SIZE)
        x = torch.from_numpy(pixels).float()
        with torch.no_grad():
            codes = net.encode(x, 2)
            exact = model.encoder.codes(pixels)
            assert np.abs(exact / 8 - codes.numpy()).max() < 0.5 / 8 + 0.02
            told = self.told(model, 30)
            z = exact if told is None else with_classes(exact, told, 3)
            shades = torch.sigmoid(net.decoder(x, torch.from_numpy(z / 8).float())).numpy()
        with Workers(2, 7) as workers:
            drawn = model.renderer.images(exact, told, workers)
        assert drawn.dtype == np.uint8 and drawn.shape == pixels.shape
        assert np.abs(drawn / 255 - shades).max() < 0.5 / 255 + 0.01

    def test_nothing_is_coded_and_the_error_names_families_that_code(
        self, model: FrozenModel
    ) -> None:
        data, file = binary(20, 7), io.BytesIO()
        words = f"has no likelihood.*families that have one: {CODING}"
        with pytest.raises(ModelError, match=words):
            compress_dataset(data, model, CompressOptions(), file)
        with pytest.raises(ModelError, match=words):
            models_for(data, model, "auto")
        with pytest.raises(ModelError, match=words):
            bench_dataset(data, model, samples=2)
        with pytest.raises(ModelError, match=words):
            image_costs(model, data.pixels, 1, 0)
        with pytest.raises(ModelError, match="have no price"):
            float_networks(model).nats(torch.zeros(1, 1, 8, 8), torch.zeros(1, 4), 2)
        assert file.getvalue() == b""

    def test_a_seed_gives_the_same_images_whatever_the_threads(self, model: FrozenModel) -> None:
        def drawn(one: FrozenModel, seed: int, threads: int) -> bytes:
            with Workers(threads, 5) as workers:
                if one.can(CLASSES):
                    return styles(one, 35, seed, workers).tobytes()
                return sample(one, 35, seed, workers).tobytes()

        first = drawn(model, 4, 1)
        assert drawn(model, 4, 2) == first != drawn(model, 5, 1)
        for twin in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):  # noqa: S301
            assert drawn(twin, 4, 1) == first

    def test_reconstructions_are_shades_and_leave_nothing_to_chance(
        self, model: FrozenModel
    ) -> None:
        pixels, told = blobs(9, 2, SIZE), self.told(model, 9)
        with Workers(1, 16) as workers:
            drawn = reconstruct(model, pixels, 2, 1, workers, labels=told)
            other = reconstruct(model, pixels, 1, 2, workers, labels=told)
        assert drawn.shape == (9, 2, 1, SIZE, SIZE)
        assert np.array_equal(drawn[:, 0], drawn[:, 1])
        assert np.array_equal(drawn[:, :1], other)
        assert ((drawn > 0) & (drawn < 255)).any()


class TestAutoEncoder(AutoEncoderContract):
    family, preset = autoencoder.FAMILY, "tiny-autoencoder"


class HeldToAGaussian(AutoEncoderContract):
    """What is so where a discriminator holds codes to a Gaussian."""

    def test_that_gaussian_is_the_prior(self, model: FrozenModel) -> None:
        spread = model.floats["mixture.covariances"]
        assert np.array_equal(spread, WIDTH**2 * np.eye(model.config.latent_dim)[None])
        assert not model.floats["mixture.means"].any() and model.mixture.components == 1
        assert STEPS == WIDTH * 2**GRID_BITS


class TestAAE(HeldToAGaussian):
    family, preset = aae.FAMILY, "tiny-aae"


class TestStyle(HeldToAGaussian):
    family, preset = style.FAMILY, "tiny-style"


def test_the_discriminator_decides_no_bit_of_the_networks() -> None:
    model = frozen(1, "aae")
    judge = {name for name in model.floats if name.startswith(f"{DISCRIMINATOR}.")}
    assert judge and not any(DISCRIMINATOR in name for name in model.tensors())
    rest = {name: value for name, value in model.floats.items() if name not in judge}
    assert replace(model, floats=rest).model_id == model.model_id


def test_another_class_is_another_image() -> None:
    model, pixels = frozen(1, "style"), blobs(12, 2)
    with Workers(1, 16) as workers:
        one = reconstruct(model, pixels, 1, 0, workers, labels=labels_of(12))
        other = reconstruct(model, pixels, 1, 0, workers, labels=(labels_of(12) + 1) % 3)
    assert (one != other).any(axis=(1, 2, 3, 4)).all()


@pytest.mark.parametrize(
    ("kind", "labels", "words"),
    [
        ("style", None, "no labels were given"),
        ("style", np.array([0, 1, 3]), "a label 3: the classes are 0 to 2"),
        ("style", np.array([0, -1, 1]), "a label -1"),
        ("style", np.array([0, 1]), "labels are 3 integers"),
        ("style", np.array(["a", "b", "c"]), "labels are 3 integers"),
        ("autoencoder", np.array([0, 1, 2]), "told no class"),
        ("acn", np.array([0, 1, 2]), "told no class"),
    ],
)
def test_labels_that_do_not_fit_are_refused(
    kind: str, labels: NDArray[np.generic] | None, words: str
) -> None:
    model = frozen(1, kind)
    with Workers(1, 16) as workers, pytest.raises(ModelError, match=words):
        reconstruct(model, blobs(3, 2), 1, 0, workers, labels=labels)


@pytest.mark.parametrize("kind", KINDS)
def test_only_binary_images_of_one_channel_are_taken(kind: str) -> None:
    config = type(frozen(1, kind).config)
    for sizes in ({"levels": 3}, {"channels": 3}):
        with pytest.raises(ModelError, match="only binary images"):
            config.from_json(sizes)


def test_a_likelihood_draws_by_itself() -> None:
    with pytest.raises(ModelError, match="draws images by its likelihood"):
        _ = frozen(1).renderer


def test_an_archive_that_names_such_a_model_is_refused(tmp_path: Path) -> None:
    written_by, claimed, path = frozen(1, "vae"), frozen(1, "aae"), tmp_path / "a.acn"
    written(binary(20, 7), written_by, path, order="keep", ordering="iid")
    archive = read_archive(path)
    header = replace(
        archive.header, model_id=claimed.model_id, model_name=claimed.name,
        profile=claimed.profile, labels=(), format_version=FORMAT_VERSION,
    )  # fmt: skip
    with path.open("wb") as file:
        write_archive(file, header, [Section(SectionType.STACK, 0, archive.stack(0))])
    with pytest.raises(ModelError, match="has no likelihood"):
        decoded(path, claimed)
