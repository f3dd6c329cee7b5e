"""Builds of the project, and the environment in which a user's processes of one run."""

from __future__ import annotations

import os
from dataclasses import dataclass


def usual_environment() -> dict[str, str]:
    """This process's, but that Python keeps what it makes of sources, as it does unless it is told
    not to: a start that compiles some hundred modules is no user's."""
    return {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


@dataclass(frozen=True)
class Build:
    """python: of its environment; sources: folders of its packages as PYTHONPATH has them, if they
    are not installed there."""

    python: str
    sources: str | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its processes."""
        return usual_environment() | ({"PYTHONPATH": self.sources} if self.sources else {})
