"""The start-up test passes here, and notices a product that is not exact."""

from __future__ import annotations

import numpy as np
import pytest

from acncodec.errors import ExactnessError
from acncodec.exact import selftest
from acncodec.exact.model import FrozenModel


def test_this_machine_passes(tiny_model: FrozenModel) -> None:
    selftest._passed.clear()
    selftest.check_products(tiny_model)
    assert selftest._passed


def test_a_single_precision_product_is_noticed(
    tiny_model: FrozenModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rough(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
        out[:] = a.astype(np.float32) @ b.astype(np.float32)

    selftest._passed.clear()
    monkeypatch.setattr(selftest, "_compiled_product", rough)
    with pytest.raises(ExactnessError):
        selftest.check_products(tiny_model)
