"""`acncodec models`: the bundled models, their cards, and copies of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .compress_report import image_size
from .options import FILE, force_option, json_option
from .session import check_target, common_options, printable, say, warn, write_json

if TYPE_CHECKING:
    from acncodec.models.frozen import FrozenModel


@click.group()
@common_options
def models() -> None:
    """List, show and export the bundled models."""


@models.command("list")
@json_option
@common_options
def list_models(as_json: bool) -> None:
    """List the bundled models."""
    from acncodec.models import bundled_names, bundled_path
    from acncodec.models.frozen import FrozenModel

    if not bundled_names():
        warn("no model is bundled; `acncodec train` makes one")
    for name in bundled_names():
        path = bundled_path(name)
        model = FrozenModel.load(path)
        if as_json:
            write_json(_facts(model, path, name))
        else:
            click.echo(
                f"{name}  {_images(model)}, "
                f"{model.parameters:,} parameters, {path.stat().st_size:,} bytes"
            )


@models.command()
@click.argument("name", metavar="NAME")
@json_option
@common_options
def show(name: str, as_json: bool) -> None:
    """Show the bundled model NAME, or a model file: config, training, costs, size, SHA-256."""
    from acncodec.models import bundled_names, bundled_path, find_by_name_or_path, read_card
    from acncodec.models.frozen import FrozenModel

    is_bundled = name in bundled_names()
    path = bundled_path(name) if is_bundled else Path(name)
    model = FrozenModel.load(path) if is_bundled else find_by_name_or_path(name)
    facts = _facts(model, path, name if is_bundled else model.name)
    if as_json:
        write_json(facts)
        return
    for key, value in facts.items():
        shown = value if isinstance(value, str) else json.dumps(value)
        click.echo(printable(f"{key:<28} {shown}", lines=False))
    card = read_card(name) if is_bundled else None
    if card is not None:
        click.echo(f"\n{card.rstrip()}")


@models.command()
@click.argument("name", metavar="NAME")
@click.argument("target", metavar="PATH", type=FILE)
@force_option
@common_options
def export(name: str, target: Path, force: bool) -> None:
    """Copy the bundled model NAME to the file PATH."""
    from acncodec.container import atomic_output
    from acncodec.models import bundled_path

    source = bundled_path(name)
    check_target(target, force, source)
    with atomic_output(target, force) as file:
        file.write(source.read_bytes())
    say(f"{target}: model {name}")


def _images(model: FrozenModel) -> str:
    """`28x28, 2 levels`, or `any size, 3 channels, any levels`."""
    accepts = model.accepts
    levels = f"{accepts.levels or 'any'} levels"
    if accepts.size is None:
        return f"any size, {accepts.channels} channel(s), {levels}"
    return f"{image_size((accepts.channels, *accepts.size))}, {levels}"


def _facts(model: FrozenModel, path: Path, name: str) -> dict[str, Any]:
    """The card, with what the model itself says; the latter wins."""
    return model.card | {
        "name": name,
        "model_kind": model.family.name,
        "sha256": model.model_id.hex(),
        "file_bytes": path.stat().st_size,
        "parameters": model.parameters,
        "integer_bytes": model.integer_bytes,
        "sizes": "any" if model.accepts.size is None else "fixed",
        "levels": model.accepts.levels or "any",
        "macs_per_image": model.macs_per_image,
        "config": model.config.to_json(),
    }
