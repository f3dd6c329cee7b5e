"""Models: loaded, and trained on arrays of images."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from acncodec.errors import DataError, TrainingError
from acncodec.face.arrays import Images, data_of
from acncodec.images import DataSet, save_npz
from acncodec.models.frozen import FrozenModel
from acncodec.models.registry import find_by_name_or_path


def load_model(name_or_path: str | Path) -> FrozenModel:
    """A bundled model by its name, or a model file by its path.

    It can be pickled, also after it was used. Raises `ModelError` where there is none.

    >>> import acncodec
    >>> acncodec.load_model("mnist").accepts.takes((1, 28, 28), 2)
    True
    """
    return find_by_name_or_path(str(name_or_path))


def train(
    images: Images, *, minutes: float | None = None, steps: int | None = None,
    preset: str | None = None, seed: int = 1, device: str = "auto", name: str = "own",
) -> FrozenModel:  # fmt: skip
    """A model for images like these; the last sixth of them is held back to validate with.

    images: as of `compress`, all of one shape. minutes, steps: train so long, or so many steps; 20
    minutes by default, or what the preset says. preset: the networks and the recipe, by default
    what suits the images and the time. device: `auto`, `cpu` or `cuda`. name: what the model is
    called. `to_bytes()` of the model is its file.

    Raises `DataError` where these are no images of one shape, `TrainingError` on bad settings.

    >>> import acncodec, numpy as np
    >>> images = np.random.default_rng(0).integers(0, 256, (12, 8, 8), np.uint8)
    >>> model = acncodec.train(images, steps=1)
    >>> data = acncodec.compress(images, model=model)
    >>> bool((acncodec.decompress(data, model=model) == images).all())
    True
    """
    from acncodec.training.session import train_model

    if Path(name).name != name:
        raise TrainingError(f"the model's name is {name!r}: it is the name of a file too")
    data = data_of(images)
    if not isinstance(data, DataSet):
        raise DataError("a model is trained on images of one shape and one number of levels")
    with TemporaryDirectory(prefix="acncodec-") as folder:
        source = Path(folder) / "images.npz"
        with source.open("wb") as file:
            save_npz(file, data, compressed=False)
        return train_model(
            source, Path(folder) / f"{name}.safetensors", preset=preset, minutes=minutes,
            steps=steps, seed=seed, device=device,
        )  # fmt: skip
