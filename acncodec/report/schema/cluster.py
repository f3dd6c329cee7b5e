"""Results on a set whose shards are done on a Ray cluster."""

from __future__ import annotations

from dataclasses import dataclass

from acncodec.report.schema.base import Count, Measured


@dataclass(frozen=True, kw_only=True)
class ClusterWay:
    """How the shards were done: `here`, or on the cluster, where `killed` lost a process in the
    middle and `lost` a machine. start_seconds: until the cluster is there and a few images went
    through it; peak_mib: of the process that asks."""

    way: str
    start_seconds: float
    compress_seconds: float
    peak_mib: float
    decompress_seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class ClusterStream:
    """A large set that was compressed on the cluster."""

    images: Count
    data_mib: float
    compress_seconds: float
    peak_mib: float


@dataclass(frozen=True, kw_only=True)
class RayBeside(Measured):
    """`bench/ray_beside.py`. same_bytes: whether all ways made the same archive."""

    images: Count
    shards: Count
    machines: Count
    ways: tuple[ClusterWay, ...]
    same_bytes: bool
    stream: ClusterStream | None = None
