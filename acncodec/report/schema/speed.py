"""Results on time and memory."""

from __future__ import annotations

from dataclasses import dataclass

from acncodec.report.schema.base import Count, Measured, Share


@dataclass(frozen=True, kw_only=True)
class CommandCosts:
    """One command as a process of its own."""

    seconds: float
    peak_mib: float | None = None


@dataclass(frozen=True, kw_only=True)
class SpeedOfOrdering:
    """Compress and decompress with one strategy."""

    compress: CommandCosts
    decompress: CommandCosts


@dataclass(frozen=True, kw_only=True)
class AgainstNaive:
    """The incremental decoder against one full pass a pixel, on one thread."""

    naive_seconds_per_image: float
    full_batch_seconds_per_image: float
    naive_over_full_batch: float
    batch_images: Count


@dataclass(frozen=True, kw_only=True)
class Speed(Measured):
    """`bench/speed.py`."""

    images: Count
    orderings: dict[str, SpeedOfOrdering]
    against_naive: AgainstNaive | None = None


@dataclass(frozen=True, kw_only=True)
class ProductTrial:
    """The same product of 15-bit operands in several ways, microseconds."""

    rows: Count
    inner: Count
    columns: Count
    float64_microseconds: float
    int8_limbs_microseconds: float
    int8_limbs_joined_microseconds: float
    int16_pairs_microseconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class SpeedTrials(Measured):
    """`bench/speed_trials.py`."""

    products: tuple[ProductTrial, ...]


@dataclass(frozen=True, kw_only=True)
class ScaleRow:
    """One number of images, in one shard, there and back; start-up is not in the seconds an
    image. `asked` is the ordering that was asked for, `ordering` the one that was taken."""

    images: Count
    ordering: str
    compress_seconds_per_image: float
    decompress_seconds_per_image: float
    ordering_share: Share
    compress_peak_mib: float
    decompress_peak_mib: float
    asked: str | None = None
    compress_start_seconds: float | None = None
    decompress_start_seconds: float | None = None
    nats_per_image: float | None = None
    restored_exactly: bool | None = None


@dataclass(frozen=True, kw_only=True)
class ShardsRow:
    """One set in so many shards of the same size."""

    shards: Count
    images: Count
    nats_per_image: float
    theory_nats: float
    beyond_first_nats: float
    compress_seconds: float | None = None
    one_image_seconds: float | None = None
    one_image_decodes: Count | None = None


@dataclass(frozen=True, kw_only=True)
class Streamed:
    """Data that are read, coded, decoded and written shard by shard."""

    images: Count
    data_mib: float
    shards: Count
    compress_peak_mib: float
    decompress_peak_mib: float


@dataclass(frozen=True, kw_only=True)
class Scale(Measured):
    """`bench/scale.py`."""

    rows: tuple[ScaleRow, ...]
    threads: Count | None = None
    order: str = "any"
    shards: tuple[ShardsRow, ...] = ()
    stream: Streamed | None = None


@dataclass(frozen=True, kw_only=True)
class DecoderTimes:
    """Milliseconds an image on so many threads: known pixels and one by one through the network
    alone; the whole codec, to a stack and off it."""

    threads: Count
    score: float
    decode: float
    push: float
    pop: float


@dataclass(frozen=True, kw_only=True)
class DecoderCosts:
    """One decoder: bits a sample of images that were held back, and times."""

    preset: str
    parameters: Count
    macs_per_image: Count
    float_bits_per_dim: float
    file_bits_per_dim: float
    milliseconds: tuple[DecoderTimes, ...]
    steps: Count | None = None
    minutes: float | None = None


@dataclass(frozen=True, kw_only=True)
class Decoders(Measured):
    """`bench/decoders.py`."""

    held: Count
    timed: Count
    decoders: dict[str, DecoderCosts]


@dataclass(frozen=True, kw_only=True)
class LevelSpeedRow:
    """Both commands on so many threads, whole and with the few images that start-up takes;
    `products`: of those alone, milliseconds an image."""

    threads: Count
    compress_seconds: float
    decompress_seconds: float
    compress_start_seconds: float
    decompress_start_seconds: float
    compress_peak_mib: float
    decompress_peak_mib: float
    milliseconds_an_image: dict[str, float]
    products: float
    share_of_peak: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class LevelSpeed(Measured):
    """`bench/level_speed.py`."""

    images: Count
    shape: tuple[Count, ...]
    macs_per_image: Count
    rows: tuple[LevelSpeedRow, ...]


@dataclass(frozen=True, kw_only=True)
class DeviceRow:
    """A way of working: images a second there and back, and what file it makes."""

    device: str
    batch: Count
    threads: Count
    images_a_second: dict[str, float]
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Devices(Measured):
    """`bench/devices.py`: the processor first."""

    images: Count
    shape: tuple[Count, ...]
    rows: tuple[DeviceRow, ...]


@dataclass(frozen=True, kw_only=True)
class BesideTimes:
    """Medians of both builds, and of the ratios of their pairs; all ratios, sorted."""

    this_seconds: float
    other_seconds: float
    ratio: float
    ratios: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class BesideRow:
    """One thing that was timed, or (`same`) whether both wrote the same archive."""

    what: str
    wall: BesideTimes | None = None
    processor: BesideTimes | None = None
    same: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Beside(Measured):
    """`bench/speed_beside.py`. other: the other build's commit."""

    pairs: Count
    rows: tuple[BesideRow, ...]
    other: str
