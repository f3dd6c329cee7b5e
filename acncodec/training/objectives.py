"""What a kind of model is trained to lower: the KL cost and the reconstruction cost of images.

All randomness comes from the generators passed in, so that a resumed run repeats itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import torch
from torch import Tensor

from acncodec.errors import TrainingError
from acncodec.families.acn_network import ACN
from acncodec.families.networks import LatentModel, Network, PixelModel
from acncodec.parts.conv_encoder.net import Encoder
from acncodec.parts.gated_pixelcnn.net import reconstruction_cost
from acncodec.parts.prior_network.net import conditional_kl, unconditional_kl
from acncodec.training.neighbours import nearest
from acncodec.training.recipe import Recipe
from acncodec.training.source import ImageSource

ENCODE_BATCH = 500

Costs = tuple[Tensor, Tensor]
"""KL and reconstruction cost of each image, nats, both (n,)."""


class Objective(Protocol):
    """The costs of the images of one source under one network."""

    def refresh(self, generator: torch.Generator, /) -> None:
        """Renew what grows stale; called first of all, and every `refresh_steps`."""
        ...

    def costs(self, x: Tensor, rows: Tensor, generator: torch.Generator, /) -> Costs:
        """Price the images `rows` of the source, drawn as x: float32 (n, C, H, W)."""
        ...

    def state(self) -> dict[str, Tensor]:
        """What a checkpoint holds beside the weights."""
        ...

    def load(self, tensors: Mapping[str, Tensor], /) -> None:
        """Undo `state`."""
        ...


def make_objective(net: Network, source: ImageSource, recipe: Recipe) -> Objective:
    """What `net` is trained to lower on `source`. Raises `TrainingError` on too few images."""
    if isinstance(net, ACN):
        return AssociativeCost(net, source, recipe.neighbours, recipe.pool)
    return LatentCost(net) if isinstance(net, LatentModel) else PixelCost(net)


def encode_source(encoder: Encoder, source: ImageSource, generator: torch.Generator) -> Tensor:
    """Codes of all images of `source`, float32 (N, D) on the CPU."""
    device = next(encoder.parameters()).device
    parts = torch.split(torch.arange(len(source)), ENCODE_BATCH)
    with torch.no_grad():
        codes = [encoder(source.draw(rows, generator).to(device)).cpu() for rows in parts]
    return torch.cat(codes)


class AssociativeCost:
    """Algorithm 1 of the paper: the code of a neighbour prices the latent.

    `table` holds the latest code of every image of the source; none of them carries a gradient.
    Neighbours are sought among `pool` of its rows, drawn anew at each step, or among all (0).
    """

    def __init__(self, net: ACN, source: ImageSource, neighbours: int, pool: int = 0) -> None:
        if len(source) <= neighbours:
            raise TrainingError(f"{len(source)} images are too few for {neighbours} neighbours")
        self._net, self._source = net, source
        self._neighbours, self._pool = neighbours, pool
        self.table = torch.zeros(len(source), net.config.latent_dim)

    def refresh(self, generator: torch.Generator) -> None:
        """Encode the whole source anew into the neighbour table."""
        self.table = encode_source(self._net.encoder, self._source, generator)

    def costs(self, x: Tensor, rows: Tensor, generator: torch.Generator) -> Costs:
        """See `Objective`. One of the K nearest other codes of the table is picked at random."""
        net, table = self._net, self.table
        noise = torch.randn(len(rows), table.shape[1], generator=generator)
        choice = torch.randint(self._neighbours, (len(rows),), generator=generator)
        code = net.encoder(x)
        table[rows] = code.detach().cpu()
        known = self._neighbour_codes(rows, choice, generator).to(x.device)
        z = code + noise.to(x.device)
        kl = conditional_kl(net.prior(known), z)
        return kl, reconstruction_cost(net.decoder(x, z), x)

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

    def state(self) -> dict[str, Tensor]:
        """The neighbour table."""
        return {"table": self.table}

    def load(self, tensors: Mapping[str, Tensor]) -> None:
        """Undo `state`."""
        self.table = tensors["table"]


class _Stateless:
    """An objective of which nothing grows stale and nothing needs to be kept."""

    def refresh(self, _generator: torch.Generator) -> None:
        """Nothing."""

    def state(self) -> dict[str, Tensor]:
        """Nothing."""
        return {}

    def load(self, _tensors: Mapping[str, Tensor]) -> None:
        """Nothing."""


class LatentCost(_Stateless):
    """The evidence lower bound of a variational autoencoder, by the prior that is trained."""

    def __init__(self, net: LatentModel) -> None:
        self._net = net

    def costs(self, x: Tensor, _rows: Tensor, generator: torch.Generator) -> Costs:
        """See `Objective`."""
        code = self._net.encoder(x)
        z = code + torch.randn(code.shape, generator=generator).to(x.device)
        kl = unconditional_kl(self._net.prior, z)
        return kl, reconstruction_cost(self._net.decoder(x, z), x)


class PixelCost(_Stateless):
    """The likelihood of a model without a latent: there is no KL."""

    def __init__(self, net: PixelModel) -> None:
        self._net = net

    def costs(self, x: Tensor, _rows: Tensor, _generator: torch.Generator) -> Costs:
        """See `Objective`."""
        cost = reconstruction_cost(self._net.decoder(x, x.new_zeros(len(x), 0)), x)
        return torch.zeros_like(cost), cost
