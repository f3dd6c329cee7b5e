"""The heads' shipped tables are what the formulas give, and behave as the proofs assume."""

from __future__ import annotations

import hashlib
from decimal import Decimal, getcontext

import numpy as np
import pytest
from safetensors.numpy import load_file

from acncodec.arithmetic.head_tables import PATH, SHARE_BITS, generate, head_tables

DIGESTS = {
    "logistic30": "b575b050107970799fe1ef21365fd2cca851ce03059e2a272b28a55d06ec27c2",
    "inverse_scale": "6cc1fdaab11b6b9fd2dcfc9628ef978866e20f09535d7ed3b0136f057ab30bd4",
}


def test_shipped_tables_are_regenerated_exactly() -> None:
    shipped, fresh = load_file(PATH), generate()
    assert set(shipped) == set(fresh)
    for name, table in fresh.items():
        assert shipped[name].dtype == np.int32
        assert np.array_equal(shipped[name], table), name


@pytest.mark.parametrize("name", DIGESTS)
def test_shipped_tables_have_the_digests_that_the_format_states(name: str) -> None:
    table = load_file(PATH)[name]
    assert hashlib.sha256(table.astype("<i4").tobytes()).hexdigest() == DIGESTS[name]


def test_every_entry_is_the_formula_rounded_in_40_digits() -> None:
    getcontext().prec = 40
    shipped = load_file(PATH)
    for index, entry in enumerate(shipped["logistic30"].tolist()):
        value = Decimal(1 << SHARE_BITS) / (1 + (-Decimal(index) / 128).exp())
        assert int(value.to_integral_value()) == entry
    for index, entry in enumerate(shipped["inverse_scale"].tolist()):
        value = Decimal(1 << 16) * (-Decimal(index - 2560) / 256).exp()
        assert int(value.to_integral_value()) == entry


def test_tables_are_monotone_symmetric_and_in_range() -> None:
    tables = head_tables()
    logistic = tables.logistic.astype(np.int64)
    assert len(logistic) == 2 * 22 * 128 + 1 and len(tables.inverse) == 12 * 256 + 1
    assert (np.diff(logistic) >= 0).all() and np.diff(logistic).max() <= 1 << 21
    assert np.array_equal(logistic + logistic[::-1], np.full(len(logistic), 1 << SHARE_BITS))
    assert logistic[0] == 0 and logistic[-1] == 1 << SHARE_BITS
    assert (np.diff(tables.inverse) < 0).all()
    assert tables.inverse.min() > 0 and int(tables.inverse[0]) < 2**30.43
