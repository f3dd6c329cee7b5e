"""Recipes as TOML: what is written is read, and what is no recipe is refused by name."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from acncodec.errors import TrainingError
from acncodec.families.registry import find_preset, presets
from acncodec.learning.recipe import Recipe
from acncodec.training.choice import FIT, HELD_BACK, choose
from acncodec.training.chosen import Choice
from acncodec.training.recipe_file import (
    begun,
    bundled_recipes,
    find_recipe,
    parse_recipe,
    read_recipe,
    to_toml,
    with_recipe,
)


def sized(choice: Choice) -> Choice:
    """With what the images decide of the config."""
    return replace(choice, config=choice.config.for_images((1, 28, 28)))


@pytest.mark.parametrize("name", presets())
def test_every_preset_is_a_recipe_that_comes_back_from_its_text(name: str) -> None:
    family, preset = find_preset(name)
    whole = begun(find_recipe(name))
    assert whole is not None
    assert sized(whole) == sized(Choice(family, preset.config, preset.recipe, ()))
    text = to_toml(whole, preset.about)
    back = parse_recipe(text, name)
    assert begun(back) == whole and back.about == preset.about
    assert tomllib.loads(text)["train"]["batch"] == preset.recipe.batch


def test_what_the_images_chose_is_printed_with_its_reasons() -> None:
    found = choose((3, 8, 8), 256, 100, 1)
    text = to_toml(found)
    assert text.startswith(f"# {found.why[0]}\n") and "\nsteps = 30000\n" in text
    assert begun(parse_recipe(text, "x")).recipe == found.recipe
    assert begun(parse_recipe(text, "x")).config.for_images((3, 8, 8)) == found.config
    assert "steps = 30000" not in to_toml(found, steps=False)


def test_bundled_files_are_those_by_which_the_images_choose() -> None:
    names = bundled_recipes()
    assert names[:2] == ("fitted", "held-back") and set(presets()) <= set(names)
    assert FIT.round_from < 1 == HELD_BACK.round_from
    for name, recipe in (("fitted", FIT), ("held-back", HELD_BACK)):
        found = find_recipe(name)
        assert found.family is None and begun(found) is None and found.about
        other = replace(choose((1, 8, 8), 2, 100, 1), recipe=Recipe())
        assert with_recipe(other, found).recipe == recipe


def test_a_recipe_may_say_a_little(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[train]\nbatch = 3\n[decoder]\nwidth = 9\n")
    usual = choose((1, 8, 8), 2, 100, 1)
    found = with_recipe(usual, find_recipe(str(path)))
    assert (found.recipe, found.config) == (
        replace(usual.recipe, batch=3), replace(usual.config, width=9),
    )  # fmt: skip
    path.write_text('family = "acn"\n[decoder]\nfilters = 9\n')
    whole = begun(read_recipe(path))
    assert whole is not None and whole.config.decoder_filters == 9 and whole.recipe == Recipe()


def chosen_by(path: Path) -> Choice:
    """What a recipe makes of some images."""
    found = read_recipe(path)
    return begun(found) or with_recipe(choose((1, 8, 8), 2, 100, 1), found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x", "not TOML"),
        ("[train]\nbatch = 1\nbatch = 2", "not TOML"),
        ("[" * 5000, "not TOML"),
        ("steps = 3", "there is no key steps outside of a table"),
        ("[train]\nbach = 3", "there is no setting train.bach; did you mean train.batch?"),
        ("[trian]\nbatch = 3", "there is no setting trian.batch; did you mean train.batch?"),
        ("[train.batch]\nx = 3", "train.batch = {'x': 3}: it must be an integer"),
        ("family = 3", "about and family must be strings"),
        ('family = "resnet"', "no family is called 'resnet'"),
        ("about = 3", "about and family must be strings"),
        ('family = "acn"\n[decoder]\nwidth = 3', "the family acn has no decoder.width"),
    ],
)
def test_what_is_no_recipe_is_refused(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(TrainingError) as caught:
        chosen_by(path)
    assert words in str(caught.value)


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    with pytest.raises(TrainingError, match=r"mine\.toml: neither a recipe file nor a bundled"):
        find_recipe(str(path))
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(TrainingError, match=r"mine\.toml: .*utf-8"):
        find_recipe(str(path))
    path.write_bytes(b"#" * ((1 << 20) + 1))
    with pytest.raises(TrainingError, match="at most 1,048,576 bytes"):
        find_recipe(str(path))


def test_text_of_any_kind_is_written_as_toml() -> None:
    about = 'a "line"\n\x7f\x00é😀\\'
    text = to_toml(choose((1, 8, 8), 2, 100, 1), about)
    assert parse_recipe(text, "x").about == about
