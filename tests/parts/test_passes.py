"""A pass of images of one size, where a pass of several is asked for."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_resnet import images, networks

from acncodec.errors import CoderError
from acncodec.parts.passes import AlikePass, score_rows


def test_images_that_are_alike_go_through_as_by_themselves() -> None:
    sized = networks(1)[1].sized(4, 5, 256)
    pixels, z = images(6, 1, 4, 5, 256, seed=1), np.zeros((6, 0), np.int64)
    wanted = score_rows(sized.start(z), pixels)
    run = AlikePass(sized.start(z), 6)
    for row in range(4):
        run.begin_row(row)
        for column in range(5):
            assert np.array_equal(run.outputs(row, column, column + 1, 6)[0], wanted[row, column])
            run.put(row, column, column + 1, pixels[:, :, row, column : column + 1])
        run.keep(np.arange(6))


def test_none_of_them_goes_on_alone() -> None:
    run = AlikePass(networks(1)[1].sized(4, 5, 256).start(np.zeros((6, 0), np.int64)), 6)
    run.begin_row(0)
    with pytest.raises(CoderError, match="5 of 6"):
        run.outputs(0, 0, 1, 5)
    with pytest.raises(CoderError, match="2 of 6"):
        run.keep(np.array([0, 3]))
