"""Another build of the project, beside this one."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Build:
    """python: of its environment; sources: folders of its packages as PYTHONPATH has them, if they
    are not installed there."""

    python: str
    sources: str | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its processes."""
        return os.environ | ({"PYTHONPATH": self.sources} if self.sources else {})
