"""The float networks of a model: encoder, prior and decoder, those of them that a family has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from acncodec.errors import TrainingError
from acncodec.parts.gated_pixelcnn.net import reconstruction_cost

Price = Callable[[Any, Tensor, Tensor, int], Tensor]
"""Networks, images, latents and the number of levels to nats of each image."""
Place = Callable[[Any, Tensor], Tensor]
"""Networks and codes (n, D) to the points at which these lie, (n, E)."""
Sight = Callable[[Tensor, int], Tensor]
"""Level indexes, float32 (n, C, H, W), and the number of levels to what an encoder takes."""


def binary_price(net: Any, x: Tensor, z: Tensor, _levels: int) -> Tensor:
    """-log r(x|z) of binary images by a decoder's logits, nats, (n,)."""
    return reconstruction_cost(net.decoder(x, z), x)


def as_they_are(x: Tensor, _levels: int) -> Tensor:
    """Images of two levels: x itself."""
    return x


def where_they_are(_net: Any, codes: Tensor) -> Tensor:
    """Codes that are points themselves."""
    return codes


class FloatNetworks(nn.Module):
    """The networks that are trained together. Convolutions are channels last.

    decoder: images (N, C, H, W) and latents (N, D) to logits like the images; encoder: images, as
    `sight` makes them of level indexes, to codes (N, D); prior: a prior network (codes to the prior
    of a latent) or a prior of its own parameters. None is what a family lacks. `slow` names those
    whose learning rate is the recipe's `network_rate` times that of the others. `inner` names those
    whose matrices and kernels lie between hidden features, for optimisers that treat such apart.
    `price` is what `nats` does, where images are not binary; `place` what `points` does, where
    codes are no points themselves. row_groups: for parameters whose rows are frozen as several
    tensors, how many rows each of these has.
    """

    # Of whatever class its family builds; nn.Module would make tensors of their methods.
    encoder: Any
    prior: Any
    decoder: Any

    def __init__(
        self,
        config: Any,
        *,
        decoder: nn.Module,
        encoder: nn.Module | None = None,
        prior: nn.Module | None = None,
        slow: Sequence[str] = (),
        inner: Sequence[str] = (),
        price: Price = binary_price,
        sight: Sight = as_they_are,
        place: Place = where_they_are,
        row_groups: Mapping[str, Sequence[int]] | None = None,
    ) -> None:
        super().__init__()
        self.config = config
        self.encoder = encoder
        self.prior = prior
        self.decoder = decoder
        self._slow, self._inner = tuple(slow), tuple(inner)
        self.row_groups = dict(row_groups or {})
        self._price, self._sight, self._place = price, sight, place
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                # The layout that is fastest on a CPU.
                module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def encode(self, x: Tensor, levels: int) -> Tensor:
        """Codes of level indexes x, float32 (N, C, H, W), as float32 (N, D); D is 0 where there is
        no encoder."""
        if self.encoder is None:
            return x.new_zeros(len(x), 0)
        code: Tensor = self.encoder(self.seen(x, levels))
        return code

    def seen(self, x: Tensor, levels: int) -> Tensor:
        """What the encoder takes of level indexes x, float32 (N, C, H, W)."""
        return self._sight(x, levels)

    def points(self, codes: Tensor) -> Tensor:
        """Where codes (N, D) lie, float32 (N, E): their squared distances say how near they are."""
        return self._place(self, codes)

    def prior_nats(self, z: Tensor) -> Tensor:
        """-log p(z) of latents (N, D) that are certain, by the prior that was trained, in nats,
        (N,); 0 where there is none."""
        return z.new_zeros(len(z)) if self.prior is None else -self.prior.log_prob(z)

    def nats(self, x: Tensor, z: Tensor, levels: int) -> Tensor:
        """-log r(x|z) of level indexes x, float32 (N, C, H, W), and latents z (N, D), in nats:
        (N,)."""
        return self._price(self, x, z, levels)

    def slow_parameters(self) -> list[nn.Parameter]:
        """The weights whose learning rate is a fraction of the rest's."""
        return [value for name in self._slow for value in self.get_submodule(name).parameters()]

    def inner_matrices(self) -> Iterator[nn.Parameter]:
        """The matrices and kernels between hidden features."""
        for name in self._inner:
            parameters = self.get_submodule(name).parameters()
            yield from (value for value in parameters if value.ndim in (2, 4))


def set_dropout(net: nn.Module, share: float) -> None:
    """Let every dropout of `net` leave out this share of its features while it trains.

    Raises `TrainingError` where it has none and the share is not 0.
    """
    found = [module for module in net.modules() if isinstance(module, nn.Dropout)]
    if share and not found:
        raise TrainingError("train.dropout: the networks of this family know no dropout")
    for module in found:
        module.p = share
