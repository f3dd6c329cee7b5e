"""What is in an .npz file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def arrays(path: Path) -> dict[str, NDArray[Any]]:
    """All arrays of a file, by name."""
    with np.load(path, allow_pickle=False) as archive:
        return dict(archive)


def same(one: Path, other: Path) -> bool:
    """Whether two files hold the same arrays in the same order, to the bit."""
    first, second = arrays(one), arrays(other)
    return list(first) == list(second) and all(
        first[name].dtype == second[name].dtype
        and first[name].shape == second[name].shape
        and first[name].tobytes() == second[name].tobytes()
        for name in first
    )
