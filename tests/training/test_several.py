"""Models of one's own for pictures of several sizes and modes: what is trained on, held back and
told, and what is refused."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from level_sets import level_array

from acncodec.errors import DataError, TrainingError
from acncodec.learning.groups import GroupedSource
from acncodec.learning.source import LevelSource
from acncodec.training.loop import Trainer
from acncodec.training.plan import Plan, Wish, make_plan
from acncodec.training.session import train_model
from acncodec.training.several import any_sources

Image = pytest.importorskip("PIL.Image")
GREY = ((11, 12, 30), (7, 8, 12))
"""Height, width and number of grey pictures; fewer are in colour."""


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    for kind, sizes in (("grey", GREY), ("rgb", ((6, 6, 9),))):
        (folder / kind).mkdir(parents=True)
        for height, width, count in sizes:
            for number, image in enumerate(level_array(kind, count, height, height, width)):
                Image.fromarray(image).save(folder / kind / f"{height}-{number:02}.png")
    return folder


def plan(data: Path, heard: list[str] | None = None, **said: object) -> Plan:
    return make_plan(data, None, Wish(**said), ([] if heard is None else heard).append)


def shapes(source: GroupedSource) -> list[tuple[int, ...]]:
    return sorted(image.shape for _, image in source._images)


def test_every_sixth_of_the_images_of_the_largest_kind_is_held_back(pictures: Path) -> None:
    heard: list[str] = []
    sources = any_sources(pictures, None, heard.append)
    assert isinstance(sources.train, GroupedSource) and isinstance(sources.valid, GroupedSource)
    found = shapes(sources.train) + shapes(sources.valid)
    assert sorted(found) == sorted((1, h, w) for h, w, count in GREY for _ in range(count))
    assert len(shapes(sources.valid)) == 7 and len(set(shapes(sources.valid))) == 2
    assert set(sources.kinds) == {((1, 11, 12), 256), ((1, 7, 8), 256)}
    assert len(heard) == 1
    assert "9 of 51 images have another number of channels than 1: they are not" in heard[0]
    assert (sources.about["images"], sources.about["validation_images"]) == (35, 7)
    json.dumps(sources.about)


def test_what_is_validated_with_may_be_named(pictures: Path, tmp_path: Path) -> None:
    named = tmp_path / "valid"
    named.mkdir()
    for height, number in ((11, 0), (11, 1), (7, 2)):
        (pictures / "grey" / f"{height}-{number:02}.png").rename(named / f"{height}-{number}.png")
    sources = any_sources(pictures, named, lambda _text: None)
    assert len(shapes(sources.train)) == 39  # type: ignore[arg-type]
    assert shapes(sources.valid) == [(1, 7, 8), (1, 11, 12), (1, 11, 12)]  # type: ignore[arg-type]
    with pytest.raises(TrainingError, match="too few images"):
        any_sources(pictures, pictures / "rgb", lambda _text: None)


def test_images_of_one_size_are_read_as_ever(pictures: Path) -> None:
    sources = any_sources(pictures / "rgb", None, lambda _text: None)
    assert isinstance(sources.train, LevelSource) and sources.kinds == ()


def test_a_batch_is_a_group(pictures: Path) -> None:
    for said in ({}, {"preset": "tiny-resnet"}):
        found = plan(pictures, **said)
        assert found.choice.recipe.batch == 1 and not found.choice.recipe.mirror
    groups = sum(1 for _ in found.sources.train.parts())
    epochs = plan(pictures, preset="tiny-resnet", settings=("train.epochs=3",))
    assert epochs.choice.recipe.steps == 3 * groups


@pytest.mark.parametrize("preset", ["tiny-acn-resnet", "tiny-gated", "tiny"])
def test_families_that_take_no_several_sizes_say_so(pictures: Path, preset: str) -> None:
    with pytest.raises((TrainingError, DataError), match=r"one size and mode .*compress --fit"):
        plan(pictures, preset=preset)


def test_other_batches_and_smaller_windows_are_refused(pictures: Path) -> None:
    with pytest.raises(TrainingError, match="images of several sizes a batch is a group"):
        plan(pictures, settings=("train.batch=8",))
    with pytest.raises(TrainingError, match="several sizes are seen in windows of 64"):
        plan(pictures, settings=("train.window=8",))
    assert plan(pictures, settings=("train.window=0",)).choice.recipe.window == 0


def test_a_batch_of_the_recipe_is_left_out_aloud(pictures: Path, tmp_path: Path) -> None:
    path, heard = tmp_path / "mine.toml", list[str]()
    path.write_text("[train]\nbatch = 8\n")
    assert plan(pictures, heard, recipe=str(path)).choice.recipe.batch == 1
    assert any(text.startswith("train.batch of the recipe is left out") for text in heard)


def test_validation_is_a_mean_over_all_windows_and_their_samples(pictures: Path) -> None:
    found = plan(pictures, preset="tiny-resnet")
    choice, valid = found.choice, found.sources.valid
    trainer = Trainer(choice.family, choice.config, choice.recipe, found.sources.train, valid, 1)
    every = trainer.validate()
    assert every is not None
    drawn = [valid.draw(rows, None).shape for rows in valid.parts()]  # type: ignore[arg-type]
    samples = sum(math.prod(shape) for shape in drawn)
    assert every.samples == pytest.approx(samples / sum(shape[0] for shape in drawn))
    first = trainer.validate(1)
    assert first is not None and first.samples in {math.prod(shape[1:]) for shape in drawn}


def test_a_model_of_several_sizes_is_trained_and_goes_on(pictures: Path, tmp_path: Path) -> None:
    output, log = tmp_path / "m.safetensors", tmp_path / "log"
    settings = ("train.checkpoint_steps=50",)
    model = train_model(pictures, output, steps=50, settings=settings, log=log)
    assert model.accepts.size is None and model.accepts.channels == 1
    assert model.card["training_data"]["kinds"] == 2
    (line,) = (log / "log.jsonl").read_text().splitlines()
    assert 56 <= json.loads(line)["valid_samples"] <= 132
    again = train_model(pictures, output, steps=60, settings=settings, resume=True, force=True)
    assert again.card["steps"] == 60
