"""Results on pictures: photographs, pictures of many shapes, sets that a net never saw."""

from __future__ import annotations

from dataclasses import dataclass

from acncodec.report.schema.base import Count, Measured


@dataclass(frozen=True, kw_only=True)
class PhotographWay:
    """A picture as it is, or in tiles of so many pixels: bytes of the file, tiles that are stored,
    and what decoding is expected to take."""

    images: Count
    bytes: Count
    stored_images: Count
    expected_decompress_seconds: float


@dataclass(frozen=True, kw_only=True)
class OnePhotograph(Measured):
    """`bench/one_photograph.py`. others: bytes by the formats of pictures."""

    raw_bytes: Count
    others: dict[str, Count]
    ways: dict[str, PhotographWay]


@dataclass(frozen=True, kw_only=True)
class PhotographFile:
    """A photograph, its licence, and how much larger steps between its blocks of 8x8 are."""

    file: str
    licence: str
    height: Count
    width: Count
    tiles: Count
    blockiness: float


@dataclass(frozen=True, kw_only=True)
class Photographs(Measured):
    """`bench/photographs.py`. tile: the side of a tile, pixels."""

    tile: Count
    rgb: tuple[PhotographFile, ...]
    grey: tuple[PhotographFile, ...]


@dataclass(frozen=True, kw_only=True)
class ShapesSet:
    """A set of drawn pictures: bytes of its file, and the seconds of the processor of both ways."""

    images: Count
    shapes: Count
    samples: Count
    stored_images: Count
    file_bytes: Count
    compress_seconds: float
    decompress_seconds: float


@dataclass(frozen=True, kw_only=True)
class ShapesRatios:
    """Many shapes beside one: time a sample of both ways, and the bytes that a shape takes more."""

    compress: float
    decompress: float
    bytes_a_shape: float


@dataclass(frozen=True, kw_only=True)
class ManyShapes(Measured):
    """`bench/many_shapes.py`. sets: of one shape, `one`, and of many, `many`."""

    threads: Count
    sets: dict[str, ShapesSet]
    ratios: ShapesRatios


@dataclass(frozen=True, kw_only=True)
class LeftOutSet:
    """Bits a sample of a set by a net that saw it and by one that did not; percents."""

    seen: float
    unseen: float
    cost_percent: float
    gain_of_others_percent: float


@dataclass(frozen=True, kw_only=True)
class LeftOut(Measured):
    """`bench/leave_one_out.py`: nets that differ in the sets that they were trained on."""

    steps: Count
    weights: Count
    left_out: dict[str, LeftOutSet]
