"""What becomes of all images: a model that a file would carry must be worth its bytes."""

from __future__ import annotations

import mixed_sets
import numpy as np
import pytest
from level_sets import level_set

from acncodec.errors import ModelError
from acncodec.images.stored_mixed import OneClass
from acncodec.mixed.fates import Fates, cheapest_fates, modelled_fates
from acncodec.mixed.prices import storage_bits
from acncodec.mixed.push import STORED
from acncodec.mixed.shards import CutSet
from acncodec.models.frozen import FrozenModel
from acncodec.run.lanes import Lanes
from acncodec.run.settings import Run

MODELS = mixed_sets.models()
FREE: dict[bytes, int] = {}


def fates(
    carried: dict[bytes, int], models: list[FrozenModel] = MODELS, shard_size: int | None = None
) -> list[Fates]:
    shards = CutSet(mixed_sets.mixed_set(), True, shard_size)
    with Lanes(Run(1, 64), len(shards), {one.model_id: one for one in models}) as lanes:
        return cheapest_fates(shards, models, carried, lanes, keep=True, slow=True)


def used(found: Fates) -> set[bytes]:
    bins = np.concatenate([fate.assignment.bins for fate in found.shards])
    return {found.models[number].model_id for number in set(bins.tolist()) - {STORED}}


@pytest.mark.parametrize("shard_size", [None, 20])
def test_models_that_cost_nothing_are_taken(shard_size: int | None) -> None:
    best = fates(FREE, shard_size=shard_size)[0]
    assert used(best) == {model.model_id for model in MODELS}


def test_a_model_that_saves_less_than_its_bytes_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "acncodec.mixed.assign.modelled_bits",
        lambda _model, images, _workers: 0.5 * storage_bits(images),
    )
    grey, rgb = (model.model_id for model in MODELS)
    best = fates({grey: 1, rgb: 1 << 20})[0]
    assert used(best) == {grey} and [one.model_id for one in best.models] == [grey]
    best = fates({grey: 1 << 20, rgb: 1})[0]
    assert used(best) == {rgb}


def test_all_is_stored_where_no_model_is_worth_its_bytes() -> None:
    (only,) = fates({model.model_id: 1 << 20 for model in MODELS})
    assert only.models == () and all((one.assignment.bins == STORED).all() for one in only.shards)


def test_images_that_no_model_takes_must_be_stored() -> None:
    shards = CutSet(mixed_sets.mixed_set(), True, None)
    by_id = {one.model_id: one for one in MODELS}
    with (
        Lanes(Run(1, 64), 1, by_id) as lanes,
        pytest.raises(ModelError, match="none may be stored"),
    ):
        modelled_fates(shards, MODELS, lanes)


def test_images_of_one_shape_are_shards_too() -> None:
    data = OneClass(level_set("grey", 12, 1))
    shards = CutSet(data, False, 5)
    assert [len(shards.images(index)) for index in range(len(shards))] == [5, 5, 4]
    keys = [key for index in range(3) for key in shards.images(index).keys()]
    assert keys == sorted(keys)
