"""Results on what shards are for: many machines, and images that are asked for one by one."""

from __future__ import annotations

from dataclasses import dataclass

from acncodec.report.schema.base import Count, Measured


@dataclass(frozen=True, kw_only=True)
class ClusterWay:
    """A set compressed, and decompressed if `decompress_seconds` is there, in one way: `here`, on
    two machines (`ray`), with a process `killed` or a machine `lost`."""

    way: str
    order: str
    start_seconds: float
    compress_seconds: float
    peak_mib: float
    file_sha256: str
    decompress_seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class RayBeside(Measured):
    """A part of `bench/ray_beside.py`."""

    part: str
    images: Count
    shards: Count
    machines: Count
    data_mib: float
    rows: tuple[ClusterWay, ...]


@dataclass(frozen=True, kw_only=True)
class ColdImages:
    """The first image of each shard but one; first_seconds: of that one, with the opening;
    shard_milliseconds: of a shard where all are decoded in turn."""

    shard_size: Count
    shards: Count
    first_seconds: float
    median_milliseconds: float
    largest_milliseconds: float
    shard_milliseconds: float


@dataclass(frozen=True, kw_only=True)
class RandomAccess(Measured):
    """`bench/random_access.py`. seconds, of_whole: of `whole`, `batches` and `single`; loaders:
    seconds by how workers are started."""

    images: Count
    shard_size: Count
    batch: Count
    workers: Count
    seconds: dict[str, float]
    of_whole: dict[str, float]
    loaders: dict[str, float]
    cold: ColdImages
