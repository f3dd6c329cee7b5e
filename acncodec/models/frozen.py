"""A frozen model: the integers that decide the bits, the float weights, and a card."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from acncodec.arithmetic.tables import NOISE_REACH
from acncodec.errors import ModelError
from acncodec.families.config import ModelConfig
from acncodec.parts.conv_encoder.exact import ExactEncoder
from acncodec.parts.decoder_tensors import check_decoder, decoder_tensors, read_decoder
from acncodec.parts.feedforward.exact import PixelDecoder
from acncodec.parts.mixture.exact import ExactMixture
from acncodec.parts.prior_network.exact import ExactPrior
from acncodec.parts.shapes import PRIOR_HIDDEN_LAYERS, encoder_sizes
from acncodec.parts.tensors import (
    Reader,
    Tensors,
    check_prior,
    encoder_tensors,
    mixture_tensors,
    prior_tensors,
    read_encoder,
    read_mixture,
    read_prior,
)

PROFILES: Final[Mapping[str, str]] = {
    "int15": "acn",
    "int15-pixelcnn": "pixelcnn",
    "int15-vae": "vae",
    "int15-pixelvae": "pixelvae",
}
"""Arithmetic profiles, each with its kind of model. All of them have 15-bit operands, exact
accumulators and the tables of format 1; they differ in the networks."""
MAX_METADATA = 1 << 20
FLOAT_PREFIX = "float."


@dataclass(frozen=True, eq=False)
class FrozenModel:
    """What Alice and Bob share. `floats` (float32) serve the bound and analysis only.

    Without an encoder there are no latents, `mixture` is that of nothing, and codes have no
    dimensions; without a prior network no code prices another image's latent.
    """

    config: ModelConfig
    encoder: ExactEncoder | None
    prior: ExactPrior | None
    mixture: ExactMixture
    decoder: PixelDecoder
    name: str
    card: dict[str, Any] = field(default_factory=dict)
    floats: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    model_id: bytes = b""

    def __post_init__(self) -> None:
        object.__setattr__(self, "model_id", tensors_digest(self.config, self.tensors()))

    @property
    def profile(self) -> str:
        """The arithmetic profile, which says the kind of model too."""
        return profile_of(self.config.kind)

    @property
    def prior_network(self) -> ExactPrior:
        """The prior network. Raises `ModelError` where there is none."""
        if self.prior is None:
            raise ModelError(f"model {self.name} ({self.profile}) has no prior network")
        return self.prior

    def tensors(self) -> Tensors:
        """The integer tensors by name."""
        out = decoder_tensors(self.decoder)
        if self.encoder is not None:
            out |= encoder_tensors(self.encoder) | mixture_tensors(self.mixture)
        return out if self.prior is None else out | prior_tensors(self.prior)

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
        total = self.decoder.macs
        if self.encoder is not None:
            total += self.encoder.macs(encoder_sizes(self.config)[1:])
        return total + (0 if self.prior is None else self.prior.macs)

    def to_bytes(self) -> bytes:
        """The model file: safetensors, with config and card as JSON metadata."""
        tensors: Tensors = {key: np.asarray(v, order="C") for key, v in self.tensors().items()}
        tensors |= {FLOAT_PREFIX + key: value for key, value in self.floats.items()}
        head = {"config": self.config.to_json(), "name": self.name, "card": self.card}
        return save(tensors, {"acncodec": json.dumps(head), "profile": self.profile})

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
        kind = PROFILES.get(metadata.get("profile", ""))
        if kind is None or len(text) > MAX_METADATA:
            raise ModelError(f"{path}: not a frozen model of profile {', '.join(PROFILES)}")
        try:
            head = json.loads(text)
            config = ModelConfig.from_json(head["config"], kind)
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
        encoder = prior = None
        mixture, reach = ExactMixture.of_nothing(), 0
        if config.has_latents:
            encoder = read_encoder(reader, config, encoder_sizes(config)[-1])
            reach = encoder.code_reach + NOISE_REACH
            mixture = read_mixture(reader, config, reach)
            if config.has_prior_network:
                prior = read_prior(reader, config, PRIOR_HIDDEN_LAYERS)
                check_prior(prior, encoder.code_reach, reach)
        decoder = read_decoder(reader, config)
        check_decoder(decoder, reach)
        floats = {
            key.removeprefix(FLOAT_PREFIX): value
            for key, value in tensors.items()
            if key.startswith(FLOAT_PREFIX)
        }
        unknown = set(tensors) - reader.taken - {FLOAT_PREFIX + key for key in floats}
        if unknown:
            raise ModelError(f"unknown tensor {min(unknown)}")
        return cls(config, encoder, prior, mixture, decoder, name, card, floats)


def profile_of(kind: str) -> str:
    """The profile of a kind of model."""
    return next(profile for profile, other in PROFILES.items() if other == kind)


def tensors_digest(config: ModelConfig, tensors: Mapping[str, NDArray[Any]]) -> bytes:
    """The model id: SHA-256 over profile, config and integer tensors in order of name."""
    digest = hashlib.sha256(profile_of(config.kind).encode())
    digest.update(json.dumps(config.to_json(), sort_keys=True, separators=(",", ":")).encode())
    for name in sorted(tensors):
        value = tensors[name]
        little = value.astype(value.dtype.newbyteorder("<"))
        digest.update(f"\n{name} {value.dtype.name} {list(value.shape)}\n".encode())
        digest.update(little.tobytes())
    return digest.digest()
