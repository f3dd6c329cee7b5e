"""Whole files of fits, a row each, which a run that was broken off need not make again."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from acncodec.codec import CompressOptions
from acncodec.codec.compress_set import compress_set
from acncodec.images import DataSet
from acncodec.models.coded import code_model
from acncodec.training.chosen import Choice, weights_of
from acncodec.training.fit import FitPlan, fit_model


def fitted(
    data: DataSet, plan: FitPlan, choice: Choice, state: Path, minutes: float, threads: int
) -> dict[str, Any]:
    """The file with a model of `choice` in it, as `compress --order any --embed-model --fit`
    makes one, but that all images are learned to the end. Every byte is counted."""
    model = fit_model(
        plan.images.source(), choice, state, minutes=minutes, threads=threads, start=plan.start
    )  # fmt: skip
    file = io.BytesIO()
    compress_set(data, [model], CompressOptions("any", threads=threads, embed=True), file)
    state.unlink()
    return {
        "weights": weights_of(model.family, model.config), "file_bytes": len(file.getvalue()),
        "model_bytes": len(code_model(model)), "steps": model.card["steps"],
    }  # fmt: skip


def kept(folder: Path, name: str, row: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
    """A row that lies in a folder by its name, or is made: `row` is told where a state may lie."""
    path = folder / f"{name}.json"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(row(folder / f"{name}.fit")))
    found: dict[str, Any] = json.loads(path.read_text())
    return found
