"""Planes of values, and layers that do not go together."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from tiny_resnet import networks

from acncodec.arithmetic.fixed import Affine
from acncodec.errors import FreezeError
from acncodec.parts.causal_resnet.layers import ONE, OutputGroup, plane_operands


@pytest.mark.parametrize("levels", [2, 3, 17, 255, 256, 4096, 65535, 65536])
def test_planes_are_the_values_rounded_from_minus_one_to_one(levels: int) -> None:
    found = plane_operands(levels)
    assert found.dtype == np.int16 and len(found) == levels
    assert (found[0], found[-1]) == (-ONE, ONE)
    for value in {0, 1, levels // 3, levels // 2, levels - 1}:
        exact = (Fraction(2 * value, levels - 1) - 1) * ONE
        assert -Fraction(1, 2) < exact - int(found[value]) <= Fraction(1, 2) or (
            exact - int(found[value]) == -Fraction(1, 2)
        )
    assert (np.diff(found.astype(int)) >= 0).all()


@pytest.mark.parametrize("levels", [-1, 0, 1, 65537])
def test_other_numbers_of_levels_are_refused(levels: int) -> None:
    with pytest.raises(FreezeError, match="levels"):
        plane_operands(levels)


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
