"""Finding a model: by name, by path, by the data it must fit, by the SHA-256 an archive names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from acncodec.contracts.image_kind import ImageKind
from acncodec.errors import ModelError
from acncodec.models.file import read_head, read_id
from acncodec.models.frozen import FrozenModel

FOLDER = Path(__file__).parent
SUFFIX = ".safetensors"


def bundled_names() -> tuple[str, ...]:
    """Names of the bundled models, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob(f"*{SUFFIX}")))


def bundled_path(name: str) -> Path:
    """The file of the bundled model called `name`. Raises `ModelError` if there is none."""
    if name not in bundled_names():
        known = ", ".join(bundled_names()) or "none"
        raise ModelError(f"no bundled model is called {name!r} (bundled: {known})")
    return FOLDER / f"{name}{SUFFIX}"


def read_card(name: str) -> str | None:
    """The text beside a bundled model (Markdown), or None where there is none."""
    path = bundled_path(name).with_suffix(".md")
    return path.read_text(encoding="utf-8") if path.exists() else None


def find_by_name_or_path(name_or_path: str) -> FrozenModel:
    """A bundled model's name, or else the path of a model file.

    A bundled name wins over a file of the same name in the working folder, which `./NAME`
    reaches. Raises `ModelError` if there is neither.
    """
    if name_or_path in bundled_names():
        return FrozenModel.load(bundled_path(name_or_path))
    path = Path(name_or_path)
    if not path.is_file():
        known = ", ".join(bundled_names()) or "none"
        raise ModelError(f"{name_or_path}: neither a model file nor a bundled model ({known})")
    return FrozenModel.load(path)


def find_for_data(shape: tuple[int, int, int], levels: int) -> FrozenModel:
    """The bundled model for images of `shape` (channels, height, width) with `levels` levels.

    Of several that fit, one for images of this size and number of levels alone comes before one for
    others too; then the one whose card says `"default": true`, else the first by name. The others
    are not loaded. Raises `ModelError` that says what was looked for and how to train one.
    """
    paths = [bundled_path(name) for name in bundled_names()]
    wanted = ImageKind.of(shape, levels)
    fitting = [
        (head.config.accepts != wanted, head.card.get("default") is not True, path)
        for path, head in zip(paths, map(read_head, paths), strict=True)
        if head.config.accepts.takes(shape, levels)
    ]
    if not fitting:
        channels, height, width = shape
        known = ", ".join(bundled_names()) or "none"
        advice = "train one with `acncodec train DATA -o MODEL.safetensors` and pass it as --model"
        if levels > 2 or channels > 1:
            preset = "grey-small" if channels == 1 else "rgb-small"
            advice = advice.replace("DATA", f"DATA --preset {preset}")
        raise ModelError(
            f"no bundled model fits images of {height}x{width}, {channels} channel(s), "
            f"{levels} levels (bundled: {known}); {advice}"
        )
    return FrozenModel.load(min(fitting)[-1])


def find_all_for(kinds: Iterable[tuple[tuple[int, int, int], int]]) -> list[FrozenModel]:
    """The bundled models that take images of some of these shapes (C, H, W) and numbers of levels,
    those for images of one size first. Others are not loaded."""
    wanted, paths = set(kinds), [bundled_path(name) for name in bundled_names()]
    fitting = [
        (head.config.accepts.size is None, head.card.get("default") is not True, path)
        for path, head in zip(paths, map(read_head, paths), strict=True)
        if any(head.config.accepts.takes(*kind) for kind in wanted)
    ]
    return [FrozenModel.load(path) for _, _, path in sorted(fitting)]


def find_needed(
    wanted: Sequence[tuple[bytes, str]], extra: str | None = None
) -> list[FrozenModel]:  # fmt: skip
    """The models with these ids and names that an archive needs: `extra` (a name or path) or
    bundled ones. Raises `ModelError` as `find_by_id` does, also for an `extra` of which none is
    needed."""
    given = None if extra is None else find_by_name_or_path(extra)
    ids = [model_id for model_id, _ in wanted]
    if given is not None and given.model_id not in ids and len(ids) <= 1:
        return [find_by_id(model_id, extra, name) for model_id, name in wanted]
    found = []
    for model_id, name in wanted:
        is_given = given is not None and given.model_id == model_id
        found.append(given if given is not None and is_given else find_by_id(model_id, name=name))
    return found


def find_by_id(model_id: bytes, extra: str | None = None, name: str = "") -> FrozenModel:
    """The model whose SHA-256 is `model_id`: `extra` (a name or path) or a bundled one.

    `name` is what the archive calls the model, for the message. Raises `ModelError` that names
    the wanted model and what was there instead.
    """
    wanted = f"model {name or 'without a name'} (SHA-256 {model_id.hex()})"
    if extra is not None:
        model = find_by_name_or_path(extra)
        if model.model_id != model_id:
            raise ModelError(
                f"the archive needs {wanted}, but {extra} is model {model.name} "
                f"(SHA-256 {model.model_id.hex()})"
            )
        return model
    found = []
    for path in map(bundled_path, bundled_names()):
        head, its_id = read_id(path)
        if its_id == model_id:
            return FrozenModel.load(path)
        found.append(f"{head.name} ({its_id.hex()})")
    raise ModelError(
        f"the archive needs {wanted}, which is not bundled (bundled: "
        f"{', '.join(found) or 'none'}); pass its file as --model"
    )
