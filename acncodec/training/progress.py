"""How long a run goes, and what it tells on its way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from acncodec.errors import TrainingError

MOST_MINUTES: Final = 1_000_000
"""That a run may be given: two years."""


def check_minutes(minutes: float, name: str) -> None:
    """Raise `TrainingError` where what is called `name` is no time for a run."""
    if not 0 < minutes <= MOST_MINUTES:
        raise TrainingError(
            f"{name} is {minutes:g}: it must be above 0 and at most {MOST_MINUTES:,}"
        )


@dataclass(frozen=True)
class Budget:
    """How long to train: until `steps`, or for `minutes` of training time if given."""

    steps: int
    minutes: float | None = None

    def progress(self, step: int, seconds: float) -> float:
        """The fraction of the run that is done, 0 to 1."""
        if self.minutes is not None:
            return min(1.0, seconds / (60.0 * self.minutes)) if self.minutes > 0 else 1.0
        return min(1.0, step / self.steps) if self.steps > 0 else 1.0


class Validated(NamedTuple):
    """Costs of validation images, nats an image, and samples of an image, means."""

    kl: float
    cost: float
    samples: float


@dataclass(frozen=True)
class Report:
    """What a callback learns. Costs are nats an image, averaged since the last report; samples: of
    an image, where its cost is that of its samples alone, and valid_samples of one that is
    validated with; rivals: bits a sample that other codecs take for what is validated with;
    measures: what else the objective tells, by name; names: what stands in the places of KL and
    reconstruction, where these are no nats (`Objective`; the first empty where there is nothing);
    kl_name: of which prior the KL is, where it is nats."""

    step: int
    seconds: float
    progress: float
    kl_nats: float
    reconstruction_nats: float
    learning_rate: float
    valid_kl_nats: float | None = None
    valid_reconstruction_nats: float | None = None
    samples: int | None = None
    valid_samples: int | None = None
    rivals: Mapping[str, float] | None = None
    measures: Mapping[str, float] = field(default_factory=dict)
    names: tuple[str, str] | None = None
    kl_name: str | None = None


@dataclass
class Averages:
    """Costs since the last report: sums over `steps` of the mean KL and pixels of an image, nats,
    and of its samples."""

    steps: int = 0
    kl: float = 0.0
    pixels: float = 0.0
    samples: int = 0

    def add(self, kl: float, pixels: float, samples: int) -> None:
        """One step more."""
        self.steps += 1
        self.kl += kl
        self.pixels += pixels
        self.samples += samples
