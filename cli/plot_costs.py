"""`acncodec plot costs`: bits of each image."""

from __future__ import annotations

from pathlib import Path

import click

from .options import force_option
from .places import FILE
from .progress import tracking
from .session import check_target, common_options, say
from .sources import check_suffix, load_with_model, output_option, source_options


@click.command()
@click.argument("source", metavar="DATA", type=FILE)
@output_option("OUT.png")
@click.option(
    "--count", type=click.IntRange(min=1), default=2_000, show_default=True,
    help="How many images, picked by the seed; all if there are fewer.",
)  # fmt: skip
@click.option(
    "--samples", type=click.IntRange(min=1), default=2, show_default=True,
    help="Posterior samples for the cost of an image.",
)  # fmt: skip
@source_options
@force_option
@common_options
def costs(
    source: Path,
    output: Path,
    count: int,
    samples: int,
    images: str | None,
    layout: str | None,
    model: str | None,
    seed: int,
    force: bool,
) -> None:
    """Draw a histogram of the bits of each image of DATA, and the easiest and hardest images.

    Bits are what the float model expects of an image without an order: reconstruction cost and
    KL to the unconditional prior.
    """
    check_suffix(output, ".png")
    check_target(output, force, source)
    from acncodec.analysis.image_costs import image_costs
    from acncodec.container import atomic_output
    from acncodec.figures.histogram import bits_per_image
    from acncodec.sampling import pick_rows

    data, chosen = load_with_model(source, images, layout, model, seed)
    pixels = data.pixels[pick_rows(data.count, count, seed)]
    with tracking(source.name) as progress:
        progress("pricing", 0.0)
        priced = image_costs(chosen, pixels, samples, seed, data.levels)
    title = f"Bits an image: {len(pixels):,} images of {source.name} by the model {chosen.name}"
    times = "1 posterior sample" if samples == 1 else f"{samples} posterior samples"
    ink = " Ink is 1, paper 0." if data.levels == 2 else ""
    notes = (f"Unordered bound of the float model, {times}, seed {seed}.{ink}",)
    with atomic_output(output, force) as file:
        file.write(bits_per_image(priced, pixels, data.levels, title, notes))
    say(f"{output}: bits of {len(pixels):,} images, {priced.bits.mean():.1f} on average")
