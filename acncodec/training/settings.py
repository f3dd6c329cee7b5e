"""Settings: every choice of a recipe under a key, typed, and applied to what was chosen before.

`train.NAME` is a field of `Recipe`. The sizes of a family's config stand under the network that
they are of: `encoder_channels` is `encoder.channels`, `prior_hidden` is `prior.hidden`, and what
names no network is the decoder's, as `decoder.width` and `decoder.filters`. What the images decide
(their size, say) is no choice and has no key.
"""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any, Final

from acncodec.errors import ModelError, TrainingError
from acncodec.families.config import LARGEST, ModelConfig
from acncodec.families.registry import families
from acncodec.learning.recipe import Recipe
from acncodec.training.chosen import Choice, weights_of

TRAIN: Final = "train."
EPOCHS: Final = "train.epochs"
"""Steps in rounds through the training images, for `in_steps`: a recipe knows of no images."""
NETWORKS: Final = ("latent", "encoder", "prior", "decoder")
LARGEST_NETWORK: Final = 1 << 26
"""Weights; a slip of the finger shall not take all memory."""

LARGEST_NUMBER: Final = 1e300
"""No setting is as large; and of a whole number that is larger there may be no float."""

Value = bool | int | float | str | tuple[int, ...] | tuple[str, ...]
Settings = Mapping[str, Value]


def key_of(field: str) -> str:
    """The key of a field of a config."""
    network, _, rest = field.partition("_")
    return f"{network}.{rest}" if rest and network in NETWORKS else f"decoder.{field}"


def size_keys(config: type[ModelConfig]) -> dict[str, str]:
    """The keys of a family's sizes, each with the field of its config."""
    names = (field.name for field in fields(config) if field.name not in config.by_images)
    return {key_of(name): name for name in names}


def known_keys() -> set[str]:
    """Every key that there is, of any family."""
    sizes = {key for family in families() for key in size_keys(family.config)}
    return sizes | {TRAIN + field.name for field in fields(Recipe)}


def settings_of(choice: Choice) -> dict[str, Value]:
    """What was chosen, every key of it."""
    sizes = {key: getattr(choice.config, f) for key, f in size_keys(type(choice.config)).items()}
    sizes = dict(sorted(sizes.items(), key=lambda item: NETWORKS.index(item[0].split(".")[0])))
    return sizes | {TRAIN + name: value for name, value in choice.recipe.to_json().items()}


def in_steps(settings: Mapping[str, Any], recipe: Recipe, count: int) -> dict[str, Any]:
    """`settings` with steps in the place of epochs of `count` images.

    Raises `TrainingError` where epochs are no whole number from 1, or steps are said too.
    """
    found = dict(settings)
    epochs = found.pop(EPOCHS, None)
    if epochs is None:
        return found
    if type(epochs) is not int or epochs < 1:
        raise TrainingError(f"{EPOCHS} = {epochs!r}: it must be an integer from 1")
    if TRAIN + "steps" in found:
        raise TrainingError(f"{EPOCHS} and {TRAIN}steps exclude each other")
    batch = found.get(TRAIN + "batch", recipe.batch)
    if type(batch) is int and batch > 0:  # else it is refused when it is applied
        found[TRAIN + "steps"] = math.ceil(epochs * count / batch)
    return found


def parse_setting(text: str) -> tuple[str, Any]:
    """`KEY=VALUE`; a value that is none of TOML's is a string. Raises `TrainingError`."""
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise TrainingError(f"{text!r} is not KEY=VALUE, such as train.batch=32")
    try:
        parsed = tomllib.loads(f"value = {value}")
    except tomllib.TOMLDecodeError:
        return key.strip(), value.strip()
    except (ValueError, RecursionError) as error:  # an integer, or brackets, beyond all measure
        raise TrainingError(f"{key.strip()}: {error}") from error
    return key.strip(), parsed["value"] if len(parsed) == 1 else value.strip()


def check_keys(keys: Iterable[str]) -> None:
    """Raise `TrainingError` for a key that no family has."""
    known = known_keys()
    for key in keys:
        if key not in known:
            raise TrainingError(f"there is no setting {key}{_meant(key, known)}")


def apply(choice: Choice, settings: Mapping[str, Any]) -> Choice:
    """What was chosen, with `settings` in place of what they name.

    Raises `TrainingError` that names the key where its family has none such, or the value is not of
    its type, out of its range, or one of which there is no network.
    """
    check_keys(settings)
    sizes = size_keys(type(choice.config))
    usual = settings_of(replace(choice, config=type(choice.config)(), recipe=Recipe()))
    for key in settings:
        if key not in usual:
            raise TrainingError(f"the family {choice.family.name} has no {key}{_meant(key, usual)}")
    typed: dict[str, Any] = {key: _typed(key, value, usual[key]) for key, value in settings.items()}
    trained = {key.removeprefix(TRAIN): v for key, v in typed.items() if key not in sizes}
    recipe = replace(choice.recipe, **trained) if trained else choice.recipe
    sized = {key: value for key, value in typed.items() if key in sizes}
    if not sized:
        return replace(choice, recipe=recipe)
    try:
        config = replace(choice.config, **{sizes[key]: value for key, value in sized.items()})
    except ModelError as error:
        raise TrainingError(_named(str(error), sizes, sized)) from error
    weights = weights_of(choice.family, config)
    if weights > LARGEST_NETWORK:
        raise TrainingError(f"{_listed(sized)}: a network of {weights:,} weights is too large")
    return replace(choice, config=config, recipe=recipe)


def _typed(key: str, value: Any, usual: Value) -> Value:
    """`value` as what stands there otherwise. Sizes are positive."""
    if isinstance(usual, tuple):
        kind, kinds = (str, "strings") if isinstance(usual[0], str) else (int, "integers")
        if not isinstance(value, list | tuple) or any(type(entry) is not kind for entry in value):
            raise TrainingError(f"{key} = {value!r}: it must be a list of {kinds}")
        value = tuple(value)
    elif isinstance(usual, float):
        if type(value) not in (int, float) or not -LARGEST_NUMBER < value < LARGEST_NUMBER:
            raise TrainingError(f"{key} = {value!r}: it must be a number")
        value = float(value)
    elif type(value) is not type(usual):
        kinds = {bool: "true or false", int: "an integer", str: "a string"}[type(usual)]
        raise TrainingError(f"{key} = {value!r}: it must be {kinds}")
    if not key.startswith(TRAIN):
        for entry in value if isinstance(value, tuple) else (value,):
            if type(entry) is int and not 1 <= entry <= LARGEST:
                raise TrainingError(f"{key} = {value!r}: it must be 1 to {LARGEST:,}")
    found: Value = value
    return found


def _named(text: str, sizes: Mapping[str, str], sized: Settings) -> str:
    """A config's complaint, by the key that it begins with, or by all that were set."""
    for key, field in sizes.items():
        if text.startswith(f"{field} "):
            return key + text.removeprefix(field)
    return f"{_listed(sized)}: {text}"


def _listed(settings: Settings) -> str:
    return ", ".join(f"{key} = {value}" for key, value in settings.items())


def _meant(key: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(key, sorted(known), 1)
    return f"; did you mean {close[0]}?" if close else ""
