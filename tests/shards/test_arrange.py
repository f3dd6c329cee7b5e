"""Distinct images and canonical order: what is coded, and what comes back of it."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from tiny import blobs

from acncodec.images import DataSet, ImageSpec, SideArray
from acncodec.shards.arrange import arrange, canonical_order, pixels_digest, restore


def dataset(seed: int = 0) -> DataSet:
    pixels = np.concatenate([blobs(30, seed), blobs(10, seed)])
    side = (
        SideArray("y", np.arange(40), aligned=True),
        SideArray("note", np.array(["free"]), aligned=False),
    )
    return DataSet(pixels, ImageSpec("x", "uint8", "nhw", (0, 1)), side)


def test_canonical_order_sorts_by_bytes() -> None:
    pixels = blobs(50, 1)
    sorted_bytes = [image.tobytes() for image in pixels[canonical_order(pixels)]]
    assert sorted_bytes == sorted(image.tobytes() for image in pixels)
    assert canonical_order(pixels[:0]).tolist() == []


@pytest.mark.parametrize("keep", [True, False])
def test_restore_undoes_arrange_and_matches_the_digest(keep: bool) -> None:
    data = dataset()
    arranged = arrange(data, keep)
    assert len(arranged.pixels) == len({image.tobytes() for image in data.pixels})
    distinct = arranged.pixels
    if not keep:  # the order of decoding is anyone's
        distinct = distinct[np.random.default_rng(0).permutation(len(distinct))]
    back = restore(distinct, arranged.count, arranged.duplicates, keep)
    assert pixels_digest(back) == arranged.digest
    if keep:
        assert np.array_equal(back, data.pixels)
    else:
        labels = arranged.side[0].array
        assert np.array_equal(data.pixels[labels], back)
        assert arranged.side[1].array.tolist() == ["free"]


def test_a_set_is_arranged_alike_whatever_its_order_was() -> None:
    data = dataset()
    order = np.random.default_rng(1).permutation(data.count)
    side = (SideArray("y", data.side[0].array[order], aligned=True), data.side[1])
    one = arrange(data, keep=False)
    two = arrange(DataSet(data.pixels[order], data.spec, side), keep=False)
    assert one.digest == two.digest and np.array_equal(one.pixels, two.pixels)
    assert np.array_equal(one.side[0].array, two.side[0].array)


@pytest.mark.parametrize("keep", [True, False])
def test_sixteen_bits_are_sorted_by_value(keep: bool) -> None:
    """Their higher byte comes first, wherever it lies in memory."""
    rng = np.random.default_rng(2)
    pixels = rng.integers(0, 65_536, (60, 2, 3, 4)).astype(np.uint16)
    pixels[40:] = pixels[:20]
    spec = ImageSpec("x", "uint16", "nhwc", tuple(range(65_536)))
    values = [image.ravel().tolist() for image in pixels[canonical_order(pixels)]]
    assert values == sorted(values)
    arranged = arrange(DataSet(pixels, spec), keep)
    assert len(arranged.pixels) == 40
    back = restore(arranged.pixels, arranged.count, arranged.duplicates, keep)
    assert pixels_digest(back) == arranged.digest
    expected = pixels if keep else pixels[canonical_order(pixels)]
    assert np.array_equal(back, expected)
    raw = hashlib.sha256(expected.astype(">u2").tobytes())
    assert raw.digest() == arranged.digest
