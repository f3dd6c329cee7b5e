"""The second part of `acncodec demo`: a folder of sprites, there and back as a folder."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.box import SIMPLE
from rich.table import Table


@dataclass(frozen=True)
class FolderTrial:
    """A folder of pictures: its files' bytes, the archive's, what other compressors make of the
    pixels (bytes by name), which models were taken, and whether the same folder came back."""

    count: int
    files: int
    archive: int
    others: dict[str, int]
    models: str
    identical: bool


def try_folder(
    count: int, folder: Path, threads: int, batch: int, progress: Callable[[str, float], None]
) -> FolderTrial:
    """Write the bundled sprites as pictures, compress that folder, and write it back."""
    from acncodec.codec import CompressOptions, Reader, models_for, save_folder
    from acncodec.codec.compare import same_data
    from acncodec.codec.compress_set import compress_set
    from acncodec.container import atomic_folder
    from acncodec.data import sprites
    from acncodec.images import DataSet, load_dataset
    from acncodec.images.load import load_any
    from acncodec.run.settings import Run
    from acncodec.training.rivals import rivals_bits_per_dim

    from .demo import first_images

    given, archive, back = folder / "sprites", folder / "sprites.acn", folder / "back"
    with atomic_folder(given) as pictures:
        save_folder(pictures, first_images(load_dataset(sprites()), count))
    data = load_any(given)
    options = CompressOptions("any", threads=threads, batch=batch)
    models = models_for(data, None, options.stored)
    with archive.open("wb") as file:
        compress_set(data, models, options, file, progress)
    with (
        Reader(archive, models, Run(threads, batch, progress=progress)) as reader,
        atomic_folder(back) as pictures,
    ):
        reader.write_folder(pictures)
        taken = ", ".join(model.name for model in reader.wanted) or "none: all are stored"
    others = {}
    if isinstance(data, DataSet):
        images = data.pixels.transpose(0, 2, 3, 1)
        others = {
            name: math.ceil(bits * images.size / 8)
            for name, bits in rivals_bits_per_dim(images, data.levels).items()
        }
    return FolderTrial(
        data.count, sum(path.stat().st_size for path in given.rglob("*.png")),
        archive.stat().st_size, others, taken, same_data(data, load_any(back), "any"),
    )  # fmt: skip


def folder_table(trial: FolderTrial) -> Table:
    """Bytes of the folder, of the other compressors and of the archive, and ratios to it."""
    table = Table(box=SIMPLE)
    table.add_column("method")
    for name in ("bytes", "to acn", "identical"):
        table.add_column(name, justify="right")
    rows = {"the folder's PNG files": trial.files, **trial.others}
    for name, size in sorted(rows.items(), key=lambda row: -row[1]):
        table.add_row(name, f"{size:,}", f"{size / trial.archive:.2f}", "")
    table.add_section()
    table.add_row("acn any", f"{trial.archive:,}", "1.00", "yes" if trial.identical else "NO")
    return table
