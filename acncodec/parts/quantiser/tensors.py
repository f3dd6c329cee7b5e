"""The tensors of the exact conditioner of quantised latents: which there are, written and read."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from acncodec.arithmetic.tensors import Tensors, TensorSpec
from acncodec.errors import ModelError
from acncodec.parts.conditioner.tensors import (
    conditioner_schema,
    conditioner_tensors,
    read_conditioner,
)
from acncodec.parts.quantiser.exact import ExactQuantiser
from acncodec.parts.quantiser.shape import QuantiserConfig

CODEBOOK = "decoder.conditioner.codebook"
MOST = 8192
"""The farthest that a latent lies, in grid steps."""


def quantiser_schema(config: QuantiserConfig) -> Iterator[TensorSpec]:
    """The tensors of the conditioner."""
    yield TensorSpec(CODEBOOK, "int16", (config.codes, config.code_features), -MOST, MOST)
    yield from conditioner_schema(config)


def quantiser_tensors(quantiser: ExactQuantiser) -> Tensors:
    """The conditioner as tensors."""
    return conditioner_tensors(quantiser.conditioner) | {CODEBOOK: quantiser.codebook}


def read_quantiser(config: QuantiserConfig, tensors: Tensors, reach: int) -> ExactQuantiser:
    """Undo `quantiser_tensors`, of tensors that the schema allows.

    Raises `ModelError` when a vector lies farther than `reach`, and as `read_conditioner` does.
    """
    codebook = tensors[CODEBOOK]
    if int(np.abs(codebook.astype(np.int64)).max()) > reach:
        raise ModelError("a vector of the codebook lies where no latent does")
    return ExactQuantiser(codebook, read_conditioner(config, tensors, reach))
