"""Going on with a run that was stopped: its network and its recipe are those of its state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from acncodec.errors import ModelError, TrainingError
from acncodec.families.registry import family_named
from acncodec.learning.recipe import Recipe
from acncodec.models.frozen import FrozenModel
from acncodec.training.checkpoint import check_start, load_checkpoint
from acncodec.training.choice import PACES, cost_of, for_other_weights, milliseconds_of
from acncodec.training.chosen import Choice, weights_of
from acncodec.training.settings import TRAIN, apply

_RECIPE = frozenset(field.name for field in fields(Recipe))


def resumed(choice: Choice, state: Path) -> Choice:
    """The choice whose state lies there already, else `choice`: another time for a run that was
    stopped would choose another network. Raises `TrainingError` if that is no state."""
    if not state.exists():
        return choice
    _, meta = load_checkpoint(state)
    try:
        family = family_named(str(meta["kind"]))
        config = family.config.from_json(meta["config"])
    except (KeyError, AttributeError, TypeError, ModelError) as error:
        raise TrainingError(f"{state}: not the state of a fit: {error}") from error
    weights = weights_of(family, config)
    why = f"as {state} has begun it: {cost_of(family, weights, weights)}"
    recipe = choice.recipe
    if check_start(state, meta) is None:
        recipe = for_other_weights(recipe, weights_of(choice.family, choice.config), weights)
    return replace(choice, family=family, config=config, recipe=recipe, why=(why,))


def resumed_fit(
    choice: Choice, state: Path, pace: str, start: FrozenModel | None = None, anew: bool = False
) -> Choice:  # fmt: skip
    """The same of a fit, whose state says by what recipe it goes on.

    Raises `TrainingError` if that is no state, or one of a network that decodes more slowly than
    `pace` allows, or that did not begin with the weights of `start`, or anew where that is wanted.
    """
    if not state.exists():
        return choice
    with advising(state):
        found = resumed(choice, state)
        _, meta = load_checkpoint(state)
        found = replace(found, recipe=_recipe_in(state, meta, found))
        weights, begun = weights_of(found.family, found.config), check_start(state, meta)
        if milliseconds_of(weights) > PACES[pace]:
            raise TrainingError(
                f"{state}: the fit that was begun is of {cost_of(found.family, weights, weights)}, "
                f"and {PACES[pace]:g} ms are allowed"
            )
        how = f"with the weights of {begun['name']}" if begun else "anew"
        if start is not None and (begun or {}).get("sha256") != start.model_id.hex():
            raise TrainingError(f"{state}: the fit was begun {how}, not {start.name}")
        if anew and begun:
            raise TrainingError(f"{state}: the fit was begun {how}, not anew")
    return found


def _recipe_in(state: Path, meta: Mapping[str, Any], choice: Choice) -> Recipe:
    """The recipe by which a state was made; what it does not name, as `choice` has it."""
    told = meta.get("recipe", {})
    if not isinstance(told, dict):
        raise TrainingError(f"{state}: not the state of a fit: its recipe is none")
    known = {name: value for name, value in told.items() if name in _RECIPE}
    return apply(choice, {TRAIN + name: value for name, value in known.items()}).recipe


@contextmanager
def advising(state: Path) -> Iterator[None]:
    """Let whoever meets an error of a state that lies there know what to do."""
    try:
        yield
    except TrainingError as error:
        raise TrainingError(
            f"{error}; remove {state} to begin anew, or name another output"
        ) from error
