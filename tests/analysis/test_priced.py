"""Bounds of a data set, by ordering."""

from __future__ import annotations

import numpy as np
import pytest
from sets import dataset
from tiny import blobs

from acncodec.analysis.priced import bound_nats
from acncodec.errors import DataError
from acncodec.models.frozen import FrozenModel


def test_a_stored_order_is_part_of_the_bound(tiny_model: FrozenModel) -> None:
    pixels = np.unique(blobs(50, 5), axis=0)
    count = len(pixels)
    data = dataset(pixels)
    loose, _ = bound_nats(data, tiny_model, "tour", "any", 2, 0)
    kept, _ = bound_nats(data, tiny_model, "tour", "keep", 2, 0)
    assert kept - loose == pytest.approx(np.log(np.arange(1, count + 1)).sum() / count)


def test_an_empty_set_has_no_bound(tiny_model: FrozenModel) -> None:
    with pytest.raises(DataError):
        bound_nats(dataset(blobs(1, 5)[:0]), tiny_model, "iid", "any", 1, 0)


def test_a_set_gets_its_order_back(tiny_model: FrozenModel) -> None:
    pixels = np.unique(blobs(50, 5), axis=0)
    alone, _ = bound_nats(dataset(pixels), tiny_model, "iid", "any", 2, 0)
    given_back, _ = bound_nats(dataset(pixels), tiny_model, "set", "any", 2, 0)
    count = len(pixels)
    assert alone - given_back == pytest.approx(np.log(np.arange(1, count + 1)).sum() / count)


def test_an_urn_needs_its_rule(tiny_model: FrozenModel) -> None:
    with pytest.raises(DataError, match="alpha and kernel"):
        bound_nats(dataset(blobs(5, 5)), tiny_model, "urn", "any", 1, 0)
