"""`acncodec models`: the bundled models and the user's own, their cards, and copies of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .compress_report import image_size
from .options import force_option, json_option
from .places import FILE
from .session import check_target, common_options, printable, say, warn, write_json

if TYPE_CHECKING:
    from acncodec.contracts.image_kind import ImageKind


@click.group()
@common_options
def models() -> None:
    """List, show and export models, and keep your own.

    Your own models lie in your data folder, or where ACNCODEC_MODELS says. They are found by the
    id that an archive names, and by their names; unasked they are taken only where no bundled model
    fits.
    """


@models.command("list")
@json_option
@common_options
def list_models(as_json: bool) -> None:
    """List the bundled models and your own."""
    from acncodec.errors import ModelError
    from acncodec.models import bundled_names, model_path, users_names
    from acncodec.models.file import read_parameters

    bundled, own = bundled_names(), users_names()
    if not bundled:
        warn("no model is bundled; `acncodec train` makes one")
    for name in (*bundled, *(name for name in own if name not in bundled)):
        path = model_path(name)
        try:
            head, parameters = read_parameters(path)
        except ModelError as error:
            if name in bundled:
                raise
            warn(str(error))
            continue
        kind, size = head.config.accepts, path.stat().st_size
        if as_json:
            about = {"name": name, "bundled": name in bundled, "model_kind": head.family.name}
            counts = {"parameters": parameters, "file_bytes": size}
            write_json(about | _kind(kind) | counts | {"config": head.config.to_json()})
        else:
            whose = "" if name in bundled else ", your own"
            line = f"{name}  {_images(kind)}, {parameters:,} parameters, {size:,} bytes{whose}"
            click.echo(printable(line, lines=False))


@models.command()
@click.argument("name", metavar="NAME")
@json_option
@common_options
def show(name: str, as_json: bool) -> None:
    """Show the model NAME, or a model file: config, training, costs, size, SHA-256."""
    from acncodec.models import bundled_names, model_path, read_card, users_names
    from acncodec.models.frozen import FrozenModel
    from acncodec.models.registry import find_by_name_or_path

    is_bundled = name in bundled_names()
    has_name = is_bundled or name in users_names()
    path = model_path(name) if has_name else Path(name)
    model = FrozenModel.load(path) if has_name else find_by_name_or_path(name)
    facts = model.card | {
        "name": name if has_name else model.name,
        "bundled": is_bundled,
        "model_kind": model.family.name,
        "sha256": model.model_id.hex(),
        "file_bytes": path.stat().st_size,
        "parameters": model.parameters,
        "integer_bytes": model.integer_bytes,
        **_kind(model.accepts),
        "macs_per_image": model.macs_per_image,
        "config": model.config.to_json(),
    }  # what the model itself says wins over its card
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
    """Copy the model NAME to the file PATH."""
    from acncodec.container import atomic_output
    from acncodec.models import model_path

    source = model_path(name)
    check_target(target, force, source)
    with atomic_output(target, force) as file:
        file.write(source.read_bytes())
    say(f"{target}: model {name}")


@models.command()
@click.argument("file", metavar="FILE", type=FILE)
@click.option("--name", metavar="NAME", help="What to call it.  [default: the name of FILE]")
@force_option
@common_options
def add(file: Path, name: str | None, force: bool) -> None:
    """Copy the model FILE to your own models.

    It is loaded first: what is no model, or could not be exact, is refused.
    """
    from acncodec.models import users_path
    from acncodec.models.keep import add_model

    added = add_model(file, name, force=force)
    say(f"{users_path(added)}: model {added}")


@models.command()
@click.argument("name", metavar="NAME")
@common_options
def remove(name: str) -> None:
    """Remove NAME from your own models."""
    from acncodec.models.keep import remove_model

    remove_model(name)
    say(f"{printable(name, lines=False)}: removed")


def _kind(kind: ImageKind) -> dict[str, Any]:
    """What images a model takes, as JSON has it."""
    return {
        "sizes": "any" if kind.size is None else "fixed",
        "size": kind.size,
        "channels": kind.channels,
        "levels": kind.levels or "any",
    }


def _images(kind: ImageKind) -> str:
    """`28x28, 2 levels`, or `any size, 3 channels, any levels`."""
    levels = f"{kind.levels or 'any'} levels"
    if kind.size is None:
        return f"any size, {kind.channels} channel(s), {levels}"
    return f"{image_size((kind.channels, *kind.size))}, {levels}"
