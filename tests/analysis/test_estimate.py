"""What a set would cost, estimated."""

from __future__ import annotations

import io

import mixed_sets
import numpy as np
import pytest
from level_sets import level_array, tiny_acn, tiny_resnet

from acncodec.analysis.estimate import Estimate, Way, estimate_set
from acncodec.codec import CompressOptions, compress_dataset
from acncodec.codec.compress_set import compress_set
from acncodec.errors import DataError
from acncodec.images import DataSet
from acncodec.images.recognised import recognise
from acncodec.models import work
from acncodec.stack.orders import permutation_bits

GREY = tiny_resnet(1)


def grey_set(count: int) -> DataSet:
    return recognise({"x": level_array("grey", count, 3)})


def ways(found: Estimate, model: str | None) -> dict[tuple[str, str], Way]:
    return {(way.ordering, way.order): way for way in found.ways if way.model == model}


def test_each_ordering_costs_about_what_its_file_takes() -> None:
    data = grey_set(100)
    found = ways(estimate_set(data, [GREY], threads=1), GREY.name)
    assert set(found) == {("iid", "keep"), ("set", "any")}
    for (ordering, order), way in found.items():
        file = io.BytesIO()
        compress_dataset(data, GREY, CompressOptions(order, ordering, threads=1), file)
        assert abs(way.nbytes - len(file.getvalue())) < 80
        assert way.images == 100 and way.bits_per_dim == 8 * way.nbytes / data.pixels.size


def test_a_set_is_worth_the_order_of_all_its_images_not_of_those_drawn() -> None:
    data = grey_set(900)
    found = estimate_set(data, [GREY], threads=1)
    assert found.drawn == 256 and found.images == 900
    own = ways(found, GREY.name)
    saved = own["iid", "keep"].nbytes - own["set", "any"].nbytes
    assert saved == pytest.approx(permutation_bits(900) / 8, abs=1)


def test_models_with_codes_have_all_strategies() -> None:
    model = tiny_acn(1)
    found = ways(estimate_set(grey_set(60), [model], threads=1), model.name)
    assert set(found) == {("iid", "keep"), ("set", "any"), ("urn", "any"), ("tour", "any")}


def test_left_to_choose_it_costs_about_what_compress_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("acncodec.codec.compress_set.FEW_BYTES", 0)  # as of a set that is large
    data = grey_set(100)
    found = estimate_set(data, [GREY], threads=1)
    file = io.BytesIO()
    stats = compress_set(data, [GREY], CompressOptions(threads=1), file)
    assert ways(found, None)["auto", "keep"].nbytes == pytest.approx(len(file.getvalue()), rel=0.15)
    assert found.stored_share == pytest.approx(stats.stored_images / 100, abs=0.2)


def test_without_a_model_all_is_stored() -> None:
    found = estimate_set(grey_set(40), [], threads=1)
    assert found.stored_share == 1.0 and {way.model for way in found.ways} == {None}
    assert found.decompress_seconds == 0.0


def test_images_that_take_too_long_are_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "SLOW_MACS", 1)
    found = estimate_set(grey_set(40), [GREY], threads=1)
    assert found.stored_share == 1.0 and not ways(found, GREY.name)


def test_a_mixed_set_has_ways_for_what_each_model_takes() -> None:
    data, models = mixed_sets.mixed_set(), mixed_sets.models()
    found = estimate_set(data, models, threads=1)
    channels = [data.images.classes[number].channels for number in data.images.members]
    for model, count in zip(models, (1, 3), strict=True):
        assert ways(found, model.name)["iid", "keep"].images == channels.count(count)
    assert ways(found, None)["auto", "any"].images == data.count
    assert found.raw_bytes == data.raw_bytes and found.likeness is not None


def test_it_is_the_same_each_time_and_plain_values() -> None:
    data = grey_set(300)
    first = estimate_set(data, [GREY], threads=1)
    assert first == estimate_set(data, [GREY], threads=1, batch=64)
    found = first.to_json()
    assert found["likeness"]["is_near"] in (True, False)
    assert found["ways"][0]["nbytes"] == first.ways[0].nbytes


def test_no_image_is_an_error() -> None:
    with pytest.raises(DataError, match="there are no images"):
        estimate_set(recognise({"x": np.zeros((0, 6, 5), np.uint8)}), [GREY])
