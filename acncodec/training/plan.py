"""What is trained, on what: by a preset or a recipe, from a model, or as the images decide."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from acncodec.errors import TrainingError
from acncodec.families.family import CLASSES, CODES
from acncodec.families.registry import find_preset
from acncodec.learning.recipe import Recipe
from acncodec.models.frozen import FrozenModel
from acncodec.models.registry import find_by_name_or_path
from acncodec.training.augmentation import augmented
from acncodec.training.choice import WINDOW, choose, choose_for_several, cost_of
from acncodec.training.chosen import Choice, weights_of
from acncodec.training.recipe_file import RecipeFile, begun, find_recipe, with_recipe
from acncodec.training.settings import EPOCHS, TRAIN, apply, check_keys, in_steps, parse_setting
from acncodec.training.several import any_sources
from acncodec.training.sources import Data, Sources, binary_sources, level_sources, windowed
from acncodec.training.start import check_images, check_start, starting_from

MINUTES = 20.0
"""How long a run takes whose network the images choose, if nobody says."""
BY_THE_DATA = "by the data"
MIRRORED = "  half of the images that a step sees are mirrored"


@dataclass(frozen=True)
class Wish:
    """What the user said of a training: a preset or a recipe (a name or a path), settings
    (`KEY=VALUE`), a model to start from (a name or a path), how long, a file of labels that lies
    beside the images, one beside those of validation, and how images lie in their arrays where
    these do not tell."""

    preset: str | None = None
    recipe: str | None = None
    settings: tuple[str, ...] = ()
    start: str | None = None
    minutes: float | None = None
    steps: int | None = None
    labels: Path | None = None
    valid_labels: Path | None = None
    layout: str | None = None


@dataclass(frozen=True, eq=False)
class Plan:
    """What is trained, on what; the model that it starts from.

    by_the_data: whether the images chose the network; timed: whether nothing says how many steps;
    label: what the model's card calls the recipe.
    """

    choice: Choice
    sources: Sources
    start: FrozenModel | None
    by_the_data: bool
    timed: bool
    label: str


def make_plan(data: Data, valid: Path | None, wish: Wish, tell: Callable[[str], None]) -> Plan:
    """Read the images and decide. `tell` hears what the user should know of them.

    Raises `TrainingError` on settings of which there is no network, or that contradict each other,
    and what reading images and models raises.
    """
    if wish.preset is not None and wish.recipe is not None:
        raise TrainingError("a preset is a recipe: there can be one of them")
    if wish.preset is not None:
        find_preset(wish.preset)
    named = wish.preset or wish.recipe
    recipe = RecipeFile(BY_THE_DATA) if named is None else find_recipe(named)
    settings = dict(parse_setting(text) for text in wish.settings)
    check_keys(settings.keys() - {EPOCHS})
    if EPOCHS in settings and (wish.minutes, wish.steps) != (None, None):
        raise TrainingError(f"{EPOCHS} says how long, and so do --minutes and --steps")
    start = None if wish.start is None else find_by_name_or_path(wish.start)
    choice = begun(recipe)
    by_the_data = choice is None and start is None
    if choice is None and start is not None and not start.family.ladder:
        choice = with_recipe(starting_from(start, None), recipe)
    if choice is not None and choice.config.accepts.levels is not None:
        classed = choice.family.can(CLASSES)
        sources = binary_sources(
            data, valid, tell, told=classed, label_file=wish.labels,
            valid_label_file=wish.valid_labels, layout=wish.layout,
        )  # fmt: skip
    elif _takes_several(choice):
        sources = any_sources(data, valid, tell, wish.layout)
    else:
        sources = level_sources(data, valid, wish.layout)
    if wish.valid_labels is not None and valid is None:
        raise TrainingError("labels of validation images, and no such images")
    if (wish.labels or wish.valid_labels) and sources.train.labels is None:
        raise TrainingError("labels are for a family that is told classes, and this one is not")
    shape, levels, count = sources.train.shape, sources.train.levels, len(sources.train)
    if sources.kinds:
        count = sum(1 for _ in sources.train.parts())  # a batch is one of the groups
    if choice is None:
        # What a run of so many steps takes is not known: as much as if it had the usual time.
        time = wish.minutes if wish.minutes is not None and wish.steps is None else MINUTES
        choice = _by_the_images(sources, time)
        if start is not None:
            choice = starting_from(start, choice)
        choice = with_recipe(choice, recipe)
    if sources.kinds:
        if recipe.settings.get(f"{TRAIN}batch", 1) != 1:
            tell(f"{TRAIN}batch of the recipe is left out: images of several sizes come in groups")
        choice = replace(choice, recipe=replace(choice.recipe, batch=1))
    settings = in_steps(settings, choice.recipe, count)
    choice = apply(choice, settings)
    choice = replace(choice, config=choice.config.for_images(shape))
    if start is not None:
        check_images(start, shape, levels)
        check_start(start, choice)
        choice = starting_from(start, choice)
    said = {**recipe.settings, **settings}
    if by_the_data and not all(key.startswith(TRAIN) for key in said):
        by_the_data = False
        weights = weights_of(choice.family, choice.config)
        told = f"as it was set, {cost_of(choice.family, weights, weights)}"
        choice = replace(choice, why=(told,))
    if choice.recipe.mirror:
        choice = replace(choice, why=(*choice.why, MIRRORED))
    window = choice.recipe.window
    if sources.kinds:
        _check_groups(choice.recipe, max(shape[1:]))
    sources = replace(
        sources, train=windowed(sources.train, window), valid=windowed(sources.valid, window)
    )
    timed = f"{TRAIN}steps" not in said
    return Plan(choice, sources, start, by_the_data, timed, recipe.name)


def _takes_several(choice: Choice | None) -> bool:
    """Whether images may be of several sizes: where a model takes any, and has no codes of them,
    for which the images of a batch would have to be alike."""
    return choice is None or (choice.config.accepts.size is None and not choice.family.can(CODES))


def _check_groups(recipe: Recipe, side: int) -> None:
    """Raise `TrainingError` for a batch or windows that images of several sizes, of which the
    longest side seen is `side`, do not have."""
    if 0 < recipe.window < side:
        raise TrainingError(
            f"{TRAIN}window = {recipe.window}: images of several sizes are seen in windows of "
            f"{WINDOW}"
        )
    if recipe.batch != 1:
        raise TrainingError(
            f"{TRAIN}batch = {recipe.batch}: of images of several sizes a batch is a group of"
            " those that are alike, which counts as 1"
        )


def _by_the_images(sources: Sources, minutes: float) -> Choice:
    """What images decide where nobody did."""
    train = sources.train
    if sources.kinds:
        samples = round(train.draws * math.prod(train.shape))
        return choose_for_several(sources.kinds, samples, minutes)
    choice = choose(train.shape, train.levels, len(train), minutes)
    seen = augmented(choice.recipe, windowed(train, choice.recipe.window))
    return replace(choice, recipe=seen)
