"""Targets: data sets (.npz, .npy, IDX, pictures), models and checkpoints."""

from __future__ import annotations

import gzip
import io
import shutil
import struct
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from forge import open_safetensors, safetensors
from pictures import INDEXED, RGB, png
from PIL import Image
from reading import decoded
from tiny import blobs

from acncodec.codec import CompressOptions, compress_dataset
from acncodec.codec.compare import same_data
from acncodec.errors import CoderError
from acncodec.families.registry import find_preset
from acncodec.images import DataSet, MixedData, load_any, load_idx, load_npz, read_npy, save_npz
from acncodec.images.folder import open_folder
from acncodec.images.reading import check_total
from acncodec.images.recognised import recognise
from acncodec.images.write_folder import read_sides, write_pictures
from acncodec.learning.source import ImageSource
from acncodec.models import selftest
from acncodec.models.frozen import FrozenModel
from acncodec.training.loop import Trainer
from acncodec.training.progress import Budget
from fuzzing.archives import GOLDEN
from fuzzing.mutations import BYTES
from fuzzing.repaired import REPAIRED, SAFETENSORS, npy_header, zip_member
from fuzzing.targets import EXACT, OTHER, Check, Target, demand

Arrays = dict[str, np.ndarray]
MAX_BYTES = 1 << 24
"""Spoiled sizes may claim much, and take it; this much is enough to find out."""


def input_targets(scratch: Path) -> list[Target]:
    """All of them; `scratch` is a folder for the file that is being read."""
    npz = [_npz(compressed) for compressed in (True, False)]
    npy = [_npy(array) for array in _arrays()]
    idx = [_idx(), gzip.compress(_idx(), mtime=0)]
    models = [_small_model()]
    trainer = _trainer()
    checkpoints = [_checkpoint(trainer, scratch)]
    pictures = [_picture(kind) for kind in ("PNG", "BMP", "PPM", "GIF", "TIFF", "WEBP")]
    pictures += _more_pictures()
    npz_ways = BYTES | {f"an array, {REPAIRED}": zip_member}
    npy_ways = BYTES | {f"header, {REPAIRED}": npy_header}
    return [
        Target("npz", 70, npz, npz_ways, _check_npz(npz)),
        Target("npy", 70, npy, npy_ways, _check_npy),
        Target("idx", 60, idx, BYTES, _check_idx),
        Target("picture", 16, pictures, BYTES, _check_picture(pictures, scratch)),
        Target("model", 20, models, BYTES | SAFETENSORS, _check_model(models, scratch)),
        Target("checkpoint", 4, checkpoints, BYTES | SAFETENSORS, _check_resume(trainer, scratch)),
    ]


def _arrays() -> list[np.ndarray]:
    pair = np.dtype([("a", ">i2"), ("b", "<f4", (2,))])
    return [
        blobs(3, 1)[:, 0], np.arange(6, dtype=">i4").reshape(2, 3), np.array(["a", "bc"]),
        np.asfortranarray(np.eye(3)), np.zeros(3, pair), np.array(5.0), np.zeros((0, 7), np.int8),
        np.array(["2020-01-01", "NaT"], "M8[D]"), np.array([b"xy", b"z"]), np.ones((2, 2), bool),
    ]  # fmt: skip


def _npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def _npz(compressed: bool) -> bytes:
    file = io.BytesIO()
    arrays: Any = {"x": blobs(3, 1)[:, 0], "y": np.arange(3), "n": np.array(["a", "b"])}
    (np.savez_compressed if compressed else np.savez)(file, **arrays)
    return file.getvalue()


def _idx() -> bytes:
    return struct.pack(">BBBBIII", 0, 0, 8, 3, 3, 8, 8) + blobs(3, 1).tobytes()


def _picture(kind: str) -> bytes:
    file = io.BytesIO()
    grey = np.arange(64, dtype=np.uint8).reshape(8, 8)  # a GIF of black and white has a palette
    Image.fromarray(grey).save(file, kind, lossless=True)
    return file.getvalue()


def _more_pictures() -> list[bytes]:
    """Of 16 bits, of a palette with alpha, and of text."""
    grey = np.arange(64, dtype=np.uint8).reshape(8, 8)
    deep = np.arange(192, dtype=np.uint16).reshape(8, 8, 3) * 257
    colours = [(b"PLTE", bytes(range(12))), (b"tRNS", b"\1")]
    planes = io.BytesIO()
    tifffile.imwrite(
        planes, np.moveaxis(deep, -1, 0), photometric="rgb", planarconfig="separate",
        compression="lzw",
    )  # fmt: skip
    return [
        png(deep, 16, RGB), png(grey & 3, 2, INDEXED, colours), b"P3 2 2 255\n" + b"1 2 3 " * 4,
        planes.getvalue(),
    ]  # fmt: skip


