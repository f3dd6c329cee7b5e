"""The comparison notices every kind of difference."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tiny import blobs

from acncodec.codec.compare import same_data
from acncodec.images import DataSet, ImageSpec, SideArray
from acncodec.shards.arrange import arrange


def dataset(count: int = 20) -> DataSet:
    side = SideArray("y", np.arange(count, dtype=np.int16), aligned=True)
    return DataSet(blobs(count, 5), ImageSpec("x", "uint8", "nhw", (0, 1)), (side,))


def test_a_data_set_is_itself_and_a_shuffled_one_the_same_set() -> None:
    data = dataset()
    order = np.random.default_rng(0).permutation(data.count)
    side = (replace(data.side[0], array=data.side[0].array[order]),)
    shuffled = replace(data, pixels=data.pixels[order], side=side)
    assert same_data(data, data, "keep") and same_data(data, data, "any")
    assert same_data(data, shuffled, "any") and not same_data(data, shuffled, "keep")


@pytest.mark.parametrize("order", ["keep", "any"])
@pytest.mark.parametrize("dtype", ["S0", "U0", "V0"])
def test_entries_without_bytes_keep_their_type(dtype: str, order: str) -> None:
    """NumPy makes text of one character of text of none when it indexes."""
    data = dataset()
    empty, wider = (np.ndarray((20,), kind) for kind in (dtype, dtype[0] + "1"))
    plain = replace(data, side=(SideArray("e", empty, aligned=True),))
    other = replace(data, side=(SideArray("e", wider, aligned=True),))
    assert same_data(plain, plain, order) and not same_data(plain, other, order)
    back = arrange(plain, keep=order == "keep").side[0].array
    assert back.dtype == empty.dtype and back.shape == empty.shape


@pytest.mark.parametrize("order", ["keep", "any"])
def test_differences_are_noticed(order: str) -> None:
    data = dataset()
    pixels = data.pixels.copy()
    pixels[3, 0, 0, 0] ^= 1
    side = data.side[0]
    swapped = side.array.copy()
    swapped[:2] = swapped[1::-1]
    others = (
        replace(data, pixels=pixels),
        replace(data, side=()),
        replace(data, side=(replace(side, name="z"),)),
        replace(data, side=(replace(side, array=side.array.astype(np.int32)),)),
        replace(data, side=(replace(side, array=swapped),)),
        replace(data, spec=replace(data.spec, values=(0, 255))),
    )
    for other in others:
        assert not same_data(data, other, order)
