"""Exact networks as flat collections of integer tensors, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import OPERAND_MAX, Affine
from acncodec.arithmetic.tables import FRACTION_BITS
from acncodec.engines.conv import ExactConv
from acncodec.errors import FreezeError, ModelError
from acncodec.families.config import ModelConfig
from acncodec.parts.conv_encoder.exact import ExactEncoder
from acncodec.parts.mixture.exact import ExactMixture
from acncodec.parts.prior_network.exact import ExactPrior

Tensors = dict[str, NDArray[Any]]
MAX_MIXTURE = 1 << 30
"""Magnitudes of the unconditional prior's numbers are below this."""
MIXTURE = ("weights", "coefficients", "offsets", "inverses", "constants")


class Reader:
    """Takes typed tensors out of a mapping and remembers which were taken."""

    def __init__(self, tensors: Mapping[str, NDArray[Any]]) -> None:
        self._tensors = tensors
        self.taken: set[str] = set()

    def get(self, name: str, dtype: type, ndim: int) -> NDArray[Any]:
        """The tensor `name`. Raises `ModelError` when absent or of another type."""
        value = self._tensors.get(name)
        if value is None or value.dtype != dtype or value.ndim != ndim:
            raise ModelError(
                f"the model lacks tensor {name} ({np.dtype(dtype)}, {ndim} dimensions)"
            )
        self.taken.add(name)
        return value

    def affine(self, name: str, out: int, inputs: int) -> Affine:
        """The layer `name` with `out` outputs and `inputs` inputs, its bound proved again."""
        weight = self.get(f"{name}.weight", np.int16, 2)
        if weight.shape != (out, inputs):
            raise ModelError(f"{name} has shape {weight.shape}, its config says {(out, inputs)}")
        lift, bias = self.get(f"{name}.lift", np.uint8, 1), self.get(f"{name}.bias", np.int64, 1)
        shift = self.get(f"{name}.shift", np.int64, 0)
        try:
            return Affine(weight, lift, bias, int(shift))
        except FreezeError as error:
            raise ModelError(f"layer {name}: {error}") from error

    def number(self, name: str, low: int, high: int) -> int:
        """An integer tensor of no dimensions within low..high."""
        value = int(self.get(name, np.int64, 0))
        if not low <= value <= high:
            raise ModelError(f"model: {name} = {value} is not in {low}..{high}")
        return value

    def numbers(self, name: str, count: int, low: int, high: int) -> tuple[int, ...]:
        """An integer vector of length `count` within low..high."""
        values = tuple(int(value) for value in self.get(name, np.int64, 1))
        if len(values) != count or any(not low <= value <= high for value in values):
            raise ModelError(f"model: {name} = {values} does not fit")
        return values


def affine_tensors(name: str, affine: Affine) -> Tensors:
    """The tensors of one layer."""
    return {
        f"{name}.weight": affine.weight, f"{name}.lift": affine.lift,
        f"{name}.bias": affine.bias, f"{name}.shift": np.array(affine.shift, np.int64),
    }  # fmt: skip


def encoder_tensors(encoder: ExactEncoder) -> Tensors:
    """The tensors of the encoder."""
    out = affine_tensors("encoder.out", encoder.out)
    for index, layer in enumerate(encoder.layers):
        out |= affine_tensors(f"encoder.{index}", layer.affine)
    return out | {"encoder.code_reach": np.array(encoder.code_reach, np.int64)}


def read_encoder(reader: Reader, config: ModelConfig, final: tuple[int, int]) -> ExactEncoder:
    """Undo `encoder_tensors`; `final` is the size of the last feature map."""
    before, layers = config.channels, []
    pairs = zip(config.encoder_channels, config.encoder_strides, strict=True)
    for index, (after, stride) in enumerate(pairs):
        kernel = 5 if index == 0 else 3
        affine = reader.affine(f"encoder.{index}", after, kernel * kernel * before)
        layers.append(ExactConv(affine, kernel, stride))
        before = after
    out = reader.affine("encoder.out", config.latent_dim, before * final[0] * final[1])
    return ExactEncoder(tuple(layers), out, reader.number("encoder.code_reach", 1, 4096))


