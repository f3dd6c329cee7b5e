"""Some of many, evenly spread."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def spaced(count: int, some: int) -> NDArray[np.int64]:
    """At most `some` of `count` places, evenly spread, the first and the last among them."""
    return np.unique(np.linspace(0, count - 1, min(count, some)).astype(np.int64))
