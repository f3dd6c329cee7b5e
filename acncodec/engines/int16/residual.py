"""A tile's sums added to the features that it began with, each at its own scale."""

from __future__ import annotations

from typing import Any

from acncodec.run.compiled import compiled

MAX_LIFT = 15
"""The two scales may differ by so many bits."""


@compiled(inline="always")
def residual_shifts(shift: Any, up: Any) -> Any:
    """finer, lift, lower: how (before 2^up + sum) / 2^shift is found without a number of 64 bits.

    shift, up: at most `MAX_LIFT` apart. Of `before` the division keeps (before >> finer) << lift,
    and must still see what those bits leave, << lower.
    """
    return max(0, shift - up), max(0, up - shift), min(up, 30)
