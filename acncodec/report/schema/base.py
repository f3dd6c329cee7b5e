"""What every result may say of its origin."""

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

    @property
    def data_name(self) -> str:
        """The data's file, without its folder."""
        return self.data.replace("\\", "/").rsplit("/", 1)[-1]
