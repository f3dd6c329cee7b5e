"""`acncodec train`: a model for a kind of images."""

from __future__ import annotations

import math
from pathlib import Path

import click

from acncodec.families.registry import presets, problems

from .fit import note
from .options import FILE, force_option
from .pipes import readable
from .progress import training
from .session import check_target, common_options, say, warn


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
@click.argument("source", metavar="DATA", type=FILE)
@click.option(
    "-o", "--output", metavar="MODEL.safetensors", type=FILE, required=True,
    help="The model file to write; its checkpoint lies beside it.",
)  # fmt: skip
@click.option(
    "--preset", metavar="NAME", cls=PresetOption, callback=known_preset,
    show_default="by the images and the time", help="The networks and the recipe.",
)  # fmt: skip
@click.option(
    "--minutes", type=click.FloatRange(min=0, min_open=True),
    show_default="20 without a preset, else by --steps", help="Train this long.",
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
    "--valid", metavar="DATA", type=FILE,
    help="Validation images; without, the last sixth of DATA is held back.",
)  # fmt: skip
@click.option("--log", metavar="DIR", type=FILE, help="Write log.jsonl and TensorBoard events.")
@click.option(
    "--keep", type=click.IntRange(min=1), metavar="STEPS",
    help="Keep the checkpoint of every so many steps, in a file of its own.",
)  # fmt: skip
@force_option
@common_options
def train(
    source: Path,
    output: Path,
    preset: str | None,
    minutes: float | None,
    steps: int | None,
    resume: bool,
    device: str,
    seed: int,
    valid: Path | None,
    log: Path | None,
    keep: int | None,
    force: bool,
) -> None:
    """Train a model on the images in DATA and freeze it to exact integers.

    Without --preset, network and recipe follow from the images, how many there are, and the time;
    training ends early when images that are held back no longer become cheaper.
    """
    if minutes is not None and steps is not None:
        raise click.UsageError("--minutes and --steps exclude each other")
    if minutes is not None and not math.isfinite(minutes):
        raise click.BadParameter(f"{minutes} is not a time", param_hint="--minutes")
    check_target(output, force, source, valid)
    from acncodec.training.session import train_model

    with training() as report:
        model = train_model(
            readable(source), output, preset=preset, minutes=minutes, steps=steps, resume=resume,
            device=device, seed=seed, valid=None if valid is None else readable(valid), log=log,
            keep_steps=keep, force=force, report=report, note=warn, explain=note,
        )  # fmt: skip
    say(
        f"{output}: model {model.name}, {model.parameters:,} parameters, "
        f"SHA-256 {model.model_id.hex()}"
    )
