"""What the network sees of pixels that become known, compiled."""

from __future__ import annotations

import numpy as np
import pytest

from acncodec.parts.causal_resnet.int16_kernels import put_values
from acncodec.parts.planes import plane_operands, plane_rows


@pytest.mark.parametrize(("levels", "kind"), [(2, np.uint8), (200, np.uint8), (4000, np.uint16)])
def test_planes_are_those_of_the_other_engines(levels: int, kind: type) -> None:
    values = np.random.default_rng(0).integers(0, levels, (5, 3, 4)).astype(kind)
    operands = plane_operands(levels)
    planes = np.full((6, 4, 4), 7, np.int16)
    put_values(planes, operands, values)
    assert np.array_equal(planes[:5], plane_rows(values, operands))
    assert (planes[5] == 7).all()


def test_a_value_that_is_no_level_reads_nothing_beside_the_operands() -> None:
    operands = plane_operands(10)
    planes = np.zeros((1, 2, 2), np.int16)
    put_values(planes, operands, np.array([[[-3, 250]]]))
    assert planes[0, :, 0].tolist() == [operands[0], operands[-1]]
