"""Planes of values."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from acncodec.errors import FreezeError
from acncodec.parts.planes import ONE, plane_operands, plane_rows


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


def test_the_planes_of_a_place_lie_together_the_one_of_ones_last() -> None:
    values = np.random.default_rng(0).integers(0, 300, (4, 3, 7)).astype(np.uint16)
    operands = plane_operands(300)
    found = plane_rows(values, operands)
    assert found.shape == (4, 7, 4) and found.dtype == np.int16
    assert (found[..., 3] == ONE).all()
    for image, channel, column in ((0, 0, 0), (3, 2, 6), (1, 1, 4)):
        assert found[image, column, channel] == operands[values[image, channel, column]]
