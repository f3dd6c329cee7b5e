"""The freeze of the any-size decoder: scales from what was measured, and what it refuses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from tiny_resnet import GROUPS, LATENT_REACH, as_planes, images, latents, networks

from acncodec.arithmetic.fixed import OPERAND_MAX
from acncodec.engines.int16.tile import lanes
from acncodec.errors import FreezeError
from acncodec.parts.causal_resnet.freeze import freeze_causal_resnet, measure
from acncodec.parts.layers import OUTPUT_LIMIT


def test_reaches_are_the_largest_magnitudes_of_all_batches() -> None:
    net, _ = networks(3, 5)
    first, second = (as_planes(images(4, 3, 6, 7, 256, seed), 256) for seed in (1, 2))
    z = torch.from_numpy(latents(4, 5, 3) / 8).float()
    both = measure(net, [(first, z), (second, z)])
    apart = [measure(net, [(planes, z)]) for planes in (first, second)]
    for name in ("stream", "window", "hidden", "condition"):
        pairs = zip(*(getattr(one, name) for one in apart), strict=True)
        assert getattr(both, name) == [max(pair) for pair in pairs]
    with torch.no_grad():
        assert both.stream[0] == max(float(net.first(x).abs().max()) for x in (first, second))


def test_activations_fit_operands_with_room_to_spare() -> None:
    net, exact = networks(3)
    reaches = measure(net, [(as_planes(images(6, 3, 9, 8, 256, seed=5), 256), None)])
    for scale, reach in zip(exact.scales, reaches.stream, strict=True):
        assert OPERAND_MAX / 3 < reach * 2**scale <= OPERAND_MAX / 1.5 or scale == 14


def test_outputs_stand_where_the_head_wants_them_however_coarse_the_sums_are() -> None:
    net, _ = networks(3)
    coarse = measure(net, [(as_planes(images(6, 3, 9, 8, 256, seed=5), 256), None)])
    coarse.stream[-1] *= 500
    exact = freeze_causal_resnet(net, coarse, GROUPS)
    assert max(group.up for group in exact.outputs) > 0
    for group in exact.outputs:
        assert group.affine.accumulator_bound >> group.affine.shift < OUTPUT_LIMIT
    assert not lanes() or exact.int16 is not None
    pixels, z = images(3, 3, 4, 5, 256, seed=1), np.zeros((3, 0), np.int64)
    fine = networks(3)[1].sized(4, 5, 256).score(z, pixels)
    found = exact.sized(4, 5, 256).score(z, pixels)
    assert 0 < np.abs(found - fine)[..., 3:7].max() < 0.2 * np.abs(fine[..., 3:7]).max()


def test_groups_that_are_not_the_outputs_are_refused() -> None:
    net, _ = networks(3)
    reaches = measure(net, [(as_planes(images(2, 3, 4, 4, 256, seed=5), 256), None)])
    with pytest.raises(FreezeError, match="groups"):
        freeze_causal_resnet(net, reaches, GROUPS[1:])


def test_a_residual_that_cannot_meet_its_input_is_refused() -> None:
    net, _ = networks(3)
    reaches = measure(net, [(as_planes(images(2, 3, 4, 4, 256, seed=5), 256), None)])
    stream = [reaches.stream[0], *(value * 2**24 for value in reaches.stream[1:])]
    far = replace(reaches, hidden=[value * 2**24 for value in reaches.hidden], stream=stream)
    with pytest.raises(FreezeError, match="coarser"):
        freeze_causal_resnet(net, far, GROUPS)


def test_latents_are_lifted_as_far_as_they_fit() -> None:
    _, exact = networks(3, 5)
    assert LATENT_REACH << exact.latent_lift <= OPERAND_MAX < LATENT_REACH << exact.latent_lift + 1
    assert networks(3)[1].latent_lift == 0


def test_a_block_that_was_rounded_to_nothing_is_carried_out_like_any_other() -> None:
    net, _ = networks(3)
    with torch.no_grad():
        for name, value in net.blocks[0].named_parameters():
            value.fill_(70.0 if name == "narrow.bias" else 0.0)
    planes = as_planes(images(6, 3, 9, 8, 256, seed=5), 256)
    exact = freeze_causal_resnet(net, measure(net, [(planes, None)]), GROUPS)
    assert not lanes() or exact.int16 is not None
    pixels, z = images(3, 3, 4, 5, 256, seed=1), np.zeros((3, 0), np.int64)
    found = exact.sized(4, 5, 256).score(z, pixels)
    with torch.no_grad():
        wanted = net(as_planes(pixels, 256)).permute(2, 3, 0, 1).numpy()
    place = 0
    for size, scale in GROUPS:
        part = slice(place, place + size)
        assert np.allclose(found[..., part] / 2.0**scale, wanted[..., part], atol=0.2, rtol=0.02)
        place += size
