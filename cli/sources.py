"""Images with the model that is to look at them, and their labels: for figures and probes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from acncodec.errors import naming

from .options import all_of, layout_option, load_data, model_option
from .pipes import readable
from .places import FILE
from .session import AnyFunction, notice, session

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from acncodec.images import DataSet
    from acncodec.models.frozen import FrozenModel

SAMPLE_MODEL = "mnist"
"""The bundled model that is taken where no data says which."""


def output_option(metavar: str) -> Callable[[AnyFunction], AnyFunction]:
    """`-o`."""
    return click.option(
        "-o", "--output", metavar=metavar, type=FILE, required=True, help="The file to write."
    )


def seed_option(function: AnyFunction) -> AnyFunction:
    """`--seed`."""
    option = click.option(
        "--seed", type=click.IntRange(0, 2**63 - 1), default=0, show_default=True,
        help="Fixes every random choice.",
    )  # fmt: skip
    return option(function)


def image_options(function: AnyFunction) -> AnyFunction:
    """How to find the images in DATA."""
    return all_of(
        function,
        click.option("--images", metavar="NAME", help="The array of an .npz that is the images."),
        layout_option,
    )


def source_options(function: AnyFunction) -> AnyFunction:
    """How to read DATA, which model looks at it, and the seed."""
    return all_of(
        function, image_options, model_option("the bundled one that fits the data"), seed_option
    )


def label_options(function: AnyFunction) -> AnyFunction:
    """Where the labels of DATA are."""
    return all_of(
        function,
        click.option(
            "--label", metavar="NAME",
            help="The array of an .npz that is the labels.  [default: y, labels, label, y_train]",
        ),
        click.option(
            "--labels", "label_file", metavar="FILE", type=FILE,
            help="A file of labels: IDX (gzipped or not), .npy or .csv of one column.",
        ),
    )  # fmt: skip


def load_images(path: Path, images: str | None, layout: str | None) -> DataSet:
    """Read DATA. Raises `DataError` if it holds no image."""
    from acncodec.errors import DataError

    data = load_data(path, images=images, layout=layout)
    if not data.count:
        raise DataError(f"{path}: there are no images")
    return data


def load_with_model(
    path: Path, images: str | None, layout: str | None, model: str | None, seed: int, *,
    coded: bool = False,
) -> tuple[DataSet, FrozenModel]:  # fmt: skip
    """DATA as its model takes it: grey images are binarised by a draw for a model of binary ones.

    coded: whether codes are wanted, which not every model has. Raises `DataError` if there are no
    images, `ModelError` if the model does not fit.
    """
    data = load_images(path, images, layout)
    with naming(path):
        chosen = find_model(data, model, coded)
        return fit_to_models(data, [chosen], path, seed), chosen


def find_model(data: DataSet, model: str | None, coded: bool) -> FrozenModel:
    """The model that `--model` names, or a bundled one for `data` or for its binarised images.

    coded: whether it must have codes. Raises `ModelError` where there is none.
    """
    from acncodec.errors import ModelError
    from acncodec.models import find_by_name_or_path, find_for_data

    if model is not None:
        named = find_by_name_or_path(model)
        if coded:
            named.check_codes()
        return named
    try:
        return find_for_data(data.shape, data.levels, notice, coded=coded)
    except ModelError as error:
        if data.levels == 2:
            raise
        try:
            return find_for_data(data.shape, 2, notice, coded=coded)
        except ModelError:
            raise error from None


def fit_to_models(data: DataSet, models: Sequence[FrozenModel], path: Path, seed: int) -> DataSet:
    """`data` as all of `models` take it. Raises `ModelError` if one does not take such images."""
    from acncodec.codec import check_fit
    from acncodec.images.binarise import binarised

    takes = all(model.accepts.takes(data.shape, 2) for model in models)
    if data.levels != 2 and takes and all(model.accepts.levels == 2 for model in models):
        if session().verbosity >= 0:
            click.echo(f"{path}: grey images, binarised by a draw (seed {seed})", err=True)
        data = binarised(data, seed)
    with naming(path):
        for model in models:
            check_fit(data, model)
    return data


def read_labels(
    data: DataSet, path: Path, label: str | None, label_file: Path | None
) -> NDArray[Any]:
    """The labels of DATA, one an image. Raises `DataError` if there are none that fit."""
    from acncodec.images.classes import find_labels, load_labels

    if label is not None and label_file is not None:
        raise click.UsageError("--label and --labels exclude each other")
    if label_file is not None:
        with naming(label_file):
            return load_labels(readable(label_file), data.count)
    with naming(path):
        return find_labels(data, label)


def labels_if_any(
    data: DataSet, path: Path, label: str | None, label_file: Path | None
) -> NDArray[Any] | None:
    """The same, or None where none were named and none are there by habit."""
    from acncodec.images.classes import has_labels

    if label is None and label_file is None and not has_labels(data):
        return None
    return read_labels(data, path, label, label_file)


def classes_if_told(
    model: FrozenModel, data: DataSet, path: Path, label: str | None, label_file: Path | None
) -> NDArray[Any] | None:
    """The labels of DATA where the decoder is told the class of an image, else None. Raises
    `DataError` where it is and there are none."""
    from acncodec.families.family import CLASSES

    if not model.can(CLASSES):
        if label is not None or label_file is not None:
            raise click.UsageError(f"the decoder of the model {model.name} is told no class")
        return None
    return read_labels(data, path, label, label_file)


def check_suffix(target: Path, *suffixes: str) -> None:
    """Refuse an output whose name does not say one of the formats that can be written."""
    if target.suffix.lower() not in suffixes:
        raise click.UsageError(f"{target}: the output is {' or '.join(suffixes)}")
