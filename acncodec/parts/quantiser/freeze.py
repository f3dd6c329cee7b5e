"""Freezing the conditioner of quantised latents."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from acncodec.arithmetic.tables import GRID_BITS
from acncodec.parts.conditioner.freeze import freeze_conditioner
from acncodec.parts.quantiser.exact import ExactQuantiser
from acncodec.parts.quantiser.net import QuantisedConditioner


def freeze_quantiser(
    net: QuantisedConditioner, reach: Mapping[str, float], latent_reach: int
) -> tuple[ExactQuantiser, int]:
    """The exact copy for latents within +-`latent_reach` steps, and its feature map's scale."""
    conditioner, scale = freeze_conditioner(net, reach, latent_reach)
    steps = np.rint(net.codebook.detach().double().cpu().numpy() * (1 << GRID_BITS))
    codebook = steps.clip(-latent_reach, latent_reach).astype(np.int16)
    return ExactQuantiser(codebook, conditioner), scale
