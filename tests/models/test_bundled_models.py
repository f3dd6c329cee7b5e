"""The models that ship: each loads, and the demonstration's data has one."""

from __future__ import annotations

import pytest

from acncodec.models import bundled_names, bundled_path, find_for_data, read_card
from acncodec.models.frozen import FrozenModel


@pytest.mark.parametrize("name", bundled_names())
def test_every_bundled_model_loads_and_has_a_card(name: str) -> None:
    model = FrozenModel.load(bundled_path(name))
    assert model.parameters > 0
    assert model.macs_per_image > 0
    assert model.card.get("recipe") or model.card["train"]
    assert read_card(name)


def test_binary_mnist_has_a_model() -> None:
    assert find_for_data((1, 28, 28), 2).config.image_shape == (1, 28, 28)


@pytest.mark.parametrize(("channels", "name"), [(1, "grey"), (3, "rgb")])
def test_grey_and_colour_of_any_size_have_one(channels: int, name: str) -> None:
    for height, width, levels in ((1, 1, 2), (32, 32, 256), (7, 300, 65_536)):
        assert find_for_data((channels, height, width), levels).name == name
