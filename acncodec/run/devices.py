"""Where the pixel decoder can run."""

from __future__ import annotations

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
