"""The float model's expected costs: what the paper reports (Graves et al. 2018, section 3.1)."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import logsumexp

from acncodec.errors import ModelError
from acncodec.families.family import NEIGHBOUR_PRIOR
from acncodec.models.build import float_networks
from acncodec.models.frozen import FrozenModel
from acncodec.parts.prior_network.net import POSTERIOR_ENTROPY, Mixture
from acncodec.run.workers import Workers, chunks

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
BATCH = 25
"""Images at once, if they are no larger than 32x32: their features, 5 MB a layer, stay in the
processor's cache."""
PIXELS = BATCH << 10
"""Of larger images, pixels at once."""


@dataclass(frozen=True, eq=False)
class FullMixture:
    """The float unconditional prior: weights (K,), means (K, D), covariances (K, D, D)."""

    weights: Floats
    means: Floats
    covariances: Floats

    @classmethod
    def of(cls, model: FrozenModel) -> FullMixture:
        """The one shipped in `model`.

        Raises `ModelError` if it has none, or no proper one.
        """
        try:
            parts = [model.floats[f"mixture.{key}"] for key in ("weights", "means", "covariances")]
            mixture = cls(*(part.astype(np.float64) for part in parts))
            np.linalg.cholesky(mixture.covariances)
        except (KeyError, ValueError, np.linalg.LinAlgError) as error:
            raise ModelError(f"model {model.name} has no proper float mixture: {error}") from error
        count, (dim,) = len(mixture.weights), model.latents.shape
        if mixture.means.shape != (count, dim) or mixture.covariances.shape != (count, dim, dim):
            raise ModelError(f"model {model.name}: its float mixture does not fit its config")
        return mixture

    def log_prob(self, z: Floats) -> Floats:
        """log p(z) in nats. z: (n, D). Returns (n,)."""
        factors = np.linalg.cholesky(self.covariances)
        inverse = np.linalg.inv(factors)
        norms = np.log(np.diagonal(factors, axis1=1, axis2=2)).sum(1)
        half = 0.5 * z.shape[1] * math.log(2 * math.pi)
        logs = np.empty((len(z), len(self.weights)))
        for k, weight in enumerate(self.weights):
            white = (z - self.means[k]) @ inverse[k].T
            logs[:, k] = math.log(max(weight, 1e-300)) - norms[k] - half - 0.5 * (white**2).sum(1)
        out: Floats = logsumexp(logs, 1)
        return out


@dataclass(frozen=True, eq=False)
class Samples:
    """Posterior samples and what they cost the float model, in nats.

    codes: (N, D); z: (S, N, D); reconstruction and unconditional KL: (S, N).
    """

    codes: Floats
    z: Floats
    reconstruction_nats: Floats
    unconditional_kl_nats: Floats


