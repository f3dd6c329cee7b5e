"""What a family of models is: one value that says how its models are made, kept and used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from acncodec.families.config import ModelConfig
from acncodec.learning.recipe import Recipe

if TYPE_CHECKING:  # the libraries behind these are not needed to know a family
    from torch import Tensor

    from acncodec.arithmetic.tensors import Tensors, TensorSpec
    from acncodec.contracts.codebook import Codebook
    from acncodec.contracts.image_kind import Shape
    from acncodec.contracts.likelihood import Likelihood
    from acncodec.contracts.renderer import Renderer
    from acncodec.families.exact import ExactNetworks
    from acncodec.learning.fitting import Fitted, Trained
    from acncodec.learning.networks import FloatNetworks
    from acncodec.learning.objectives import Objective
    from acncodec.learning.source import Source

CODES: Final = "codes"
"""Images have codes, and latents around them: there is an encoder and an unconditional prior."""
NEIGHBOUR_PRIOR: Final = "neighbour_prior"
"""The code of one image prices the latent of another: tours and urns are worth having."""
LIKELIHOOD: Final = "likelihood"
"""Images have a price: what has none cannot compress."""
CLASSES: Final = "classes"
"""The decoder is told the class of an image: whoever trains it, or draws by it, says which."""
CAPABILITIES: Final = frozenset({CODES, NEIGHBOUR_PRIOR, LIKELIHOOD, CLASSES})


@dataclass(frozen=True)
class Preset:
    """A model shape together with the recipe that trains it, and what it is for in a line."""

    name: str
    config: ModelConfig
    recipe: Recipe
    about: str


@dataclass(frozen=True)
class Widening:
    """How a model of the family `of` is one of another, whose further weights are zero: config says
    of its config and a shape of images (C, H, W) what it is there."""

    of: Family
    config: Callable[[Any, Shape], ModelConfig]


def binary_likelihood(config: ModelConfig, networks: ExactNetworks[Any]) -> Likelihood:
    """That of images of two levels, by a decoder whose outputs are logits."""
    from acncodec.families.binary_likelihood import BinaryLikelihood

    return BinaryLikelihood(config.accepts, networks.decoder)


@dataclass(frozen=True)
class Family:
    """A family of models. Whoever has a model asks it for what it can do, never for its family.

    name: of the family; profile: of its arithmetic, by which archives and model files name it;
    since: the first format version whose readers know the profile; config: the class of its
    configs; capabilities: a subset of `CAPABILITIES`; presets: what `acncodec train` offers of it.
    ladder: configs from small to large, for images of any kind, of which one is taken where nobody
    names a preset; ladder_for: where it is for some sets alone, which then have it before all
    others: told the shape (C, H, W) of all images and their bytes by xz, or None where the model is
    for other images too; widens: of which family models can become ones of this. The functions are,
    in the order of a model's life:

    - build: a config to untrained float networks;
    - objective: what they are trained to lower on a source by a recipe; raises `TrainingError`;
    - finish: what is fitted after the last step;
    - freeze: float networks, what was fitted and calibration images, float32 (n, C, H, W), to
      exact networks; raises `FreezeError`;
    - schema: a config to the tensors that its models have: names, dtypes, shapes and ranges;
    - write: exact networks to their tensors;
    - read: a config and tensors that the schema allows to exact networks; raises `ModelError`;
    - likelihood: a config and exact networks to what these make of images; None where images have
      no price (`LIKELIHOOD` is not among the capabilities);
    - renderer: the same to the images that they make of latents, where there is no likelihood to
      draw them from;
    - codebook: exact networks to the codebook that codes are of, or by which the decoder sees
      latents quantised; None where there is none.

    All of them are functions of modules, so that a family can be pickled, and import what they
    need when they are called: to know a family takes no library.
    """

    name: str
    profile: str
    since: int
    config: type[ModelConfig]
    capabilities: frozenset[str]
    presets: tuple[Preset, ...]
    build: Callable[[Any], FloatNetworks]
    objective: Callable[[FloatNetworks, Source, Recipe], Objective]
    finish: Callable[[Trained], Fitted]
    freeze: Callable[[FloatNetworks, Fitted, Tensor], ExactNetworks[Any]]
    schema: Callable[[Any], Iterator[TensorSpec]]
    write: Callable[[ExactNetworks[Any]], Tensors]
    read: Callable[[Any, Tensors], ExactNetworks[Any]]
    likelihood: Callable[[Any, ExactNetworks[Any]], Likelihood] | None = binary_likelihood
    renderer: Callable[[Any, ExactNetworks[Any]], Renderer] | None = None
    codebook: Callable[[ExactNetworks[Any]], Codebook] | None = None
    ladder: tuple[ModelConfig, ...] = ()
    ladder_for: Callable[[Shape, int | None], bool] | None = None
    widens: Widening | None = None

    def can(self, capability: str) -> bool:
        """Whether its models have a capability."""
        return capability in self.capabilities
