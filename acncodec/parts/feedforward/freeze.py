"""Freezing the feed-forward decoder."""

from __future__ import annotations

from collections.abc import Mapping

from acncodec.arithmetic.tables import LOGIT_BITS
from acncodec.parts.conditioner.freeze import freeze_conditioner
from acncodec.parts.feedforward.exact import ExactFeedForward
from acncodec.parts.feedforward.net import FeedForward
from acncodec.parts.layers import freeze_conv


def freeze_feedforward(
    net: FeedForward, reach: Mapping[str, float], latent_reach: int
) -> ExactFeedForward:
    """The exact copy of a feed-forward decoder for latents within +-`latent_reach` steps."""
    conditioner, scale = freeze_conditioner(net.conditioner, reach, latent_reach)
    return ExactFeedForward(conditioner, freeze_conv(net.logit, scale, LOGIT_BITS), *net.size)
