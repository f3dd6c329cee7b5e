"""The incremental decoder against a plain full pass, in any batch and any span."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from plain_gated import full_pass
from tiny import BASELINES, frozen

from acncodec.latents.gaussian_prices import grid_samples
from acncodec.models.encode import encode_images
from acncodec.models.frozen import FrozenModel
from acncodec.parts.gated_pixelcnn.exact import ExactDecoder
from acncodec.run.workers import Workers

Ints = NDArray[np.int64]


def plain_logits(decoder: ExactDecoder, z: Ints, pixels: NDArray[np.uint8]) -> Ints:
    logits = full_pass(decoder, z, pixels.astype(np.int64).transpose(0, 2, 3, 1))
    return logits.clip(-16383, 16383).reshape(len(pixels), -1)


def test_scoring_without_latents_equals_a_plain_full_pass(images: NDArray[np.uint8]) -> None:
    decoder = frozen(1, "pixelcnn").decoder
    assert isinstance(decoder, ExactDecoder) and decoder.conditioner is None
    nothing = np.zeros((len(images), 0), np.int64)
    scored = decoder.score(nothing, images)
    assert np.array_equal(scored, plain_logits(decoder, nothing, images))
    assert scored.std() > 50


def test_scoring_equals_a_plain_full_pass(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    z = grid_samples(tiny_model.encoder.codes(images), seed=0)
    scored = tiny_model.decoder.score(z, images)
    assert np.array_equal(scored, plain_logits(tiny_model.decoder, z, images))
    assert scored.std() > 50


@pytest.mark.parametrize("kind", ["acn", *BASELINES])
def test_decoding_span_by_span_gives_the_logits_of_scoring(
    images: NDArray[np.uint8], kind: str
) -> None:
    model = frozen(1, kind)
    decoder, width = model.decoder, model.decoder.width
    assert decoder.span == (width if kind == "vae" else 1)
    with Workers(1, 256) as workers:
        z = grid_samples(encode_images(model, images, workers), seed=1)
    scored = decoder.score(z, images)
    for rows in (slice(0, 40), slice(3, 10), slice(7, 8)):
        run = decoder.start(z[rows])
        for position in range(0, decoder.height * width, decoder.span):
            row, column = divmod(position, width)
            stop = column + decoder.span
            if column == 0:
                run.begin_row(row)
            wanted = scored[rows, position : position + decoder.span].T
            assert np.array_equal(run.outputs(row, column, stop), wanted[..., None])
            run.put(row, column, stop, images[rows, :, row, column:stop])


def test_a_logit_depends_on_no_later_pixel(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    z = grid_samples(tiny_model.encoder.codes(images), seed=2)
    before = tiny_model.decoder.score(z, images)
    changed = images.copy().reshape(len(images), -1)
    at = 27
    changed[:, at:] ^= 1
    after = tiny_model.decoder.score(z, changed.reshape(images.shape))
    assert np.array_equal(before[:, : at + 1], after[:, : at + 1])
    assert not np.array_equal(before[:, at + 1 :], after[:, at + 1 :])
