"""The shipped tables are what the formulas give, and behave as the proofs assume."""

from __future__ import annotations

import numpy as np
from safetensors.numpy import load_file

from acncodec.arithmetic.tables import PATH, TOTAL, generate, tables


def test_shipped_tables_are_regenerated_exactly() -> None:
    shipped, fresh = load_file(PATH), generate()
    assert set(shipped) == set(fresh)
    for name, table in fresh.items():
        assert shipped[name].dtype == np.int32
        assert np.array_equal(shipped[name], table), name


def test_tables_are_monotone_and_in_range() -> None:
    t = tables()
    for table in (t.tanh, t.gauss, t.logistic):
        assert (np.diff(table) >= 0).all()
    assert (np.diff(t.exp) <= 0).all() and (np.diff(t.inverse) <= 0).all()
    assert t.logistic.min() >= 1 and t.logistic.max() <= TOTAL - 1
    assert np.array_equal(t.tanh, -t.tanh[::-1])
    assert np.array_equal(t.logistic + t.logistic[::-1], np.full(len(t.logistic), TOTAL))
    assert t.gauss[0] == TOTAL // 2 and t.gauss[-1] <= TOTAL
    assert t.inverse.min() > 0
