"""The objective of models with a codebook: what has a gradient, and how the codebook moves."""

from __future__ import annotations

import math

import pytest
import torch
from tiny import blobs, untrained

from acncodec.learning.codebook import DEAD, perplexity
from acncodec.learning.networks import FloatNetworks
from acncodec.learning.quantised import QuantisedCost
from acncodec.learning.source import ImageSource, step_generator

SOURCE = ImageSource(blobs(60, 1)[:, 0])
ROWS = torch.arange(10, 26)


def made(training: bool = True) -> tuple[FloatNetworks, QuantisedCost]:
    torch.manual_seed(0)
    net = untrained("tiny-vqvae").train(training)
    return net, QuantisedCost(net, SOURCE, 16)


def test_costs_are_those_of_prior_and_decoder_given_the_codes() -> None:
    net, objective = made(training=False)
    x = SOURCE.draw(ROWS, step_generator(0, 0))
    kl, cost = objective.costs(x, ROWS, step_generator(0, 1))
    codes = net.encode(x, 2)
    assert codes.shape == (16, 4)
    assert torch.allclose(kl, -net.prior.log_prob(codes))
    assert torch.allclose(cost, net.nats(x, codes, 2), atol=1e-3)


def test_the_encoder_learns_from_pixels_and_commitment_and_never_from_the_prior() -> None:
    net, objective = made()
    objective.refresh(step_generator(0, 0))
    x = SOURCE.draw(ROWS, step_generator(0, 0))
    kl, cost = objective.costs(x, ROWS, step_generator(0, 1))
    kl.sum().backward(retain_graph=True)
    assert all(value.grad is None for value in net.encoder.parameters())
    assert all(value.grad is not None for value in net.prior.parameters())
    cost.sum().backward()
    assert all(float(value.grad.abs().max()) > 0 for value in net.encoder.parameters())
    assert not net.encoder.codebook.requires_grad


def test_the_codebook_begins_with_vectors_of_images_and_follows_their_means() -> None:
    net, objective = made()
    objective.refresh(step_generator(0, 0))
    x = SOURCE.draw(torch.arange(60), step_generator(0, 0))
    with torch.no_grad():
        vectors = net.encoder.vectors(net.seen(x, 2)).permute(0, 2, 3, 1).reshape(-1, 4)
    for code in net.encoder.codebook:
        assert float((vectors - code).abs().sum(1).min()) < 1e-5
    codes = torch.arange(len(vectors)) % 3
    for _ in range(1500):
        objective.codebook.follow(codes, vectors)
    for index in range(3):
        mean = vectors[codes == index].mean(0)
        assert torch.allclose(net.encoder.codebook[index], mean, atol=1e-3)


def test_a_dead_code_is_replaced_and_a_second_look_changes_nothing() -> None:
    net, objective = made()
    objective.refresh(step_generator(0, 0))
    far = torch.full((4,), 100.0)
    net.encoder.codebook[3], objective.codebook.counts[3] = far, DEAD * 16 * 4 / 8 * 0.99
    objective.refresh(step_generator(0, 1))
    assert not torch.equal(net.encoder.codebook[3], far)
    kept = net.encoder.codebook.clone()
    objective.refresh(step_generator(0, 2))
    assert torch.equal(net.encoder.codebook, kept)


def test_validation_moves_nothing() -> None:
    net, objective = made(training=False)
    kept = net.encoder.codebook.clone()
    objective.refresh(step_generator(0, 0))
    objective.costs(SOURCE.draw(ROWS, step_generator(0, 0)), ROWS, step_generator(0, 1))
    assert torch.equal(net.encoder.codebook, kept) and float(objective.codebook.counts.sum()) == 0


def test_a_checkpoint_holds_the_averages() -> None:
    _, objective = made()
    objective.refresh(step_generator(0, 0))
    _, other = made()
    other.load(objective.state())
    for name, value in objective.state().items():
        assert torch.equal(other.state()[name], value)
    assert objective.measures() == {"perplexity": pytest.approx(8)}


def test_perplexity_counts_codes_by_how_often_they_are_taken() -> None:
    assert perplexity(torch.tensor([3, 3, 3, 0])) == pytest.approx(3)
    assert perplexity(torch.tensor([5.0, 0, 0])) == pytest.approx(1)
    shares = [0.5, 0.25, 0.25]
    entropy = -sum(share * math.log(share) for share in shares)
    assert perplexity(torch.tensor(shares)) == pytest.approx(math.exp(entropy))
    assert perplexity(torch.zeros(4)) == 0
