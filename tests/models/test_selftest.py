"""The start-up test passes here, and notices a product that is not exact."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from acncodec.errors import ExactnessError
from acncodec.models import selftest
from acncodec.models.frozen import FrozenModel


def test_this_machine_passes(tiny_model: FrozenModel) -> None:
    selftest.forget()
    selftest.check_products(tiny_model)


def test_products_of_compiled_loops_are_tried_where_there_are_any(
    tiny_model: FrozenModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACNCODEC_ENGINE", "float64")
    assert tiny_model.decoder.compiled_matrices
    selftest.forget()
    selftest.check_products(tiny_model)


def test_a_blas_that_nothing_needs_is_not_loaded() -> None:
    """It takes longer to load than all of the test."""
    script = (
        "import sys; from acncodec.models.registry import find_by_name_or_path as find;"
        " from acncodec.models.selftest import check_products;"
        " model = find('mnist'); check_products(model); print(model.decoder.engine_on('cpu'));"
        " sys.exit('scipy.linalg' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    if done.stdout.strip() == "float64":
        pytest.skip("this processor has no product of int16")
    assert done.returncode == 0, done.stderr


def test_a_single_precision_product_is_noticed(
    tiny_model: FrozenModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rough(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
        out[:] = a.astype(np.float32) @ b.astype(np.float32)

    selftest.forget()
    monkeypatch.setenv("ACNCODEC_ENGINE", "float64")
    monkeypatch.setattr(selftest, "_compiled_product", lambda: rough)
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
    monkeypatch.setenv("ACNCODEC_ENGINE", "float64")
    monkeypatch.setattr(selftest, "_compiled_product", lambda: short)
    with pytest.raises(ExactnessError):
        selftest.check_products(tiny_model)
