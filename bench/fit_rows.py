"""Whole files of fits, a row each, which a run that was broken off need not make again."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acncodec.codec import CompressOptions
from acncodec.codec.compress_set import compress_set
from acncodec.images import DataSet
from acncodec.models.coded import code_model
from acncodec.training.chosen import Choice, weights_of
from acncodec.training.fit import FitPlan, fit_model
from acncodec.training.fit_images import FitImages
from acncodec.training.sieve import Sieve


@dataclass(frozen=True, eq=False)
class OneNetwork(FitImages):
    """The images of a fit that keeps to its network, however many of them it goes on with."""

    network: Choice | None = None

    def choose(self, minutes: float, pace: str, here: float | None = None) -> Choice:
        """That network."""
        return self.network or super().choose(minutes, pace, here)


def sieve(plan: FitPlan, choice: Choice) -> Sieve:
    """What is seen by a fit that goes on with the images that a network is worth, by that of
    `choice`."""
    images = plan.images
    return Sieve(OneNetwork(images.images, images.alike, images.taken, choice), plan.pace)


def fitted(
    data: DataSet, plan: FitPlan, choice: Choice, state: Path, minutes: float, threads: int,
    packed: Path | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The file with a model of `choice` in it, as `compress --order any --embed-model --fit`
    makes one, which is kept as `packed`; or, without that, one for which all images are learned
    to the end. Every byte is counted."""
    seen = plan.images.source() if packed is None else sieve(plan, choice)
    model = fit_model(
        seen, choice, state, minutes=minutes, threads=threads, start=plan.start
    )  # fmt: skip
    file = io.BytesIO()
    told = compress_set(data, [model], CompressOptions("any", threads=threads, embed=True), file)
    if packed is not None:
        packed.write_bytes(file.getvalue())
    state.unlink()
    return {
        "weights": weights_of(model.family, model.config), "file_bytes": len(file.getvalue()),
        "model_bytes": len(code_model(model)), "steps": model.card["steps"],
        "stored_images": told.stored_images,
    }  # fmt: skip


def kept(folder: Path, name: str, row: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
    """A row that lies in a folder by its name, or is made: `row` is told where a state may lie."""
    path = folder / f"{name}.json"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(row(folder / f"{name}.fit")))
    found: dict[str, Any] = json.loads(path.read_text())
    return found
