"""Checkpoints: the whole state of a run in one safetensors file, replaced atomically."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from acncodec.errors import TrainingError


def save_checkpoint(path: Path, tensors: Mapping[str, Tensor], meta: dict[str, Any]) -> None:
    """Write `tensors` and JSON `meta` to `path`; a crash leaves the previous file whole."""
    temporary = path.with_name(path.name + ".tmp")
    contiguous = {key: value.detach().cpu().contiguous() for key, value in tensors.items()}
    save_file(contiguous, temporary, {"acncodec": json.dumps(meta)})
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    temporary.replace(path)


def load_checkpoint(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Tensors and metadata of a checkpoint. Raises `TrainingError` if it is not one."""
    try:
        with safe_open(path, "pt") as file:
            meta = json.loads((file.metadata() or {})["acncodec"])
            tensors = {key: file.get_tensor(key) for key in file.keys()}
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise TrainingError(f"{path}: not a training checkpoint: {error}") from error
    if not isinstance(meta, dict):
        raise TrainingError(f"{path}: not a training checkpoint: bad metadata")
    return tensors, meta


def optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """The optimizer's state as named tensors."""
    state = optimizer.state_dict()["state"]
    return {
        f"optimizer.{row}.{key}": torch.as_tensor(value)
        for row, entry in state.items()
        for key, value in entry.items()
    }


def restore_optimizer(optimizer: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    """Undo `optimizer_tensors`."""
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        kind, _, rest = name.partition(".")
        if kind == "optimizer":
            row, _, key = rest.partition(".")
            state.setdefault(int(row), {})[key] = value
    whole = optimizer.state_dict()
    whole["state"] = state
    optimizer.load_state_dict(whole)
