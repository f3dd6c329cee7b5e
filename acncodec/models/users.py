"""The user's own models: a folder in their data, in which each lies under its name."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from acncodec.errors import ModelError

VARIABLE: Final = "ACNCODEC_MODELS"
"""The environment variable that names another folder."""
SUFFIX: Final = ".safetensors"


def users_folder() -> Path:
    """Where the user's models are; it need not be there."""
    told = os.environ.get(VARIABLE)
    if told:
        return Path(told)
    from platformdirs import user_data_path

    return user_data_path("acncodec", appauthor=False) / "models"


def users_names() -> tuple[str, ...]:
    """Names of the user's models, sorted."""
    paths = users_folder().glob(f"*{SUFFIX}")
    return tuple(sorted(path.stem for path in paths if path.is_file()))


def users_path(name: str) -> Path:
    """The file of the user's model called `name`. Raises `ModelError` if there is none."""
    if name not in users_names():
        known = ", ".join(users_names()) or "none"
        raise ModelError(f"none of your own models is called {name!r} (your own: {known})")
    return users_folder() / f"{name}{SUFFIX}"
