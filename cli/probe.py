"""`acncodec probe`: how much of the class the codes tell."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from acncodec.errors import naming

from .options import force_option, json_option
from .places import FILE
from .progress import tracking
from .session import check_target, common_options, say, session, warn, write_json
from .sources import (
    check_suffix,
    find_model,
    fit_to_models,
    image_options,
    load_images,
    read_labels,
    seed_option,
)

if TYPE_CHECKING:
    from acncodec.analysis.probes import Probe, Split


@click.command()
@click.argument("train", metavar="TRAIN", type=FILE)
@click.argument("test", metavar="TEST", type=FILE)
@click.option(
    "--label", metavar="NAME",
    help="The array of an .npz that is the labels.  [default: y, labels, label or y_train]",
)  # fmt: skip
@click.option(
    "--train-labels", metavar="FILE", type=FILE,
    help="A file of TRAIN's labels: IDX (gzipped or not) or .npy.",
)  # fmt: skip
@click.option("--test-labels", metavar="FILE", type=FILE, help="The same for TEST.")
@click.option(
    "--model", "models", metavar="NAME|PATH", multiple=True,
    help="A bundled model or a model file (repeatable).  "
    "[default: the bundled one that fits the data]",
)  # fmt: skip
@click.option(
    "--components", type=click.IntRange(min=1), default=16, show_default=True,
    help="Principal components of the pixels, to compare with.",
)  # fmt: skip
@click.option(
    "--neighbours", type=click.IntRange(min=1), default=5, show_default=True,
    help="How many nearest training images vote.",
)  # fmt: skip
@click.option(
    "--confusion", metavar="OUT.png", type=FILE,
    help="Also draw what the nearest images took each class for (needs the extra `plots`).",
)  # fmt: skip
@image_options
@seed_option
@json_option
@force_option
@common_options
def probe(
    train: Path,
    test: Path,
    label: str | None,
    train_labels: Path | None,
    test_labels: Path | None,
    models: tuple[str, ...],
    components: int,
    neighbours: int,
    confusion: Path | None,
    images: str | None,
    layout: str | None,
    seed: int,
    as_json: bool,
    force: bool,
) -> None:
    """Classify the images of TEST by classifiers that learn from those of TRAIN.

    A linear classifier and a vote of nearest neighbours, each on principal components of the
    pixels, on the pixels, and on the codes of each model. Grey images are binarised by one draw:
    TRAIN's by the seed, TEST's by the seed plus one.
    """
    from acncodec.analysis.probes import Labelled, Split, probe_models

    if label is not None and train_labels is not None and test_labels is not None:
        raise click.UsageError("--label names no array where both have a file of labels")
    if confusion is not None:
        check_suffix(confusion, ".png")
        check_target(confusion, force, train, test)
    sets = [load_images(path, images, layout) for path in (train, test)]
    labels = [
        read_labels(data, path, label if file is None else None, file)
        for data, path, file in zip(sets, (train, test), (train_labels, test_labels), strict=True)
    ]
    with naming(train):
        chosen = [
            find_model(sets[0], name, coded=True) for name in dict.fromkeys(models or (None,))
        ]
    fitted = [
        fit_to_models(data, chosen, path, seed + index)
        for index, (data, path) in enumerate(zip(sets, (train, test), strict=True))
    ]
    split = Split(*(Labelled(x.pixels, y, x.levels) for x, y in zip(fitted, labels, strict=True)))
    if confusion is not None:
        _check_picture(split)
    with tracking(train.name) as progress:
        probes = probe_models(split, chosen, components, neighbours, progress)
    for entry in probes:
        if not entry.converged:
            warn(f"the linear classifier on {_name(entry)} did not converge")
    if confusion is not None:
        _draw(probes, confusion, neighbours, force, (train.name, test.name))
    if as_json:
        write_json(_facts(train, test, split, probes, neighbours, seed))
    elif session().verbosity >= 0:
        click.echo(
            f"Classified rightly of {len(split.test.values):,} images of {test.name}, having "
            f"learned from {len(split.train.values):,} of {train.name}:"
        )
        Console().print(_table(probes, neighbours))
        if confusion is not None:
            say(f"{confusion}: {len(probes)} confusion matrices")


def _check_picture(split: Split) -> None:
    """Refuse a picture before all the work. Raises `DataError`."""
    from acncodec.figures.confusion import check_class_count

    check_class_count(len(np.union1d(split.train.labels, split.test.labels)))


def _draw(
    probes: list[Probe], output: Path, neighbours: int, force: bool, names: tuple[str, str]
) -> None:
    """Write a picture of what the nearest images took each class for; names: of both sets."""
    from acncodec.container import atomic_output
    from acncodec.figures.confusion import Named, confusion_matrices

    train, test = names
    title = f"What {neighbours} nearest images of {train} take the classes of {test} for"
    note = "In a row all images of a class; on the diagonal those that were classified rightly."
    found = [Named(_name(entry), entry.confusion) for entry in probes]
    content = confusion_matrices(found, title, (note,))
    with atomic_output(output, force) as file:
        file.write(content)


def _name(entry: Probe) -> str:
    names = {"pca": "principal components", "pixels": "pixels"}
    return names.get(entry.features, f"codes of {entry.model}")


def _facts(
    train: Path, test: Path, split: Split, probes: list[Probe], neighbours: int, seed: int
) -> dict[str, Any]:
    from acncodec.analysis.provenance import provenance

    return {
        "kind": "probe",
        "train": train.name,
        "test": test.name,
        "train_images": len(split.train.values),
        "test_images": len(split.test.values),
        "classes": len(np.unique(split.train.labels)),
        "class_names": probes[0].confusion.classes,
        "neighbours": neighbours,
        "seed": seed,
        "rows": [_row(entry) for entry in probes],
        **provenance(),
    }


def _row(entry: Probe) -> dict[str, Any]:
    pca = f"pca{entry.dimensions}" if entry.features == "pca" else None
    return {
        "representation": pca or entry.model_kind or entry.features,
        "label": _name(entry),
        "dimensions": entry.dimensions,
        "linear_accuracy": entry.linear_accuracy,
        "converged": entry.converged,
        "knn_accuracy": entry.neighbour_accuracy,
        "confusion": entry.confusion.counts,
        "model": entry.model,
        "model_sha256": entry.model_sha256,
    }


def _table(probes: list[Probe], neighbours: int) -> Table:
    table = Table(box=SIMPLE)
    table.add_column("features")
    for column in ("dimensions", "linear", f"{neighbours} nearest"):
        table.add_column(column, justify="right")
    for entry in probes:
        table.add_row(
            _name(entry), f"{entry.dimensions}",
            f"{entry.linear_accuracy:.2%}", f"{entry.neighbour_accuracy:.2%}",
        )  # fmt: skip
    return table
