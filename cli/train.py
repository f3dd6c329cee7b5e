"""`acncodec train`: a model for a kind of images."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from acncodec.families.registry import presets, problems
from acncodec.training.progress import MOST_MINUTES

from .fit import note
from .options import force_option, layout_option
from .pipes import readable
from .places import FILE, PLACE, Place, check_place, paths_among
from .progress import training
from .session import common_options, printable, say, warn
from .watching import Watching

if TYPE_CHECKING:
    from acncodec.training.plan import Wish


class PresetOption(click.Option):
    """An option whose help lists the presets of all families, plugins' among them."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The help, with a line about each preset and each plugin that cannot be used."""
        abouts = (f"{name}: {preset.about}." for name, (_, preset) in presets().items())
        self.help = " ".join(("The networks and the recipe.", *abouts, *problems()))
        return super().get_help_record(ctx)


def known_preset(_ctx: click.Context, _param: click.Parameter, name: str | None) -> str | None:
    """Refuse a name that no preset has, and tell of plugins that might have had it."""
    if name is not None and name not in presets():
        for problem in problems():
            warn(problem)
        raise click.BadParameter(f"{name!r} is not one of {', '.join(presets())}")
    return name


@click.command()
@click.argument("sources", metavar="DATA...", type=PLACE, nargs=-1, required=True)
@click.option(
    "-o", "--output", metavar="MODEL.safetensors", type=FILE,
    help="The model file to write; its checkpoint lies beside it.",
)  # fmt: skip
@click.option(
    "--preset", metavar="NAME", cls=PresetOption, callback=known_preset,
    show_default="by the images and the time", help="The networks and the recipe.",
)  # fmt: skip
@click.option(
    "--recipe", metavar="NAME|FILE.toml",
    help="A recipe in place of a preset: a bundled one or a file, as --print-recipe writes them.",
)  # fmt: skip
@click.option(
    "--set", "settings", metavar="KEY=VALUE", multiple=True,
    help="Change a choice of the recipe, such as decoder.width=48 or train.batch=32 (repeatable).",
)  # fmt: skip
@click.option(
    "--start", metavar="NAME|PATH",
    help="Begin with the weights of a model, bundled, your own or a file, of the same sizes.",
)  # fmt: skip
@click.option(
    "--print-recipe", is_flag=True,
    help="Print the recipe that was chosen, as TOML, and train nothing.",
)  # fmt: skip
@click.option(
    "--minutes", type=click.FloatRange(0, MOST_MINUTES, min_open=True),
    show_default="20 where no recipe says how many steps", help="Train this long.",
)  # fmt: skip
@click.option("--steps", type=click.IntRange(min=1), help="Train this many steps.")
@click.option("--resume", is_flag=True, help="Continue from the checkpoint.")
@click.option(
    "--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True,
    help="Where to train.",
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True,
    help="Fixes initial weights, order and noise.",
)  # fmt: skip
@click.option(
    "--valid", metavar="DATA", type=PLACE,
    help="Validation images; without, the last sixth of DATA is held back.",
)  # fmt: skip
@click.option(
    "--labels", "label_file", metavar="FILE", type=FILE,
    help="The classes of the images, for models that are told them: IDX (gzipped or not), .npy or "
    ".csv of one column.  [default: an array of DATA]",
)  # fmt: skip
@click.option(
    "--valid-labels", "valid_label_file", metavar="FILE", type=FILE,
    help="Those of the validation images.  [default: an array of them]",
)  # fmt: skip
@layout_option
@click.option("--log", metavar="DIR", type=FILE, help="Write log.jsonl and TensorBoard events.")
@click.option(
    "--keep", type=click.IntRange(min=1), metavar="STEPS",
    help="Keep the checkpoint of every so many steps, in a file of its own.",
)  # fmt: skip
@click.option(
    "--watch", metavar="OUT.gif", type=FILE,
    help="An animation: images that are held back, reconstructed anew after each epoch. Each time "
    "the model is frozen, which takes seconds, or minutes where a prior of latents is fitted, of "
    "those of --minutes too.",
)  # fmt: skip
@force_option
@common_options
def train(
    sources: tuple[Place, ...],
    output: Path | None,
    preset: str | None,
    recipe: str | None,
    settings: tuple[str, ...],
    start: str | None,
    print_recipe: bool,
    minutes: float | None,
    steps: int | None,
    resume: bool,
    device: str,
    seed: int,
    valid: Place | None,
    label_file: Path | None,
    valid_label_file: Path | None,
    layout: str | None,
    log: Path | None,
    keep: int | None,
    watch: Path | None,
    force: bool,
) -> None:
    """Train a model on the images in DATA and freeze it to exact integers.

    Several DATA are one set, in their order.
    Without --preset and --recipe, network and recipe follow from the images, how many there are,
    and the time. Where no number of steps is said, training ends early when images that are held
    back no longer become cheaper.
    """
    if minutes is not None and steps is not None:
        raise click.UsageError("--minutes and --steps exclude each other")
    if minutes is not None and not math.isfinite(minutes):
        raise click.BadParameter(f"{minutes} is not a time", param_hint="--minutes")
    if preset is not None and recipe is not None:
        raise click.UsageError("--preset and --recipe exclude each other")
    if print_recipe:
        from acncodec.training.plan import Wish

        labels = _readable(label_file), _readable(valid_label_file)
        wish = Wish(preset, recipe, settings, start, minutes, steps, *labels, layout)
        _print_recipe(sources, valid, wish)
        return
    if output is None:
        raise click.UsageError("Missing option '-o' / '--output'.")
    check_place(output, force, *sources, valid, label_file, valid_label_file)
    watching = (
        None if watch is None else Watching(watch, force, *paths_among(*sources, valid), output)
    )
    from acncodec.training.session import train_model

    with training() as report:
        model = train_model(
            _all_readable(sources), output, preset=preset, recipe=recipe, settings=settings,
            start=start, minutes=minutes, steps=steps, resume=resume, device=device, seed=seed,
            valid=_readable(valid), labels=_readable(label_file),
            valid_labels=_readable(valid_label_file), layout=layout, log=log, keep_steps=keep,
            force=force, report=report, note=warn, explain=note, watch=watching,
        )  # fmt: skip
    say(
        f"{output}: model {model.name}, {model.parameters:,} parameters, "
        f"SHA-256 {model.model_id.hex()}"
    )
    if watching is not None:
        watching.write(model.name, ", ".join(map(str, sources)))


def _readable(path: Place | None) -> Path | None:
    """A file that may be named, or not."""
    return None if path is None else readable(path)


def _all_readable(paths: tuple[Place, ...]) -> Path | list[Path]:
    """DATA, as training takes it: one, or several as a list."""
    return readable(paths[0]) if len(paths) == 1 else [readable(path) for path in paths]


def _print_recipe(sources: tuple[Place, ...], valid: Place | None, wish: Wish) -> None:
    """The recipe that a training would have, as TOML on standard output."""
    from acncodec.training.plan import make_plan
    from acncodec.training.recipe_file import to_toml

    plan = make_plan(_all_readable(sources), _readable(valid), wish, warn)
    click.echo(printable(to_toml(plan.choice, steps=not plan.timed)), nl=False)
