"""A whole training session: data in, frozen model out, resumable in between."""

from __future__ import annotations

import json
import lzma
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray

from acncodec.container import atomic_output
from acncodec.container.strict import check_label
from acncodec.errors import FormatError, TrainingError, naming
from acncodec.families.registry import find_preset
from acncodec.images import DataSet, load_dataset
from acncodec.learning.source import ImageSource, LevelSource, Source, step_generator
from acncodec.models.frozen import FrozenModel
from acncodec.training.checkpoint import kept_paths
from acncodec.training.choice import Choice, choose
from acncodec.training.finish import finish
from acncodec.training.fit import windowed
from acncodec.training.loop import Budget, Report, Trainer

MINUTES = 20.0
"""How long a run without a preset takes, if nobody says."""
PATIENCE = 10
"""Validations after which such a run ends, when none of them was the best so far."""
COMPARED = 2000
"""Held-back images that other codecs are tried on; as many as are validated with."""
VALID_SHARE = 6
"""Without validation data, one image in six (the last ones) is held back."""


def checkpoint_path(output: Path) -> Path:
    """Where the run that will write the model `output` keeps its checkpoint."""
    return output.with_suffix(".checkpoint.safetensors")


@dataclass(frozen=True)
class _Sources:
    train: Source
    valid: Source
    about: dict[str, Any]


def _read(path: Path, note: Callable[[str], None]) -> tuple[NDArray[Any], int]:
    """Level indexes (N, H, W) to be binarised, and the highest there can be."""
    with naming(path):
        data = load_dataset(path)
        if data.shape[0] != 1:
            raise TrainingError("only images of one channel can be trained on")
    if data.levels > 2:
        note(
            f"{path}: images of {data.levels} levels, binarised by a new draw at each use: the"
            " model will code binary images alone"
        )
    return data.pixels[:, 0], data.levels - 1


def _level_sources(data: Path, valid: Path | None) -> _Sources:
    """Images of any levels and channels, as they are."""
    read = _load(data)
    if valid is not None:
        images, held, held_levels = read.pixels, *_pixels_like(valid, read)
    else:
        cut = len(read.pixels) - len(read.pixels) // VALID_SHARE
        images, held, held_levels = read.pixels[:cut], read.pixels[cut:], read.levels
    if not len(images) or not len(held):
        raise TrainingError(f"{data}: too few images to train on and validate with")
    about = {
        "file": data.name, "images": len(images), "validation_images": len(held),
        "shape": list(read.shape), "levels": read.levels,
    }  # fmt: skip
    return _Sources(LevelSource(images, read.levels), LevelSource(held, held_levels), about)


def _load(path: Path) -> DataSet:
    """`load_dataset`, whose errors name the path."""
    with naming(path):
        return load_dataset(path)


def _pixels_like(path: Path, other: DataSet) -> tuple[NDArray[Any], int]:
    """Level indexes (N, C, H, W) and their number of levels, of as many channels as `other`."""
    data = _load(path)
    if data.shape[0] != other.shape[0]:
        raise TrainingError("training and validation images differ in channels")
    return data.pixels, data.levels


def _sources(data: Path, valid: Path | None, note: Callable[[str], None]) -> _Sources:
    images, top = _read(data, note)
    held_top = top
    if valid is not None:
        held, held_top = _read(valid, note)
        if min(top, held_top) > 1:  # the same value is the same grey in both
            top = held_top = max(top, held_top)
    else:
        count = len(images) // VALID_SHARE
        images, held = images[: len(images) - count], images[len(images) - count :]
    if not len(images) or not len(held):
        raise TrainingError(f"{data}: too few images to train on and validate with")
    with naming(data):
        train = ImageSource(images, top)
    with naming(valid or data):
        check = ImageSource(held, held_top)
    if train.shape != check.shape:
        raise TrainingError("training and validation images differ in size")
    about = {
        "file": data.name, "images": len(train), "validation_images": len(check),
        "binarisation": "as given" if train.is_binary else "a new draw at each use",
    }  # fmt: skip
    return _Sources(train, check, about)


def _device(name: str) -> str:
    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda" and not torch.cuda.is_available():
        raise TrainingError("there is no CUDA device here")
    return name


def _discard(checkpoint: Path, force: bool) -> None:
    """Remove what another run left. Raises `TrainingError` without `force`."""
    left = [path for path in (checkpoint, *kept_paths(checkpoint)) if path.exists()]
    if left and not force:
        raise TrainingError(f"{left[0]} exists; use --resume to continue it, -f to discard")
    for path in left:
        path.unlink()


