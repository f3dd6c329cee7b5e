"""The auto-encoder: codes from which images can be had back as well as may be, and no likelihood.

x --encoder--> c --feed-forward decoder--> shades, as near to x as can be (squared error)

Images have no price by it, so nothing is coded. Its codes are integers all the same, and the images
that it makes of them: encoder, decoder and prior are those of other families, exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from acncodec.families.binary_parts import CONV_ENCODER, FEEDFORWARD, measure
from acncodec.families.config import SizedConfig, check_binary
from acncodec.families.family import CODES, Family, Preset
from acncodec.families.latents import Freeze, LatentParts, Read, Schema, Write
from acncodec.learning.recipe import Recipe
from acncodec.parts.conv_encoder.shape import check_encoder

if TYPE_CHECKING:
    from torch import Tensor

    from acncodec.contracts.renderer import Renderer
    from acncodec.families.exact import ExactNetworks
    from acncodec.learning.fitting import Fitted, Trained
    from acncodec.learning.networks import FloatNetworks
    from acncodec.learning.objectives import Objective
    from acncodec.learning.source import Source

COUNTS = (1, 10, 25, 50)
"""Components of the prior to choose among: codes are held to no distribution, so one is fitted."""


@dataclass(frozen=True)
class AutoEncoderConfig(SizedConfig):
    """The sizes of `acncodec.families.vae`, and no prior that is trained."""

    latent_dim: int = 4
    encoder_channels: tuple[int, ...] = (32, 48, 64, 64, 64)
    encoder_strides: tuple[int, ...] = (2, 1, 2, 1, 2)
    condition_channels: int = 16
    condition_hidden: int = 64

    def __post_init__(self) -> None:
        check_binary(self)
        check_encoder(self)


RECIPE = Recipe(
    learning_rate=1e-3, network_rate=1.0, warmup_steps=100, kl_ramp_steps=0, steps=6000,
    tune_steps=0,
)  # fmt: skip

TINY = Recipe(
    learning_rate=1e-3, network_rate=1.0, warmup_steps=20, kl_ramp_steps=0, steps=200,
    checkpoint_steps=100, bfloat16=False, draws=2, tune_steps=0,
)  # fmt: skip
"""For tests and first tries."""

PRESETS = (
    Preset(
        "autoencoder",
        AutoEncoderConfig(),
        RECIPE,
        "an auto-encoder of 28x28 binary images, squared error, no likelihood",
    ),
    Preset(
        "tiny-autoencoder",
        AutoEncoderConfig(
            encoder_channels=(8, 8, 16), encoder_strides=(2, 1, 2), condition_channels=4,
            condition_hidden=8,
        ),
        TINY,
        "tiny, as autoencoder",
    ),
)  # fmt: skip


def no_price(_net: Any, _x: Tensor, _z: Tensor, _levels: int) -> NoReturn:
    """What such networks make of an image is no likelihood. Raises `ModelError`."""
    from acncodec.errors import ModelError

    raise ModelError("without a likelihood images have no price")


def build(config: AutoEncoderConfig, slow: tuple[str, ...] = ()) -> FloatNetworks:
    """Untrained float networks; slow: as `FloatNetworks` has it."""
    from acncodec.learning.networks import FloatNetworks
    from acncodec.parts.conv_encoder.net import Encoder
    from acncodec.parts.feedforward.net import FeedForward

    return FloatNetworks(
        config,
        encoder=Encoder(config),
        decoder=FeedForward(config),
        slow=slow,
        inner=("decoder.conditioner", "encoder.layers"),
        price=no_price,
    )


def objective(net: FloatNetworks, source: Source, _recipe: Recipe) -> Objective:
    """The squared error."""
    from acncodec.learning.adversary import SquaredError

    return SquaredError(net, source)


def finish(run: Trained) -> Fitted:
    """Fit a prior to the codes, for whoever draws from the model."""
    from acncodec.learning.fitting import FittedCodes, fit_prior

    return fit_prior(FittedCodes.of(run), run.seed, COUNTS)


def renderer(_config: AutoEncoderConfig, networks: ExactNetworks[Any]) -> Renderer:
    """Latents to shades."""
    from acncodec.families.shades import ShadeRenderer

    return ShadeRenderer(networks.decoder)


PARTS = LatentParts(measure, CONV_ENCODER, FEEDFORWARD, conditional=False)

FAMILY = Family(
    name="autoencoder",
    profile="int15-autoencoder",
    since=5,
    config=AutoEncoderConfig,
    capabilities=frozenset({CODES}),
    presets=PRESETS,
    build=build,
    objective=objective,
    finish=finish,
    freeze=Freeze(PARTS),
    schema=Schema(PARTS),
    write=Write(PARTS),
    read=Read(PARTS),
    likelihood=None,
    renderer=renderer,
)
