"""Reports of a run as JSON lines and, if TensorBoard is installed, as its events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from acncodec.training.history import LOG, log_entry
from acncodec.training.progress import Report


class RunLog:
    """Reports as JSON lines and, if TensorBoard is installed, as its events."""

    def __init__(self, folder: Path | None) -> None:
        self._file = self._board = None
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = (folder / LOG).open("a", encoding="utf-8")
            try:
                from torch.utils.tensorboard import SummaryWriter
            except ImportError:
                return
            self._board = SummaryWriter(str(folder))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()
        if self._board is not None:
            self._board.close()

    def __call__(self, entry: Report) -> None:
        """Write one report."""
        if self._file is not None:
            self._file.write(json.dumps(log_entry(entry)) + "\n")
            self._file.flush()
        if self._board is not None:
            for key, value in _flat(log_entry(entry)).items():
                if isinstance(value, float):
                    self._board.add_scalar(key, value, entry.step)


def _flat(entry: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """A report without dictionaries in it: their names before those of what is in them."""
    flat: dict[str, Any] = {}
    for name, value in entry.items():
        inside = isinstance(value, Mapping)
        flat |= _flat(value, f"{before}{name}.") if inside else {before + name: value}
    return flat
