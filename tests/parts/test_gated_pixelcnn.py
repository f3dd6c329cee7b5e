"""The incremental decoder against a plain full pass, in any batch and any span."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny import BASELINES, frozen

from acncodec.arithmetic.tables import tables
from acncodec.latents.gaussian_prices import grid_samples
from acncodec.models.encode import encode_images
from acncodec.models.frozen import FrozenModel
from acncodec.parts.gated_pixelcnn.exact import ExactDecoder
from acncodec.run.workers import Workers

Ints = NDArray[np.int64]


def operand(x: Ints) -> Ints:
    return x.clip(-16383, 16383)


def windows(x: Ints, kernel: tuple[int, int], leftward: bool) -> Ints:
    """(n, H, W, rows, columns, C): rows above and including, columns centred or to the left."""
    rows, columns = kernel
    side = (columns - 1, 0) if leftward else (columns // 2, columns // 2)
    padded = np.pad(x, ((0, 0), (rows - 1, 0), side, (0, 0)))
    height, width = x.shape[1:3]
    parts = [
        [padded[:, r : r + height, c : c + width] for c in range(columns)] for r in range(rows)
    ]
    return np.stack([np.stack(row, 3) for row in parts], 3)


def gate(total: Ints, shift: int) -> Ints:
    tanh = tables().tanh.astype(np.int64)
    a, b = np.split(total, 2, -1)
    left = ((a + ((1 << shift) >> 1)) >> shift).clip(-16384, 16384)
    right = ((b + (1 << shift)) >> (shift + 1)).clip(-16384, 16384)
    return tanh[left + 16384] * (16384 + tanh[right + 16384])


def full_pass(decoder: ExactDecoder, z: Ints, pixels: NDArray[np.uint8]) -> Ints:
    """All logits in int64, feature map after feature map, as in the float network."""

    def product(x: Ints, layer: object) -> Ints:
        lifted = layer.weight.astype(np.int64) << layer.lift.astype(np.int64)  # type: ignore[attr-defined]
        return x @ lifted.T + layer.bias  # type: ignore[attr-defined]

    def rounded(x: Ints, layer: object) -> Ints:
        shift = layer.shift  # type: ignore[attr-defined]
        return (product(x, layer) + ((1 << shift) >> 1)) >> shift

    n, _, height, width = pixels.shape
    x = pixels[:, 0, :, :, None].astype(np.int64)
    above = np.pad(x, ((0, 0), (1, 0), (0, 0), (0, 0)))[:, :-1]
    left = np.pad(x, ((0, 0), (0, 0), (1, 0), (0, 0)))[:, :, :-1]
    s = decoder.condition(z).astype(np.int64)
    taps = windows(above, decoder.input_kernel, False).reshape(n, height, width, -1)
    v = operand(rounded(taps, decoder.vertical_in))
    taps = windows(left, (1, decoder.input_horizontal_kernel), True).reshape(n, height, width, -1)
    h = operand(rounded(taps, decoder.horizontal_in))
    scales = zip(decoder.vertical_scales, decoder.vertical_scales[1:], strict=False)
    landing = decoder.horizontal_scales
    for index, (block, (before, after)) in enumerate(zip(decoder.blocks, scales, strict=True)):
        taps = windows(v, decoder.kernel, False).swapaxes(3, 4).reshape(n, height, width, -1)
        gated = gate(product(np.concatenate([taps, s], -1), block.vertical), block.vertical.shift)
        down = 29 - after
        v = operand(((v << (29 - before)) + gated + (1 << (down - 1))) >> down)
        taps = windows(h, (1, decoder.horizontal_kernel), True).reshape(n, height, width, -1)
        joined = np.concatenate([taps, s, v], -1)
        gated = gate(product(joined, block.horizontal), block.horizontal.shift)
        gated = operand((gated + (1 << 14)) >> 15)
        shift = block.residual.shift
        up = shift + landing[index + 1] - landing[index]
        total = (h << up) + product(gated, block.residual) + ((1 << shift) >> 1)
        h = operand(total >> shift)
    wide = operand(rounded(np.maximum(h, 0), decoder.head))
    logits = rounded(np.maximum(wide, 0), decoder.logit)[..., 0]
    return logits.clip(-16383, 16383).reshape(n, -1)


def test_scoring_without_latents_equals_a_plain_full_pass(images: NDArray[np.uint8]) -> None:
    decoder = frozen(1, "pixelcnn").decoder
    assert isinstance(decoder, ExactDecoder) and decoder.conditioner is None
    nothing = np.zeros((len(images), 0), np.int64)
    scored = decoder.score(nothing, images)
    assert np.array_equal(scored, full_pass(decoder, nothing, images))
    assert scored.std() > 50


def test_scoring_equals_a_plain_full_pass(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    z = grid_samples(tiny_model.encoder.codes(images), seed=0)
    scored = tiny_model.decoder.score(z, images)
    assert np.array_equal(scored, full_pass(tiny_model.decoder, z, images))
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