def _check_npz(seeds: list[bytes]) -> Check:
    known = {_about(array) for seed in seeds for array in load_npz(io.BytesIO(seed)).values()}

    def check(data: bytes, seed: int, repaired: bool) -> str:
        arrays = load_npz(io.BytesIO(data), max_bytes=MAX_BYTES)
        if not repaired:  # the CRC of its member protects each array, though not its name
            demand(all(_about(array) in known for array in arrays.values()), "other arrays")
        given = recognise(arrays)
        file = io.BytesIO()
        save_npz(file, given, compressed=False)
        back = recognise(load_npz(file), images=given.spec.name, layout=given.spec.layout)
        demand(same_data(given, back, "keep"), "arrays that change")
        return EXACT if all(_about(array) in known for array in arrays.values()) else OTHER

    return check


def _about(array: np.ndarray) -> object:
    return array.dtype.descr.__repr__(), array.shape, array.tobytes()


def _check_npy(data: bytes, seed: int, repaired: bool) -> str:
    array = read_npy(io.BytesIO(data), len(data), max_bytes=MAX_BYTES)
    demand(array.nbytes <= len(data), "an array larger than its file")
    demand(not array.dtype.hasobject, "objects")
    return OTHER


def _check_idx(data: bytes, seed: int, repaired: bool) -> str:
    array = load_idx(io.BytesIO(data), len(data), max_bytes=MAX_BYTES)
    original = blobs(3, 1)[:, 0]
    if array.shape == original.shape and np.array_equal(array, original):
        return EXACT
    plain = data[:2] != b"\x1f\x8b"
    demand(plain, "gzip's CRC did not notice")
    demand(array.nbytes + 16 == len(data), "an array that is not its file")
    return OTHER


def _check_picture(seeds: list[bytes], scratch: Path) -> Check:
    suffixes = ("png", "bmp", "pgm", "gif", "tif", "webp", "16.png", "p.png", "ppm", "16.tif")

    def check(data: bytes, seed: int, repaired: bool) -> str:
        folder = scratch / suffixes[seed]
        folder.mkdir(exist_ok=True)
        (folder / f"a.{suffixes[seed]}").write_bytes(data)
        check_total(open_folder(folder).nbytes, MAX_BYTES)
        given = load_any(folder)
        images = _pictures(given)
        known = (np.uint8, np.bool_, np.uint16)
        demand(len(images) > 0 and all(image.dtype in known for image in images), "no picture")
        back = load_any(_written(given, images, scratch / "written"))
        again = _pictures(back)
        demand(
            len(again) == len(images) and all(map(np.array_equal, images, again)),
            "pictures that change when they are written",
        )
        return EXACT if data in seeds else OTHER

    return check


def _pictures(data: DataSet | MixedData) -> list[np.ndarray]:
    return data.arrays() if isinstance(data, MixedData) else [*data.spec.to_array(data.pixels)]


def _written(data: DataSet | MixedData, images: list[np.ndarray], folder: Path) -> Path:
    """A folder of the pictures, written as `decompress` writes them."""
    shutil.rmtree(folder, ignore_errors=True)

    def add(name: str, content: bytes) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)

    channels = None if isinstance(data, MixedData) else data.shape[0] + data.spec.replicated - 1
    sides = read_sides(data.side, channels, np.dtype(data.spec.dtype))
    write_pictures(add, sides, images)
    return folder


def _small_model() -> bytes:
    """The golden model, nearly all of its float weights replaced by one."""
    tensors, metadata = open_safetensors((GOLDEN / "model.safetensors").read_bytes())
    kept = {name: entry for name, entry in tensors.items() if not name.startswith("float.")}
    return safetensors(kept | {"float.one": ("F32", [1], bytes(4))}, metadata)


def _check_model(seeds: list[bytes], scratch: Path) -> Check:
    """A spoiled model that is accepted is another model, and codes images exactly."""
    path, packed = scratch / "m.safetensors", scratch / "m.acn"
    path.write_bytes(seeds[0])
    known = FrozenModel.load(path).model_id
    given = recognise({"x": blobs(4, 2)[:, 0]})

    def check(data: bytes, seed: int, repaired: bool) -> str:
        path.write_bytes(data)
        model = FrozenModel.load(path)
        if model.model_id == known:
            return EXACT
        selftest.forget()
        for order, ordering in (("keep", "iid"), ("any", "tour")):
            try:
                with packed.open("wb") as file:
                    options = CompressOptions(order, ordering, threads=1)
                    compress_dataset(given, model, options, file)
            except CoderError:
                continue  # images too cheap, or a stack too short, under such a model
            back = decoded(packed, model, threads=1)
            demand(same_data(given, back, order), "a model that does not code exactly")
        return OTHER

    return check


def _trainer() -> Trainer:
    family, chosen = find_preset("tiny")
    images = ImageSource(blobs(40, 1)[:, 0])
    return Trainer(family, chosen.config.sized(8, 8), chosen.recipe, images, None, 0)


def _checkpoint(trainer: Trainer, scratch: Path) -> bytes:
    path = scratch / "first.safetensors"
    trainer.run(Budget(1), path, lambda _: None)
    return path.read_bytes()


def _check_resume(trainer: Trainer, scratch: Path) -> Check:
    path = scratch / "c.safetensors"

    def check(data: bytes, seed: int, repaired: bool) -> str:
        path.write_bytes(data)
        trainer.restore(path)
        trainer.run(Budget(trainer.step + 1), None, lambda _: None)
        return OTHER

    return check
