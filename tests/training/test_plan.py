"""What is trained, where presets, recipes, settings and the images have a say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from level_sets import level_array
from tiny import blobs

from acncodec.errors import DataError, ModelError, TrainingError
from acncodec.families.registry import find_preset
from acncodec.learning.source import ImageSource, LevelSource
from acncodec.learning.views import WindowSource
from acncodec.training.plan import BY_THE_DATA, Plan, Wish, make_plan
from acncodec.training.recipe_file import to_toml
from acncodec.training.session import train_model


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "x.npz"
    np.savez(path, x=level_array("grey", 24, 1, 12, 12))
    return path


def plan(data: Path, **said: object) -> Plan:
    return make_plan(data, None, Wish(**said), lambda _text: None)


def test_the_images_choose_where_nobody_does(data: Path) -> None:
    found = plan(data)
    assert found.by_the_data and found.timed and found.start is None
    assert found.label == "by the data"
    assert isinstance(found.sources.train, LevelSource)
    assert (len(found.sources.train), len(found.sources.valid)) == (20, 4)


def test_a_preset_is_taken_as_it_is(data: Path) -> None:
    for said in ({"preset": "tiny-resnet"}, {"recipe": "tiny-resnet"}):
        found = plan(data, **said)
        family, preset = find_preset("tiny-resnet")
        assert (found.choice.family, found.choice.recipe) == (family, preset.recipe)
        assert found.choice.config == preset.config.for_images((1, 12, 12))
        assert not found.by_the_data and not found.timed and found.choice.why == ()


def test_a_preset_of_binary_images_binarises(data: Path, tmp_path: Path) -> None:
    heard: list[str] = []
    found = make_plan(data, None, Wish(preset="tiny"), heard.append)
    assert isinstance(found.sources.train, ImageSource) and "binarised" in heard[0]
    assert found.choice.config.image_shape == (1, 12, 12)


def test_settings_change_a_preset_and_what_the_images_chose(data: Path) -> None:
    changed = ("decoder.width=9", "train.batch=3", "train.optimizer=adam")
    for said in ({"preset": "tiny-resnet"}, {}, {"recipe": "held-back"}):
        found = plan(data, settings=changed, **said)
        assert (found.choice.config.width, found.choice.recipe.batch) == (9, 3)
        assert found.choice.recipe.optimizer == "adam" and not found.by_the_data
        if not said:
            assert len(found.choice.why) == 1 and "weights" in found.choice.why[0]
    assert plan(data, settings=("train.batch=3",)).by_the_data
    assert not plan(data, settings=("train.steps=3",)).timed


def test_a_printed_recipe_trains_what_was_printed(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    for said in ({}, {"preset": "tiny"}, {"settings": ("decoder.width=9", "train.dropout=0.1")}):
        first = plan(data, **said)
        path.write_text(to_toml(first.choice, steps=not first.timed), encoding="utf-8")
        second = plan(data, recipe=str(path))
        assert (second.choice.family, second.choice.config, second.choice.recipe) == (
            first.choice.family, first.choice.config, first.choice.recipe,
        )  # fmt: skip
        assert second.timed == first.timed and second.label == "mine"


def test_large_images_are_seen_in_windows_where_the_recipe_says_so(tmp_path: Path) -> None:
    data = tmp_path / "x.npz"
    np.savez(data, x=level_array("grey", 12, 1, 20, 70))
    whole = plan(data, settings=("train.window=0",)).sources
    cut = plan(data).sources
    for kept, windows in ((whole.train, cut.train), (whole.valid, cut.valid)):
        assert kept.shape == (1, 20, 70)
        assert isinstance(windows, WindowSource) and windows.shape == (1, 20, 64)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"preset": "tiny", "recipe": "tiny"}, "a preset is a recipe"),
        ({"preset": "nope"}, "no preset 'nope'"),
        ({"recipe": "nope"}, "neither a recipe file nor a bundled recipe"),
        ({"settings": ("train.bach=3",)}, "did you mean train.batch"),
        ({"settings": ("decoder.columns=4",)}, "decoder.columns is 4"),
        ({"preset": "tiny", "settings": ("decoder.width=4",)}, "the family acn has no"),
        ({"settings": ("batch",)}, "is not KEY=VALUE"),
        ({"settings": ("train.epochs=2",), "minutes": 1.0}, "and so do --minutes and --steps"),
        ({"preset": "tiny", "settings": ("train.epochs=0",)}, "must be an integer from 1"),
        ({"preset": "tiny", "settings": ("train.epochs=2.5",)}, "must be an integer from 1"),
        (
            {"preset": "tiny", "settings": ("train.epochs=2", "train.steps=3")},
            "exclude each other",
        ),
        ({"preset": "tiny", "valid_labels": Path("y.npy")}, "and no such images"),
    ],
)
def test_contradictions_are_refused(data: Path, said: dict[str, object], words: str) -> None:
    with pytest.raises(TrainingError) as caught:
        plan(data, **said)
    assert words in str(caught.value)


@pytest.mark.parametrize(("batch", "steps"), [((), 1), (("train.batch=7",), 6)])
def test_epochs_are_steps_through_the_images_that_are_trained_on(
    data: Path, batch: tuple[str, ...], steps: int
) -> None:
    found = plan(data, preset="tiny", settings=("train.epochs=2", *batch))
    count = len(found.sources.train)
    assert count == 20 and found.choice.recipe.steps == steps
    assert not found.timed


def test_settings_are_looked_at_before_the_images(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"train\.bach"):
        plan(tmp_path / "absent.npz", settings=("train.bach=3",))
    with pytest.raises(ModelError, match="neither a model file"):
        plan(tmp_path / "absent.npz", start="absent")


def test_colour_is_nothing_for_a_recipe_of_binary_images(tmp_path: Path) -> None:
    data = tmp_path / "x.npz"
    np.savez(data, x=level_array("rgb", 20, 1))
    with pytest.raises(TrainingError, match=r"of 3 channels, and the preset is .* vqvae-rgb"):
        plan(data, recipe="tiny")


def test_images_that_are_rows_are_of_the_layout_that_is_said(tmp_path: Path) -> None:
    """As ImageNet32 comes: planes of red, green, blue in each row, labels, and a mean image."""
    path, images = tmp_path / "batch.npz", level_array("rgb", 12, 1, 8, 8)
    rows = images.transpose(0, 3, 1, 2).reshape(12, -1)
    np.savez(path, data=rows, labels=np.arange(1, 13), mean=np.zeros(192, np.float32))
    found = make_plan(path, path, Wish(layout="3x8x8"), lambda _text: None).sources
    everything = np.arange(12)
    for source in (found.train, found.valid):
        drawn = source.draw(torch.from_numpy(everything), torch.Generator())
        assert np.array_equal(drawn.numpy().transpose(0, 2, 3, 1), images)
    with pytest.raises(DataError, match="--layout"):
        plan(path)


def test_several_data_are_one_set(data: Path, tmp_path: Path) -> None:
    other = tmp_path / "more.npy"
    more = level_array("grey", 6, 2, 12, 12)
    np.save(other, more)
    found = make_plan([data, other], None, Wish(), lambda _text: None).sources
    assert (len(found.train), len(found.valid)) == (25, 5)
    last = found.valid.draw(torch.arange(5), torch.Generator()).numpy()
    assert np.array_equal(last[:, 0], more[1:])
    assert found.about["file"] == "x.npz, more.npy" and found.about["images"] == 25
    np.save(other, level_array("rgb", 6, 2, 12, 12))
    with pytest.raises(DataError, match=r"more.npy: images of 12x12x3, uint8, do not go with"):
        make_plan([data, other], None, Wish(), lambda _text: None)


def test_classes_of_validation_images_come_from_a_file_of_their_own(tmp_path: Path) -> None:
    images = blobs(60, 1)[:, 0]
    np.savez(tmp_path / "train.npz", x=images[:40], y=np.arange(40) % 3)
    np.save(tmp_path / "valid.npy", images[40:])
    np.save(tmp_path / "labels.npy", np.arange(20) % 2)
    wish = Wish(preset="tiny-style", valid_labels=tmp_path / "labels.npy")
    found = make_plan(tmp_path / "train.npz", tmp_path / "valid.npy", wish, lambda _text: None)
    train, valid = found.sources.train.labels, found.sources.valid.labels
    assert train is not None and train.tolist() == (np.arange(40) % 3).tolist()
    assert valid is not None and valid.tolist() == (np.arange(20) % 2).tolist()
    with pytest.raises(DataError, match="no labels"):
        make_plan(
            tmp_path / "train.npz", tmp_path / "valid.npy", Wish(preset="tiny-style"), print
        )  # fmt: skip


def test_without_preset_and_recipe_the_images_choose(data: Path, tmp_path: Path) -> None:
    model = train_model(data, tmp_path / "a.safetensors", steps=1, device="cpu")
    assert model.card["preset"] == BY_THE_DATA
    named = train_model(
        data, tmp_path / "b.safetensors", recipe="tiny-resnet", steps=1, device="cpu"
    )  # fmt: skip
    assert named.family.name == "causal-resnet" and named.card["preset"] != BY_THE_DATA
