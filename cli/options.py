"""Options that several commands take, and the loading of what they name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, Unpack

import click

from acncodec.errors import naming
from acncodec.remote.address import Address
from acncodec.run.devices import processors

from .pipes import readable
from .places import PLACE, Place
from .session import AnyFunction, notice, warn

if TYPE_CHECKING:
    from acncodec.images import DataSet, DataSource, MixedData
    from acncodec.images.load import ReadOptions
    from acncodec.images.mixed_source import MixedSource
    from acncodec.models.frozen import FrozenModel

Data = TypeVar("Data", bound="DataSource | MixedSource")

DEFAULT_BATCH = 256

LONGEST_SIDE = 65_535


class SizeType(click.ParamType[tuple[int, int]]):
    """`HEIGHTxWIDTH` of images."""

    name = "size"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """(height, width)."""
        if isinstance(value, tuple):
            return value
        sides = [int(side) for side in str(value).split("x") if side.isascii() and side.isdigit()]
        if str(value) != "x".join(map(str, sides)) or len(sides) != 2:
            self.fail(f"{value!r} is not HEIGHTxWIDTH, such as 28x28", param, ctx)
        if not all(1 <= side <= LONGEST_SIDE for side in sides):
            self.fail(f"{value}: a side has 1 to {LONGEST_SIDE:,} pixels", param, ctx)
        return sides[0], sides[1]


SIZE = SizeType()


def all_of(function: AnyFunction, *options: Callable[[Any], Any]) -> AnyFunction:
    """Apply decorators so that the help lists them in the order given."""
    for option in reversed(options):
        function = option(function)
    return function


def data_options(function: AnyFunction) -> AnyFunction:
    """How to read DATA."""
    return all_of(
        function,
        click.option("--images", metavar="NAME", help="The array of an .npz that is the images."),
        layout_option,
        click.option(
            "--labels", "label_file", metavar="FILE", type=PLACE,
            help="A file of labels that lies beside DATA: IDX (gzipped or not), .npy, .csv. "
            "They come back as an array `labels`, or by the names of the columns.",
        ),
        click.option(
            "--skip", metavar="NAME", multiple=True,
            help="An array that is left out, or a picture or a folder in DATA (repeatable).",
        ),
        click.option(
            "--aligned", metavar="NAME", multiple=True,
            help="An array that follows the images when they are reordered (repeatable).",
        ),
        click.option(
            "--not-aligned", metavar="NAME", multiple=True,
            help="An array that does not, though its length is theirs (repeatable).",
        ),
    )  # fmt: skip


def layout_option(function: AnyFunction) -> AnyFunction:
    """`--layout`."""
    option = click.option(
        "--layout", metavar="AXES|SIZE", callback=lambda *given: _layout(given[-1]),
        help="The images' axes, where their shape does not tell: nhw, nhwc or nchw; or, of images "
        "that are rows of numbers, their size: HxW, HxWxC or CxHxW.",
    )  # fmt: skip
    return option(function)


def _layout(text: str | None) -> str | None:
    from acncodec.images.flat import is_size
    from acncodec.images.spec import LAYOUTS

    if text is None or text in LAYOUTS or is_size(text):
        return text
    raise click.BadParameter(
        f"{text!r} is none of {', '.join(LAYOUTS)}, nor a size such as 28x28, 32x32x3 or 3x32x32"
    )


def model_option(default: str) -> Callable[[AnyFunction], AnyFunction]:
    """`--model`, with what is taken when it is not given."""
    return click.option(
        "--model",
        metavar="NAME|PATH",
        help=f"A bundled model, one of your own, or a model file.  [default: {default}]",
    )


def solver_option(function: AnyFunction) -> AnyFunction:
    """`--solver`."""
    option = click.option(
        "--solver", type=click.Choice(["greedy", "improved", "tsp"]), default="improved",
        show_default=True,
        help="Of tours: the paper's, one improved on the expected KL, or python-tsp's for small "
        "sets. Other orderings take no notice.",
    )  # fmt: skip
    return option(function)


def speed_options(function: AnyFunction) -> AnyFunction:
    """`--threads` and `--batch`: neither changes a byte of any output."""
    return all_of(
        function,
        click.option(
            "--threads", type=click.IntRange(min=1), default=processors,
            show_default="one a processor", help="Threads; never changes the result.",
        ),
        click.option(
            "--batch", type=click.IntRange(min=1), default=DEFAULT_BATCH, show_default=True,
            help="Images at once in a thread; never changes the result.",
        ),
    )  # fmt: skip


def device_option(function: AnyFunction) -> AnyFunction:
    """`--device` for coding."""
    option = click.option(
        "--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True,
        help="Where the pixel decoder runs; never changes the result. The other networks run on "
        "the CPU.",
    )  # fmt: skip
    return option(function)


def force_option(function: AnyFunction) -> AnyFunction:
    """`-f`."""
    option = click.option("-f", "--force", is_flag=True, help="Overwrite an existing output.")
    return option(function)


def json_option(function: AnyFunction) -> AnyFunction:
    """`--json`."""
    option = click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line.")
    return option(function)


def model_path(model: str | None) -> Path | None:
    """The file that `--model` names, if it names one."""
    return None if model is None else Path(model)


def load_data(
    path: Place, label_file: Place | None = None, **options: Unpack[ReadOptions]
) -> DataSet:  # fmt: skip
    """Read DATA and labels beside it, and pass warnings on; options are those of `load_dataset`."""
    from acncodec.images import load_dataset

    with naming(path):
        data = load_dataset(readable(path), **options)
    return _told(data, path, label_file, False)


def load_several_data(
    paths: tuple[Place, ...], *, warned: bool = False, **options: Unpack[ReadOptions]
) -> DataSet:
    """Read several DATA as one set, and pass warnings on, unless the user has had them."""
    from acncodec.images import load_several

    data = load_several([readable(path) for path in paths], **options)
    for warning in () if warned else data.warnings:
        warn(warning)
    return data


def load_set(
    path: Place, label_file: Place | None = None, *, warned: bool = False,
    **options: Unpack[ReadOptions],
) -> DataSet | MixedData:  # fmt: skip
    """As `load_data`, but the pictures of a folder may be of several sizes and modes; without
    warnings that the user has had."""
    from acncodec.images import load_any

    with naming(path):
        data = load_any(readable(path), **options)
    return _told(data, path, label_file, warned)


def open_set(
    path: Place, label_file: Place | None = None, *, warned: bool = False, scattered: bool = False,
    **options: Unpack[ReadOptions],
) -> DataSource | MixedSource:  # fmt: skip
    """As `load_set`, but leave the images where they are, if they can be read in pieces.

    scattered: whether they are read in any order, for which what an address leads to is copied.
    """
    from acncodec.images import open_any

    with naming(path):
        data: DataSource | MixedSource | None = None
        if isinstance(path, Address) and not scattered:
            from acncodec.remote.arrays import open_remote

            data = open_remote(path, **options)
        if data is None:
            data = open_any(readable(path), **options)
    return _told(data, path, label_file, warned)


def _told(data: Data, path: Place, label_file: Place | None, warned: bool) -> Data:
    """Data with the labels beside it; its warnings are passed on, unless the user has had them."""
    for warning in () if warned else data.warnings:
        warn(f"{path}: {warning}")
    if label_file is None:
        return data
    from acncodec.images.beside import with_labels

    with naming(label_file):
        return with_labels(data, readable(label_file))


def named_models(
    data: DataSource | MixedSource, path: Place, model: str | None, stored: str
) -> list[FrozenModel]:  # fmt: skip
    """The model that `--model` names, or the bundled ones that take some of the images.

    Raises `ModelError` where the named one takes none, or none does and none may be stored.
    """
    from acncodec.codec import models_for
    from acncodec.models import find_by_name_or_path

    chosen = None if model is None else find_by_name_or_path(model)
    with naming(path):
        return models_for(data, chosen, stored, notice)


def model_for(data: DataSource, path: Place, model: str | None) -> FrozenModel:
    """The model that `--model` names, or the bundled one that fits `data`."""
    from acncodec.models import find_by_name_or_path, find_for_data

    if model is not None:
        return find_by_name_or_path(model)
    with naming(path):
        return find_for_data(data.shape, data.levels, notice)
