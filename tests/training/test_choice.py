"""Which network is taken where nobody names one."""

from __future__ import annotations

import math

import numpy as np
import pytest

from acncodec.families.causal_resnet import BINARY_REACH, ResNetConfig
from acncodec.families.placed_resnet import BYTES_TOLD_PLACES
from acncodec.families.registry import families
from acncodec.training.choice import (
    BYTES_A_WEIGHT,
    BYTES_A_WEIGHT_OF_TWO,
    FIT,
    MACS_A_MILLISECOND,
    MUON_MOST,
    MUON_OF_TWO,
    MUON_POWER,
    MUON_WEIGHTS,
    PACES,
    SAMPLES_A_WEIGHT,
    STATED_PIXELS,
    choose,
    choose_for_several,
    for_other_weights,
)
from acncodec.training.chosen import weights_of
from acncodec.training.xz import xz_bytes

LADDERS = [family for family in families() if family.ladder]


def weights(shape: tuple[int, int, int], images: int, minutes: float, pace: str = "usual") -> int:
    found = choose(shape, 256, images, minutes, pace, by_xz=images * math.prod(shape) // 3)
    return weights_of(found.family, found.config)


def test_a_ladder_rises_and_takes_any_image() -> None:
    assert LADDERS
    for family in LADDERS:
        sizes = [weights_of(family, config) for config in family.ladder]
        assert sizes == sorted(set(sizes))
        sized = [config.for_images((1, 5, 7)) for config in family.ladder]
        assert all(config.accepts.takes((1, 5, 7), 3) for config in sized)


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32), (4, 9, 200)])
def test_more_images_more_time_and_more_patience_never_give_a_smaller_network(
    shape: tuple[int, int, int],
) -> None:
    for images in (1, 30, 3000, 70_000):
        for minutes in (0.5, 3, 60):
            here = weights(shape, images, minutes)
            assert here <= weights(shape, 10 * images, minutes)
            assert here <= weights(shape, images, 10 * minutes)
            assert weights(shape, images, minutes, "fast") <= here
            assert here <= weights(shape, images, minutes, "slow")


def test_a_network_is_worth_its_bytes_and_its_time() -> None:
    samples = 3000 * 28 * 28
    assert weights((1, 28, 28), 3000, 1000) <= samples // 3 / BYTES_A_WEIGHT
    own = choose((1, 28, 28), 256, 3000, 1000)
    assert weights_of(own.family, own.config) <= samples / SAMPLES_A_WEIGHT
    for pace, milliseconds in PACES.items():
        macs = STATED_PIXELS * weights((3, 32, 32), 100_000, 10_000, pace)
        assert macs <= milliseconds * MACS_A_MILLISECOND
    assert weights((1, 28, 28), 1, 0.01) == min(
        weights_of(family, config) for family in LADDERS for config in family.ladder
    )


def test_images_of_two_levels_are_worth_fewer_weights() -> None:
    by_xz = 30_000 * BYTES_A_WEIGHT_OF_TWO
    two, more = (choose((1, 28, 28), levels, 70_000, 1000, by_xz=by_xz) for levels in (2, 3))
    assert weights_of(two.family, two.config) <= 30_000 < weights_of(more.family, more.config)
    both = choose_for_several([((1, 8, 8), 2), ((1, 8, 8), 3)], 10**7, 1000, by_xz=by_xz)
    assert weights_of(both.family, both.config) > 30_000
    alone = choose_for_several([((1, 8, 8), 2), ((1, 9, 8), 2)], 10**7, 1000, by_xz=by_xz)
    assert weights_of(alone.family, alone.config) <= 30_000


def test_it_suits_the_images_and_says_why() -> None:
    found = choose((2, 40, 30), 17, 500, 4, by_xz=123_456)
    assert found.config.accepts.takes((2, 40, 30), 17)
    assert f"{weights_of(found.family, found.config):,} weights" in found.why[0]
    assert "123,456 bytes by xz" in found.why[1] and "4 minutes" in found.why[2]
    assert "1,200,000 samples" in choose((2, 40, 30), 17, 500, 4).why[1]


