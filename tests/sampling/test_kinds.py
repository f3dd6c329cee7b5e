"""Which images a model draws: of the size that was asked for, or of its training data's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from level_sets import tiny_acn

from acncodec.contracts.image_kind import ImageKind
from acncodec.errors import ModelError
from acncodec.models.frozen import FrozenModel
from acncodec.sampling import kind_to_draw


def told(**training_data: Any) -> FrozenModel:
    return replace(tiny_acn(3), card={"training_data": training_data})


def test_a_model_of_one_kind_draws_that(tiny_model: FrozenModel) -> None:
    assert kind_to_draw(tiny_model) == kind_to_draw(tiny_model, (8, 8)) == tiny_model.accepts
    with pytest.raises(ModelError, match=r"draws \(1, 8, 8\) images"):
        kind_to_draw(tiny_model, (8, 9))


def test_a_model_of_any_size_draws_that_of_its_training_data() -> None:
    model = told(shape=[3, 4, 5], levels=17)
    assert kind_to_draw(model) == ImageKind(3, 17, (4, 5))
    assert kind_to_draw(model, (9, 2)) == ImageKind(3, 17, (9, 2))


@pytest.mark.parametrize(
    "card",
    [
        {}, {"shape": [3, 4]}, {"shape": "3x4"}, {"shape": [3, 4, 0]}, {"shape": [3, 4, 1.0]},
        {"shape": [3, 70_000, 4]}, {"shape": None, "levels": "many"},
    ],
)  # fmt: skip
def test_a_card_that_says_no_size_is_no_help(card: dict[str, Any]) -> None:
    with pytest.raises(ModelError, match="--size"):
        kind_to_draw(told(**card))
    assert kind_to_draw(told(**card), (4, 5)) == ImageKind(3, 256, (4, 5))


def test_a_card_may_be_anything() -> None:
    for card in ({}, {"training_data": 3}, {"training_data": [1]}):
        with pytest.raises(ModelError, match="--size"):
            kind_to_draw(replace(tiny_acn(3), card=card))
