"""`acncodec plot pca|tsne|matrix`: the codes of images, coloured by class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from acncodec.errors import naming

from .options import all_of, force_option
from .places import FILE
from .progress import tracking
from .session import AnyFunction, check_target, common_options, say
from .sources import (
    check_suffix,
    label_options,
    labels_if_any,
    load_with_model,
    output_option,
    source_options,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Codes:
    """Codes to be drawn, their labels, and words for the title."""

    codes: NDArray[np.float32]
    labels: NDArray[Any] | None
    whose: str
    seed: int


def codes_options(count: int) -> Callable[[AnyFunction], AnyFunction]:
    """What the plots of codes have in common; `count` images by default."""

    def apply(function: AnyFunction) -> AnyFunction:
        return all_of(
            function,
            click.argument("source", metavar="DATA", type=FILE),
            output_option("OUT.png"),
            click.option(
                "--count", type=click.IntRange(min=2), default=count, show_default=True,
                help="How many images, picked by the seed; all if there are fewer.",
            ),
            label_options,
            click.option("--no-labels", is_flag=True, help="One colour for all classes."),
            source_options,
            force_option,
            common_options,
        )  # fmt: skip

    return apply


def draw(
    render: Callable[[Codes], bytes], source: Path, output: Path, count: int, label: str | None,
    label_file: Path | None, no_labels: bool, images: str | None, layout: str | None,
    model: str | None, seed: int, force: bool,
) -> None:  # fmt: skip
    """Encode some of the images in DATA and write what `render` makes of their codes."""
    if no_labels and (label is not None or label_file is not None):
        raise click.UsageError("--no-labels excludes --label and --labels")
    check_suffix(output, ".png")
    check_target(output, force, source)
    from acncodec.analysis.embedding import mean_codes
    from acncodec.container import atomic_output
    from acncodec.figures.scatter import check_classes
    from acncodec.sampling import pick_rows

    data, chosen = load_with_model(source, images, layout, model, seed, coded=True)
    labels = None if no_labels else labels_if_any(data, source, label, label_file)
    rows = pick_rows(data.count, count, seed)
    with naming(source), tracking(source.name) as progress:
        labels = check_classes(None if labels is None else labels[rows])
        progress("encoding", 0.0)
        codes = mean_codes(chosen, data.pixels[rows], data.levels)
        progress("drawing", 0.5)
        whose = f"codes of {len(rows):,} images of {source.name} by the model {chosen.name}"
        content = render(Codes(codes, labels, whose, seed))
    with atomic_output(output, force) as file:
        file.write(content)
    say(f"{output}: {whose}")


@click.command()
@codes_options(10_000)
def pca(**options: Any) -> None:
    """Draw the first two principal components of the codes of DATA."""

    def render(given: Codes) -> bytes:
        from acncodec.analysis.projections import principal_components
        from acncodec.figures.scatter import plane

        found = principal_components(given.codes)
        names = tuple(
            f"component {index}, {share:.0%} of the variance"
            for index, share in enumerate(found.shares, 1)
        )
        title = f"Principal components: {given.whose}"
        return plane(found.points, given.labels, title, (), (names[0], names[1]))

    draw(render, **options)


@click.command()
@click.option(
    "--perplexity", type=click.FloatRange(min=1), default=30, show_default=True,
    help="About how many neighbours each image keeps.",
)  # fmt: skip
@codes_options(5_000)
def tsne(perplexity: float, **options: Any) -> None:
    """Draw t-SNE of the codes of DATA (about half a minute for 5,000 images)."""

    def render(given: Codes) -> bytes:
        from acncodec.analysis.projections import tsne as project
        from acncodec.figures.scatter import plane

        points = project(given.codes, perplexity, given.seed)
        notes = (
            f"Perplexity {perplexity:g}, seed {given.seed}. Axes have no meaning of their own.",
        )
        return plane(points, given.labels, f"t-SNE: {given.whose}", notes, None)

    draw(render, **options)


@click.command()
@codes_options(2_000)
def matrix(**options: Any) -> None:
    """Draw every two dimensions of the codes of DATA against each other."""

    def render(given: Codes) -> bytes:
        from acncodec.figures.scatter import matrix as scatter_matrix

        title = f"Dimensions: {given.whose}"
        notes = ("On the diagonal, each dimension's histogram. Each axis has its own scale.",)
        return scatter_matrix(given.codes, given.labels, title, notes)

    draw(render, **options)
