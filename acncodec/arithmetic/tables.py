"""Functions as integer tables indexed by integers, shipped as integers in the package.

No floating-point function is evaluated while coding. `generate` recomputes every table in float64;
a test compares it with the shipped file.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

from acncodec.arithmetic.tensor_file import tensor_bytes

PATH = Path(__file__).with_name("tables.safetensors")

VALUE_BITS = 14
"""tanh is stored times 2^14."""
GATE_BITS = 2 * VALUE_BITS + 1
"""A gate's product tanh * (1 + tanh) stands at 2^29."""
TANH_INDEX_BITS = 11
"""An index i of the tanh table stands for i / 2^11, so the table reaches +-8."""
TANH_REACH = 1 << 14

FREQUENCY_BITS = 24
TOTAL = 1 << FREQUENCY_BITS
"""Frequencies of one symbol's alternatives sum to 2^24."""

LOGIT_BITS = 10
"""Logits and log-weights stand at 2^10."""
LOGIT_REACH = (1 << 14) - 1

SIGMA_BITS = 12
"""An index of the Gaussian table stands for i / 2^12 standard deviations; it reaches 8."""
GAUSS_REACH = 8 << SIGMA_BITS

EXP_BITS = 20

GRID_BITS = 3
"""The latent grid has steps of 2^-3 posterior standard deviations."""
NOISE_REACH = 8 << GRID_BITS
"""The posterior's table spans 8 standard deviations to either side of the code."""
FRACTION_BITS = 8
"""Means of the prior stand at 2^-8 grid steps."""
INVERSE_BITS = 20
"""Inverse standard deviations, in grid steps, are stored times 2^20."""
RAW_SCALE_BITS = 8
"""The prior network's raw scales stand at 2^8."""
RAW_SCALE_REACH = (1 << 14) - 1
MIN_SCALE = 0.5
"""Smallest standard deviation of a prior component, in posterior standard deviations. The latent
carries unit noise, so the best mixture never needs less than 1; the floor only keeps training and
the tables well-behaved."""


@dataclass(frozen=True, eq=False)
class Tables:
    """All tables, int32.

    tanh[i + 2^14]: 2^14 tanh(i / 2^11); gauss[i]: 2^24 Phi(i / 2^12), i >= 0;
    exp[i]: 2^20 exp(-i / 2^10); logistic[i + 16383]: 2^24 / (1 + exp(-i / 2^10)), kept
    inside 1 .. 2^24 - 1; inverse[i + 16383]: 2^20 / (8 (softplus(i / 2^8) + 0.5)).
    """

    tanh: NDArray[np.int32]
    gauss: NDArray[np.int32]
    exp: NDArray[np.int32]
    logistic: NDArray[np.int32]
    inverse: NDArray[np.int32]


def _odd(half: NDArray[np.int32]) -> NDArray[np.int32]:
    """Extend values for i >= 0 of an odd function to negative i."""
    return np.concatenate([-half[:0:-1], half])


@cache
def tables() -> Tables:
    """The shipped tables."""
    shipped = load_file(PATH)
    logistic = shipped["logistic"]
    return Tables(
        _odd(shipped["tanh"]),
        shipped["gauss"],
        shipped["exp"],
        np.concatenate([TOTAL - logistic[:0:-1], logistic]).astype(np.int32),
        shipped["inverse"],
    )


def generate() -> dict[str, NDArray[np.int32]]:
    """Recompute the shipped tables, each entry rounded to the nearest integer."""
    from scipy.special import expit, log1p, ndtr

    def rounded(values: NDArray[np.float64]) -> NDArray[np.int32]:
        return np.rint(values).astype(np.int32)

    index = np.arange(TANH_REACH + 1, dtype=np.float64)
    logits = np.arange(LOGIT_REACH + 1, dtype=np.float64) / 2**LOGIT_BITS
    raw = np.arange(-RAW_SCALE_REACH, RAW_SCALE_REACH + 1) / 2**RAW_SCALE_BITS
    softplus = np.maximum(raw, 0.0) + log1p(np.exp(-np.abs(raw)))
    sigma = np.arange(GAUSS_REACH + 1, dtype=np.float64) / 2**SIGMA_BITS
    return {
        "tanh": rounded(2**VALUE_BITS * np.tanh(index / 2**TANH_INDEX_BITS)),
        "gauss": rounded(TOTAL * ndtr(sigma)),
        "exp": rounded(2**EXP_BITS * np.exp(-logits)),
        "logistic": np.minimum(rounded(TOTAL * expit(logits)), TOTAL - 1),
        "inverse": rounded(2**INVERSE_BITS / (2**GRID_BITS * (softplus + MIN_SCALE))),
    }


def write_tables(path: Path = PATH) -> None:
    """Write the file that is shipped. Changing an entry changes the format version."""
    path.write_bytes(tensor_bytes(generate()))
