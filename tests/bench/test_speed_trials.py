"""`bench/speed_trials.py`: limbs stand for the same integers, and each way is measured."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from acncodec.arithmetic.fixed import OPERAND_MAX

BENCH = Path(__file__).resolve().parents[2] / "bench"


@pytest.fixture(scope="module")
def script() -> Iterator[dict[str, Any]]:
    sys.path.insert(0, str(BENCH))
    try:
        yield runpy.run_path(str(BENCH / "speed_trials.py"))
    finally:
        sys.path.remove(str(BENCH))


def test_limbs_are_balanced_digits(script: dict[str, Any]) -> None:
    values = np.arange(-OPERAND_MAX, OPERAND_MAX + 1)
    high, low = (part.numpy().astype(np.int64) for part in script["limbs"](values))
    assert np.array_equal(256 * high + low, values)


def test_four_products_of_limbs_make_the_whole(script: dict[str, Any]) -> None:
    rng = np.random.default_rng(0)
    a = rng.choice([-OPERAND_MAX, OPERAND_MAX], (24, 64))
    b = rng.integers(-OPERAND_MAX, OPERAND_MAX + 1, (64, 32))
    found = script["joined"](script["limb_products"](script["limbs"](a), script["limbs"](b)))
    assert np.array_equal(found, a @ b)


def test_products_are_measured(script: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    peaks = sys.modules["speed_peaks"]
    monkeypatch.setattr(peaks, "SECONDS", 0.0)
    monkeypatch.setattr(peaks, "TRIES", 1)
    row = script["products"](24, 32, 32)
    assert (row["rows"], row["inner"], row["columns"]) == (24, 32, 32)
    assert all(value > 0 for name, value in row.items() if name.endswith("microseconds"))
