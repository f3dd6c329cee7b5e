"""A file of images, read again, and the latents that it holds, as its decoder takes them."""

from __future__ import annotations

import io
import math
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.tables import GRID_BITS
from acncodec.codec import CompressOptions, Reader, compress_dataset
from acncodec.codec.compare import same_data
from acncodec.contracts.image_kind import ImageKind
from acncodec.contracts.likelihood import ImageCodec, Likelihood
from acncodec.images import DataSet
from acncodec.models.frozen import FrozenModel
from acncodec.models.selftest import check_products
from acncodec.run.settings import Run
from acncodec.run.workers import Workers

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Heard:
    """A likelihood that notes the latents of the images that it is asked for, batch by batch."""

    likelihood: Likelihood
    latents: list[Ints] = field(default_factory=list)

    def of(self, images: ImageKind) -> Heard:
        """That of images of one size and number of levels."""
        return Heard(self.likelihood.of(images), self.latents)

    def codec(self, z: Ints, workers: Workers) -> ImageCodec[NDArray[Any]]:
        """The codec of images with latents z (n, D)."""
        self.latents.append(z)
        return self.likelihood.codec(z, workers)


@dataclass(frozen=True)
class Latents:
    """The latents of a file beside the codes of its images: root mean squares of what lies between
    them, in standard deviations of a posterior; of certain latents in units of their own.

    own: of a latent and the code of its image, 0 where latents are certain, about 1 where they are
    drawn around codes; other: of a latent and the code of the next image.
    """

    own: float
    other: float


@dataclass(frozen=True)
class Written:
    """A file: its bytes, and what of its latents, none where the model has none."""

    nbytes: int
    latents: Latents | None


def between(model: FrozenModel, latents: Ints, codes: Ints) -> Latents:
    """How far latents (N, D) lie from codes (N, D)."""
    ones, others = (model.latents.points(found).astype(np.float64) for found in (latents, codes))
    own, other = (
        float(np.sqrt(((ones - found) ** 2).mean())) / (1 << GRID_BITS)
        for found in (others, np.roll(others, -1, 0))
    )
    return Latents(own, other)


def slack(count: int) -> float:
    """How far from 1 the mean square of so many draws of a standard normal may be: six standard
    deviations, and a twentieth for a grid and for bits that are not quite random."""
    return 0.05 + 6.0 * math.sqrt(2.0 / count)


def there_and_back(data: DataSet, model: FrozenModel, codes: Ints, threads: int) -> Written:
    """Compress images, each by itself, in the order given, none stored; codes: theirs (N, D).

    Raises `ModelError` if images have no price, `SystemExit` if other images come back, or the file
    holds latents of other codes.
    """
    file = io.BytesIO()
    how = CompressOptions("keep", "iid", threads=threads, stored="never", allow_large=True)
    compress_dataset(data, model, how, file)
    heard = Heard(model.likelihood)
    asked = cast("Likelihood", heard)  # a decoder asks it for nothing else
    listening = replace(model, family=replace(model.family, likelihood=lambda *_: asked))
    check_products(listening)  # once for a model, and it asks for an image too
    heard.latents.clear()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "file.acn")
        path.write_bytes(file.getvalue())
        with Reader(path, [listening], Run(threads, allow_large=True)) as archive:
            if not same_data(data, archive.read(), "keep"):
                raise SystemExit(f"{model.name}: other images came back")
    found = np.concatenate(heard.latents)
    if not found.size:
        return Written(len(file.getvalue()), None)
    latents = between(model, found, codes)
    expected, most = (0.0, 0.0) if model.latents.certain else (1.0, slack(found.size))
    if abs(latents.own**2 - expected) > most:
        raise SystemExit(f"{model.name}: the file holds other codes than those of its images")
    return Written(len(file.getvalue()), latents)
