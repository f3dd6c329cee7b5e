"""Results on models: facts, costs, codes, training."""

from __future__ import annotations

from dataclasses import dataclass

from acncodec.report.schema.base import Count, Measured, Share


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
class Accuracy:
    """How well one representation tells the digits apart; shares of 1."""

    representation: str
    linear_accuracy: Share | None = None
    knn_accuracy: Share | None = None
    label: str | None = None


@dataclass(frozen=True, kw_only=True)
class Probe(Measured):
    """The paper's Table 3. `test` is the file of the images that are classified."""

    rows: tuple[Accuracy, ...]
    test: str = ""


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
class HeldBackCosts:
    """A model trained with one choice changed, on images held back; with neighbours as in
    training."""

    choice: str
    steps: Count
    minutes: float
    kl_nats: float
    nats: float
    linear_accuracy: Share
    knn_accuracy: Share


@dataclass(frozen=True, kw_only=True)
class HeldBackChoices(Measured):
    """Models among which a recipe was chosen."""

    rows: tuple[HeldBackCosts, ...]
    train: str
    held_back: str


@dataclass(frozen=True, kw_only=True)
class ProbePoint:
    """How well the codes of a run tell the digits apart at one step; shares of 1."""

    step: Count
    linear_accuracy: Share
    knn_accuracy: Share


@dataclass(frozen=True, kw_only=True)
class DrawnOn:
    """The power of the steps that a linear classifier's misses follow, and where it leads."""

    target: Share
    power: float
    steps: float


@dataclass(frozen=True, kw_only=True)
class ProbeCurve(Measured):
    """What codes tell while a model is trained."""

    rows: tuple[ProbePoint, ...]
    drawn_on: DrawnOn | None = None


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
