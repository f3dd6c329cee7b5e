"""Families with latents: frozen, written and read part by part.

x --encoder--> c --+ noise--> z --decoder--> r(x|z),    p(z) by EM,    p(z|c') by a prior network

A family says which encoder and which decoder it has and whether it has a prior network; what makes
integers of them and tensors of these is the same for all. No library is needed to know one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

    from acncodec.arithmetic.tensors import Tensors, TensorSpec
    from acncodec.families.exact import ExactNetworks
    from acncodec.learning.fitting import Fitted, Trained
    from acncodec.learning.networks import FloatNetworks


@dataclass(frozen=True)
class Part:
    """An encoder or a decoder, as functions of modules that import what they need when called.

    - freeze: float networks, how far their activations reach, and a bound to the exact network: an
      encoder's codes are clamped to +- so many grid steps, a decoder's latents lie within them;
    - schema: a config to the tensors that there are;
    - tensors: the exact network to its tensors;
    - read: a config, tensors that the schema allows and the bound of the latents to the exact
      network.
    """

    freeze: Callable[[FloatNetworks, Any, int], Any]
    schema: Callable[[Any], Iterator[TensorSpec]]
    tensors: Callable[[Any], Tensors]
    read: Callable[[Any, Tensors, int], Any]


@dataclass(frozen=True)
class LatentParts:
    """What a family with latents is made of.

    measure: float networks, what was fitted, and calibration images, float32 (n, C, H, W), to how
    far activations reach, in the form that `freeze` of both parts takes; conditional: whether there
    is a prior network.
    """

    measure: Callable[[FloatNetworks, Fitted, Tensor], Any]
    encoder: Part
    decoder: Part
    conditional: bool


@dataclass(frozen=True)
class Freeze:
    """`Family.freeze`."""

    parts: LatentParts

    def __call__(
        self, net: FloatNetworks, fitted: Fitted, calibration: Tensor
    ) -> ExactNetworks[Any]:  # fmt: skip
        """The exact networks: codes of the training images set the range of the grid.

        Raises `FreezeError` without codes or an unconditional prior.
        """
        from acncodec.arithmetic.tables import NOISE_REACH
        from acncodec.errors import FreezeError
        from acncodec.families.exact import ExactNetworks
        from acncodec.parts.conv_encoder.freeze import code_reach
        from acncodec.parts.mixture.freeze import freeze_mixture
        from acncodec.parts.prior_network.freeze import freeze_prior

        if fitted.codes is None or fitted.mixture is None:
            raise FreezeError("a model with latents needs codes and an unconditional prior")
        reaches, clamp = self.parts.measure(net, fitted, calibration), code_reach(fitted.codes)
        mixture = freeze_mixture(*fitted.mixture, clamp + NOISE_REACH)
        encoder = self.parts.encoder.freeze(net, reaches, clamp)
        decoder = self.parts.decoder.freeze(net, reaches, mixture.reach)
        prior = freeze_prior(net.prior, mixture.reach, clamp) if self.parts.conditional else None
        return ExactNetworks(decoder, encoder, mixture, prior)


@dataclass(frozen=True)
class Schema:
    """`Family.schema`."""

    parts: LatentParts

    def __call__(self, config: Any) -> Iterator[TensorSpec]:
        """The tensors of a model."""
        from acncodec.parts.mixture.tensors import mixture_schema
        from acncodec.parts.prior_network.tensors import prior_schema

        yield from self.parts.encoder.schema(config)
        yield from mixture_schema(config.latent_dim)
        if self.parts.conditional:
            yield from prior_schema(config)
        yield from self.parts.decoder.schema(config)


@dataclass(frozen=True)
class Write:
    """`Family.write`."""

    parts: LatentParts

    def __call__(self, networks: ExactNetworks[Any]) -> Tensors:
        """The exact networks as tensors."""
        from acncodec.parts.mixture.tensors import mixture_tensors
        from acncodec.parts.prior_network.tensors import prior_tensors

        tensors = self.parts.encoder.tensors(networks.encoder)
        if networks.mixture is not None:
            tensors |= mixture_tensors(networks.mixture)
        if networks.prior is not None:
            tensors |= prior_tensors(networks.prior)
        return tensors | self.parts.decoder.tensors(networks.decoder)


@dataclass(frozen=True)
class Read:
    """`Family.read`."""

    parts: LatentParts

    def __call__(self, config: Any, tensors: Tensors) -> ExactNetworks[Any]:
        """Undo `write`, of tensors that the schema allows. Raises `ModelError`."""
        from acncodec.arithmetic.tables import NOISE_REACH
        from acncodec.families.exact import ExactNetworks
        from acncodec.parts.mixture.tensors import read_mixture
        from acncodec.parts.prior_network.tensors import read_prior

        clamp = int(tensors["encoder.code_reach"])
        reach = clamp + NOISE_REACH
        encoder = self.parts.encoder.read(config, tensors, reach)
        mixture = read_mixture(tensors, reach)
        prior = read_prior(config, tensors, clamp, reach) if self.parts.conditional else None
        return ExactNetworks(
            self.parts.decoder.read(config, tensors, reach), encoder, mixture, prior
        )


def fit_associative(run: Trained, counts: Sequence[int] | None = None) -> Fitted:
    """Tune the prior network on tours, and fit the unconditional prior.

    counts: of components to choose among, ascending, if not those of `learning.unconditional`.
    """
    from dataclasses import replace

    from acncodec.learning.fitting import FittedCodes, fit_prior
    from acncodec.learning.tuning import tour_kl, tune_prior
    from acncodec.learning.unconditional import COUNTS

    net, codes = run.net, FittedCodes.of(run)
    fit = fit_prior(codes, run.seed, counts or COUNTS)
    net.prior.cpu()
    before = tour_kl(net.prior, codes.valid, run.seed)
    net.prior = tune_prior(net.prior, codes.draws, run.recipe, run.seed)
    after = tour_kl(net.prior, codes.valid, run.seed)
    costs = {"trained": round(before, 3), "tuned": round(after, 3)}
    about = fit.about | {"tour_valid_kl_nats": costs}
    return replace(fit, about=about, levels=run.train.levels)
