"""The start-up test passes here, and notices a product that is not exact."""

from __future__ import annotations

import numpy as np
import pytest

from acncodec.errors import ExactnessError
from acncodec.models import selftest
from acncodec.models.frozen import FrozenModel


def test_this_machine_passes(tiny_model: FrozenModel) -> None:
    selftest.forget()
    selftest.check_products(tiny_model)


def test_a_single_precision_product_is_noticed(
    tiny_model: FrozenModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rough(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
        out[:] = a.astype(np.float32) @ b.astype(np.float32)

    selftest.forget()
    monkeypatch.setattr(selftest, "_compiled_product", rough)
    with pytest.raises(ExactnessError):
        selftest.check_products(tiny_model)


def test_a_product_of_too_few_bits_is_noticed(
    tiny_model: FrozenModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Emulated float64 may be exact for small sums alone: the layers' own lifts find it out."""

    def short(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
        mantissa, exponent = np.frexp(a @ b)
        out[:] = np.ldexp(np.trunc(np.ldexp(mantissa, 26)), exponent - 26)

    selftest.forget()
    monkeypatch.setattr(selftest, "_compiled_product", short)
    with pytest.raises(ExactnessError):
        selftest.check_products(tiny_model)