def prior_tensors(prior: ExactPrior) -> Tensors:
    """The tensors of the prior network."""
    out: Tensors = {}
    for index, layer in enumerate(prior.hidden):
        out |= affine_tensors(f"prior.hidden.{index}", layer)
    for kind in ("logits", "means", "scales"):
        out |= affine_tensors(f"prior.{kind}", getattr(prior, kind))
    for key in ("reach", "mean_reach", "code_lift"):
        out[f"prior.{key}"] = np.array(getattr(prior, key), np.int64)
    return out


def read_prior(reader: Reader, config: ModelConfig, layers: int) -> ExactPrior:
    """Undo `prior_tensors`."""
    width, dim = config.prior_hidden, config.latent_dim
    hidden = tuple(
        reader.affine(f"prior.hidden.{index}", width, dim + (width if index else 0))
        for index in range(layers)
    )
    outputs = dim * config.prior_components
    logits, means, scales = (
        reader.affine(f"prior.{kind}", outputs, layers * width)
        for kind in ("logits", "means", "scales")
    )
    return ExactPrior(
        hidden, logits, means, scales, config.prior_components,
        reader.number("prior.reach", 1, 8192), reader.number("prior.mean_reach", 1, 1 << 24),
        reader.number("prior.code_lift", 0, 14),
    )  # fmt: skip


def mixture_tensors(mixture: ExactMixture) -> Tensors:
    """The tensors of the unconditional prior."""
    return {f"mixture.{key}": getattr(mixture, key) for key in MIXTURE}


def read_mixture(reader: Reader, config: ModelConfig, reach: int) -> ExactMixture:
    """Undo `mixture_tensors`."""
    ranks = dict(zip(MIXTURE, (1, 3, 2, 2, 1), strict=True))
    parts = {key: reader.get(f"mixture.{key}", np.int64, rank) for key, rank in ranks.items()}
    count, dim = len(parts["weights"]), config.latent_dim
    shapes = {
        "weights": (count,), "coefficients": (count, dim, dim), "offsets": (count, dim),
        "inverses": (count, dim), "constants": (count,),
    }  # fmt: skip
    if any(parts[key].shape != shape for key, shape in shapes.items()) or not 0 < count < 4096:
        raise ModelError("the unconditional prior's tensors do not fit each other")
    # Not by np.abs: the lowest int64 is its own absolute value.
    if any((part <= -MAX_MIXTURE).any() or (part >= MAX_MIXTURE).any() for part in parts.values()):
        raise ModelError("a number of the unconditional prior is out of range")
    if parts["weights"].min() < 0 or parts["weights"].sum() != (1 << 24) - count:
        raise ModelError("the unconditional prior's weights do not sum to 2^24")
    if parts["inverses"].min() < 1:
        raise ModelError("a width of the unconditional prior is not positive")
    slopes = np.abs(np.tril(parts["coefficients"], -1)).sum(2)
    far = (reach << FRACTION_BITS) + 129 + (slopes * reach >> 4) + np.abs(parts["offsets"])
    if (far.astype(object) * parts["inverses"]).max() >= 1 << 62:
        raise ModelError("a distance in the unconditional prior could overflow")
    return ExactMixture(**parts, reach=reach)


def check_prior(prior: ExactPrior, code_reach: int, reach: int) -> None:
    """What the prior network's bounds assume of the encoder (docs/FORMAT.md, 7.3).

    Raises `ModelError` when an operand could be wider than 15 bits, or when ranges that belong
    together differ.
    """
    if prior.reach != reach or prior.mean_reach != reach << FRACTION_BITS:
        raise ModelError("the ranges of codes, latents and means do not fit each other")
    if code_reach << prior.code_lift > OPERAND_MAX:
        raise ModelError("lifted codes do not fit an operand")
