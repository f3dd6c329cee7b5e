"""The kinds of result files, as data. docs/REPORT.md describes each field.

Unknown fields are allowed and ignored: a result may say more than the report shows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta

Count = Annotated[int, Meta(ge=0)]
Share = Annotated[float, Meta(ge=0, le=1)]


@dataclass(frozen=True)
class Machine:
    """Where a result was measured."""

    processor: str = ""
    cores: int | None = None
    system: str = ""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What every result may say of its origin."""

    data: str = ""
    model: str = ""
    model_sha256: str | None = None
    machine: Machine | None = None
    versions: dict[str, str] = field(default_factory=dict)
    command: str | None = None
    date: str | None = None


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
class ModelFacts(Measured):
    """`acncodec models show --json`."""

    name: str
    sha256: str
    parameters: Count
    macs_per_image: Count | None = None
    file_bytes: Count | None = None
    integer_bytes: Count | None = None
    steps: Count | None = None
    minutes: float | None = None
    seed: int | None = None
    preset: str | None = None
    recipe: dict[str, object] | None = None
    training_data: dict[str, object] | None = None


@dataclass(frozen=True, kw_only=True)
class Rival:
    """One compressor on its best layout."""

    name: str
    bytes: Count
    bits_per_image: float
    nats_per_image: float
    layout: str = ""
    compress_seconds: float | None = None
    decompress_seconds: float | None = None
    peak_mib: float | None = None


@dataclass(frozen=True, kw_only=True)
class Rivals(Measured):
    """`bench/rivals.py`."""

    images: Count
    rows: tuple[Rival, ...]
    raw_bytes: Count | None = None
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
class Accuracy:
    """How well one representation tells the digits apart; shares of 1."""

    representation: str
    linear_accuracy: Share | None = None
    knn_accuracy: Share | None = None
    label: str | None = None


@dataclass(frozen=True, kw_only=True)
class Probe(Measured):
    """The paper's Table 3."""

    rows: tuple[Accuracy, ...]


@dataclass(frozen=True, kw_only=True)
class KCosts:
    """The costs of a model trained with one K."""

    K: Count
    kl_nats: float | None = None
    unordered_nats: float | None = None
    tour_nats: float | None = None
    kl_unconditional_nats: float | None = None
    kl_tour_nats: float | None = None
    linear_accuracy: Share | None = None
    model_sha256: str | None = None


@dataclass(frozen=True, kw_only=True)
class KSweep(Measured):
    """The paper's Figure 2."""

    rows: tuple[KCosts, ...]
    images: Count | None = None
    budget: str = ""


@dataclass(frozen=True, kw_only=True)
class ChoiceCosts:
    """A model trained with one choice changed."""

    choice: str
    kl_unconditional_nats: float
    kl_tour_nats: float
    unordered_nats: float
    tour_nats: float
    linear_accuracy: Share
    knn_accuracy: Share


@dataclass(frozen=True, kw_only=True)
class Choices(Measured):
    """Models that differ in one choice of training each."""

    rows: tuple[ChoiceCosts, ...]
    images: Count | None = None
    budget: str = ""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """One part of the bound, or one sum, nats an image."""

    cost: str
    nats: float
    standard_error: float | None = None
    file_nats: float | None = None
    label: str | None = None


@dataclass(frozen=True, kw_only=True)
class Costs(Measured):
    """The paper's Table 2."""

    images: Count
    rows: tuple[Cost, ...]
    posterior_samples: Count | None = None


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
class Trial:
    """Many cases of one thing that may go wrong; a failure is a case with another outcome."""

    name: str
    cases: Count
    failures: Count
    expected: str = ""
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Fuzz(Measured):
    """Random and damaged input."""

    rows: tuple[Trial, ...]


@dataclass(frozen=True, kw_only=True)
class Faults(Measured):
    """Crashes, full disks, signals."""

    rows: tuple[Trial, ...]


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


@dataclass(frozen=True, kw_only=True)
class TrainingPoint:
    """One line of a training log; costs in nats an image."""

    step: Count
    seconds: float
    kl_nats: float
    reconstruction_nats: float
    valid_kl_nats: float | None = None
    valid_reconstruction_nats: float | None = None

    @property
    def nats(self) -> float:
        """The training cost since the last line."""
        return self.kl_nats + self.reconstruction_nats

    @property
    def valid_nats(self) -> float | None:
        """The cost on validation images, where it was measured."""
        if self.valid_kl_nats is None or self.valid_reconstruction_nats is None:
            return None
        return self.valid_kl_nats + self.valid_reconstruction_nats


@dataclass(frozen=True)
class TrainingLog:
    """`log.jsonl` of `acncodec train --log`, named like its model: `training/NAME.jsonl`."""

    name: str
    points: tuple[TrainingPoint, ...]
