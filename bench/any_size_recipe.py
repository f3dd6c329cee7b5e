"""What decides how the any-size decoder is trained: networks, steps, data sets and their shares."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from acncodec.heads.mixture_shape import LogisticMixture
from acncodec.parts.causal_resnet.shape import CausalResNetConfig


@dataclass(frozen=True)
class TrainConfig:
    """Steps, images a step, and the optimiser: `muon` moves the matrices, or `adamw` all."""

    steps: int
    batch: int = 32
    rate: float = 2e-3
    optimiser: str = "adamw"
    matrix_rate: float = 5e-3
    warm_up: int = 100
    flat: float = 0.4
    last_rate: float = 0.01
    decay: float = 1e-4
    clip: float = 1.0
    average: float = 0.999
    report_every: int = 50
    validate_every: int = 500
    validate_images: int = 500


@dataclass(frozen=True)
class DataConfig:
    """A data set: its array, its share of the images of a batch, the images held back."""

    file: str
    share: float
    held: int
    flips: bool = False
    levels: int = 256


@dataclass(frozen=True)
class Recipe:
    """All that decides what a run computes."""

    net: CausalResNetConfig
    head: LogisticMixture
    train: TrainConfig
    data: tuple[DataConfig, ...]
    seed: int = 1

    @classmethod
    def load(cls, path: Path, changes: list[str]) -> Recipe:
        """A recipe from TOML; changes: `table.key=value`, the value as in TOML."""
        document = tomllib.loads(path.read_text())
        for change in changes:
            key, value = change.split("=", 1)
            *tables, name = key.split(".")
            target = document
            for table in tables:
                target = target[table]
            target[name] = tomllib.loads(f"x = {value}")["x"]
        channels = document["net"]["channels"]
        head = LogisticMixture(channels, **document.get("head", {}))
        return cls(
            CausalResNetConfig(outputs=head.outputs, **document["net"]),
            head,
            TrainConfig(**document["train"]),
            tuple(DataConfig(**entry) for entry in document["data"]),
            document.get("seed", 1),
        )


def rate_factor(config: TrainConfig, step: int) -> float:
    """Of the rate at `step`: a rise, a flat part, and a line down to `last_rate`."""
    if step < config.warm_up:
        return (step + 1) / config.warm_up
    gone = max(0.0, step / config.steps - config.flat) / (1.0 - config.flat)
    return 1.0 - min(gone, 1.0) * (1.0 - config.last_rate)
