"""Integer tables of the heads for grey and colour, shipped beside those that all models share.

A logistic at 2^24 and steps of 2^-10 (`arithmetic.tables`) is made for one look-up a logit. A
mixture over up to 65,536 levels takes differences of two values that may be 2^-18 apart: it wants
more digits, and a straight line between entries.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

PATH = Path(__file__).with_name("head_tables.safetensors")

SHARE_BITS = 30
"""Values of the logistic function stand at 2^30."""
STEP_BITS = 7
"""An index i of the logistic table stands for i / 2^7."""
REACH = 22
"""The logistic table spans -22 .. 22: beyond, the rounded values are 0 and 2^30."""

LOG_SCALE_BITS = 8
"""Natural logarithms of scales stand at 2^8."""
LOG_SCALE_MIN, LOG_SCALE_MAX = -10 << LOG_SCALE_BITS, 2 << LOG_SCALE_BITS
INVERSE_BITS = 16
"""Inverse scales stand at 2^16; the greatest, exp(10), is below 2^31 there."""


@dataclass(frozen=True, eq=False)
class HeadTables:
    """Both tables, int32.

    logistic[i + 22 2^7]: 2^30 / (1 + exp(-i / 2^7)), i from -22 2^7 to 22 2^7;
    inverse[i + 10 2^8]: 2^16 exp(-i / 2^8), i from -10 2^8 to 2 2^8.
    """

    logistic: NDArray[np.int32]
    inverse: NDArray[np.int32]


@cache
def head_tables() -> HeadTables:
    """The shipped tables."""
    shipped = load_file(PATH)
    half = shipped["logistic30"].astype(np.int64)
    whole = np.concatenate([(1 << SHARE_BITS) - half[:0:-1], half])
    return HeadTables(whole.astype(np.int32), shipped["inverse_scale"])


def generate() -> dict[str, NDArray[np.int32]]:
    """Recompute the shipped tables, each entry rounded to the nearest integer."""
    from scipy.special import expit

    arguments = np.arange((REACH << STEP_BITS) + 1, dtype=np.float64) / 2**STEP_BITS
    log_scales = np.arange(LOG_SCALE_MIN, LOG_SCALE_MAX + 1, dtype=np.float64) / 2**LOG_SCALE_BITS
    return {
        "logistic30": np.rint(2**SHARE_BITS * expit(arguments)).astype(np.int32),
        "inverse_scale": np.rint(2**INVERSE_BITS * np.exp(-log_scales)).astype(np.int32),
    }


def write_tables(path: Path = PATH) -> None:
    """Write the file that is shipped. Changing an entry changes the format version."""
    save_file(generate(), path)
