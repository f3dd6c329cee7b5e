"""Trust no product untested: worst-case operands at the layers' own shapes, at start-up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numba import njit

from acncodec.errors import ExactnessError
from acncodec.exact.decoder import ExactDecoder
from acncodec.exact.fixed import OPERAND_MAX, Floats
from acncodec.exact.model import FrozenModel

ROWS = (1, 37)
"""Products of one row and of many take different paths through a BLAS."""

_passed: set[tuple[int, int]] = set()


@njit(cache=True, nogil=True)
def _compiled_product(a: Any, b: Any, out: Any) -> None:
    np.dot(a, b, out)


def _matrices(model: FrozenModel) -> Iterator[Floats]:
    encoder, prior, decoder = model.encoder, model.prior, model.decoder
    layers = [layer.affine for layer in encoder.layers]
    layers += [encoder.out, *prior.hidden, prior.logits, prior.means, prior.scales]
    conditioner = decoder.conditioner
    layers += [conditioner.linear, conditioner.middle.affine, conditioner.out.affine]
    layers += [decoder.vertical_in, decoder.horizontal_in, decoder.head, decoder.logit]
    yield from (layer.matrix for layer in layers)
    yield from _stacked(decoder)


def _stacked(decoder: ExactDecoder) -> Iterator[Floats]:
    engine = decoder.engine
    yield from (engine.vertical[0, 0], engine.context[0], engine.horizontal[0], engine.residual[0])


def check_products(model: FrozenModel) -> None:
    """Compare this machine's float64 products with integer ones, once for each shape.

    Operands are as large as they can be, with signs that agree and signs that do not. It also
    loads the compiled loops, which must happen in one thread. Raises `ExactnessError` when a
    product is not exact: coding would not be reproducible.
    """
    shape, dim = model.config.image_shape, model.config.latent_dim
    model.decoder.score(np.zeros((1, dim), np.int64), np.zeros((1, *shape), np.uint8))
    rng = np.random.default_rng(0)
    for matrix in _matrices(model):
        if matrix.shape in _passed:
            continue
        inputs, outputs = matrix.shape
        signs = rng.choice([-1, 1], (inputs, outputs))
        weights = (OPERAND_MAX * signs).astype(np.int64)
        for rows in ROWS:
            a = OPERAND_MAX * rng.choice([-1, 1], (rows, inputs)).astype(np.int64)
            a[0] = OPERAND_MAX * signs[:, 0]
            expected = a @ weights
            left, right = a.astype(np.float64), weights.astype(np.float64)
            compiled = np.empty(expected.shape)
            _compiled_product(left, right, compiled)
            if not (np.array_equal(np.dot(left, right), expected)
                    and np.array_equal(compiled, expected)):  # fmt: skip
                raise ExactnessError(
                    f"this machine's float64 product of {rows}x{inputs} by {inputs}x{outputs} "
                    "integers is not exact; nothing can be coded reproducibly here"
                )
        _passed.add((inputs, outputs))
