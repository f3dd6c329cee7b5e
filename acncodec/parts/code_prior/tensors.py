"""The tensors of the exact prior of maps of codes: which there are, written and read.

They are those of a gated decoder, `prior.` in place of `decoder.`, and the embedding.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from acncodec.arithmetic.tensors import Tensors, TensorSpec
from acncodec.parts.code_prior.exact import ExactCodePrior
from acncodec.parts.code_prior.shape import CodePriorConfig
from acncodec.parts.gated_pixelcnn.tensors import (
    pixelcnn_schema,
    pixelcnn_tensors,
    read_pixelcnn,
)
from acncodec.parts.planes import ONE

AT, THERE = "prior.", "decoder."
EMBEDDING = AT + "embedding"


def code_prior_schema(config: CodePriorConfig) -> Iterator[TensorSpec]:
    """The tensors of the prior."""
    yield TensorSpec(EMBEDDING, "int16", (config.codes, config.features), -ONE, ONE)
    for spec in pixelcnn_schema(config, planes=config.planes, groups=(config.codes,)):
        yield replace(spec, name=AT + spec.name.removeprefix(THERE))


def code_prior_tensors(prior: ExactCodePrior) -> Tensors:
    """The prior as tensors."""
    network = pixelcnn_tensors(prior.network)
    named = {AT + name.removeprefix(THERE): value for name, value in network.items()}
    return named | {EMBEDDING: prior.embedding}


def read_code_prior(config: CodePriorConfig, tensors: Tensors) -> ExactCodePrior:
    """Undo `code_prior_tensors`, of tensors that the schema allows. Raises `ModelError` as
    `read_pixelcnn` does."""
    named = {
        THERE + name.removeprefix(AT): value
        for name, value in tensors.items()
        if name.startswith(AT)
    }
    network = read_pixelcnn(config, named, planes=config.planes, groups=(config.codes,))
    return ExactCodePrior(network, tensors[EMBEDDING])
