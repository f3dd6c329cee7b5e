"""Ladders and widenings: what every family that has one must show."""

from __future__ import annotations

import pytest
import torch
from level_sets import level_array

from acncodec.families.family import Family
from acncodec.families.registry import families
from acncodec.learning.recipe import Recipe
from acncodec.learning.source import LevelSource
from acncodec.training.chosen import weights_of

SHAPES = [(1, 7, 5), (3, 8, 8), (1, 64, 64), (1, 65, 4)]
LADDERS = [family for family in families() if family.ladder]
WIDENED = [family for family in families() if family.widens]


@pytest.mark.parametrize("family", LADDERS, ids=lambda family: family.name)
def test_a_ladder_rises_and_takes_all_images_that_it_is_for(family: Family) -> None:
    for shape in SHAPES:
        if family.ladder_for and not family.ladder_for(shape, 1 << 40):
            continue
        rungs = [config.for_images(shape) for config in family.ladder]
        assert all(rung.accepts.takes(shape, levels) for rung in rungs for levels in (2, 256))
        sizes = [weights_of(family, rung) for rung in rungs]
        assert sizes == sorted(set(sizes))


def test_there_is_a_ladder_for_images_of_any_kind() -> None:
    assert any(family.ladder_for is None for family in LADDERS)
    for family in LADDERS:
        if family.ladder_for:
            assert not all(family.ladder_for(shape, None) for shape in SHAPES)


@pytest.mark.parametrize("family", WIDENED, ids=lambda family: family.name)
def test_a_widened_network_begins_as_what_it_was(family: Family) -> None:
    assert family.widens
    base, images = family.widens.of, level_array("rgb", 4, 1, 6, 5)
    first = base.ladder[0].for_images((3, 6, 5))
    torch.manual_seed(1)
    plain = base.build(first)
    wide = family.build(family.widens.config(first, (3, 6, 5)))
    known = plain.state_dict()
    for name, value in wide.state_dict().items():
        value.copy_(known[name]) if name in known else value.zero_()
    assert set(known) < set(wide.state_dict())
    source, rows = LevelSource(images.transpose(0, 3, 1, 2), 256), torch.arange(4)
    costs = [
        one.objective(net, source, Recipe()).costs(
            source.draw(rows, torch.Generator()), rows, torch.Generator()
        )
        for one, net in ((base, plain), (family, wide))
    ]
    assert all(torch.equal(a, b) for a, b in zip(*costs, strict=True))