def train_model(
    data: Path,
    output: Path,
    *,
    preset: str | None = "mnist",
    minutes: float | None = None,
    steps: int | None = None,
    resume: bool = False,
    device: str = "auto",
    seed: int = 1,
    valid: Path | None = None,
    log: Path | None = None,
    keep_steps: int | None = None,
    force: bool = False,
    report: Callable[[Report], None] | None = None,
    note: Callable[[str], None] | None = None,
    explain: Callable[[str], None] | None = None,
) -> FrozenModel:
    """Train on `data` and write the frozen model to `output`.

    The checkpoint lies beside `output` (see `checkpoint_path`); `resume` continues from it,
    and is how a finished run is frozen anew or given a longer budget. `log` is a folder for
    `log.jsonl` and, if TensorBoard is installed, its events. With `keep_steps` the checkpoint of
    every so many steps stays, in a file of its own. Without a `preset`, network and recipe follow
    from the data and the time (`training.choice`), `MINUTES` if none is given, and the run ends
    early when validation no longer becomes cheaper. Before anything is trained, `note` is told what
    the user should know of the data, `explain` what was chosen and why.

    Raises `TrainingError` on bad settings, `DataError` on bad data, `OutputError` if `output`
    exists and `force` is off.
    """
    checkpoint = checkpoint_path(output)
    try:
        check_label(output.stem, "the model's name")
    except FormatError as error:  # it would be refused, but only after the training
        raise TrainingError(f"{output}: {error}") from error
    with atomic_output(output, force) as file:
        found, sources = _plan(
            data, valid, preset, minutes, steps, note or _silent, explain or _silent
        )  # fmt: skip
        trainer = Trainer(
            found.family, found.config, found.recipe, sources.train, sources.valid, seed,
            _device(device),
        )  # fmt: skip
        if resume:
            trainer.restore(checkpoint)
        else:
            _discard(checkpoint, force)
        if preset is None and steps is None and minutes is None:
            minutes = MINUTES
        budget = Budget(steps if steps is not None else found.recipe.steps, minutes)
        patience = Patience() if preset is None else None
        with RunLog(log) as run_log:
            trainer.run(
                budget, checkpoint, _all_of(run_log, report, patience), keep_steps=keep_steps,
                stop=(lambda: patience.is_over) if patience else (lambda: False),
            )  # fmt: skip
        model = finish(trainer, output.stem, preset or "by the data", sources.about)
        file.write(model.to_bytes())
    return model


def _silent(_text: str) -> None:
    return


def _plan(
    data: Path, valid: Path | None, preset: str | None, minutes: float | None, steps: int | None,
    tell: Callable[[str], None], explain: Callable[[str], None],
) -> tuple[Choice, _Sources]:  # fmt: skip
    """What is trained, on what: by a preset, or by what the data are and the time there is."""
    if preset is None:
        sources = _level_sources(data, valid)
        # What a run of so many steps takes is not known: as much as if it had the usual time.
        time = minutes if minutes is not None and steps is None else MINUTES
        train, held = sources.train, sources.valid
        found = choose(train.shape, train.levels, len(train), time, coded=False)
        for line in found.why:
            explain(f"{data.name}: {line}")
        explain(f"{data.name}:   xz takes {xz_bits_per_dim(held):.4f} bits/dim of the held back")
        return found, _Sources(windowed(train), windowed(held), sources.about)
    family, chosen = find_preset(preset)
    any_levels = chosen.config.accepts.levels is None
    sources = _level_sources(data, valid) if any_levels else _sources(data, valid, tell)
    config = chosen.config.for_images(sources.train.shape)
    return Choice(family, config, chosen.recipe, ()), sources


def xz_bits_per_dim(images: Source) -> float:
    """What xz makes of images, at most `COMPARED` of them as one stream: something to go by."""
    rows = torch.arange(min(COMPARED, len(images)))
    levels = images.draw(rows, step_generator(0, 0)).numpy()
    samples = levels.astype(np.uint8 if images.levels <= 256 else np.uint16)
    packed = lzma.compress(samples.transpose(0, 2, 3, 1).tobytes(), preset=9 | lzma.PRESET_EXTREME)
    return 8 * len(packed) / samples.size


def _all_of(*reports: Callable[[Report], None] | None) -> Callable[[Report], None]:
    def write(entry: Report) -> None:
        for report in reports:
            if report is not None:
                report(entry)

    return write


class Patience:
    """Whether validation has not become cheaper for `PATIENCE` reports: then a run may end."""

    def __init__(self) -> None:
        self._best, self._since = math.inf, 0

    def __call__(self, entry: Report) -> None:
        """Take one report."""
        if entry.valid_reconstruction_nats is None or entry.valid_kl_nats is None:
            return
        cost = entry.valid_reconstruction_nats + entry.valid_kl_nats
        self._since = 0 if cost < self._best else self._since + 1
        self._best = min(self._best, cost)

    @property
    def is_over(self) -> bool:
        """Whether nothing has improved for so long."""
        return self._since >= PATIENCE


class RunLog:
    """Reports as JSON lines and, if TensorBoard is installed, as its events."""

    def __init__(self, folder: Path | None) -> None:
        self._file = self._board = None
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = (folder / "log.jsonl").open("a", encoding="utf-8")
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
            self._file.write(json.dumps(asdict(entry)) + "\n")
            self._file.flush()
        if self._board is not None:
            for key, value in asdict(entry).items():
                if isinstance(value, float):
                    self._board.add_scalar(key, value, entry.step)
