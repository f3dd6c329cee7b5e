"""A frozen model: the integers that decide the bits, the float weights, and a card."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from acncodec.errors import ModelError
from acncodec.exact.decoder import ExactDecoder
from acncodec.exact.encoder import ExactEncoder
from acncodec.exact.mixture import ExactMixture
from acncodec.exact.parts import (
    Reader,
    Tensors,
    check_promises,
    decoder_tensors,
    encoder_tensors,
    mixture_tensors,
    prior_tensors,
    read_decoder,
    read_encoder,
    read_mixture,
    read_prior,
)
from acncodec.exact.prior import ExactPrior
from acncodec.nets.config import ModelConfig
from acncodec.nets.shapes import PRIOR_HIDDEN_LAYERS, encoder_sizes

PROFILE = "int15"
"""The arithmetic profile: 15-bit operands, tables of format 1, exact accumulators."""
MAX_METADATA = 1 << 20
FLOAT_PREFIX = "float."


@dataclass(frozen=True, eq=False)
class FrozenModel:
    """What Alice and Bob share. `floats` (float32) serve the bound and analysis only."""

    config: ModelConfig
    encoder: ExactEncoder
    prior: ExactPrior
    mixture: ExactMixture
    decoder: ExactDecoder
    name: str
    card: dict[str, Any] = field(default_factory=dict)
    floats: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    model_id: bytes = b""

    def __post_init__(self) -> None:
        object.__setattr__(self, "model_id", tensors_digest(self.config, self.tensors()))

    def tensors(self) -> Tensors:
        """The integer tensors by name."""
        return (
            encoder_tensors(self.encoder)
            | prior_tensors(self.prior)
            | mixture_tensors(self.mixture)
            | decoder_tensors(self.decoder)
        )

    @property
    def parameters(self) -> int:
        """Number of weights and biases of the float networks."""
        return sum(value.size for key, value in self.floats.items() if "mixture" not in key)

    @property
    def integer_bytes(self) -> int:
        """Bytes of the tensors that decide the bits: what decoding needs, without the floats."""
        return sum(tensor.nbytes for tensor in self.tensors().values())

    @property
    def macs_per_image(self) -> int:
        """Multiply-adds to decode one image: decoder, encoder and prior network."""
        config, decoder = self.config, self.decoder
        pixels = config.height * config.width
        layers = [decoder.vertical_in, decoder.horizontal_in, decoder.head, decoder.logit]
        for block in decoder.blocks:
            layers += [block.vertical, block.horizontal, block.residual]
        total = pixels * sum(layer.weight.size for layer in layers)
        conditioner = decoder.conditioner
        total += conditioner.linear.weight.size
        maps = zip((conditioner.middle, conditioner.out), conditioner.sizes[1:], strict=True)
        total += sum(conv.affine.weight.size * h * w for conv, (h, w) in maps)
        sizes = encoder_sizes(config)[1:]
        convs = zip(self.encoder.layers, sizes, strict=True)
        total += sum(conv.affine.weight.size * h * w for conv, (h, w) in convs)
        total += self.encoder.out.weight.size
        prior = (*self.prior.hidden, self.prior.logits, self.prior.means, self.prior.scales)
        return int(total + sum(layer.weight.size for layer in prior))

    def to_bytes(self) -> bytes:
        """The model file: safetensors, with config and card as JSON metadata."""
        tensors: Tensors = {key: np.asarray(v, order="C") for key, v in self.tensors().items()}
        tensors |= {FLOAT_PREFIX + key: value for key, value in self.floats.items()}
        head = {"config": self.config.to_json(), "name": self.name, "card": self.card}
        return save(tensors, {"acncodec": json.dumps(head), "profile": PROFILE})

    def with_card(self, **entries: Any) -> FrozenModel:
        """The same model with `entries` added to its card; the model id does not change."""
        return replace(self, card=self.card | entries)

    @classmethod
    def load(cls, path: Path | str) -> FrozenModel:
        """Read a model file. Raises `ModelError` if it is not one or its bounds do not hold."""
        try:
            with safe_open(path, "np") as file:
                metadata = file.metadata() or {}
                tensors = {key: file.get_tensor(key) for key in file.keys()}
        except (OSError, SafetensorError, ValueError, TypeError, AttributeError) as error:
            # NumPy lacks some of the types that safetensors knows.
            raise ModelError(f"{path}: not a model file: {error}") from error
        text = metadata.get("acncodec", "")
        if metadata.get("profile") != PROFILE or len(text) > MAX_METADATA:
            raise ModelError(f"{path}: not a frozen model of profile {PROFILE}")
        try:
            head = json.loads(text)
            config = ModelConfig.from_json(head["config"])
            name, card = head["name"], head["card"]
            if not isinstance(name, str) or not isinstance(card, dict):
                raise ModelError("name or card is ill-typed")
            return cls.from_tensors(config, tensors, name, card)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ModelError(f"{path}: bad metadata: {error}") from error
        except ModelError as error:
            raise ModelError(f"{path}: {error}") from error

    @classmethod
    def from_tensors(
        cls, config: ModelConfig, tensors: Mapping[str, NDArray[Any]], name: str,
        card: dict[str, Any],
    ) -> FrozenModel:  # fmt: skip
        """Rebuild a model from its tensors, every layer's bound proved again."""
        reader = Reader(tensors)
        encoder = read_encoder(reader, config, encoder_sizes(config)[-1])
        prior = read_prior(reader, config, PRIOR_HIDDEN_LAYERS)
        mixture = read_mixture(reader, config, prior.reach)
        decoder = read_decoder(reader, config)
        floats = {
            key.removeprefix(FLOAT_PREFIX): value
            for key, value in tensors.items()
            if key.startswith(FLOAT_PREFIX)
        }
        unknown = set(tensors) - reader.taken - {FLOAT_PREFIX + key for key in floats}
        if unknown:
            raise ModelError(f"unknown tensor {min(unknown)}")
        check_promises(encoder, prior, decoder)
        return cls(config, encoder, prior, mixture, decoder, name, card, floats)


def tensors_digest(config: ModelConfig, tensors: Mapping[str, NDArray[Any]]) -> bytes:
    """The model id: SHA-256 over profile, config and integer tensors in order of name."""
    digest = hashlib.sha256(PROFILE.encode())
    digest.update(json.dumps(config.to_json(), sort_keys=True, separators=(",", ":")).encode())
    for name in sorted(tensors):
        value = tensors[name]
        little = value.astype(value.dtype.newbyteorder("<"))
        digest.update(f"\n{name} {value.dtype.name} {list(value.shape)}\n".encode())
        digest.update(little.tobytes())
    return digest.digest()
