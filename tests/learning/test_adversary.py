"""Squared error and discriminator: who learns from what, what is counted, what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from tiny import blobs, untrained
from torch import Tensor

from acncodec.errors import TrainingError
from acncodec.families.registry import find_preset
from acncodec.latents.told import WIDTH
from acncodec.learning.adversary import (
    DISCRIMINATOR,
    AdversarialError,
    SquaredError,
    squared_error,
)
from acncodec.learning.networks import FloatNetworks
from acncodec.learning.recipe import Recipe
from acncodec.learning.source import ImageSource, step_generator
from acncodec.learning.views import MirroredSource

IMAGES = blobs(40, 1)[:, 0]
LABELS = np.arange(40) % 3
SOURCE = ImageSource(IMAGES, labels=LABELS)
ROWS = torch.arange(10, 26)
X = SOURCE.draw(ROWS, step_generator(0, 0))


def network(name: str) -> FloatNetworks:
    torch.manual_seed(0)
    return untrained(name)


def adversarial(weight: float, **more: float) -> Recipe:
    return replace(Recipe(), adversary=weight, **more)


def gradients(net: FloatNetworks, room: str) -> list[Tensor | None]:
    return [value.grad for name, value in net.named_parameters() if name.startswith(room)]


def test_a_squared_error_is_summed_over_an_images_pixels() -> None:
    x = torch.tensor([[[[1.0, 0.0]]], [[[1.0, 1.0]]]])
    logits = torch.tensor([[[[0.0, 0.0]]], [[[100.0, -100.0]]]])
    assert torch.allclose(squared_error(logits, x), torch.tensor([0.5, 1.0]))


def test_an_auto_encoder_lowers_the_squared_error_alone() -> None:
    net = network("tiny-autoencoder")
    kl, cost = SquaredError(net, SOURCE).costs(X, ROWS, step_generator(0, 1))
    assert (kl == 0).all() and cost.shape == (16,)
    assert torch.equal(cost, squared_error(net.decoder(X, net.encoder(X)), X))
    assert SquaredError(net, SOURCE).kl_name is None and SquaredError(net, SOURCE).measures() == {}


@pytest.mark.parametrize("name", ["tiny-autoencoder", "tiny-aae", "tiny-style"])
@pytest.mark.parametrize("inverted", [False, True])
def test_a_network_that_trains_begins_with_the_share_of_ones(name: str, inverted: bool) -> None:
    images = (1 - IMAGES) if inverted else IMAGES
    source = ImageSource(images, labels=LABELS)
    net, valid = network(name), network(name).eval()
    kept = {key: value.clone() for key, value in valid.state_dict().items()}
    family = find_preset(name)[0]
    family.objective(net, source, Recipe())
    family.objective(valid, source, Recipe())
    z = torch.zeros(1, net.decoder.conditioner.linear.in_features)
    net.decoder.logit.weight.data.zero_()
    ones = torch.sigmoid(net.decoder(X[:1], z))
    assert torch.allclose(ones, torch.tensor(float(images.mean())), atol=1e-6)
    assert all(torch.equal(kept[key], value) for key, value in valid.state_dict().items())


def test_a_set_of_one_value_has_a_place_to_begin() -> None:
    net = network("tiny-autoencoder")
    SquaredError(net, ImageSource(np.zeros_like(IMAGES)))
    assert torch.isfinite(net.decoder.logit.bias).all()


@pytest.mark.parametrize("name", ["tiny-aae", "tiny-style"])
def test_the_discriminator_learns_nothing_from_the_encoders_cost(name: str) -> None:
    found = []
    for weight in (0.0, 7.0):
        net = network(name)
        objective = AdversarialError(net, SOURCE, adversarial(weight), net.config.classes)
        codes, _ = objective.costs(X, ROWS, step_generator(0, 1))
        codes.mean().backward()
        judge = gradients(net, DISCRIMINATOR)
        assert all(value is not None for value in judge)
        found.append((judge, gradients(net, "encoder")))
        assert gradients(net, "decoder") == [None] * len(gradients(net, "decoder"))
    for one, other in zip(found[0][0], found[1][0], strict=True):
        assert torch.equal(one, other) and one.any()  # type: ignore[arg-type, union-attr]
    still, moved = found[0][1], found[1][1]
    assert not any(value.any() for value in still if value is not None)
    assert all(value is not None and value.any() for value in moved[-2:])


def test_the_encoder_is_moved_to_where_the_discriminator_takes_codes_for_draws() -> None:
    net = network("tiny-aae")
    objective = AdversarialError(net, SOURCE, adversarial(1.0))
    encoder = torch.optim.Adam(net.encoder.parameters(), 1e-3)
    judge = net.get_submodule(DISCRIMINATOR)

    def taken() -> float:
        with torch.no_grad():
            return float(judge(net.encode(X, 2) / WIDTH).mean())

    before = taken()
    for step in range(20):
        encoder.zero_grad()
        codes, _ = objective.costs(X, ROWS, step_generator(0, step))
        codes.mean().backward()
        encoder.step()
    assert taken() > before


def test_accuracies_are_those_since_they_were_asked_for() -> None:
    net = network("tiny-aae")
    objective = AdversarialError(net, SOURCE, adversarial(1.0))
    names = ("discriminator_true_accuracy", "discriminator_feature_accuracy")
    for bias, shares in ((1e4, (1.0, 0.0)), (-1e4, (0.0, 1.0))):
        with torch.no_grad():
            net.get_submodule(DISCRIMINATOR).get_parameter("out.bias").fill_(bias)
        for _ in range(2):
            objective.costs(X, ROWS, step_generator(0, 1))
        assert objective.measures() == dict(zip(names, shares, strict=True))
    assert objective.measures() == dict.fromkeys(names, 0.0)


@pytest.mark.parametrize("name", ["tiny-aae", "tiny-style"])
def test_the_slope_of_the_discriminator_costs_it_alone(name: str) -> None:
    found = []
    for penalty in (0.0, 2.0):
        net = network(name)
        objective = AdversarialError(
            net, SOURCE, adversarial(3.0, penalty=penalty), net.config.classes
        )
        codes, _ = objective.costs(X, ROWS, step_generator(0, 1))
        codes.mean().backward()
        found.append((codes.detach(), gradients(net, DISCRIMINATOR), gradients(net, "encoder")))
    (free, judge, encoder), (steep, other_judge, other_encoder) = found
    drawn = torch.randn(2, *net.encode(X, 2).shape, generator=step_generator(0, 1))[0]
    points = torch.zeros(16, net.get_submodule(DISCRIMINATOR).first.in_features)
    points[:, : drawn.shape[1]] = drawn
    if net.config.classes:
        points[torch.arange(16), drawn.shape[1] + torch.from_numpy(LABELS)[ROWS]] = 1.0
    points.requires_grad_()
    net.get_submodule(DISCRIMINATOR)(points).sum().backward()
    slope = points.grad[:, : drawn.shape[1]]  # type: ignore[index]
    assert torch.allclose(steep - free, slope.square().sum(1), atol=1e-6) and slope.any()
    assert not all(map(torch.equal, judge, other_judge))  # type: ignore[arg-type]
    for one, two in zip(encoder, other_encoder, strict=True):
        assert one is two is None or torch.equal(one, two)  # type: ignore[arg-type]
    with torch.no_grad():
        assert torch.equal(objective.costs(X, ROWS, step_generator(0, 1))[0], free)


@pytest.mark.parametrize("name", ["tiny-aae", "tiny-style"])
def test_noise_is_added_to_codes_for_decoder_and_discriminator(name: str) -> None:
    net = network(name).eval()
    plain, noisy = (
        AdversarialError(net, SOURCE, adversarial(3.0, noise=noise), net.config.classes).costs(
            X, ROWS, step_generator(0, 1)
        )
        for noise in (0.0, 2.0)
    )
    for one, two in zip(plain, noisy, strict=True):
        assert (one != two).all()


@pytest.mark.parametrize("name", ["tiny-aae", "tiny-style"])
def test_costs_repeat_themselves(name: str) -> None:
    net = network(name)
    objective = AdversarialError(net, SOURCE, Recipe(), net.config.classes)
    first = objective.costs(X, ROWS, step_generator(0, 1))
    again = objective.costs(X, ROWS, step_generator(0, 1))
    for one, two in zip(first, again, strict=True):
        assert one.shape == (16,) and torch.equal(one, two) and (one > 0).all()


def test_the_class_is_told_to_the_decoder() -> None:
    net = network("tiny-style").eval()  # or each objective would begin it with its images
    other = ImageSource(IMAGES, labels=(LABELS + 1) % 3)
    costs = [
        AdversarialError(net, source, Recipe(), 3).costs(X, ROWS, step_generator(0, 1))[1]
        for source in (SOURCE, other, MirroredSource(SOURCE))
    ]
    assert not torch.equal(costs[0], costs[1]) and torch.equal(costs[0], costs[2])


@pytest.mark.parametrize(
    ("labels", "words"),
    [(None, "there are no labels"), (LABELS + 1, "a label 3: decoder.classes = 3"),
     (LABELS - 1, "a label -1")],
)  # fmt: skip
def test_images_without_classes_are_refused(labels: np.ndarray | None, words: str) -> None:
    with pytest.raises(TrainingError, match=words):
        AdversarialError(network("tiny-style"), ImageSource(IMAGES, labels=labels), Recipe(), 3)


def test_other_labels_are_another_training_set() -> None:
    digests = {
        ImageSource(IMAGES, labels=labels).digest for labels in (None, LABELS, LABELS[::-1].copy())
    }
    assert len(digests) == 3
    with pytest.raises(TrainingError, match="40 images and labels"):
        ImageSource(IMAGES, labels=LABELS[1:])
