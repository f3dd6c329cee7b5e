"""Every mixed set comes back, whatever becomes of its images."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from level_sets import tiny_resnet
from reading import decoded

from acncodec.codec import CompressOptions
from acncodec.codec.compare import same_data
from acncodec.codec.compress_mixed import code_assigned
from acncodec.images import MixedData, SideArray, mixed_from_arrays
from acncodec.mixed.lots import Distinct
from acncodec.mixed.push import STORED, Assignment
from acncodec.run.settings import Run

QUICK = settings(
    max_examples=25, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
MODELS = [tiny_resnet(1), tiny_resnet(3)]


@st.composite
def mixed_sets(draw: st.DrawFn) -> MixedData:
    """One to a dozen images of up to four shapes, some alike, with a row each."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    deep = draw(st.booleans())
    shapes = draw(
        st.lists(
            st.tuples(st.integers(1, 5), st.integers(1, 5), st.sampled_from([1, 2, 3, 4])),
            min_size=1, max_size=4,
        )
    )  # fmt: skip
    images = []
    for _ in range(draw(st.integers(1, 12))):
        shape = shapes[rng.integers(len(shapes))]
        most = int(rng.choice([2, 3, 256, 4000 if deep else 256]))
        images.append(rng.integers(0, most, shape).astype(np.uint16 if deep else np.uint8))
    images += [images[index] for index in rng.integers(0, len(images), draw(st.integers(0, 3)))]
    side = SideArray("rows", rng.integers(0, 3, len(images)), True)
    layout = draw(st.sampled_from(["nhwc", "nchw"]))
    if layout == "nchw":
        images = [np.ascontiguousarray(image.transpose(2, 0, 1)) for image in images]
    position = draw(st.integers(0, 1))
    return mixed_from_arrays(images, layout=layout, side=(side,), position=position)


@QUICK
@given(
    mixed_sets(), st.integers(0, 2**32 - 1), st.sampled_from(["keep", "any"]),
    st.none() | st.integers(2, 6), st.tuples(st.integers(1, 2), st.integers(1, 9)),
)  # fmt: skip
def test_every_mixed_set_comes_back(
    tmp_path: Path, data: MixedData, seed: int, order: str, shard_size: int | None,
    speed: tuple[int, int],
) -> None:  # fmt: skip
    rng = np.random.default_rng(seed)

    def assign(shard: Distinct) -> Assignment:
        classes = [shard.images.classes[number] for number in shard.images.members]
        fitting = np.array([{1: 0, 3: 1}.get(one.channels, STORED) for one in classes])
        bins = np.where(rng.random(len(classes)) < 0.3, STORED, fitting)
        two = np.array([one.levels == 2 for one in classes])
        return Assignment(bins, two & (bins != STORED) & (rng.random(len(classes)) < 0.5))

    path = tmp_path / "a.acn"
    options = CompressOptions(order, threads=1, shard_size=shard_size)
    path.write_bytes(code_assigned(data, assign, MODELS, options).data)
    assert same_data(data, decoded(path, MODELS, Run(*speed)), order)
