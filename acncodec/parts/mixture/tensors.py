"""The exact unconditional prior's tensors: which there are, written and read."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from acncodec.arithmetic.tables import FRACTION_BITS, TOTAL
from acncodec.arithmetic.tensors import Axis, Tensors, TensorSpec
from acncodec.errors import ModelError
from acncodec.parts.mixture.exact import ExactMixture

MOST = (1 << 30) - 1
"""The largest magnitude of a number."""
COMPONENTS = Axis("K", 1, 4095)
PARTS = ("weights", "coefficients", "offsets", "inverses", "constants")


def mixture_schema(dim: int) -> Iterator[TensorSpec]:
    """The tensors of the unconditional prior of latents of so many dimensions."""
    k = COMPONENTS
    yield TensorSpec("mixture.weights", "int64", (k,), 0, MOST)
    yield TensorSpec("mixture.coefficients", "int64", (k, dim, dim), -MOST, MOST)
    yield TensorSpec("mixture.offsets", "int64", (k, dim), -MOST, MOST)
    yield TensorSpec("mixture.inverses", "int64", (k, dim), 1, MOST)
    yield TensorSpec("mixture.constants", "int64", (k,), -MOST, MOST)


def mixture_tensors(mixture: ExactMixture) -> Tensors:
    """The unconditional prior as tensors."""
    return {f"mixture.{part}": getattr(mixture, part) for part in PARTS}


def read_mixture(tensors: Tensors, reach: int) -> ExactMixture:
    """Undo `mixture_tensors`, of tensors that the schema allows, for latents within +-`reach`.

    Raises `ModelError` if the weights are no distribution, or a distance could overflow.
    """
    parts = {part: tensors[f"mixture.{part}"] for part in PARTS}
    if parts["weights"].sum() != TOTAL - len(parts["weights"]):
        raise ModelError("the unconditional prior's weights do not sum to 2^24")
    slopes = np.abs(np.tril(parts["coefficients"], -1)).sum(2)
    far = (reach << FRACTION_BITS) + 129 + (slopes * reach >> 4) + np.abs(parts["offsets"])
    if (far.astype(object) * parts["inverses"]).max() >= 1 << 62:
        raise ModelError("a distance in the unconditional prior could overflow")
    return ExactMixture(**parts, reach=reach)
