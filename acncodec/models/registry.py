"""Finding a model: by name, by path, by the data it must fit, by the SHA-256 an archive names.

Bundled models come first. The user's own (`models.users`) are taken where an archive or the user
names them, and unasked only where no bundled one fits: then `tell` is told. A file among them that
is no model is passed over, and unasked one without a likelihood. Models that were bundled once and
have been replaced lie in EARLIER, without their float weights: only an archive that names one's id
finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from acncodec.contracts.image_kind import ImageKind, Shape
from acncodec.errors import ModelError
from acncodec.families.family import CODES, LIKELIHOOD
from acncodec.models.file import ModelHead, read_head, read_id
from acncodec.models.frozen import FrozenModel
from acncodec.models.users import SUFFIX, users_names, users_path

FOLDER = Path(__file__).parent
EARLIER = FOLDER / "earlier"

Tell = Callable[[str], None]
Kind = tuple[Shape, int]
"""Shape (C, H, W) and number of levels of images."""


def silent(_text: str) -> None:
    """For whom does not listen."""
    return


def bundled_names() -> tuple[str, ...]:
    """Names of the bundled models, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob(f"*{SUFFIX}")))


def bundled_path(name: str) -> Path:
    """The file of the bundled model called `name`. Raises `ModelError` if there is none."""
    if name not in bundled_names():
        known = ", ".join(bundled_names()) or "none"
        raise ModelError(f"no bundled model is called {name!r} (bundled: {known})")
    return FOLDER / f"{name}{SUFFIX}"


def earlier_name(name: str, model_id: bytes) -> str:
    """What the file of a replaced model is called."""
    return f"{name}-{model_id.hex()[:16]}{SUFFIX}"


def model_path(name: str) -> Path:
    """The file of the bundled model called `name`, or else of the user's own. Raises `ModelError`
    that names those there are."""
    if name not in bundled_names() and name in users_names():
        return users_path(name)
    if name not in bundled_names():
        raise ModelError(f"no model is called {name!r} ({_known()})")
    return bundled_path(name)


def read_card(name: str) -> str | None:
    """The text beside a bundled model (Markdown), or None where there is none."""
    path = bundled_path(name).with_suffix(".md")
    return path.read_text(encoding="utf-8") if path.exists() else None


def find_by_name_or_path(name_or_path: str) -> FrozenModel:
    """A bundled model's name, one of the user's own, or else the path of a model file.

    A name wins over a file of the same name in the working folder, which `./NAME` reaches. Raises
    `ModelError` if there is neither.
    """
    if name_or_path in (*bundled_names(), *users_names()):
        return FrozenModel.load(model_path(name_or_path))
    path = Path(name_or_path)
    if not path.is_file():
        raise ModelError(
            f"{name_or_path}: neither a model file nor a bundled model, nor your own ({_known()})"
        )
    return FrozenModel.load(path)


def find_for_data(
    shape: Shape, levels: int, tell: Tell = silent, *, coded: bool = False
) -> FrozenModel:
    """The bundled model for images of `shape` (channels, height, width) with `levels` levels, or
    where there is none one of the user's own, as `tell` is told.

    Of several that fit, one for images of this size and number of levels alone comes before one for
    others too; then the one whose card says `"default": true`, else the first by name. The others
    are not loaded. coded: whether only models fit by which images have codes. Raises `ModelError`
    that says what was looked for and how to train one.
    """
    wanted = ImageKind.of(shape, levels)

    def best(heads: Iterator[tuple[Path, ModelHead]]) -> Path | None:
        fitting = [
            (head.config.accepts != wanted, head.card.get("default") is not True, path)
            for path, head in heads
            if _prices(head, shape, levels) and (head.family.can(CODES) or not coded)
        ]
        return min(fitting)[-1] if fitting else None

    path = best(_bundled_heads())
    takes = "has codes of" if coded else "takes"
    if path is None and (path := best(_users_heads())) is not None:
        about = _about(shape, levels)
        tell(f"no bundled model {takes} {about}: your own model {path.stem} is taken")
    if path is None:
        advice = "train one with `acncodec train DATA -o MODEL.safetensors` and pass it as --model"
        if levels > 2 or shape[0] > 1:
            preset = "grey-small" if shape[0] == 1 else "rgb-small"
            preset = f"acn-{preset}" if coded else preset
            advice = advice.replace("DATA", f"DATA --preset {preset}")
        fits = takes if coded else "fits"
        raise ModelError(f"no bundled model {fits} {_about(shape, levels)} ({_known()}); {advice}")
    return FrozenModel.load(path)


