"""Binary images bent at random while they are trained on: small affine maps, smooth displacements.

Simard, Steinkraus and Platt (2003), "Best Practices for Convolutional Neural Networks Applied to
Visual Document Analysis", for both. Here displacements are smooth because they are interpolated
between a few draws. What is bent is the probability of each pixel, which is binarised afterwards.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor
from torch.nn import functional as F

from acncodec.errors import TrainingError
from acncodec.learning.source import ImageSource, Source
from acncodec.learning.views import OfImages

NODES: Final = 5
"""Draws of displacements along a side."""


class WarpedSource(OfImages):
    """Binary images, or grey ones that are binarised, of which each draw bends each image anew.

    affine: standard deviation of what the 2x3 matrix of a map has beside the identity's entries, in
    coordinates from -1 to 1; elastic: that of the displacements, in pixels. Raises `TrainingError`
    for images of other levels.
    """

    def __init__(self, images: Source, affine: float, elastic: float) -> None:
        if not isinstance(images, ImageSource):
            raise TrainingError("train.affine, train.elastic: images of two levels alone are bent")
        super().__init__(images)
        self._shades, self._affine, self._elastic = images.shades, affine, elastic
        self.shape, self.draws = images.shape, images.draws

    def draw(self, index: Tensor, generator: torch.Generator) -> Tensor:
        """Binary images, float32 (n, 1, H, W), for the rows `index`."""
        shades = warped(self._shades(index), self._affine, self._elastic, generator)
        return torch.bernoulli(shades, generator=generator)


def warped(x: Tensor, affine: float, elastic: float, generator: torch.Generator) -> Tensor:
    """Images (n, C, H, W) of values from 0 to 1, bent; 0 comes in from outside."""
    count, _, height, width = x.shape
    maps = torch.eye(2, 3) + affine * torch.randn(count, 2, 3, generator=generator)
    places = F.affine_grid(maps, list(x.shape), align_corners=False)
    nodes = torch.randn(count, 2, NODES, NODES, generator=generator)
    moves = F.interpolate(nodes, (height, width), mode="bicubic", align_corners=True)
    a_pixel = torch.tensor([2.0 / width, 2.0 / height])
    places = places + elastic * a_pixel * moves.permute(0, 2, 3, 1)
    return F.grid_sample(x, places, align_corners=False).clamp_(0.0, 1.0)
