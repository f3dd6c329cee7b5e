"""Checkpoints: the whole state of a run in one safetensors file, replaced atomically."""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from acncodec.container.output import sync_folder
from acncodec.errors import OutputError, TrainingError

MAX_STEPS = 1 << 48
SHORT = 32
"""Letters of what an error says of a checkpoint, at the most: no digests."""

_UNREADABLE = (
    *(OSError, SafetensorError, KeyError, ValueError, TypeError, AttributeError),
    RecursionError,  # metadata nested too deeply
)


def save_checkpoint(path: Path, tensors: Mapping[str, Tensor], meta: dict[str, Any]) -> None:
    """Write `tensors` and JSON `meta` to `path`; a crash leaves the previous file whole.

    A killed run may leave `path` with `.tmp` after its name, which the next checkpoint
    overwrites. Raises `OutputError` when it cannot be written.
    """
    temporary = path.with_name(path.name + ".tmp")
    contiguous = {key: value.detach().cpu().contiguous() for key, value in tensors.items()}
    try:
        save_file(contiguous, temporary, {"acncodec": json.dumps(meta)})
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except (OSError, SafetensorError) as error:
        raise OutputError(f"{path}: the checkpoint cannot be written: {error}") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def kept_path(checkpoint: Path, step: int) -> Path:
    """Where a run with this checkpoint keeps a copy of that of `step`."""
    return checkpoint.with_name(f"{checkpoint.stem}-{step:06}{checkpoint.suffix}")


def kept_paths(checkpoint: Path) -> list[Path]:
    """The copies that a run with this checkpoint has kept, from first to last."""
    step = re.compile(re.escape(checkpoint.stem) + r"-\d{6,}" + re.escape(checkpoint.suffix))
    return sorted(path for path in checkpoint.parent.glob("*") if step.fullmatch(path.name))


def load_checkpoint(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Tensors and metadata of a checkpoint, all numbers finite. Raises `TrainingError` if it is
    not one, or there is none."""
    if not path.exists():
        raise TrainingError(f"{path}: there is no such checkpoint to go on from")
    try:
        with safe_open(path, "pt") as file:
            meta = json.loads((file.metadata() or {})["acncodec"])
            tensors = {key: file.get_tensor(key) for key in file.keys()}
    except _UNREADABLE as error:
        raise TrainingError(f"{path}: not a training checkpoint: {error}") from error
    if not isinstance(meta, dict):
        raise TrainingError(f"{path}: not a training checkpoint: bad metadata")
    for name, tensor in tensors.items():
        if tensor.dtype != torch.float32 or not bool(torch.isfinite(tensor).all()):
            raise TrainingError(f"{path}: {name} is not float32, or not finite")
    return tensors, meta


def check_meta(path: Path, meta: Mapping[str, Any], ours: Mapping[str, Any]) -> tuple[int, float]:
    """Step and seconds of a checkpoint. Raises `TrainingError` unless they are such, and all of
    `ours` is in `meta`."""
    for key, value in ours.items():
        if meta.get(key) != value:
            differs = f"{path}: the checkpoint's {key} differs from this run's"
            found = meta.get(key)
            told = all(len(str(one)) <= SHORT for one in (found, value))
            raise TrainingError(f"{differs}: {found}, not {value}" if told else differs)
    step, seconds = meta.get("step"), meta.get("seconds")
    if type(step) is not int or not 0 <= step < MAX_STEPS:
        raise TrainingError(f"{path}: the checkpoint's step is no count")
    if not isinstance(seconds, int | float) or not 0 <= seconds < math.inf:
        raise TrainingError(f"{path}: the checkpoint's time is no time")
    return step, float(seconds)


def check_start(path: Path, meta: Mapping[str, Any]) -> dict[str, str] | None:
    """Name and id of the model that a run started from, or None where there was none. Raises
    `TrainingError` where the checkpoint says something else."""
    start = meta.get("start")
    if start is None:
        return None
    if not isinstance(start, dict) or start.keys() != {"name", "sha256"}:
        raise TrainingError(f"{path}: the checkpoint does not say what it started from")
    return {key: str(value) for key, value in start.items()}


def check_spent(path: Path, meta: Mapping[str, Any]) -> float:
    """Seconds of training before the run began. Raises `TrainingError` where they are no time."""
    spent = meta.get("spent", 0.0)
    if not isinstance(spent, int | float) or not 0 <= spent < math.inf:
        raise TrainingError(f"{path}: the checkpoint's time before it is no time")
    return float(spent)


def check_tensors(
    path: Path, tensors: Mapping[str, Tensor], shapes: Mapping[str, torch.Size],
    optional: Mapping[str, torch.Size], step: int,
) -> None:  # fmt: skip
    """Raise `TrainingError` unless `tensors` are all of `shapes`, and any of `optional`, and
    the optimizer's own counts are at most `step`."""
    for name in shapes:
        if name not in tensors:
            raise TrainingError(f"{path}: the checkpoint lacks {name}")
    for name, tensor in tensors.items():
        wanted = shapes.get(name, optional.get(name))
        if wanted is None:
            raise TrainingError(f"{path}: the checkpoint has the unknown tensor {name!r}")
        if tensor.shape != wanted:
            raise TrainingError(f"{path}: {name} is {list(tensor.shape)}, not {list(wanted)}")
        # Adam raises numbers to this power.
        if name.endswith(".step") and not 0 < float(tensor) <= step:
            raise TrainingError(f"{path}: {name} is not within the run's steps")


def optimizer_shapes(
    optimizer: torch.optim.Optimizer, prefix: str = "optimizer"
) -> dict[str, torch.Size]:  # fmt: skip
    """The names that `optimizer_tensors` may give once a step was made, and their shapes."""
    rows = [weight for group in optimizer.param_groups for weight in group["params"]]
    kinds, shapes = ["exp_avg", "exp_avg_sq"], {}
    if isinstance(optimizer, torch.optim.Muon):
        kinds = ["momentum_buffer"]
    elif not isinstance(optimizer, torch.optim.Adam):
        kinds = ["square_avg", *(["momentum_buffer"] if optimizer.defaults["momentum"] else [])]
    if not isinstance(optimizer, torch.optim.Muon):
        shapes = {f"{prefix}.{row}.step": torch.Size() for row in range(len(rows))}
    for row, weight in enumerate(rows):
        shapes |= {f"{prefix}.{row}.{kind}": weight.shape for kind in kinds}
    return shapes


def optimizer_tensors(
    optimizer: torch.optim.Optimizer, prefix: str = "optimizer"
) -> dict[str, Tensor]:  # fmt: skip
    """The optimizer's state as named tensors."""
    state = optimizer.state_dict()["state"]
    return {
        f"{prefix}.{row}.{key}": torch.as_tensor(value)
        for row, entry in state.items()
        for key, value in entry.items()
    }


def restore_optimizer(
    optimizer: torch.optim.Optimizer, tensors: Mapping[str, Tensor], prefix: str = "optimizer"
) -> None:
    """Undo `optimizer_tensors`."""
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        kind, _, rest = name.partition(".")
        if kind == prefix:
            row, _, key = rest.partition(".")
            state.setdefault(int(row), {})[key] = value
    whole = optimizer.state_dict()
    whole["state"] = state
    optimizer.load_state_dict(whole)