def test_only_a_model_that_is_coded_with_its_images_is_rounded() -> None:
    assert choose((1, 8, 8), 2, 500, 4, by_xz=900).recipe.round_from < 1
    assert choose((1, 8, 8), 2, 500, 4).recipe.round_from == 1


def test_batches_have_about_as_many_pixels_whatever_the_images_size() -> None:
    batches = [
        choose((1, side, side), 2, 500, 4, by_xz=900).recipe.batch for side in (4, 16, 32, 64, 999)
    ]
    assert batches == [16, 16, 16, 4, 4]


def test_images_are_worth_what_another_compressor_makes_of_them() -> None:
    """Of a part of them, where they are many; images spread over all of them."""
    generator = np.random.default_rng(0)
    noise = generator.integers(0, 256, (3000, 1, 32, 32)).astype(np.uint8)
    flat = np.zeros_like(noise)
    assert 0.99 < xz_bytes([noise]) / noise.size < 1.02
    assert xz_bytes([flat]) < noise.size / 500
    half = np.concatenate([noise[:1500], flat[:1500]])
    assert xz_bytes([half]) == pytest.approx(noise.size / 2, rel=0.02)
    assert xz_bytes([noise, flat[:100, :, :9, :7]]) == pytest.approx(noise.size, rel=0.02)
    assert xz_bytes([noise[:0]]) == 0 and xz_bytes([]) == 0


def test_larger_networks_have_a_lower_rate_of_muon() -> None:
    rates = {}
    for images, minutes in ((300, 1), (3000, 10), (70_000, 60)):
        found = choose((1, 28, 28), 256, images, minutes, by_xz=images * 28 * 28 // 3)
        rates[weights_of(found.family, found.config)] = found.recipe.matrix_rate
    assert len(rates) == 3
    assert [rates[size] for size in sorted(rates)] == sorted(rates.values(), reverse=True)
    large = rates[max(rates)]
    assert large == FIT.matrix_rate * (MUON_WEIGHTS / max(rates)) ** MUON_POWER
    assert max(rates.values()) <= MUON_MOST * FIT.matrix_rate


@pytest.mark.parametrize(
    ("shape", "by_xz", "placed"),
    [
        ((1, 28, 28), BYTES_TOLD_PLACES, True), ((1, 28, 28), BYTES_TOLD_PLACES - 1, False),
        ((3, 64, 64), 10**9, True), ((3, 65, 64), 10**9, False), ((1, 28, 28), None, False),
    ],
)  # fmt: skip
def test_a_fit_to_a_large_set_of_small_images_is_told_places(
    shape: tuple[int, int, int], by_xz: int | None, placed: bool
) -> None:
    found = choose(shape, 256, 10**6, 30, by_xz=by_xz)
    assert found.family.name == ("placed-resnet" if placed else "causal-resnet")
    assert found.config.accepts.takes(shape, 256)
    several = choose_for_several([(shape, 256)], 10**9, 30, by_xz=by_xz)
    assert several.family.name == "causal-resnet"


def test_images_of_two_levels_have_half_the_rate_of_muon_whatever_the_network() -> None:
    two, more = (choose((1, 28, 28), levels, 3000, 10) for levels in (2, 256))
    for weights in (5_000, 50_000, 500_000):
        rates = [
            for_other_weights(one.recipe, weights_of(one.family, one.config), weights).matrix_rate
            for one in (two, more)
        ]
        assert rates[0] == pytest.approx(MUON_OF_TWO * rates[1])
    own = weights_of(more.family, more.config)
    assert for_other_weights(more.recipe, own, own) == more.recipe


def test_images_of_two_levels_have_a_wider_first_window() -> None:
    alone = [choose((1, 28, 28), levels, 3000, 10).config for levels in (2, 256)]
    both = choose_for_several([((1, 8, 8), 2), ((1, 8, 8), 256)], 10_000, 10).config
    reaches = [one.first_reach for one in (*alone, both) if isinstance(one, ResNetConfig)]
    assert reaches == [BINARY_REACH, 3, 3]
