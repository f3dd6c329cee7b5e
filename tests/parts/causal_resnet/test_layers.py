"""Layers that do not go together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tiny_resnet import networks

from acncodec.arithmetic.fixed import Affine
from acncodec.errors import FreezeError
from acncodec.parts.outputs import OutputGroup


def test_layers_whose_sizes_do_not_agree_are_refused() -> None:
    _, exact = networks(3)
    block = exact.blocks[0]
    for changed in (
        {"channels": 2},
        {"columns": 4},
        {"columns": 3},
        {"first_reach": 2},
        {"outputs": ()},
        {"blocks": (replace(block, widen=block.narrow), exact.blocks[1])},
        {"blocks": (replace(block, condition=block.widen), exact.blocks[1])},
    ):
        with pytest.raises(FreezeError, match="sizes"):
            replace(exact, **changed)
    _, placed = networks(3, size=(6, 5))
    for changed in ({"size": (6, 6)}, {"size": None}, {"place": None}):
        with pytest.raises(FreezeError, match="sizes"):
            replace(placed, **changed)
    with pytest.raises(FreezeError, match="scale"):
        replace(exact, scales=exact.scales[1:])


def test_sums_that_float64_could_not_hold_are_refused() -> None:
    _, exact = networks(3)
    with pytest.raises(FreezeError, match="accumulator"):
        replace(exact, scales=(exact.scales[0] + 40, *exact.scales[1:]))
    with pytest.raises(FreezeError, match="accumulator"):
        replace(exact, scales=(exact.scales[0], exact.scales[1] + 60, exact.scales[2]))
    wide = np.full((1, exact.width), 16383, np.int16)
    layer = Affine(wide, np.zeros(exact.width, np.uint8), np.zeros(1, np.int64), 0)
    with pytest.raises(FreezeError, match="range"):
        replace(exact, outputs=(OutputGroup(layer, 30),))
