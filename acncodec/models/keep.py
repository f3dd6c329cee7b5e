"""Adding a model file to the user's own models, and removing one."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Final

from acncodec.container import atomic_output
from acncodec.errors import ModelError, OutputError
from acncodec.models import registry
from acncodec.models.file import read_id
from acncodec.models.frozen import FrozenModel
from acncodec.models.users import SUFFIX, users_folder, users_names, users_path

NAME: Final = re.compile(r"\w[\w.+-]{0,99}")
"""What can be typed as `--model` and is the name of a file."""


def add_model(file: Path, name: str | None = None, *, force: bool = False) -> str:
    """Copy the model `file` to the user's own, under `name` or else its own name, which is
    returned. It is loaded first: every layer's bound is proved.

    Raises `ModelError` where it is no model, the name is none or a bundled model's, or the same
    model is there already under another name; `OutputError` where it cannot be written, or one of
    this name is there and `force` is off.
    """
    name = file.stem if name is None else name
    if NAME.fullmatch(name) is None:
        raise ModelError(
            f"{name!r} is no name for a model (letters, digits and . _ + -, a letter or a digit "
            "first); give it another with --name"
        )
    if name in registry.bundled_names():
        raise ModelError(f"a bundled model is called {name}; give yours another name with --name")
    model = FrozenModel.load(file)
    for other in (*registry.bundled_names(), *users_names()):
        if other != name and _has_id(registry.model_path(other), model.model_id):
            raise ModelError(f"{file}: this model is there already, as {other}")
    folder = users_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made: {error.strerror or error}") from error
    with atomic_output(folder / f"{name}{SUFFIX}", force) as target:
        with file.open("rb") as source:
            shutil.copyfileobj(source, target)
        target.flush()
        if not _has_id(Path(target.name), model.model_id):
            raise ModelError(f"{file}: the file changed while it was read")
    return name


def remove_model(name: str) -> None:
    """Remove the user's model `name`. Raises `ModelError` where there is none, `OutputError` where
    it cannot be removed."""
    if name in registry.bundled_names() and name not in users_names():
        raise ModelError(f"{name} is bundled, and stays")
    path = users_path(name)
    try:
        path.unlink()
    except OSError as error:
        raise OutputError(f"{path}: cannot be removed: {error.strerror or error}") from error


def _has_id(path: Path, model_id: bytes) -> bool:
    """Whether `path` is the model of this id; what is no model is not."""
    try:
        return read_id(path)[1] == model_id
    except ModelError:
        return False
