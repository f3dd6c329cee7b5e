"""The feed-forward decoder against a plain pass in integers, in any batch."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny import frozen

from acncodec.parts.feedforward import exact as feedforward
from acncodec.parts.feedforward.exact import ExactFeedForward

Ints = NDArray[np.int64]


def decoder() -> ExactFeedForward:
    exact = frozen(1, "vae").decoder
    assert isinstance(exact, ExactFeedForward)
    return exact


def latents(count: int) -> Ints:
    return np.random.default_rng(0).integers(-40, 41, (count, 4))


def plain(exact: ExactFeedForward, z: Ints) -> Ints:
    """Logits (n, H, W), each pixel's window gathered on its own."""
    s = np.maximum(exact.conditioner.features(z).astype(np.int64), 0)
    padded = np.pad(s, ((0, 0), (1, 1), (1, 1), (0, 0)))
    layer = exact.logit.affine
    weight = layer.weight[0].astype(np.int64) << layer.lift.astype(np.int64)
    out = np.empty(s.shape[:3], np.int64)
    for row in range(exact.height):
        for column in range(exact.width):
            window = padded[:, row : row + 3, column : column + 3].reshape(len(z), -1)
            total = window @ weight + layer.bias[0] + ((1 << layer.shift) >> 1)
            out[:, row, column] = (total >> layer.shift).clip(-16383, 16383)
    return out


def test_scoring_equals_a_plain_pass() -> None:
    exact, z = decoder(), latents(30)
    logits = exact.score(z)
    assert np.array_equal(logits, plain(exact, z).reshape(30, -1))
    assert logits.std() > 50


def test_pixels_are_not_looked_at(images: NDArray[np.uint8]) -> None:
    exact, z = decoder(), latents(len(images))
    assert np.array_equal(exact.score(z, images), exact.score(z, 1 - images))


def test_the_batch_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    exact, z = decoder(), latents(30)
    whole = exact.score(z)
    monkeypatch.setattr(feedforward, "CHUNK", 7)
    assert np.array_equal(whole, exact.score(z))
    assert np.array_equal(whole[3:4], exact.score(z[3:4]))
    assert exact.score(z[:0]).shape == (0, 64)
