"""Recipes refuse what is out of range, by its key."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from acncodec.errors import TrainingError
from acncodec.families.registry import presets
from acncodec.learning.recipe import OPTIMISERS, RANGES, Recipe

NUMBERS = {field.name for field in fields(Recipe) if field.type in ("int", "float")}


def test_every_number_has_a_range_and_every_preset_is_within() -> None:
    assert set(RANGES) == NUMBERS
    assert len(presets()) > 10  # each of them was made


@pytest.mark.parametrize("name", sorted(NUMBERS))
def test_what_is_below_or_above_is_refused_by_name(name: str) -> None:
    least, most = RANGES[name]
    for value in (least, most):
        assert getattr(replace(Recipe(), **{name: value}), name) == value
    for value in (least - 1, most + 1, float("nan")):
        with pytest.raises(TrainingError, match=rf"^train\.{name} = .*: it must be "):
            replace(Recipe(), **{name: value})


def test_an_optimiser_that_there_is_not_is_refused() -> None:
    for name in OPTIMISERS:
        assert Recipe(optimizer=name).optimizer == name
    with pytest.raises(TrainingError, match=r"train\.optimizer = 'sgd': there are adam"):
        Recipe(optimizer="sgd")
