"""The adversarial auto-encoder (Makhzani et al. 2015, arXiv 1511.05644): codes held to a Gaussian.

x --encoder--> c --feed-forward decoder--> shades, as near to x as can be (squared error)
               c, or a draw of N(0, WIDTH^2 I) --discriminator--> which of the two it was

So whoever draws from the model draws from that Gaussian. The discriminator serves training alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from acncodec.families import autoencoder
from acncodec.families.autoencoder import AutoEncoderConfig
from acncodec.families.family import Preset

if TYPE_CHECKING:
    from acncodec.learning.fitting import Fitted, Trained
    from acncodec.learning.networks import FloatNetworks
    from acncodec.learning.objectives import Objective
    from acncodec.learning.recipe import Recipe
    from acncodec.learning.source import Source


@dataclass(frozen=True)
class AAEConfig(AutoEncoderConfig):
    """The sizes of an auto-encoder, and the width of the discriminator, which stands where a prior
    is learned elsewhere."""

    latent_dim: int = 16
    prior_hidden: int = 512


RECIPE = replace(
    autoencoder.RECIPE, momentum=0.5, network_rate=3.0, adversary=3.0, penalty=1.0, noise=0.5,
    kl_start=0.3, kl_ramp_steps=6000,
)  # fmt: skip
"""A discriminator that learns thrice as fast as the others, and is held to gentle slopes so that
the encoder can follow; it counts little at first, until codes say something of their images."""
TINY = replace(autoencoder.TINY, momentum=0.5)

PRESETS = (
    Preset(
        "aae",
        AAEConfig(),
        RECIPE,
        "an auto-encoder of 28x28 binary images, codes held to a Gaussian, no likelihood",
    ),
    Preset(
        "tiny-aae",
        AAEConfig(
            latent_dim=4, encoder_channels=(8, 8, 16), encoder_strides=(2, 1, 2),
            condition_channels=4, condition_hidden=8, prior_hidden=16,
        ),
        TINY,
        "tiny, as aae",
    ),
)  # fmt: skip


def build(config: AAEConfig) -> FloatNetworks:
    """Untrained float networks; the discriminator's rate is the recipe's `network_rate` times that
    of the others."""
    from acncodec.learning.adversary import DISCRIMINATOR
    from acncodec.parts.discriminator.net import Discriminator

    net = autoencoder.build(config, slow=(DISCRIMINATOR,))
    net.add_module(DISCRIMINATOR, Discriminator(config.latent_dim, config.prior_hidden))
    return net


def objective(net: FloatNetworks, source: Source, recipe: Recipe) -> Objective:
    """The squared error, and the discriminator's."""
    from acncodec.learning.adversary import AdversarialError

    return AdversarialError(net, source, recipe)


def finish(run: Trained) -> Fitted:
    """The Gaussian that codes are held to is the prior."""
    from acncodec.learning.fitting import FittedCodes, fit_gaussian

    return fit_gaussian(FittedCodes.of(run))


FAMILY = replace(
    autoencoder.FAMILY,
    name="aae",
    profile="int15-aae",
    config=AAEConfig,
    presets=PRESETS,
    build=build,
    objective=objective,
    finish=finish,
)
"""An auto-encoder but for how it is trained."""
