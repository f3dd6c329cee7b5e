"""What there is to work with: processors, and devices where the pixel decoder can run."""

from __future__ import annotations

import os

from acncodec.errors import ExactnessError

DEVICES = ("cpu", "cuda")


def check_device(name: str) -> None:
    """Raise `ExactnessError` unless there is such a device here."""
    if name not in DEVICES:
        raise ExactnessError(f"unknown device {name!r}; there is {', '.join(DEVICES)}")
    if name == "cuda":
        import torch

        if not torch.cuda.is_available():
            raise ExactnessError("no CUDA device is to be had here; leave out --device cuda")


def processors() -> int:
    """The processors this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
