"""Columns computed for images that have ended, and trimmed, change nothing for any image."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from tiny_resnet import GROUPS, images, latents, networks

from acncodec.contracts.pixel_network import RaggedPass
from acncodec.engines.int16.tile import lanes
from acncodec.parts.causal_resnet.device import DevicePass, device_decoder
from acncodec.parts.causal_resnet.exact import ExactCausalResNet, score_rows
from acncodec.parts.causal_resnet.float64 import Float64Pass
from acncodec.parts.causal_resnet.int16 import Int16Pass
from acncodec.parts.causal_resnet.layers import columns_between

WIDTHS = np.array([11, 11, 9, 8, 8, 8, 5, 3, 2, 1])
HEIGHT, LEVELS = 6, 256

Begin = Callable[[ExactCausalResNet, int, np.ndarray], RaggedPass]


def on_int16(exact: ExactCausalResNet, width: int, z: np.ndarray) -> RaggedPass:
    if not lanes():
        pytest.skip("this processor has no product of int16")
    assert exact.int16 is not None
    return Int16Pass(exact.int16, width, LEVELS, z)


PASSES: dict[str, Begin] = {
    "float64": lambda exact, width, z: Float64Pass(exact, width, LEVELS, z),
    "int16": on_int16,
    "device": lambda exact, width, z: DevicePass(device_decoder(exact, "cpu"), width, LEVELS, z),
}


@pytest.mark.parametrize("name", PASSES)
@pytest.mark.parametrize(("channels", "dim"), [(1, 0), (3, 5)])
@pytest.mark.parametrize("cuts", [[11], [4, 11], [2, 8, 11]])
def test_each_image_is_as_alone(name: str, channels: int, dim: int, cuts: list[int]) -> None:
    _, exact = networks(channels, dim)
    z = latents(len(WIDTHS), dim, seed=2)
    canvas = images(len(WIDTHS), channels, HEIGHT, int(WIDTHS[0]), LEVELS, seed=1)
    run = PASSES[name](exact, int(WIDTHS[0]), z)
    starts = [0, *cuts[:-1]]
    found = []
    for row in range(HEIGHT):
        run.begin_row(row)
        out = np.zeros((WIDTHS[0], len(WIDTHS), sum(size for size, _ in GROUPS)), np.int64)
        for start, stop in zip(starts, cuts, strict=True):
            count = int(np.count_nonzero(start < WIDTHS))
            run.put(row, start, stop, canvas[:count, :, row, start:stop])
            out[start:stop, :count] = run.outputs(row, start, stop, count)
        ends = np.array(cuts)
        run.trim(row, WIDTHS, ends[np.searchsorted(ends, WIDTHS)])
        found.append(out)
    for index, width in enumerate(WIDTHS.tolist()):
        alone = Float64Pass(exact, width, LEVELS, z[index : index + 1])
        wanted = score_rows(alone, canvas[index : index + 1, :, :, :width])
        assert np.array_equal(np.stack(found)[:, :width, index], wanted[:, :, 0]), width


def test_columns_between() -> None:
    found = columns_between(np.array([1, 3, 0]), np.array([3, 3, 4]), 4)
    assert found.tolist() == [[False, True, True, False], [False] * 4, [True] * 4]
