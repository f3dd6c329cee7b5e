"""The freeze of the gated decoder of images of any levels: scales, bounds, what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_gated import HEIGHT, WIDTH, as_planes, networks, outputs_of, reach_of
from tiny_resnet import images

from acncodec.arithmetic.fixed import ACCUMULATOR_LIMIT, OPERAND_MAX
from acncodec.engines.int16.tile import lanes
from acncodec.errors import FreezeError
from acncodec.parts.gated_pixelcnn.freeze import freeze_pixelcnn
from acncodec.parts.layers import OUTPUT_LIMIT, WEIGHT_BITS


def reach() -> dict[str, float]:
    return reach_of(networks(3)[0], as_planes(images(8, 3, HEIGHT, WIDTH, 256, seed=5), 256))


def test_activations_fit_operands_with_room_to_spare() -> None:
    _, exact = networks(3)
    names = ["decoder.vertical_in", *(f"decoder.blocks.{i}.v" for i in range(2))]
    for scale, name in zip(exact.vertical_scales, names, strict=True):
        assert OPERAND_MAX / 3 < reach()[name] * 2**scale <= OPERAND_MAX / 1.5 or scale == 14


def test_sums_stay_within_what_every_engine_holds() -> None:
    _, exact = networks(3)
    assert exact.limit == ACCUMULATOR_LIMIT  # which clamps nothing
    for group in exact.outputs:
        sums = group.affine.accumulator_bound >> group.affine.shift
        assert sums < OUTPUT_LIMIT and sums << group.up < ACCUMULATOR_LIMIT
    layers = [exact.vertical_in, exact.horizontal_in, exact.head]
    layers += [getattr(b, n) for b in exact.blocks for n in ("vertical", "horizontal", "residual")]
    for layer in layers:
        assert layer.accumulator_bound < ACCUMULATOR_LIMIT
        assert np.abs(layer.weight).max() < 1 << WEIGHT_BITS
    assert not lanes() or exact.int16 is not None


def test_outputs_stand_where_the_head_wants_them_however_coarse_the_sums_are() -> None:
    net, usual = networks(3)
    coarse = reach()
    coarse["decoder.head"] *= 500
    exact = freeze_pixelcnn(net, coarse, outputs=outputs_of(net.config))
    assert max(group.up for group in exact.outputs) > 0
    assert all(g.affine.accumulator_bound >> g.affine.shift < OUTPUT_LIMIT for g in exact.outputs)
    assert not lanes() or exact.int16 is not None
    pixels, z = images(3, 3, HEIGHT, WIDTH, 256, seed=1), np.zeros((3, 0), np.int64)
    fine, found = (one.sized(HEIGHT, WIDTH, 256).score(z, pixels) for one in (usual, exact))
    means = slice(net.config.head.sizes[0], sum(net.config.head.sizes[:2]))
    apart = np.abs(found - fine)[..., means].max()
    assert 0 < apart < 0.2 * np.abs(fine[..., means]).max()


def test_groups_that_are_not_the_outputs_are_refused() -> None:
    net, _ = networks(3)
    with pytest.raises(FreezeError, match="groups"):
        freeze_pixelcnn(net, reach(), outputs=outputs_of(net.config)[1:])


def test_a_network_of_levels_is_not_frozen_as_one_of_binary_images() -> None:
    with pytest.raises(FreezeError, match="one plane"):
        freeze_pixelcnn(networks(3)[0], reach())


def test_features_too_large_for_any_scale_are_refused() -> None:
    net, _ = networks(3)
    far = reach()
    far["decoder.blocks.0.h"] *= 2**30
    with pytest.raises(FreezeError, match="shift"):
        freeze_pixelcnn(net, far, outputs=outputs_of(net.config))
