"""The categorical head: an integer softmax, close to the float one."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from distribution_contract import DistributionContract
from head_contract import HeadContract

from acncodec.arithmetic.tables import LOGIT_BITS
from acncodec.contracts.distribution import TOTAL, Distribution
from acncodec.errors import ModelError
from acncodec.heads.categorical import Categorical
from acncodec.heads.categorical_loss import nats, pixel_nats

NOTHING = np.zeros((0, 0, 1), np.int64)


def logits(count: int, levels: int, spread: float = 3.0) -> np.ndarray:
    drawn = np.random.default_rng(levels).normal(0, spread, (count, levels))
    return np.rint(drawn * 2**LOGIT_BITS).astype(np.int64)


class TestDistribution(DistributionContract):
    def distribution(self, rows: slice = slice(None)) -> Distribution:
        made = logits(60, 17)
        made[0], made[1, 3], made[2] = 5, 1 << 62, -(1 << 62)
        return Categorical(17).begin(made[rows], NOTHING).distribution()


class TestCategoricalOf256(HeadContract):
    def head(self) -> Categorical:
        return Categorical(256)


class TestCategoricalOf2(HeadContract):
    def head(self) -> Categorical:
        return Categorical(2)


@pytest.mark.parametrize("levels", [2, 17, 256])
def test_frequencies_are_close_to_the_float_softmax(levels: int) -> None:
    outputs = logits(300, levels)
    frequencies = Categorical(levels).begin(outputs, NOTHING).distribution().frequencies()
    floats = torch.tensor(outputs / 2**LOGIT_BITS).T.reshape(1, levels, 1, 300)
    bits = np.zeros(300)
    for value in range(levels):
        cost = pixel_nats(floats, torch.full((1, 1, 1, 300), value))[0, 0].double().numpy()
        bits += np.exp(-cost) * (24 - np.log2(frequencies[:, value]) - cost / np.log(2))
    assert bits.mean() < 1e-4 * 4


def test_rounding_goes_to_the_first_of_the_largest() -> None:
    rows = Categorical(3).begin(np.array([[7, 7, 7], [0, 9, 9]]), NOTHING).distribution()
    first, second = rows.frequencies()
    assert first[0] > first[1] == first[2] and first[0] - first[1] < 4
    assert second[1] > second[2] and first.sum() == second.sum() == TOTAL


def test_costs_of_an_image_are_those_of_its_pixels() -> None:
    outputs = torch.randn(2, 5, 3, 4, generator=torch.Generator().manual_seed(0)) * 40
    values = torch.randint(5, (2, 1, 3, 4), generator=torch.Generator().manual_seed(1))
    each = pixel_nats(outputs, values)
    assert each.shape == (2, 3, 4) and each.max() < 65
    torch.testing.assert_close(nats(outputs, values), each.sum((1, 2)))


def test_what_does_not_fit_is_refused() -> None:
    for levels in (1, 257):
        with pytest.raises(ModelError, match="levels"):
            Categorical(levels)
    with pytest.raises(ModelError, match="logits"):
        Categorical(5).begin(np.zeros((3, 4), np.int64), NOTHING)
    with pytest.raises(ModelError, match="values"):
        pixel_nats(torch.zeros(2, 5, 3, 4), torch.zeros(2, 2, 3, 4))
