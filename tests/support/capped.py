"""A child process with little memory to spare, in which hostile files are opened.

Whatever a file makes the reader do, it must end within the time and the memory that are given,
and in an error of the package's own or in a result.
"""

from __future__ import annotations

import io
import resource
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Self

SPARE_BYTES = 256 << 20
"""What the child may take beside what it has when everything is loaded. (The check that BLAS
finds its buffers asks for 132 MiB of it.)"""
TIME_LIMIT_SECONDS = 60
GOLDEN = Path(__file__).parent.parent / "golden" / "v1"


@dataclass(frozen=True)
class Outcome:
    """`error` is the class of the `AcnError`, or empty; `text` its message, or what was read."""

    error: str
    text: str


def load_everything() -> None:
    """Import and compile what the victims use, so that the limit counts only what they take."""
    from reading import decoded

    from acncodec.images.formats.libraries import imagecodecs, pillow, tifffile
    from acncodec.models.frozen import FrozenModel
    from acncodec.training import session  # noqa: F401

    pillow().init()
    imagecodecs(), tifffile()

    model = FrozenModel.load(GOLDEN / "model.safetensors")
    for path in sorted(GOLDEN.glob("*.acn")):
        decoded(path, model, threads=1)


def limit_memory(spare: int = SPARE_BYTES) -> None:
    """Limit this process to the address space it has by now, and `spare` bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + spare
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))


def open_it(kind: str, data: bytes | dict[str, bytes]) -> Outcome:
    """Open `data` as what `kind` says, in the child."""
    from acncodec.errors import AcnError

    limit_memory()
    with tempfile.TemporaryDirectory() as folder:
        try:
            return Outcome("", OPENERS[kind](Path(folder), data))  # type: ignore[arg-type]
        except AcnError as error:
            return Outcome(type(error).__name__, str(error))


def _archive(folder: Path, data: bytes) -> str:
    from reading import decoded

    from acncodec.images import save_npz
    from acncodec.models.frozen import FrozenModel

    path = folder / "a.acn"
    path.write_bytes(data)
    model = FrozenModel.load(GOLDEN / "model.safetensors")
    back = decoded(path, model, threads=1)
    save_npz(io.BytesIO(), back)
    return f"{back.count} images, {len(back.side)} arrays"


def _model(folder: Path, data: bytes) -> str:
    """Load a model, and let it code a few images."""
    import numpy as np
    from reading import decoded

    from acncodec.codec import CompressOptions, compress_dataset
    from acncodec.codec.compare import same_data
    from acncodec.images.recognised import recognise
    from acncodec.models.build import float_networks
    from acncodec.models.frozen import FrozenModel

    path, packed = folder / "m.safetensors", folder / "a.acn"
    path.write_bytes(data)
    model = FrozenModel.load(path)
    images = np.random.default_rng(0).integers(0, 2, (9, *model.config.image_shape[1:]), np.uint8)
    given = recognise({"x": images})
    for order, ordering in (("keep", "tour"), ("any", "set")):
        with packed.open("wb") as file:
            options = CompressOptions(order, ordering, threads=1)
            compress_dataset(given, model, options, file)
        if not same_data(given, decoded(packed, model, 1), order):
            return "WRONG OUTPUT"
    float_networks(model)
    return f"{model.name}"


def _data(folder: Path, data: bytes) -> str:
    from acncodec.images import load_dataset

    path = folder / "data"
    path.write_bytes(data)
    return f"{load_dataset(path).count} images"


def _folder(folder: Path, data: dict[str, bytes]) -> str:
    from acncodec.images import load_dataset

    for name, content in data.items():
        (folder / name).write_bytes(content)
    return f"{load_dataset(folder).count} images"


def _checkpoint(folder: Path, data: bytes) -> str:
    """Continue a run, one step."""
    import numpy as np

    from acncodec.families.registry import find_preset
    from acncodec.learning.source import ImageSource
    from acncodec.training.loop import Trainer
    from acncodec.training.progress import Budget

    path = folder / "c.safetensors"
    family, chosen = find_preset("tiny")
    images = ImageSource(np.eye(64, dtype=np.uint8).reshape(64, 8, 8))
    trainer = Trainer(family, chosen.config.sized(8, 8), chosen.recipe, images, None, 0)
    if data == b"a valid one":
        trainer.run(Budget(1), path, lambda _: None)
        return path.read_bytes().hex()
    path.write_bytes(data)
    trainer.restore(path)
    trainer.run(Budget(trainer.step + 1), None, lambda _: None)
    return f"step {trainer.step}"


OPENERS = {
    "archive": _archive, "model": _model, "data": _data, "folder": _folder,
    "checkpoint": _checkpoint,
}  # fmt: skip


class Capped:
    """The child process; `open` gives it a file."""

    def __init__(self) -> None:
        context = get_context("spawn")
        self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=load_everything)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def open(self, kind: str, data: bytes | dict[str, bytes]) -> Outcome:
        """Open `data` there. Raises whatever is no `AcnError`: a crash of the child, a
        `MemoryError`, a time-out."""
        return self._pool.submit(open_it, kind, data).result(timeout=TIME_LIMIT_SECONDS)
