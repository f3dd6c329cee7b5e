"""Trust no product untested: worst-case operands at the layers' own shapes, at start-up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from acncodec.arithmetic.fixed import OPERAND_MAX, Floats
from acncodec.contracts.image_kind import ImageKind
from acncodec.engines.choice import wanted_engine
from acncodec.errors import ExactnessError
from acncodec.families.family import CLASSES, LIKELIHOOD
from acncodec.models.frozen import FrozenModel
from acncodec.run.compiled import spare_blas
from acncodec.run.workers import Workers
from acncodec.stack.ans import Stack

SMALL = (2, 3)
"""The image with which a model of any size is tried: height, width."""
ROWS = (1, 37)
"""Products of one row and of many take different paths through a BLAS."""


Product = Callable[[Floats, Floats, Floats], Any]
"""A product of two matrices, written to the third."""


def _compiled_product() -> Product:
    """That of the compiled loops, loaded where a model needs them alone: theirs is the BLAS of
    SciPy, which takes a good part of a second to load."""
    from acncodec.parts.gated_pixelcnn.float64_kernels import product

    return product  # type: ignore[no-any-return]


def check_products(model: FrozenModel) -> None:
    """Compare this machine's float64 products with integer ones, once for each model and engine.

    For every shape, operands are as large as they can be, with signs that agree and signs that
    do not; then for every layer its own lifted weights meet the largest inputs. (Products of
    15-bit integers are tested when layers are made ready for them, `acncodec.engines.choice`.)
    It also loads the compiled loops, which must happen in one thread. Raises `ExactnessError`
    when a product is not exact: coding would not be reproducible.
    """
    _check_products(model, wanted_engine())


def forget() -> None:
    """Let the next `check_products` look again."""
    _check_products.cache_clear()


@lru_cache(maxsize=16)
def _check_products(model: FrozenModel, _engine: str) -> None:
    spare_blas()
    accepts = model.accepts
    size, levels = accepts.size or SMALL, accepts.levels or 2
    nothing = np.zeros((1, accepts.channels, *size), np.uint8)
    z = np.zeros((1, model.config.latent_dim), np.int64)
    with Workers(1, 1) as workers:
        if model.can(LIKELIHOOD):
            likelihood = model.likelihood.of(ImageKind(accepts.channels, levels, size))
            codec = likelihood.codec(z, workers)
            stack = Stack.seeded(bytes(32))
            codec.push(stack, nothing)
            if model.latents.certain:  # their prior may have loops of its own
                prior = model.latents.prior(1)
                prior.push(stack, np.zeros((1, *model.latents.shape), np.int64))
                prior.pop(stack)
            if accepts.size is None:  # the loops that decode are others
                codec.pop(stack)
        else:
            told = np.zeros(1, np.int64) if model.can(CLASSES) else None
            model.renderer.images(z, told, workers)
    if model.encoder is not None:
        model.encoder.codes(nothing, levels)
    _check_all(model.networks.matrices, [np.dot])
    if compiled := model.networks.compiled_matrices:
        _check_all(compiled, [np.dot, _compiled_product()])


def _check_all(matrices: Iterable[Floats], products: Sequence[Product]) -> None:
    rng = np.random.default_rng(0)
    shapes = set()
    for matrix in matrices:
        if matrix.shape not in shapes:
            shapes.add(matrix.shape)
            _check(OPERAND_MAX * rng.choice([-1.0, 1.0], matrix.shape), rng, products)
        _check(matrix, rng, products)


def _check(matrix: Floats, rng: np.random.Generator, products: Sequence[Product]) -> None:
    """Multiply the largest operands, the first row with the signs of the first output."""
    inputs, outputs = matrix.shape
    # NumPy's product of integers is several times faster where columns are contiguous.
    whole = np.asfortranarray(matrix.astype(np.int64))
    for rows in ROWS:
        a = OPERAND_MAX * rng.choice([-1.0, 1.0], (rows, inputs))
        a[0] = np.where(matrix[:, 0] < 0, -OPERAND_MAX, OPERAND_MAX)
        expected = a.astype(np.int64) @ whole
        for product in products:
            out = np.empty(expected.shape)
            product(a, matrix, out)
            if not np.array_equal(out, expected):
                raise ExactnessError(
                    f"this machine's float64 product of {rows}x{inputs} by {inputs}x{outputs} "
                    "integers is not exact; nothing can be coded reproducibly here"
                )
