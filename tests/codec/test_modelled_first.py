"""A mixed set that is clearly to be modelled is coded at once, and its file is the one that pricing
all images first leads to."""

from __future__ import annotations

import io
from dataclasses import replace

import mixed_sets
import numpy as np
import pytest

from acncodec.codec import CompressOptions
from acncodec.codec import modelled_first as module
from acncodec.codec.compress_mixed import compress_mixed
from acncodec.codec.compress_set import compress_set
from acncodec.codec.modelled_first import modelled_first
from acncodec.images import MixedData, mixed_from_arrays
from acncodec.models.frozen import FrozenModel
from acncodec.models.registry import find_by_name_or_path

ONE_THREAD = CompressOptions("any", threads=1)


@pytest.fixture(scope="module")
def grey() -> FrozenModel:
    return find_by_name_or_path("grey")


def slopes(count: int, seed: int = 1) -> list[np.ndarray]:
    """Grey pictures of several shapes that a model of pictures codes much better than others do."""
    rng = np.random.default_rng(seed)
    found = []
    for at in range(count):
        rows, columns = np.mgrid[: 12 + at % 5, : 10 + at % 3]
        tilt = rng.uniform(-3, 3, 2)
        picture = 128 + tilt[0] * rows + tilt[1] * columns + rng.normal(0, 1, rows.shape)
        picture[0, 0] = 255
        found.append(picture.clip(0, 255).astype(np.uint8))
    return found


@pytest.fixture
def clear() -> MixedData:
    pictures = slopes(40)
    return mixed_from_arrays([*pictures, pictures[3], pictures[0]])


@pytest.mark.parametrize("order", ["any", "keep"])
@pytest.mark.parametrize("shard_size", [None, 15])
def test_the_file_is_the_same(
    clear: MixedData, grey: FrozenModel, order: str, shard_size: int | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    options = replace(ONE_THREAD, order=order, shard_size=shard_size)
    usual = compress_mixed(clear, [grey], options)
    assert usual.stats.stored_images == 0
    monkeypatch.setattr("acncodec.codec.compress_mixed.cheapest_fates", None)
    found = modelled_first(clear, [grey], options)
    assert found is not None and found.data == usual.data
    file = io.BytesIO()
    assert compress_set(clear, [grey], options, file) == usual.stats
    assert file.getvalue() == usual.data


def test_images_cost_what_they_are_priced_at(clear: MixedData, grey: FrozenModel) -> None:
    from acncodec.mixed.assign import assign
    from acncodec.run.workers import Workers

    for order in ("any", "keep"):
        found = modelled_first(clear, [grey], replace(ONE_THREAD, order=order))
        assert found is not None and found.mixed is not None
        images = found.mixed.shards.distinct(0).images
        with Workers(1, 256) as workers:
            priced = assign(images, [grey], workers, keep=order == "keep", slow=False)
        assert module._image_bits(found.mixed, 0) == pytest.approx(priced.bits, rel=1e-9)


def never(*_arguments: object) -> None:
    raise AssertionError("all images were coded")


def test_where_some_look_as_if_they_were_stored_nothing_is_coded(
    clear: MixedData, grey: FrozenModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (40, 12, 9)).astype(np.uint8)
    monkeypatch.setattr(module, "compress_mixed", never)
    data = mixed_from_arrays([*slopes(40), *noise])
    assert modelled_first(data, [grey], ONE_THREAD) is None
    for options in (
        replace(ONE_THREAD, stored="never"), replace(ONE_THREAD, embed=True),
        replace(ONE_THREAD, order="keep", embed=True),
    ):  # fmt: skip
        assert modelled_first(clear, [grey], options) is None
    assert modelled_first(clear, [], ONE_THREAD) is None
    assert modelled_first(clear, mixed_sets.models("encoded"), ONE_THREAD) is None
    monkeypatch.setattr(module, "is_slow", lambda *_: True)
    assert modelled_first(clear, [grey], ONE_THREAD) is None
    with pytest.raises(AssertionError, match="all images were coded"):
        modelled_first(clear, [grey], replace(ONE_THREAD, allow_large=True))


def test_an_image_that_was_overlooked_leads_to_pricing_all(
    grey: FrozenModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (60, 60)).astype(np.uint8)
    pictures = slopes(60)
    pictures.insert(1, noise)
    data = mixed_from_arrays(pictures)
    monkeypatch.setattr(module, "LOOKED_AT", 2)
    assert modelled_first(data, [grey], ONE_THREAD) is None
    file = io.BytesIO()
    assert compress_set(data, [grey], ONE_THREAD, file).stored_images == 1
