"""What a family is trained to lower: the KL cost and the reconstruction cost of images.

All randomness comes from the generators passed in, so that a resumed run repeats itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Protocol

import torch
from torch import Tensor

from acncodec.errors import TrainingError
from acncodec.learning.neighbours import nearest
from acncodec.learning.networks import FloatNetworks
from acncodec.learning.source import Source
from acncodec.parts.prior_network.net import conditional_kl, unconditional_kl

ENCODE_BATCH = 500
BINARY: Final = 2
"""Levels."""
RECONSTRUCTION: Final = "reconstruction_nats"
"""What the cost of images is called that is a likelihood's."""

Costs = tuple[Tensor, Tensor]
"""KL and reconstruction cost of each image, nats, both (n,); or what stands in their places where
images have no price, as `kl_name` and `cost_name` say."""


class TooFewImagesError(TrainingError):
    """A source has fewer images than an objective must see."""


class Objective(Protocol):
    """The costs of the images of one source under one network."""

    @property
    def kl_name(self) -> str | None:
        """What a model's card calls the KL cost; None where there is none."""
        ...

    @property
    def cost_name(self) -> str:
        """What it calls the cost of images: `RECONSTRUCTION`, or what is no likelihood's."""
        ...

    def refresh(self, generator: torch.Generator, /) -> None:
        """Renew what grows stale; called first of all, and every `refresh_steps`."""
        ...

    def costs(self, x: Tensor, rows: Tensor, generator: torch.Generator, /) -> Costs:
        """Price the images `rows` of the source, drawn as x: float32 (n, C, H, W)."""
        ...

    def begin_trained(self) -> None:
        """The networks have the weights of a trained model, though this is the first step."""
        ...

    def state(self) -> dict[str, Tensor]:
        """What a checkpoint holds beside the weights."""
        ...

    def load(self, tensors: Mapping[str, Tensor], /) -> None:
        """Undo `state`."""
        ...

    def measures(self) -> dict[str, float]:
        """What else there is to tell of the images that were priced since this was last asked."""
        ...


def at_once(source: Source) -> int:
    """How many images of a source are encoded or priced at once outside of training steps:
    `ENCODE_BATCH`, or fewer where they are large."""
    _, height, width = source.shape
    return max(1, min(ENCODE_BATCH, (ENCODE_BATCH << 10) // (height * width)))


def encode_source(net: FloatNetworks, source: Source, generator: torch.Generator) -> Tensor:
    """Codes of all images of `source`, float32 (N, D) on the CPU."""
    device = next(net.parameters()).device
    parts = torch.split(torch.arange(len(source)), at_once(source))
    with torch.no_grad():
        drawn = (source.draw(rows, generator).to(device) for rows in parts)
        codes = [net.encode(x, source.levels).cpu() for x in drawn]
    return torch.cat(codes)


class AssociativeCost:
    """Algorithm 1 of the paper: the code of a neighbour prices the latent.

    `table` holds the latest code of every image of the source; none of them carries a gradient.
    Neighbours are sought among `pool` of its rows, drawn anew at each step, or among all (0).
    """

    kl_name: Final = "neighbour_kl_nats"
    cost_name: Final = RECONSTRUCTION

    def __init__(self, net: FloatNetworks, source: Source, neighbours: int, pool: int = 0) -> None:
        if len(source) <= neighbours:
            raise TooFewImagesError(f"{len(source)} images are too few for {neighbours} neighbours")
        self._net, self._source = net, source
        self._neighbours, self._pool = neighbours, pool
        self.table = torch.zeros(len(source), net.config.latent_dim)

    def refresh(self, generator: torch.Generator) -> None:
        """Encode the whole source anew into the neighbour table."""
        self.table = encode_source(self._net, self._source, generator)

    def costs(self, x: Tensor, rows: Tensor, generator: torch.Generator) -> Costs:
        """See `Objective`. One of the K nearest other codes of the table is picked at random."""
        net, table = self._net, self.table
        noise = torch.randn(len(rows), table.shape[1], generator=generator)
        choice = torch.randint(self._neighbours, (len(rows),), generator=generator)
        code = net.encode(x, self._source.levels)
        table[rows] = code.detach().cpu()
        known = self._neighbour_codes(rows, choice, generator).to(x.device)
        z = code + noise.to(x.device)
        kl = conditional_kl(net.prior(known), z)
        return kl, self.pixel_costs(x, z)

    def pixel_costs(self, x: Tensor, z: Tensor) -> Tensor:
        """-log r(x|z) of images x given latents z, in nats, (n,)."""
        return self._net.nats(x, z, self._source.levels)

    def _neighbour_codes(self, rows: Tensor, choice: Tensor, generator: torch.Generator) -> Tensor:
        """For each of `rows` the code of its neighbour number `choice`, float32 (n, D)."""
        own, table = rows, self.table
        if self._neighbours < self._pool < len(table):
            pool = torch.randperm(len(table), generator=generator)[: self._pool].sort().values
            # A row's place in the pool, or -1: it must not be its own neighbour.
            at = torch.searchsorted(pool, rows).clamp_(max=len(pool) - 1)
            own, table = torch.where(pool[at] == rows, at, -1), table[pool]
        found = nearest(self.table[rows].numpy(), own.numpy(), table.numpy(), self._neighbours)
        return table[torch.from_numpy(found)[torch.arange(len(rows)), choice]]

    def begin_trained(self) -> None:
        """Nothing."""

    def state(self) -> dict[str, Tensor]:
        """The neighbour table."""
        return {"table": self.table}

    def load(self, tensors: Mapping[str, Tensor]) -> None:
        """Undo `state`."""
        self.table = tensors["table"]

    def measures(self) -> dict[str, float]:
        """Nothing."""
        return {}


class Stateless:
    """An objective of which nothing grows stale and nothing needs to be kept."""

    cost_name: str = RECONSTRUCTION

    def refresh(self, _generator: torch.Generator) -> None:
        """Nothing."""

    def begin_trained(self) -> None:
        """Nothing."""

    def state(self) -> dict[str, Tensor]:
        """Nothing."""
        return {}

    def load(self, _tensors: Mapping[str, Tensor]) -> None:
        """Nothing."""

    def measures(self) -> dict[str, float]:
        """Nothing."""
        return {}


class LatentCost(Stateless):
    """The evidence lower bound of a variational autoencoder, by the prior that is trained."""

    kl_name: Final = "trained_prior_kl_nats"

    def __init__(self, net: FloatNetworks, levels: int = BINARY) -> None:
        self._net, self._levels = net, levels

    def costs(self, x: Tensor, _rows: Tensor, generator: torch.Generator) -> Costs:
        """See `Objective`."""
        code = self._net.encode(x, self._levels)
        z = code + torch.randn(code.shape, generator=generator).to(x.device)
        kl = unconditional_kl(self._net.prior, z)
        return kl, self._net.nats(x, z, self._levels)


class PixelCost(Stateless):
    """The likelihood of a model without a latent: there is no KL. levels_of: how many levels the
    images of some rows have; two unless it is given."""

    kl_name: Final = None

    def __init__(
        self, net: FloatNetworks, levels_of: Callable[[Tensor], int] = lambda _rows: BINARY
    ) -> None:
        self._net, self._levels_of = net, levels_of

    def costs(self, x: Tensor, rows: Tensor, _generator: torch.Generator) -> Costs:
        """See `Objective`."""
        cost = self._net.nats(x, x.new_zeros(len(x), 0), self._levels_of(rows))
        return torch.zeros_like(cost), cost
