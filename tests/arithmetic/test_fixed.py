"""Fixed-point layers: exact products, honest bounds, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from acncodec.arithmetic.fixed import OPERAND_MAX, Affine, ScaleGroup, quantise, scale_for
from acncodec.errors import FreezeError


def worst_case(out: int, inputs: int, lift: int = 0) -> Affine:
    rng = np.random.default_rng(0)
    weight = (OPERAND_MAX * rng.choice([-1, 1], (out, inputs))).astype(np.int16)
    return Affine(weight, np.full(inputs, lift, np.uint8), np.zeros(out, np.int64), 14)


@pytest.mark.parametrize("inputs", [3, 480, 1536])
def test_float_product_equals_integer_product_at_the_extremes(inputs: int) -> None:
    layer = worst_case(64, inputs)
    rng = np.random.default_rng(1)
    a = OPERAND_MAX * rng.choice([-1, 1], (50, inputs))
    a[0] = OPERAND_MAX * np.sign(layer.weight[0])
    total = a.astype(np.int64) @ layer.weight.astype(np.int64).T
    expected = (total + layer.rounded_bias) >> layer.shift
    limit = 1 << 60
    assert np.array_equal(layer.apply(a.astype(np.float64), limit), expected)
    assert abs(int(total[0, 0])) <= layer.accumulator_bound


def test_bound_is_the_worst_sum_with_bias_and_rounding() -> None:
    layer = Affine(
        np.array([[3, -2]], np.int16), np.array([1, 0], np.uint8), np.array([-7], np.int64), 4
    )
    assert layer.accumulator_bound == (3 * 2 + 2) * OPERAND_MAX + 7 + 8


def test_rounding_is_to_nearest_with_halves_upwards() -> None:
    layer = Affine(np.array([[1]], np.int16), np.zeros(1, np.uint8), np.zeros(1, np.int64), 1)
    given = np.array([[-3.0], [-2.0], [-1.0], [0.0], [1.0], [3.0]])
    assert layer.apply(given).ravel().tolist() == [-1.0, -1.0, 0.0, 0.0, 1.0, 2.0]


def test_results_are_clamped_to_an_operand() -> None:
    layer = Affine(np.array([[100]], np.int16), np.zeros(1, np.uint8), np.zeros(1, np.int64), 0)
    assert layer.apply(np.array([[1e4], [-1e4]])).ravel().tolist() == [OPERAND_MAX, -OPERAND_MAX]


def test_an_accumulator_that_could_overflow_is_refused() -> None:
    with pytest.raises(FreezeError, match=r"2\^53"):
        worst_case(1, 1000, lift=16)


@pytest.mark.parametrize(
    ("weight", "shift"),
    [(np.array([[20000]], np.int16), 0), (np.array([[1]], np.int16), 60)],
)
def test_operands_and_shifts_out_of_range_are_refused(weight: np.ndarray, shift: int) -> None:
    with pytest.raises(FreezeError):
        Affine(weight, np.zeros(1, np.uint8), np.zeros(1, np.int64), shift)


def test_quantised_layer_is_close_to_the_float_one_for_mixed_scales() -> None:
    rng = np.random.default_rng(2)
    weight = np.concatenate([rng.normal(0, 0.05, (8, 30)), rng.normal(0, 3.0, (8, 5))], 1)
    bias = rng.normal(0, 1, 8)
    groups = [ScaleGroup(30, 14), ScaleGroup(5, 6)]
    layer = quantise(weight, bias, groups, out_scale=10)
    scales = np.repeat([2.0**14, 2.0**6], [30, 5])
    a = np.rint(rng.uniform(-0.9, 0.9, (20, 35)) * scales)
    expected = (a / scales) @ weight.T + bias
    assert np.abs(layer.apply(a) / 2**10 - expected).max() < 2e-3


def test_quantise_refuses_groups_that_do_not_fit_and_non_finite_weights() -> None:
    with pytest.raises(FreezeError):
        quantise(np.ones((1, 3)), None, [ScaleGroup(2, 0)], 10)
    with pytest.raises(FreezeError):
        quantise(np.array([[np.nan]]), None, [ScaleGroup(1, 0)], 10)


def test_scale_for_is_the_finest_that_fits() -> None:
    for largest in (0.01, 0.9, 1.0, 7.3, 19.0):
        scale = scale_for(largest, margin=1.0, most=30)
        assert largest * 2**scale <= OPERAND_MAX < largest * 2 ** (scale + 1)