class FloatModel:
    """The float networks of a frozen model, ready to price images on so many threads.

    levels: of the images, where the model takes any number of them. Raises `ModelError` where that
    is not said, or the float weights are not there.
    """

    def __init__(
        self, model: FrozenModel, threads: int | None = None, levels: int | None = None
    ) -> None:
        known = model.accepts.levels if levels is None else levels
        if known is None:
            raise ModelError(f"model {model.name} takes any levels; how many there are is not said")
        self._levels = known
        self.prices = model.latents.prices()
        self.certain = model.latents.certain
        self._conditional = model.can(NEIGHBOUR_PRIOR)
        self._threads = threads or os.cpu_count() or 1
        self._net = float_networks(model)
        self._mixture = None if self.certain else FullMixture.of(model)

    def codes(self, pixels: NDArray[Any]) -> Floats:
        """Codes of images (N, C, H, W), float64 (N, D)."""
        with torch.no_grad():
            parts = [
                self._net.encode(_floats(pixels[rows]), self._levels).double().numpy()
                for rows in chunks(len(pixels), BATCH)
            ]
        return np.concatenate([np.zeros((0, *self.prices.shape)), *parts])

    def points(self, pixels: NDArray[Any]) -> Floats:
        """Where the codes of images (N, C, H, W) lie, float64 (N, E)."""
        with torch.no_grad():
            return self._net.points(torch.from_numpy(self.codes(pixels)).float()).double().numpy()

    def reconstruction(self, pixels: NDArray[Any], z: Floats) -> Floats:
        """-log r(x|z) in nats, (N,)."""

        def price(rows: slice) -> Floats:
            with torch.no_grad():  # which holds in this thread alone
                x, latents = _floats(pixels[rows]), _floats(z[rows])
                costs: Floats = self._net.nats(x, latents, self._levels).numpy()
            return costs.astype(np.float64)

        size = max(1, min(BATCH, PIXELS // math.prod(pixels.shape[2:])))
        with Workers(self._threads, size) as workers:
            parts = workers.map(price, chunks(len(pixels), size))
        return np.concatenate([np.zeros(0), *parts])

    def mixtures(self, parents: Floats) -> Mixture:
        """p(z|c') for codes (n, D), double precision. Raises `ModelError` without such a prior."""
        if not self._conditional:
            raise ModelError("the model has no prior network")
        with torch.no_grad():
            mixture = self._net.prior(torch.from_numpy(parents).float())
        return Mixture(*(part.double() for part in mixture))

    def conditional_kl(self, z: Floats, parents: Floats) -> Floats:
        """KL(q || p(z|c')) in nats from one sample each; z, parents: (n, D). Returns (n,)."""
        parts = []
        for start in range(0, len(z), 1000):
            rows = slice(start, start + 1000)
            parts.append(self.mixtures(parents[rows]).log_prob(torch.from_numpy(z[rows])).numpy())
        if not parts:
            return np.zeros(0)
        kl: Floats = -POSTERIOR_ENTROPY * z.shape[1] - np.concatenate(parts)
        return kl

    def unconditional_kl(self, z: Floats) -> Floats:
        """KL(q || p(z)) in nats from one sample each; z: (n, D). Returns (n,)."""
        if self._mixture is None:  # what a point costs is its KL
            return self._certain_nats(z)
        kl: Floats = -POSTERIOR_ENTROPY * z.shape[1] - self._mixture.log_prob(z)
        return kl

    def _certain_nats(self, z: Floats) -> Floats:
        with torch.no_grad():
            parts = [
                self._net.prior_nats(_floats(z[rows])).double().numpy()
                for rows in chunks(len(z), 1000)
            ]
        return np.concatenate([np.zeros(0), *parts])

    def trained_kl(self, z: Floats) -> Floats | None:
        """KL by the unconditional prior that was trained with the networks, as
        `unconditional_kl` by the one that codes. None where no such prior was trained."""
        if self._conditional or self.certain or self._net.prior is None:
            return None
        moments = FullMixture(*self._net.prior.moments())
        kl: Floats = -POSTERIOR_ENTROPY * z.shape[1] - moments.log_prob(z)
        return kl

    def sample(self, pixels: NDArray[Any], noise: Floats) -> Samples:
        """Price images (N, C, H, W) with standard normal noise (S, N, D)."""
        codes = self.codes(pixels)
        z = np.broadcast_to(codes, noise.shape) if self.certain else codes + noise
        drawn = z[:1] if self.certain else z
        reconstruction = np.stack([self.reconstruction(pixels, latents) for latents in drawn])
        kl = np.stack([self.unconditional_kl(latents) for latents in drawn])
        return Samples(
            codes, z,
            np.broadcast_to(reconstruction, z.shape[:2]),
            np.broadcast_to(kl, z.shape[:2]),
        )  # fmt: skip

    def schedule_kl(self, samples: Samples, parents: Ints) -> Floats:
        """KL of each sample and item, (S, N), when item i's prior comes from parents[i], or is
        unconditional where that is -1."""
        kl = samples.unconditional_kl_nats.copy()
        has = parents >= 0
        given = samples.codes[parents[has]]
        for row, latents in zip(kl, samples.z, strict=True):
            row[has] = self.conditional_kl(latents[has], given)
        return kl


def _floats(array: NDArray[Any]) -> torch.Tensor:
    return torch.from_numpy(array.astype(np.float32))


def tour_parents(tour: Ints) -> Ints:
    """Each item's predecessor on `tour` (N,), -1 for the first: the un-laned order."""
    parents = np.full(len(tour), -1, np.int64)
    parents[tour[1:]] = tour[:-1]
    return parents


def mean_and_error(costs: Floats) -> tuple[float, float]:
    """Mean over samples and items of costs (S, N), and the standard error over samples."""
    means = costs.mean(1)
    error = float(means.std(ddof=1) / math.sqrt(len(means))) if len(means) > 1 else math.nan
    return float(means.mean()), error
