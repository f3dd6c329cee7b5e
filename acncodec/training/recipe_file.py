"""Recipes as TOML files: found by name or path, read, and written.

    about = "a line on what it is for"        # optional
    family = "causal-resnet"                  # optional: else the images decide, and the time

    [decoder]                                 # the keys of `training.settings`, by their tables
    width = 32

    [train]
    learning_rate = 2e-3

What a recipe does not say is as the family has it, or as the images and the time decide. Bundled
are the files in `recipes`, and the presets of all families, which are whole recipes.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from acncodec.errors import ModelError, TrainingError
from acncodec.families.family import Family
from acncodec.families.registry import family_named, presets
from acncodec.learning.recipe import Recipe
from acncodec.training.chosen import Choice
from acncodec.training.settings import TRAIN, Value, apply, check_keys, settings_of

FOLDER: Final = Path(__file__).parent / "recipes"
SUFFIX: Final = ".toml"
LARGEST_FILE: Final = 1 << 20


@dataclass(frozen=True)
class RecipeFile:
    """What a recipe says. family: None where the images decide; settings: values by their keys."""

    name: str
    family: Family | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""


def bundled_recipes() -> tuple[str, ...]:
    """The names of the bundled recipes: files, then presets."""
    return (*sorted(path.stem for path in FOLDER.glob(f"*{SUFFIX}")), *presets())


def find_recipe(name_or_path: str) -> RecipeFile:
    """A bundled recipe's name, or else the path of a file. Raises `TrainingError` where it is
    neither, or a file is no recipe."""
    known = presets()
    if name_or_path in known:
        family, preset = known[name_or_path]
        whole = settings_of(Choice(family, preset.config, preset.recipe, ()))
        return RecipeFile(name_or_path, family, whole, preset.about)
    if name_or_path in bundled_recipes():
        return read_recipe(FOLDER / f"{name_or_path}{SUFFIX}")
    path = Path(name_or_path)
    if not path.is_file():
        names = ", ".join(bundled_recipes())
        raise TrainingError(f"{name_or_path}: neither a recipe file nor a bundled recipe ({names})")
    return read_recipe(path)


def read_recipe(path: Path) -> RecipeFile:
    """The recipe in a file. Raises `TrainingError` that names the file and the key."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise TrainingError(f"a recipe has at most {LARGEST_FILE:,} bytes")
        found = parse_recipe(path.read_text(encoding="utf-8"), path.stem)
    except (OSError, UnicodeDecodeError, TrainingError) as error:
        cause = getattr(error, "strerror", None) or error
        raise TrainingError(f"{path}: {cause}") from error
    return found


def parse_recipe(text: str, name: str) -> RecipeFile:
    """The recipe that `text` says. Raises `TrainingError` for what is no TOML, and for keys that no
    recipe has; what values there may be, `training.settings` knows."""
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # TOMLDecodeError is a ValueError
        raise TrainingError(f"not TOML: {error}") from error
    about, wanted = data.pop("about", ""), data.pop("family", None)
    if not isinstance(about, str) or not isinstance(wanted, str | None):
        raise TrainingError("about and family must be strings")
    settings: dict[str, Any] = {}
    for table, entries in data.items():
        if not isinstance(entries, dict):
            raise TrainingError(f"there is no key {table} outside of a table")
        settings |= {f"{table}.{key}": value for key, value in entries.items()}
    check_keys(settings)
    try:
        family = None if wanted is None else family_named(wanted)
    except ModelError as error:
        raise TrainingError(str(error)) from error
    return RecipeFile(name, family, settings, about)


def bundled_recipe(name: str) -> Recipe:
    """How a bundled file trains; what it does not say is as `Recipe` has it."""
    data = tomllib.loads((FOLDER / f"{name}{SUFFIX}").read_text(encoding="utf-8"))
    return Recipe(**data["train"])


def begun(recipe: RecipeFile) -> Choice | None:
    """A whole choice of a recipe that names its family: what it does not say is as that has it."""
    if recipe.family is None:
        return None
    usual = Choice(recipe.family, recipe.family.config(), Recipe(), ())
    return apply(usual, recipe.settings)


def with_recipe(choice: Choice, recipe: RecipeFile) -> Choice:
    """What the images decided, with what a recipe says."""
    if not recipe.settings:
        return choice
    found = apply(choice, recipe.settings)
    return replace(found, why=(*choice.why, f"  by the recipe {recipe.name}"))


def to_toml(choice: Choice, about: str = "", *, steps: bool = True) -> str:
    """The whole recipe of what was chosen, with the reasons as comments; without the number of
    steps where the time decides it."""
    lines = [f"# {line.strip()}" for line in choice.why]
    lines += [f"about = {_toml(about)}"] if about else []
    lines.append(f"family = {_toml(choice.family.name)}")
    table = ""
    for key, value in settings_of(choice).items():
        if key == f"{TRAIN}steps" and not steps:
            continue
        wanted, _, name = key.partition(".")
        if wanted != table:
            table = wanted
            lines += ["", f"[{table}]"]
        lines.append(f"{name} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def _toml(value: Value) -> str:
    """JSON's strings, numbers, lists, true and false are TOML's too, but for one character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
