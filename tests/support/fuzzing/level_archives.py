"""Targets: archives of versions 3 to 5, their headers, sections, decoding and salvage.

They are the golden files: grey, colour, 16 bits, forms, mixed and stored sets, models inside,
stored images by pixels.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from forge import take_apart
from reading import decoded, salvaged

from acncodec.codec import ModelsOf
from acncodec.codec.compare import same_data
from acncodec.codec.decoder import Find
from acncodec.container import read_archive, read_header, write_archive
from acncodec.container.headers import header_from_bytes
from acncodec.images import DataSet, MixedData
from acncodec.models.frozen import FrozenModel
from fuzzing.mutations import BYTES, Mutations
from fuzzing.repaired import ARCHIVE
from fuzzing.targets import EXACT, OTHER, Check, Target, demand

GOLDEN = Path(__file__).parent.parent.parent / "golden"
LARGE = 20_000
"""Bytes from which an archive is too slow to decode thousands of times."""

Data = DataSet | MixedData


@dataclass(frozen=True)
class Known:
    """What an archive gives back."""

    data: Data
    images: frozenset[bytes]
    joined: bytes


def level_targets(scratch: Path) -> list[Target]:
    """All of them; `scratch` is a folder for the file that is being read."""
    files = sorted(path for version in (3, 4, 5) for path in GOLDEN.glob(f"v{version}/*.acn"))
    beside = [FrozenModel.load(path) for path in sorted(GOLDEN.glob("v3/*.safetensors"))]

    def models(archive: ModelsOf) -> Sequence[FrozenModel]:
        return [*archive.carried(), *beside]

    whole = [path.read_bytes() for path in files]
    small = [
        path for path in files
        if path.stat().st_size < LARGE and read_header(path).header.coder != "torchac"
    ]  # fmt: skip
    known = [_known(decoded(path, models, 1)) for path in small]
    packed = [path.read_bytes() for path in small]
    path = scratch / "spoiled-levels.acn"
    ways = BYTES | ARCHIVE
    heads = [replace(take_apart(data), sections=()).to_bytes() for data in whole]
    head_ways: Mutations = {
        name: way for name, way in ways.items() if name in BYTES or name.startswith("header")
    }
    return [
        Target("level header", 100, heads, head_ways, _header(heads)),
        Target("level container", 60, whole, ways, _container(whole)),
        Target("level decode", 60, packed, ways, _decode(known, models, path)),
        Target("level salvage", 10, packed, ways, _salvage(known, models, path)),
    ]


def _known(data: Data) -> Known:
    images = _images(data)
    return Known(data, frozenset(images), b"".join(images))


def _images(data: Data) -> list[bytes]:
    """The level indexes of each image, class by class."""
    if isinstance(data, DataSet):
        return [image.tobytes() for image in data.pixels]
    blocks = data.images.blocks
    return [image.tobytes() for number in sorted(blocks) for image in blocks[number]]


def _header(seeds: Sequence[bytes]) -> Check:
    known = [header_from_bytes(seed) for seed in seeds]

    def check(data: bytes, seed: int, repaired: bool) -> str:
        header = header_from_bytes(data)
        if header == known[seed]:
            return EXACT
        demand(repaired or header in known, "a header that nobody wrote")
        demand(type(header).from_bytes(header.to_bytes()) == header, "a header that changes")
        return OTHER

    return check


def _container(seeds: Sequence[bytes]) -> Check:
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


def _decode(known: Sequence[Known], models: Find, path: Path) -> Check:
    """Level indexes are under the digest of their shard; what gives them their shape and their
    values is under the header's CRC alone, so where that was repaired the rest may differ."""

    def check(data: bytes, seed: int, repaired: bool) -> str:
        path.write_bytes(data)
        back = decoded(path, models, 1)
        if same_data(known[seed].data, back, "keep"):
            return EXACT
        if not repaired:
            demand(any(same_data(k.data, back, "keep") for k in known), "images nobody packed")
        demand(_is_known(_images(back), known), "images that nobody packed")
        return OTHER

    return check


def _is_known(images: list[bytes], known: Sequence[Known]) -> bool:
    """Whether every image was packed (shards may come from several archives), or all together
    are the levels of a set, cut otherwise."""
    packed = frozenset[bytes]().union(*(entry.images for entry in known))
    joined = b"".join(images)
    return packed.issuperset(images) or any(joined == entry.joined for entry in known)


def _salvage(known: Sequence[Known], models: Find, path: Path) -> Check:
    def check(data: bytes, seed: int, repaired: bool) -> str:
        path.write_bytes(data)
        back, loss = salvaged(path, models, 1)
        demand(back.count == loss.saved, "another number of images than it says")
        lost = sum(stop - first for first, stop in loss.missing)
        demand(loss.saved + lost == loss.images, "images that are neither here nor missing")
        demand(_is_known(_images(back), known), "images that nobody packed")
        return EXACT if loss.is_none and not repaired else OTHER

    return check
