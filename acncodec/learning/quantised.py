"""What models with a codebook are trained to lower (van den Oord et al. 2017, section 3.2).

    x --encoder--> e, its nearest vector q of the codebook --decoder--> r(x|q)
    cost     -log r(x|q), whose gradient passes from q to e as it is, and BETA |e - q|^2
    prior    -log p(indexes), which no gradient leaves towards the encoder

The codebook itself follows its vectors (`learning.codebook`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import torch
from torch import Tensor

from acncodec.learning.codebook import MovingCodebook
from acncodec.learning.networks import FloatNetworks
from acncodec.learning.objectives import RECONSTRUCTION, Costs
from acncodec.learning.source import Source, draw_some

BETA: Final = 0.25
"""Weight of the squared distance from an encoder's vector to its code, in nats."""


def commitment(given: Tensor, taken: Tensor) -> Tensor:
    """0 for each image, with the gradient of the weighted squared distance of vectors (n, ...) from
    their codes (n, ...): (n,)."""
    distance = BETA * ((given - taken) ** 2).flatten(1).sum(1)
    return distance - distance.detach()


def straight_through(given: Tensor, taken: Tensor) -> Tensor:
    """`taken`, whose gradient goes to `given`."""
    return given + (taken - given).detach()


class QuantisedCost:
    """The costs of images under networks whose codes are maps of indexes; where these train, the
    codebook moves. batch: images of a step."""

    kl_name: Final = "code_prior_nats"
    cost_name: Final = RECONSTRUCTION

    def __init__(self, net: FloatNetworks, source: Source, batch: int) -> None:
        self._net, self._source = net, source
        self.codebook = MovingCodebook(net.encoder, batch * net.config.latent_dim)

    def refresh(self, generator: torch.Generator) -> None:
        """Replace dead codes."""
        net, source = self._net, self._source
        if not net.training or not bool(self.codebook.dead.any()):
            return
        x, rows = draw_some(source, generator)
        with torch.no_grad():
            seen = net.seen(x.to(net.encoder.codebook.device), source.levels_of(rows))
            self.codebook.revive(_by_place(net.encoder.vectors(seen)), generator)

    def costs(self, x: Tensor, rows: Tensor, _generator: torch.Generator) -> Costs:
        """See `Objective`: what the prior says of the codes, and what the decoder does of images
        given them. The distance to the codes lowers neither, but has its gradient."""
        net, levels = self._net, self._source.levels_of(rows)
        given = net.encoder.vectors(net.seen(x, levels))
        codes = net.encoder.nearest(given)
        taken = net.encoder.look_up(codes, given.shape[2:])
        if net.training:
            self.codebook.follow(codes.flatten(), _by_place(given))
        cost = net.nats(x, straight_through(given, taken), levels)
        return net.prior_nats(codes), cost + commitment(given, taken)

    def begin_trained(self) -> None:
        """Keep the codebook that there is."""
        self.codebook.adopt()

    def state(self) -> dict[str, Tensor]:
        """The moving averages of the codebook."""
        return self.codebook.state()

    def load(self, tensors: Mapping[str, Tensor]) -> None:
        """Undo `state`."""
        self.codebook.load(tensors)

    def measures(self) -> dict[str, float]:
        """The perplexity of the codes."""
        return self.codebook.measures()


def _by_place(vectors: Tensor) -> Tensor:
    """(N, E, h, w) as (N * h * w, E)."""
    return vectors.permute(0, 2, 3, 1).reshape(-1, vectors.shape[1])