def find_all_for(kinds: Iterable[Kind], tell: Tell = silent) -> list[FrozenModel]:
    """The bundled models that take images of some of these kinds, those for images of one size
    first; then the user's own that take some which no bundled one takes, as `tell` is told. Others
    are not loaded."""
    wanted = set(kinds)

    def fitting(heads: Iterator[tuple[Path, ModelHead]], asked: set[Kind]) -> list[Path]:
        found = [
            (head.config.accepts.size is None, head.card.get("default") is not True, path)
            for path, head in heads
            if any(_prices(head, *kind) for kind in asked)
        ]
        return [path for _, _, path in sorted(found)]

    found = [FrozenModel.load(path) for path in fitting(_bundled_heads(), wanted)]
    left = {kind for kind in wanted if not any(model.accepts.takes(*kind) for model in found)}
    own = fitting(_users_heads(), left) if left else []
    for path in own:
        what = " and others" if len(left) > 1 else ""
        tell(
            f"no bundled model takes {_about(*min(left))}{what}: your own model {path.stem} is "
            "tried"
        )
    return found + [FrozenModel.load(path) for path in own]


def find_needed(
    wanted: Sequence[tuple[bytes, str]],
    extra: str | None = None,
    carried: Sequence[FrozenModel] = (),
) -> list[FrozenModel]:
    """The models with these ids and names that an archive needs: `extra` (a name or path), those
    that it carries itself, bundled ones or the user's own. Raises `ModelError` as `find_by_id`
    does, also for an `extra` of which none is needed."""
    given = None if extra is None else find_by_name_or_path(extra)
    ids = [model_id for model_id, _ in wanted]
    if given is not None and given.model_id not in ids and len(ids) <= 1:
        return [find_by_id(model_id, extra, name) for model_id, name in wanted]
    at_hand = {model.model_id: model for model in carried}
    if given is not None:
        at_hand[given.model_id] = given
    return [
        at_hand[model_id] if model_id in at_hand else find_by_id(model_id, name=name)
        for model_id, name in wanted
    ]


def find_by_id(model_id: bytes, extra: str | None = None, name: str = "") -> FrozenModel:
    """The model whose SHA-256 is `model_id`: `extra` (a name or path), a bundled one or the user's.

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
    for path in EARLIER.glob(f"*-{model_id.hex()[:16]}{SUFFIX}"):
        if read_id(path)[1] == model_id:
            return FrozenModel.load(path)
    for path in map(users_path, users_names()):
        try:
            its_id = read_id(path)[1]
        except ModelError:
            continue
        if its_id == model_id:
            return FrozenModel.load(path)
        found.append(f"your own {path.stem} ({its_id.hex()})")
    raise ModelError(
        f"the archive needs {wanted}, which is not bundled, nor among your own (there are: "
        f"{', '.join(found) or 'none'}); pass its file as --model"
    )


def _bundled_heads() -> Iterator[tuple[Path, ModelHead]]:
    for name in bundled_names():
        path = bundled_path(name)
        yield path, read_head(path)


def _users_heads() -> Iterator[tuple[Path, ModelHead]]:
    for name in users_names():
        path = users_path(name)
        try:
            yield path, read_head(path)
        except ModelError:
            continue


def _prices(head: ModelHead, shape: Shape, levels: int) -> bool:
    """Whether images of this kind have a price by a model, which then is taken unasked."""
    return head.family.can(LIKELIHOOD) and head.config.accepts.takes(shape, levels)


def _about(shape: Shape, levels: int) -> str:
    channels, height, width = shape
    return f"images of {height}x{width}, {channels} channel(s), {levels} levels"


def _known() -> str:
    own = f"; your own: {', '.join(users_names())}" if users_names() else ""
    return f"bundled: {', '.join(bundled_names()) or 'none'}{own}"
