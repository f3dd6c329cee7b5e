"""The arrays that the any-size decoder is trained on, and which of their images are in a batch."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from any_size_recipe import DataConfig
from numpy.typing import NDArray
from torch import Tensor

from acncodec.parts.causal_resnet.shape import NETWORK_ORDER


@dataclass(eq=False)
class ImageSet:
    """Images uint8 (N, C, H, W), channels in network order; the last `held` are for validation."""

    config: DataConfig
    train: Tensor
    valid: Tensor
    _order: dict[int, NDArray[np.int64]] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path, config: DataConfig) -> ImageSet:
        """From .npy, or the array `images` of .npz: uint8 (N, H, W) or (N, H, W, C)."""
        array = np.load(folder / config.file, allow_pickle=False)
        if isinstance(array, np.lib.npyio.NpzFile):
            array = array["images"]
        if array.ndim == 3:
            array = array[..., None]
        images = torch.from_numpy(array).permute(0, 3, 1, 2)
        images = images[:, list(NETWORK_ORDER[images.shape[1]])].contiguous()
        cut = len(images) - config.held
        return cls(config, images[:cut], images[cut:])

    def batch(self, seed: int, step: int, size: int) -> Tensor:
        """The images of this set in batch `step` of `size` images: a permutation each epoch."""
        first, last = (math.floor(at * size * self.config.share + 1e-6) for at in (step, step + 1))
        rows = [self._row(seed, position) for position in range(first, last)]
        images = self.train[rows]
        if self.config.flips:
            draws = np.random.default_rng((seed, 2, step)).random(len(rows))
            flip = torch.from_numpy(draws < 0.5)[:, None, None, None]
            images = torch.where(flip, images.flip(3), images)
        return images

    def _row(self, seed: int, position: int) -> int:
        epoch, index = divmod(position, len(self.train))
        if epoch not in self._order:
            self._order.clear()
            rng = np.random.default_rng((seed, 1, epoch))
            self._order[epoch] = rng.permutation(len(self.train))
        return int(self._order[epoch][index])
