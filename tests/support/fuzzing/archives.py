"""Targets: the header, the container, side data, duplicates, full decoding, salvage."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from forge import SIDE, Parts, take_apart
from reading import decoded, salvaged
from tiny import blobs

from acncodec.codec import CompressOptions, compress_dataset
from acncodec.codec.compare import same_data
from acncodec.container import (
    Header,
    read_archive,
    unpack_counts,
    unpack_inverse,
    unpack_side,
    write_archive,
)
from acncodec.container.duplicates import pack_counts, pack_inverse
from acncodec.container.side import pack_side
from acncodec.images import DataSet, ImageSpec, SideArray
from acncodec.models.frozen import FrozenModel
from fuzzing.mutations import BYTES, Mutations
from fuzzing.repaired import ARCHIVE, REPAIRED, flat_repeats, side_repaired
from fuzzing.targets import EXACT, OTHER, Check, Target, demand

GOLDEN = Path(__file__).parent.parent.parent / "golden" / "v1"
COUNTS = ((60, 20), (9, 8), (300, 2), (70_000, 5))
"""Images, and how many of them are distinct, for the duplicates."""


@dataclass(frozen=True)
class Original:
    """An archive, and what it gives back."""

    packed: bytes
    data: DataSet


def originals(model: FrozenModel, scratch: Path) -> list[Original]:
    """Small archives of every kind."""
    pixels = np.concatenate([blobs(5, 1), blobs(5, 1)[2:3]])
    side = (
        SideArray("y", np.arange(6, dtype="<i2"), aligned=True),
        SideArray("note", np.array(["a", "note"]), aligned=False),
    )
    data = DataSet(pixels, ImageSpec("x", "uint8", "nhw", (0, 255), 1), side)
    plain = DataSet(pixels[:3], ImageSpec("", "bool", "nchw", (0, 1)))
    made = []
    for given, order, ordering, size in (
        (data, "keep", "iid", None), (data, "keep", "tour", 4), (data, "any", "set", None),
        (data, "any", "tour", 2), (plain, "keep", "tour", None), (plain, "any", "set", None),
    ):  # fmt: skip
        path = scratch / "original.acn"
        with path.open("wb") as file:
            options = CompressOptions(order, ordering, threads=1, shard_size=size)
            compress_dataset(given, model, options, file)
        made.append(Original(path.read_bytes(), decoded(path, model, 1)))
    return made


def archive_targets(scratch: Path) -> list[Target]:
    """All of them; `scratch` is a folder for the file that is being read."""
    model = FrozenModel.load(GOLDEN / "model.safetensors")
    small = originals(model, scratch)
    packed = [original.packed for original in small]
    golden = [path.read_bytes() for path in sorted(GOLDEN.glob("*.acn"))]
    whole = [*packed, *golden]
    headers = [replace(take_apart(data), sections=()).to_bytes() for data in [*whole, _wide()]]
    sides = [take_apart(data).payload(SIDE) for data in golden[:1] + packed[:3]]
    sides += [pack_side([SideArray("z", np.zeros((0, 3)), aligned=False)]), pack_side([])]
    repeats = [*_inverses(), *_counts()]
    path = scratch / "spoiled.acn"
    ways = BYTES | ARCHIVE
    side_ways = BYTES | {f"raw, {REPAIRED}": side_repaired}
    return [
        Target("header", 200, headers, BYTES | _of(ways, "header"), _header(headers)),
        Target("container", 180, whole, ways, _container(whole)),
        Target("side data", 140, sides, side_ways, _side(sides)),
        Target("duplicates", 120, repeats, BYTES | {f"raw, {REPAIRED}": flat_repeats}, _repeats),
        Target("decode", 100, packed, ways, _decode(small, model, path)),
        Target("salvage", 20, packed, ways, _salvage(small, model, path)),
    ]


def _of(ways: Mutations, name: str) -> Mutations:
    return {key: way for key, way in ways.items() if key.startswith(name)}


def _wide() -> bytes:
    """An archive with a long header and no images."""
    shard = {"n": 0, "t": "iid", "z": []}
    tour = {"n": 5000, "u": 4000, "t": "tour", "z": [20, [40, 99], 20], "b": 3, "p": True}
    fields = {
        "m": "name", "p": "int15", "c": "ans", "o": "keep", "n": "images", "d": "uint8",
        "l": "nhwc", "s": [3, 4, 5], "v": 256, "a": 2, "h": [tour, *[shard] * 20],
    }  # fmt: skip
    return Parts(bytes(32), fields).to_bytes()


def _header(seeds: list[bytes]) -> Check:
    known = [Header.from_bytes(seed) for seed in seeds]

    def check(data: bytes, seed: int, repaired: bool) -> str:
        header = Header.from_bytes(data)
        if header == known[seed]:
            return EXACT
        demand(repaired or header in known, "a header that nobody wrote")
        demand(Header.from_bytes(header.to_bytes()) == header, "a header that changes")
        return OTHER

    return check


def _container(seeds: list[bytes]) -> Check:
    def check(data: bytes, seed: int, repaired: bool) -> str:
        archive = read_archive(io.BytesIO(data))
        if data == seeds[seed]:
            return EXACT
        demand(repaired or data in seeds, "an archive that nobody wrote")
        again = io.BytesIO()
        write_archive(again, archive.header, archive.sections)
        back = read_archive(again)
        demand((back.header, back.sections) == (archive.header, archive.sections), "it changes")
        return OTHER

    return check


def _side(seeds: list[bytes]) -> Check:
    counts = [63, 6, 6, 6, 0, 0]
    known = [unpack_side(seed, count) for seed, count in zip(seeds, counts, strict=True)]

    def check(data: bytes, seed: int, repaired: bool) -> str:
        arrays = unpack_side(data, counts[seed])
        if _same_arrays(arrays, known[seed]):
            return EXACT
        demand(repaired or any(_same_arrays(arrays, k) for k in known), "arrays nobody packed")
        demand(_same_arrays(unpack_side(pack_side(arrays), counts[seed]), arrays), "arrays change")
        return OTHER

    return check


def _same_arrays(some: tuple[SideArray, ...], others: tuple[SideArray, ...]) -> bool:
    def about(side: SideArray) -> object:
        return side.name, side.aligned, side.array.dtype, side.array.shape, side.array.tobytes()

    return [about(side) for side in some] == [about(side) for side in others]


def _inverses() -> list[bytes]:
    made = []
    for count, distinct in COUNTS:
        rng = np.random.default_rng(count)
        later = rng.integers(0, distinct, count - distinct)
        made.append(pack_inverse(np.concatenate([np.arange(distinct), later]), distinct))
    return made


def _counts() -> list[bytes]:
    made = []
    for count, distinct in COUNTS:
        extra = np.random.default_rng(count).multinomial(
            count - distinct, [1 / distinct] * distinct
        )
        made.append(pack_counts(extra + 1))
    return made


def _repeats(data: bytes, seed: int, repaired: bool) -> str:
    count, distinct = COUNTS[seed % len(COUNTS)]
    if seed < len(COUNTS):
        inverse = unpack_inverse(data, count, distinct)
        demand(inverse.shape == (count,), "another number of images")
        pack_inverse(inverse, distinct)  # refuses what is not numbered by first occurrence
        demand(len(np.unique(inverse)) == distinct, "a distinct image that is not there")
    else:
        counts = unpack_counts(data, count, distinct)
        demand(counts.shape == (distinct,) and counts.sum() == count, "another number of images")
        demand(int(counts.min()) >= 1, "an image that does not occur")
    return OTHER


def _decode(known: list[Original], model: FrozenModel, path: Path) -> Check:
    """Level indexes are under the digest of their shard; the header that gives them their values
    is under its CRC alone, so where that was repaired the rest may differ."""

    def check(data: bytes, seed: int, repaired: bool) -> str:
        path.write_bytes(data)
        back = decoded(path, model, threads=1)
        if same_data(known[seed].data, back, "keep"):
            return EXACT
        if not repaired:
            demand(any(same_data(k.data, back, "keep") for k in known), "images nobody packed")
        demand(_known_shards(back, known), "images that nobody packed")
        return OTHER

    return check


def _known_shards(back: DataSet, known: list[Original]) -> bool:
    """Whether every image is one that was packed: a shard may have come from another archive."""
    packed = {image.tobytes() for original in known for image in original.data.pixels}
    return all(image.tobytes() in packed for image in back.pixels)


def _salvage(known: list[Original], model: FrozenModel, path: Path) -> Check:
    def check(data: bytes, seed: int, repaired: bool) -> str:
        path.write_bytes(data)
        back, loss = salvaged(path, model, threads=1)
        demand(back.count == loss.saved, "another number of images than it says")
        lost = sum(stop - first for first, stop in loss.missing)
        demand(loss.saved + lost == loss.images, "images that are neither here nor missing")
        if repaired:
            demand(_known_shards(back, known), "images that nobody packed")
            return OTHER
        kept = np.ones(loss.images, np.bool_)
        for first, stop in loss.missing:
            kept[first:stop] = False
        demand(any(_is_part(back, kept, original.data) for original in known), "other images")
        return EXACT if loss.is_none else OTHER

    return check


def _is_part(back: DataSet, kept: np.ndarray, data: DataSet) -> bool:
    """Whether `back` is the rows `kept` of `data`, with or without its side data."""
    if len(kept) != data.count or back.spec.values != data.spec.values:
        return False
    side = tuple(
        replace(s, array=s.array[kept]) if s.aligned else s for s in data.side if back.side
    )
    return np.array_equal(back.pixels, data.pixels[kept]) and _same_arrays(back.side, side)
