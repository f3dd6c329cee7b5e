"""Results on files: benches of the codec, rivals, orders, urns, labels, coded models."""

from __future__ import annotations

from dataclasses import dataclass, field

from acncodec.report.schema.base import Count, Measured


@dataclass(frozen=True, kw_only=True)
class OrderingCosts:
    """One strategy of a bench: nats an image, but for bytes and seconds."""

    bound_nats: float
    file_nats: float
    file_bytes: Count
    bound_standard_error: float | None = None
    kl_bound_nats: float | None = None
    ideal_nats: float | None = None
    bits_per_image: float | None = None
    side_bytes: Count = 0
    restored_exactly: bool | None = None
    compress_seconds: float | None = None
    decompress_seconds: float | None = None
    difference_nats: dict[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Bench(Measured):
    """`acncodec bench --json`."""

    coder: str
    images: Count
    orderings: dict[str, OrderingCosts]
    model_sha256: str = ""  # required: `results.py` refuses a bench without it
    distinct: Count | None = None
    order: str = "any"
    solver: str = "greedy"
    posterior_samples: Count | None = None
    seed: int | None = None
    reconstruction_nats: float | None = None
    reconstruction_standard_error: float | None = None


@dataclass(frozen=True, kw_only=True)
class Rival:
    """One compressor on its best layout, and its bytes on each."""

    name: str
    bytes: Count
    bits_per_image: float
    nats_per_image: float
    bits_per_dim: float | None = None
    layout: str = ""
    bytes_by_layout: dict[str, Count] = field(default_factory=dict)
    compress_seconds: float | None = None
    decompress_seconds: float | None = None
    peak_mib: float | None = None


@dataclass(frozen=True, kw_only=True)
class Rivals(Measured):
    """`bench/rivals.py`. `shape` is height, width, channels of an image."""

    images: Count
    rows: tuple[Rival, ...]
    shape: tuple[Count, Count, Count] | None = None
    levels: Count | None = None
    pixels_sha256: str | None = None
    raw_bytes: Count | None = None
    machine_busy: bool = False
    not_measured: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class OrderCosts:
    """The KL cost of one order, or a lower bound on that of any."""

    order: str
    kl_nats: float
    kl_standard_error: float | None = None
    bound_nats: float | None = None
    file_nats: float | None = None
    lower_bound: bool = False
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Orders(Measured):
    """Orders of one data set against each other."""

    images: Count
    rows: tuple[OrderCosts, ...]


@dataclass(frozen=True, kw_only=True)
class UrnFiles:
    """The same images as a `set` and as an `urn`."""

    data: str
    images: Count
    set_kl_nats: float
    urn_kl_nats: float
    set_file_nats: float
    urn_file_nats: float
    alpha: Count | None = None
    kernel: Count | None = None


@dataclass(frozen=True, kw_only=True)
class Urns(Measured):
    """`bench/urn.py`: `set` against `urn` on data like and unlike the training data."""

    rows: tuple[UrnFiles, ...]


@dataclass(frozen=True, kw_only=True)
class RoundedModel:
    """A model whose weights were rounded, coded: its size, and what its pixels cost more."""

    coarseness: float
    model_bytes: Count
    bits_a_weight: float
    bits_per_dim: float
    loss_percent: float


@dataclass(frozen=True, kw_only=True)
class CodedModels(Measured):
    """`bench/coded_models.py`: the size of a coded model against the loss of its rounding."""

    rows: tuple[RoundedModel, ...]
    weights: Count
    set_images: Count
    images: Count
    bits_per_dim: float
    unrounded_bytes: Count
    unrounded_bits_a_weight: float


@dataclass(frozen=True, kw_only=True)
class LabelBytes:
    """What the labels of so many images take, in the section of their own and otherwise."""

    images: Count
    order: str
    labels_section_bytes: Count
    xz_bytes: Count
    entropy_bytes: float


@dataclass(frozen=True, kw_only=True)
class Labels(Measured):
    """Class labels coded given the images, beside xz of the bare labels."""

    rows: tuple[LabelBytes, ...]
