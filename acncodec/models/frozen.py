"""A frozen model: the integers that decide the bits, the float weights, and a card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.tensors import Tensors, check_tensors
from acncodec.contracts.codebook import Codebook
from acncodec.contracts.image_encoder import ImageEncoder
from acncodec.contracts.image_kind import ImageKind
from acncodec.contracts.latent_space import LatentSpace
from acncodec.contracts.likelihood import Likelihood
from acncodec.contracts.renderer import Renderer
from acncodec.errors import ModelError
from acncodec.families.config import ModelConfig
from acncodec.families.exact import ExactNetworks
from acncodec.families.family import CODES, LIKELIHOOD, Family
from acncodec.families.registry import families
from acncodec.models.file import ModelHead, pack_model, read_model, tensors_digest
from acncodec.parts.mixture.exact import ExactMixture
from acncodec.parts.prior_network.exact import ExactPrior

STATED_SIZE = (32, 32)
"""The image for which the work of a model of any size is stated."""


@dataclass(frozen=True, eq=False)
class FrozenModel:
    """What Alice and Bob share. `floats` (float32) serve the bound and analysis only."""

    family: Family
    config: ModelConfig
    networks: ExactNetworks[Any]
    name: str
    card: dict[str, Any] = field(default_factory=dict)
    floats: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    model_id: bytes = field(init=False)

    def __post_init__(self) -> None:
        tensors = self.tensors()
        digest = tensors_digest(self.family, self.config, iter(tensors), tensors.__getitem__)
        object.__setattr__(self, "model_id", digest)

    @property
    def profile(self) -> str:
        """The arithmetic profile, which says the family too."""
        return self.family.profile

    def can(self, capability: str) -> bool:
        """Whether the model has a capability (`acncodec.families.family`)."""
        return self.family.can(capability)

    def check_codes(self) -> None:
        """Raise `ModelError` where images have no codes by the model."""
        if not self.can(CODES):
            raise ModelError(
                f"model {self.name} has no codes: to it a pixel follows from those before it "
                "alone (--model names another)"
            )

    @property
    def encoder(self) -> ImageEncoder | None:
        """Images to codes; None where there are no latents."""
        return self.networks.encoder

    @property
    def mixture(self) -> ExactMixture | None:
        """The unconditional prior; None where there are no latents."""
        return self.networks.mixture

    @property
    def prior(self) -> ExactPrior | None:
        """The prior network; None where no code prices another image's latent."""
        return self.networks.prior

    @property
    def decoder(self) -> Any:
        """Latents to the price of pixels."""
        return self.networks.decoder

    @property
    def prior_network(self) -> ExactPrior:
        """The prior network. Raises `ModelError` where there is none."""
        if self.prior is None:
            raise ModelError(f"model {self.name} ({self.profile}) has no prior network")
        return self.prior

    @property
    def latents(self) -> LatentSpace:
        """The space of its latents."""
        return self.networks.latents

    @property
    def accepts(self) -> ImageKind:
        """What images it takes."""
        return self.config.accepts

    @property
    def likelihood(self) -> Likelihood:
        """What its decoder makes of images. Raises `ModelError` as `check_likelihood` does."""
        if self.family.likelihood is None:
            raise self._unpriced()
        return self.family.likelihood(self.config, self.networks)

    def check_likelihood(self) -> None:
        """Raise `ModelError`, which names families that have a likelihood, where images have no
        price by this one."""
        if self.family.likelihood is None:
            raise self._unpriced()

    def _unpriced(self) -> ModelError:
        having = ", ".join(family.name for family in families() if family.can(LIKELIHOOD))
        return ModelError(
            f"model {self.name} is of the family {self.family.name}, which has no likelihood: "
            "images have no price by it, and nothing is coded "
            f"(families that have one: {having})"
        )

    @property
    def renderer(self) -> Renderer:
        """Latents to images, where there is no likelihood to draw them from. Raises `ModelError`
        where there is one."""
        if self.family.renderer is None:
            raise ModelError(f"model {self.name} draws images by its likelihood")
        return self.family.renderer(self.config, self.networks)

    @property
    def codebook(self) -> Codebook | None:
        """The codebook that images take vectors of; None where there is none."""
        return None if self.family.codebook is None else self.family.codebook(self.networks)

    def tensors(self) -> Tensors:
        """The integer tensors by name."""
        return self.family.write(self.networks)

    @property
    def tensor_count(self) -> int:
        """How many arrays its integers are in."""
        return len(self.tensors())

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
        """Multiply-adds to decode one image: decoder, priors, and encoder where latents come back.
        Where any size is right, those for 32x32 pixels."""
        return self.macs_of(self.accepts.size or STATED_SIZE)

    def macs_of(self, size: tuple[int, int]) -> int:
        """Multiply-adds to decode one image of this (height, width)."""
        # Where any size is right, the decoder says those of a pixel.
        places = size[0] * size[1] if self.accepts.size is None else 1
        return self.networks.macs_of(size, places)

    def to_bytes(self) -> bytes:
        """The model file: the same bytes for the same model."""
        head = ModelHead(self.family, self.config, self.name, self.card)
        return pack_model(head, self.tensors(), self.floats)

    def with_card(self, **entries: Any) -> FrozenModel:
        """The same model with `entries` added to its card; the model id does not change."""
        return replace(self, card=self.card | entries)

    @classmethod
    def load(cls, path: Path | str) -> FrozenModel:
        """Read a model file. Raises `ModelError` if it is not one or its bounds do not hold."""
        head, tensors, floats = read_model(path)
        try:
            return cls.from_tensors(head, tensors, floats)
        except ModelError as error:
            raise ModelError(f"{path}: {error}") from error

    @classmethod
    def from_tensors(
        cls, head: ModelHead, tensors: Tensors, floats: Mapping[str, NDArray[Any]]
    ) -> FrozenModel:
        """Rebuild a model from its tensors, every layer's bound proved again."""
        check_tensors(head.family.schema(head.config), tensors)
        networks = head.family.read(head.config, tensors)
        return cls(head.family, head.config, networks, head.name, head.card, floats)
