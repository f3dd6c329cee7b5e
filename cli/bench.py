"""`acncodec bench`: bound, ideal and file, side by side."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from acncodec.errors import naming

from .options import (
    data_options,
    device_option,
    json_option,
    load_data,
    model_for,
    model_option,
    solver_option,
    speed_options,
)
from .places import FILE
from .progress import tracking
from .session import common_options, detail, is_verbose, write_json


class Lists(click.Command):
    """A command whose repeatable choices may stand one after the other: `--ordering iid set`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Say the option again before each further choice, but one that is the name of a file."""
        choices = {
            name: set(option.type.choices)
            for option in self.params
            if option.multiple and isinstance(option.type, click.Choice)
            for name in option.opts
        }
        said: list[str] = []
        last: str | None = None
        for index, word in enumerate(args):
            if last is not None and args[index - 1] != last:
                if word not in choices[last] or Path(word).exists():
                    last = None
                else:
                    said.append(last)
            if word in choices:
                last = word
            said.append(word)
        return super().parse_args(ctx, said)


@click.command(cls=Lists)
@click.argument("source", metavar="DATA", type=FILE)
@data_options
@model_option("the bundled one that fits the data")
@click.option(
    "--ordering", "orderings", type=click.Choice(["iid", "tour", "set", "urn"]), multiple=True,
    show_default="all that go with order and model", help="An ordering to measure (repeatable).",
)  # fmt: skip
@click.option(
    "--order", type=click.Choice(["keep", "any"]), default="any", show_default=True,
    help="Restore the images' order, or only the set.",
)  # fmt: skip
@solver_option
@click.option(
    "--coder", "coders", type=click.Choice(["ans", "torchac"]), multiple=True, default=("ans",),
    show_default=True,
    help="An entropy coder to measure (repeatable); torchac needs the extra of that name.",
)  # fmt: skip
@click.option(
    "--samples", type=click.IntRange(min=2), default=4, show_default=True,
    help="Posterior samples for the bound.",
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), default=0, show_default=True,
    help="Fixes those samples.",
)  # fmt: skip
@speed_options
@device_option
@json_option
@common_options
def bench(
    source: Path,
    images: str | None,
    layout: str | None,
    label_file: Path | None,
    skip: tuple[str, ...],
    aligned: tuple[str, ...],
    not_aligned: tuple[str, ...],
    model: str | None,
    orderings: tuple[str, ...],
    order: str,
    solver: str,
    coders: tuple[str, ...],
    samples: int,
    seed: int,
    threads: int,
    batch: int,
    device: str,
    as_json: bool,
) -> None:
    """Compress, decompress and price DATA once for each ordering and coder."""
    from acncodec.analysis.bench import bench_dataset
    from acncodec.codec import CompressOptions

    data = load_data(
        source, label_file, images=images, layout=layout, aligned=aligned, not_aligned=not_aligned,
        skip=skip, join=True,
    )  # fmt: skip
    chosen = model_for(data, source, model)
    wanted = tuple(dict.fromkeys(orderings)) or None
    options = CompressOptions(order, threads=threads, batch=batch, solver=solver, device=device)
    for coder in dict.fromkeys(coders):
        with naming(source), tracking(source.name) as progress:
            results = bench_dataset(
                data, chosen, replace(options, coder=coder), wanted, samples, seed, progress
            )  # fmt: skip
        if is_verbose():
            detail(f"engine {chosen.decoder.engine_on(device)}")
        results = {"data": str(source), "coder": coder, **results}
        if as_json:
            write_json(results)
        else:
            _print(results)
        if not all(entry["restored_exactly"] for entry in results["orderings"].values()):
            click.get_current_context().exit(1)


def _print(results: dict[str, Any]) -> None:
    table = Table(
        box=SIMPLE,
        title=f"{results['images']:,} images, order {results['order']}, coder {results['coder']}, "
        f"model {results['model']}; nats an image",
        title_justify="left",
    )
    columns = ("bound", "ideal", "file", "file/bound", "file bytes", "restored")
    table.add_column("ordering")
    for column in columns:
        table.add_column(column, justify="right")
    for ordering, entry in results["orderings"].items():
        table.add_row(
            ordering,
            f"{entry['bound_nats']:.3f} ± {entry['bound_standard_error']:.3f}",
            f"{entry['ideal_nats']:.3f}",
            f"{entry['file_nats']:.3f}",
            f"{1.0 + entry['file_over_bound']:.4f}",
            f"{entry['file_bytes']:,}",
            "yes" if entry["restored_exactly"] else "NO",
        )
    Console().print(table)
