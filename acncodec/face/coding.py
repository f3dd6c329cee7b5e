"""Images to bytes and back, and an archive opened."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Literal

from acncodec.codec import CompressOptions, Data, ModelsOf, Reader, models_for
from acncodec.codec.compress_set import compress_set
from acncodec.codec.shard_cache import MAX_BYTES
from acncodec.face.arrays import Image, Images, data_of, images_of
from acncodec.face.models import load_model
from acncodec.models.frozen import FrozenModel
from acncodec.models.registry import find_needed
from acncodec.run.devices import processors
from acncodec.run.settings import Run
from acncodec.training.progress import check_minutes

Model = FrozenModel | str | Path


def compress(
    images: Images, *, order: Literal["keep", "any"] = "keep", model: Model | None = None,
    fit_minutes: float | None = None, layout: str | None = None, threads: int | None = None,
) -> bytes:  # fmt: skip
    """An .acn archive of some images.

    images: an array (N, H, W), (N, H, W, C) or (N, C, H, W), bool, uint8 or uint16; a list of
    arrays (H, W) or (H, W, C) of several shapes; or arrays by name, as in an .npz, one of which is
    the images (`open` gives them all back). order: `any` gives the images back in a canonical
    order, for fewer bytes. model: the only one to be tried, by its name, path, or itself; by
    default the bundled one that makes the fewest bytes, or where none fits one of your own.
    fit_minutes: train a model on these very images for so long, and put it into the archive where
    that is smaller. layout: `nhw`, `nhwc` or `nchw`, where the shape does not tell. threads: by
    default one a processor; no byte hangs on it.

    Raises `DataError` where these are no images, `ModelError` where the model does not take them,
    `TrainingError` where `fit_minutes` is no time.

    >>> import acncodec, numpy as np
    >>> images = np.zeros((9, 28, 28), np.uint8)
    >>> images[:, 4:24, 13:16] = 255
    >>> data = acncodec.compress(images)
    >>> len(data) < 400, acncodec.decompress(data).shape
    (True, (9, 28, 28))
    """
    if fit_minutes is not None:
        check_minutes(fit_minutes, "fit_minutes")
    data = data_of(images, layout)
    options = CompressOptions(order, threads=threads or processors())
    chosen = load_model(model) if isinstance(model, str | Path) else model
    models = models_for(data, chosen, options.stored)
    found = [_packed(data, models, options)]
    if fit_minutes is not None and data.count:
        fitted, others = _fitted(data, fit_minutes, options.threads, models)
        at_hand = frozenset(one.model_id for one in others)
        carrying = replace(options, embed=True, at_hand=at_hand)
        found.append(_packed(data, [fitted, *others], carrying))
    return min(found, key=len)


def decompress(
    data: bytes | bytearray | memoryview, *, model: Model | None = None,
    threads: int | None = None, allow_large: bool = False,
) -> Image | list[Image]:  # fmt: skip
    """The images of an .acn archive: the array as it was, or a list where they differ in shape.

    model: the one that the archive needs, where it is neither bundled nor in the archive. What lies
    beside the images, `open` gives. allow_large: whether so few bytes may ask for that much memory
    or time (`acncodec.codec.demand`).

    Raises `FormatError` on malformed bytes, `CorruptionError` when they are not what was written,
    `ModelError` when the model is missing, `TooLargeError` when they ask for too much.

    >>> import acncodec, numpy as np
    >>> images = [np.zeros((5, 7), np.uint8), np.full((4, 4, 3), 200, np.uint8)]
    >>> back = acncodec.decompress(acncodec.compress(images))
    >>> [image.shape for image in back]
    [(5, 7), (4, 4, 3)]
    >>> all((one == other).all() for one, other in zip(images, back))
    True
    """
    file = io.BytesIO(data)
    with open_archive(file, model=model, threads=threads, allow_large=allow_large) as archive:
        return images_of(archive.read())


def open_archive(
    source: str | Path | BinaryIO, *, model: Model | None = None, threads: int | None = None,
    allow_large: bool = False, cache_bytes: int = MAX_BYTES,
) -> Reader:  # fmt: skip
    """An archive, its header read; images are decoded when they are asked for.

    source: a path, or a seekable binary file; model, threads, allow_large: as of `decompress`;
    cache_bytes: how much of what was decoded is kept, the shards that were looked at last. Raises
    `FormatError` where it is no archive; what decodes raises as `decompress` does.

    >>> import acncodec, io, numpy as np
    >>> digits = np.arange(6, dtype=np.uint8)
    >>> images = np.zeros((6, 28, 28), np.uint8) + (digits[:, None, None] % 2)
    >>> file = io.BytesIO(acncodec.compress({"images": images, "digits": digits}))
    >>> with acncodec.open(file) as archive:
    ...     len(archive), int(archive[1].max()), archive[2:5].shape, list(archive.arrays)
    (6, 1, (3, 28, 28), ['images', 'digits'])
    """

    def find(archive: ModelsOf) -> Sequence[FrozenModel]:
        named = None if model is None else str(model)
        wanted = [(one.model_id, one.name) for one in archive.wanted]
        return find_needed(wanted, named, archive.carried())

    models = [model] if isinstance(model, FrozenModel) else find
    run = Run(threads or processors(), allow_large=allow_large)
    return Reader(source, models, run, cache_bytes=cache_bytes)


def _packed(data: Data, models: Sequence[FrozenModel], options: CompressOptions) -> bytes:
    file = io.BytesIO()
    compress_set(data, models, options, file)
    return file.getvalue()


def _fitted(
    data: Data, minutes: float, threads: int, at_hand: Sequence[FrozenModel]
) -> tuple[FrozenModel, tuple[FrozenModel, ...]]:
    """A model of these images alone, which may begin with the weights of one at hand; and those at
    hand that take what it does not."""
    from acncodec.training.fit import beside_fitted, fit_model, plan_fit
    from acncodec.training.here import for_this_machine
    from acncodec.training.sieve import Sieve

    plan = plan_fit(data, minutes, at_hand=at_hand)
    plan = for_this_machine(plan, minutes, threads, at_hand)
    with TemporaryDirectory(prefix="acncodec-") as folder:
        fitted = fit_model(
            Sieve(plan.images, plan.pace), plan.choice, Path(folder) / "state", minutes=minutes,
            threads=threads, start=plan.start,
        )  # fmt: skip
    return fitted, beside_fitted(data, fitted, at_hand)
