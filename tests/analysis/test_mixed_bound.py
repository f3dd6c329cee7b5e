"""The bound of a mixed set: what its models expect, and the bytes of what is stored."""

from __future__ import annotations

import io
import math
from dataclasses import replace

import mixed_sets
import numpy as np
import pytest
from level_sets import level_set, tiny_acn, tiny_resnet

from acncodec.analysis.mixed_bound import mixed_bound_nats
from acncodec.analysis.priced import bound_nats
from acncodec.codec import NATS, CompressOptions
from acncodec.codec.compress_mixed import KeptMixed, code_assigned
from acncodec.codec.compress_set import compress_set
from acncodec.container import read_archive
from acncodec.errors import DataError, ModelError
from acncodec.images import DataSet
from acncodec.images.stored_mixed import OneClass
from acncodec.models.frozen import FrozenModel

MODELS = mixed_sets.models()


def kept(name: str, order: str, **options: object) -> tuple[KeptMixed, float]:
    """A set as it was coded, and what its stacks, stored images and arrangements take, nats an
    image; without the digests in them."""
    data = mixed_sets.shapes_set() if name == "shapes" else mixed_sets.mixed_set()
    given = CompressOptions(order, threads=1, **options)
    made = code_assigned(data, mixed_sets.ASSIGNED[name], MODELS, given)
    assert made.mixed is not None
    archive = read_archive(io.BytesIO(made.data))
    bits = sum(stack.ideal_bits for shard in made.mixed.coded for stack in shard.stacks)
    for index in range(len(made.mixed.coded)):
        arrangement = archive.arrangement(index)
        bits += 8 * len(archive.stored(index) or b"")
        bits += 8 * len(arrangement) - 256 if arrangement else 0
    return made.mixed, bits * NATS / data.count


@pytest.mark.parametrize("order", ["keep", "any"])
@pytest.mark.parametrize("name", ["mixed", "shapes", "stored"])
@pytest.mark.parametrize("shard_size", [None, 20])
def test_it_is_what_the_file_takes_but_for_rounding(
    name: str, order: str, shard_size: int | None
) -> None:
    made, nats = kept(name, order, shard_size=shard_size)
    assert mixed_bound_nats(made, 1, 0) == pytest.approx(nats, rel=0.03)


def test_of_one_class_it_is_that_of_the_set() -> None:
    data, model = level_set("grey", 20, 3), tiny_resnet(1, seed=7)
    for order, ordering in (("keep", "iid"), ("any", "set")):
        options = CompressOptions(order, ordering, threads=1)
        made = code_assigned(OneClass(data), mixed_sets.modelled, [model], options)
        assert made.mixed is not None
        whole, _ = bound_nats(data, model, ordering, order, 1, 0)
        assert mixed_bound_nats(made.mixed, 1, 0) == pytest.approx(whole, rel=1e-6)


def latent_set(ordering: str) -> tuple[DataSet, FrozenModel, KeptMixed]:
    data, model = level_set("grey", 20, 3), tiny_acn(1)
    options = CompressOptions("any", ordering, threads=1, solver="greedy")
    made = code_assigned(OneClass(data), mixed_sets.modelled, [model], options)
    assert made.mixed is not None
    return data, model, made.mixed


def test_latents_are_priced_by_the_prior_of_all() -> None:
    data, model, made = latent_set("set")
    whole, error = bound_nats(data, model, "set", "any", 9, 0)
    assert mixed_bound_nats(made, 9, 0) == pytest.approx(whole, abs=6 * error)


@pytest.mark.parametrize("ordering", ["tour", "urn"])
def test_images_that_price_one_another_have_no_bound_here(ordering: str) -> None:
    with pytest.raises(DataError, match="images price each other"):
        mixed_bound_nats(latent_set(ordering)[2], 1, 0)


def test_a_model_without_float_weights_has_none() -> None:
    made, _ = kept("shapes", "keep")
    bare = replace(made.fates, models=tuple(replace(one, floats={}) for one in MODELS))
    with pytest.raises(ModelError, match="float weights"):
        mixed_bound_nats(replace(made, fates=bare), 1, 0)


def test_whoever_writes_is_told_how_it_was_coded() -> None:
    found: list[KeptMixed] = []
    noise = np.random.default_rng(1).integers(0, 256, (9, 5, 5)).astype(np.uint8)
    data = mixed_sets.with_side([*noise, noise[0][:2]])
    compress_set(data, [], CompressOptions(threads=1), io.BytesIO(), look=found.append)
    (made,) = found
    stored = sum(len(s.payload) for shard in made.coded for s in shard.sections if s.kind == 5)
    assert mixed_bound_nats(made, 1, 0) == pytest.approx(
        (8 * stored * NATS + math.log(10)) / 10, rel=0.01
    )
