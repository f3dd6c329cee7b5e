"""The exact prior network's tensors: which there are, written and read."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from acncodec.arithmetic.fixed import OPERAND_MAX
from acncodec.arithmetic.tables import FRACTION_BITS
from acncodec.arithmetic.tensors import (
    Tensors,
    TensorSpec,
    affine_schema,
    affine_tensors,
    read_affine,
    scalar,
)
from acncodec.errors import ModelError
from acncodec.parts.prior_network.exact import ExactPrior
from acncodec.parts.prior_network.shape import PRIOR_HIDDEN_LAYERS, PriorConfig

OUTPUTS = ("logits", "means", "scales")


def prior_schema(config: PriorConfig) -> Iterator[TensorSpec]:
    """The tensors of the prior network."""
    width, dim = config.prior_hidden, config.latent_dim
    for index in range(PRIOR_HIDDEN_LAYERS):
        inputs = dim + (width if index else 0)
        yield from affine_schema(f"prior.hidden.{index}", width, inputs)
    for output in OUTPUTS:
        outputs = dim * config.prior_components
        yield from affine_schema(f"prior.{output}", outputs, PRIOR_HIDDEN_LAYERS * width)
    yield scalar("prior.reach", 1, 8192)
    yield scalar("prior.mean_reach", 1, 1 << 24)
    yield scalar("prior.code_lift", 0, 14)


def prior_tensors(prior: ExactPrior) -> Tensors:
    """The prior network as tensors."""
    out: Tensors = {}
    for index, layer in enumerate(prior.hidden):
        out |= affine_tensors(f"prior.hidden.{index}", layer)
    for output in OUTPUTS:
        out |= affine_tensors(f"prior.{output}", getattr(prior, output))
    for key in ("reach", "mean_reach", "code_lift"):
        out[f"prior.{key}"] = np.array(getattr(prior, key), np.int64)
    return out


def read_prior(config: PriorConfig, tensors: Tensors, code_reach: int, reach: int) -> ExactPrior:
    """Undo `prior_tensors`, of tensors that the schema allows.

    Raises `ModelError` unless what its bounds assume of codes within +-`code_reach` and of latents
    within +-`reach` holds (docs/FORMAT.md, 7.3).
    """
    hidden = tuple(
        read_affine(tensors, f"prior.hidden.{index}") for index in range(PRIOR_HIDDEN_LAYERS)
    )
    logits, means, scales = (read_affine(tensors, f"prior.{output}") for output in OUTPUTS)
    numbers = (int(tensors[f"prior.{key}"]) for key in ("reach", "mean_reach", "code_lift"))
    prior = ExactPrior(hidden, logits, means, scales, config.prior_components, *numbers)
    if prior.reach != reach or prior.mean_reach != reach << FRACTION_BITS:
        raise ModelError("the ranges of codes, latents and means do not fit each other")
    if code_reach << prior.code_lift > OPERAND_MAX:
        raise ModelError("lifted codes do not fit an operand")
    return prior
