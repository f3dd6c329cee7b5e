"""A run that starts from a model: its sizes, its weights, other images."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from level_sets import level_array, level_set, tiny_resnet
from tiny import blobs

from acncodec.errors import ModelError, TrainingError
from acncodec.families import placed_resnet
from acncodec.families.placed_resnet import BYTES_TOLD_PLACES
from acncodec.families.registry import find_preset
from acncodec.learning.source import ImageSource
from acncodec.models.build import float_networks
from acncodec.models.frozen import FrozenModel
from acncodec.models.registry import find_by_name_or_path
from acncodec.training.checkpoint import load_checkpoint
from acncodec.training.choice import BYTES_A_WEIGHT, PACES, choose
from acncodec.training.chosen import weights_of
from acncodec.training.finish import freeze_now
from acncodec.training.fit import fit_model, plan_fit
from acncodec.training.fit_images import FitImages
from acncodec.training.loop import Trainer
from acncodec.training.plan import Wish, make_plan
from acncodec.training.progress import Budget
from acncodec.training.session import train_model
from acncodec.training.start import fit_from, take_weights, worth_starting_from

SHAPE = (1, 12, 12)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Images of two kinds, and a model `first` of the grey ones."""
    folder = tmp_path_factory.mktemp("start")
    np.savez(folder / "x.npz", x=level_array("grey", 30, 1, 12, 12))
    np.savez(folder / "rgb.npz", x=level_array("rgb", 30, 1, 12, 12))
    train_model(
        folder / "x.npz", folder / "first.safetensors", preset="tiny-resnet", steps=30, device="cpu"
    )
    return folder


def test_a_run_begins_with_the_weights_of_a_model(files: Path, tmp_path: Path) -> None:
    first = files / "first.safetensors"
    data, output, heard = files / "x.npz", tmp_path / "m.safetensors", []
    model = train_model(
        data, output, preset=None, start=str(first), steps=1, device="cpu", explain=heard.append,
        settings=("train.warmup_steps=1000",),
    )  # fmt: skip
    start = FrozenModel.load(first)
    assert model.config == start.config and model.family is start.family
    assert model.card["start"] == {"name": "first", "sha256": start.model_id.hex()}
    assert "the weights of first" in heard[0]
    for name, value in start.floats.items():  # one small step from there
        assert np.abs(model.floats[name] - value).max() < 1e-3 * max(1, np.abs(value).max())
    again = train_model(data, output, preset=None, steps=1, resume=True, force=True, device="cpu")
    assert again.model_id == model.model_id and again.card["start"] == model.card["start"]


def test_its_sizes_stay_whatever_the_images_would_have_chosen(files: Path) -> None:
    first = str(files / "first.safetensors")

    def planned(**said: object) -> object:
        return make_plan(files / "x.npz", None, Wish(start=first, **said), print).choice

    chosen = planned(settings=("train.batch=3",))
    assert chosen.recipe.batch == 3 and chosen.config == FrozenModel.load(first).config
    assert planned(preset="tiny-resnet").config == chosen.config
    for said, words in (
        ({"settings": ("decoder.width=9",)}, "decoder.width = 9, but model first has 8"),
        ({"preset": "grey-small"}, "decoder.width = 64, but model first has 8"),
        ({"preset": "tiny"}, "first is of the family causal-resnet, the recipe of acn"),
    ):
        with pytest.raises(TrainingError) as caught:
            planned(**said)
        assert words in str(caught.value)


def test_images_that_it_does_not_take_are_refused(files: Path, tiny_model: FrozenModel) -> None:
    with pytest.raises(TrainingError, match=r"model first takes images of 1 channel"):
        make_plan(files / "rgb.npz", None, Wish(start=str(files / "first.safetensors")), print)
    (files / "binary.safetensors").write_bytes(tiny_model.to_bytes())
    with pytest.raises(TrainingError, match=r"takes \(1, 8, 8\) images of 2 levels, not \(1, 12"):
        make_plan(
            files / "x.npz", None,
            Wish(start=str(files / "binary.safetensors"), preset="tiny"), lambda _text: None,
        )  # fmt: skip


def test_a_model_of_another_kind_is_trained_as_its_card_says(files: Path, tmp_path: Path) -> None:
    data, first = files / "x.npz", tmp_path / "first.safetensors"
    train_model(data, first, preset="tiny-acn-resnet", steps=3, device="cpu")
    wish = Wish(start=str(first))
    found = make_plan(data, None, wish, print).choice
    assert found.family.name == "acn-resnet" and found.recipe.warmup_steps == 20
    model = FrozenModel.load(first)
    for card in ({}, {"recipe": {"bach": 3}}, {"recipe": 3}):
        first.write_bytes(replace(model, card=card).to_bytes())
        with pytest.raises(TrainingError):
            make_plan(data, None, wish, print)


@pytest.mark.parametrize("preset", ["tiny-vqvae", "tiny-acn-vq"])
def test_a_codebook_that_was_trained_is_kept(preset: str) -> None:
    family, chosen = find_preset(preset)
    source = ImageSource(blobs(80, 1)[:, 0])
    config = chosen.config.for_images(source.shape)

    def trainer(seed: int) -> Trainer:
        return Trainer(family, config, chosen.recipe, source, None, seed)

    first = trainer(1)
    first.run(Budget(6), None, lambda _report: None)
    model = freeze_now(first, "first")
    again, weights = trainer(2), float_networks(model).state_dict()
    take_weights(again, model)
    again.refresh()
    (name,) = (name for name in weights if name.endswith("codebook"))
    assert torch.equal(again.net.state_dict()[name], weights[name])
    again.run(Budget(1), None, lambda _report: None)  # it moves on from there
    moved = (again.net.state_dict()[name] - weights[name]).norm(dim=1)
    assert 0 < moved.max() < 0.2 * weights[name].norm(dim=1).max()


def test_a_model_without_float_weights_is_refused() -> None:
    model = replace(tiny_resnet(1), floats={})
    trainer = Trainer(
        model.family, model.config, choose(SHAPE, 256, 30, 1, by_xz=10_000).recipe,
        FitImages.of(level_set("grey", 30, 1)).source(), None, 1,
    )  # fmt: skip
    with pytest.raises(ModelError, match="float weights"):
        take_weights(trainer, model)
    assert trainer.started is None


def test_a_fit_begins_with_a_models_weights_and_goes_on_from_its_state(
    files: Path, tmp_path: Path
) -> None:
    first, state = FrozenModel.load(files / "first.safetensors"), tmp_path / "a.fit"
    data = level_set("grey", 30, 1, 12, 12)
    source = FitImages.of(data).source()
    usual = choose(SHAPE, 256, len(source), 1, by_xz=10_000)
    found = fit_from(first, usual, SHAPE, 256, "usual")
    assert found.config == first.config
    rates = {name: 0.2 * getattr(usual.recipe, name) for name in ("learning_rate", "matrix_rate")}
    assert found.recipe == replace(usual.recipe, **rates)
    assert "the weights of first" in found.why[0] and "ms for 1,024 pixels" in found.why[0]
    made = fit_model(source, found, state, minutes=1, start=first, stop=lambda: True)
    assert made.card["start"]["name"] == "first" and made.card["steps"] == 0
    kept, _ = load_checkpoint(state)
    for name, value in float_networks(first).state_dict().items():
        assert torch.equal(kept[f"net.{name}"], value)
        assert torch.equal(kept[f"average.{name}"], value)
    again = fit_model(source, found, state, minutes=1, stop=lambda: True)
    assert again.model_id == made.model_id and again.card["start"] == made.card["start"]


def test_a_fit_that_is_told_places_begins_with_the_weights_of_a_model_that_is_not(
    files: Path, tmp_path: Path
) -> None:
    """The same network at first: what moves the features by places is zero."""
    first = FrozenModel.load(files / "first.safetensors")
    source = FitImages.of(level_set("grey", 30, 1, 12, 12)).source()
    usual = choose(SHAPE, 256, 10**6, 1, by_xz=BYTES_TOLD_PLACES)
    found = fit_from(first, usual, SHAPE, 256, "usual")
    assert found.family is placed_resnet.FAMILY is not first.family
    assert found.config == placed_resnet.told_places(first.config).for_images(SHAPE)
    assert "the weights of first" in found.why[0]
    assert found.why[0].endswith(", as a placed-resnet")
    made = fit_model(
        source, found, tmp_path / "a.fit", minutes=1, start=first, stop=lambda: True
    )  # fmt: skip
    kept, _ = load_checkpoint(tmp_path / "a.fit")
    assert not kept["net.decoder.place.weight"].any()
    for name, value in float_networks(first).state_dict().items():
        assert torch.equal(kept[f"net.{name}"], value)
    assert made.accepts.size == SHAPE[1:] and made.card["start"]["name"] == "first"
    going = Trainer(found.family, found.config, found.recipe, source, None, 1)
    take_weights(going, first)
    going.run(Budget(20), None, lambda _report: None)
    assert going.net.state_dict()["decoder.place.weight"].any()


def test_what_no_fit_starts_from_is_refused(
    files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = choose(SHAPE, 256, 30, 1, by_xz=10_000)
    first = FrozenModel.load(files / "first.safetensors")
    with pytest.raises(TrainingError, match="takes images of 1 channel"):
        fit_from(first, usual, (3, 12, 12), 256, "usual")
    latents = train_model(
        files / "x.npz", tmp_path / "m.safetensors", preset="tiny-acn-resnet", steps=3, device="cpu"
    )
    with pytest.raises(TrainingError, match="model m has latents"):
        fit_from(latents, usual, SHAPE, 256, "usual")
    monkeypatch.setitem(PACES, "fast", 1e-9)
    with pytest.raises(TrainingError, match=r"1e-09 are allowed; without --fast they are$"):
        fit_from(first, usual, SHAPE, 256, "fast")
    monkeypatch.setitem(PACES, "usual", 1e-9)
    with pytest.raises(TrainingError, match=r"1,024 pixels, and 1e-09 are.*; with --slow they are"):
        fit_from(first, usual, SHAPE, 256, "usual")
    monkeypatch.setitem(PACES, "slow", 1e-9)
    with pytest.raises(TrainingError, match=r"and 1e-09 are allowed$"):
        fit_from(first, usual, SHAPE, 256, "slow")


def test_a_fit_begins_by_itself_with_a_model_as_large_as_what_it_would_train(
    files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = FrozenModel.load(files / "first.safetensors")
    weights, kinds = weights_of(first.family, first.config), [(SHAPE, 256)]
    worth = weights * BYTES_A_WEIGHT
    usual = replace(choose(SHAPE, 256, 30, 1, by_xz=worth), config=first.config)

    def found(*models: FrozenModel, by_xz: int = worth, pace: str = "usual") -> FrozenModel | None:
        return worth_starting_from(models, usual, kinds, by_xz, pace)

    assert found() is None and found(first) is first
    assert found(first, by_xz=worth - BYTES_A_WEIGHT) is None
    assert found(replace(first, floats={})) is None
    assert (
        worth_starting_from([first], usual, [(SHAPE, 256), ((3, 9, 9), 256)], worth, "usual")
        is None
    )
    larger = choose(SHAPE, 256, 10_000_000, 10_000, by_xz=10**9)
    assert worth_starting_from([first], larger, kinds, worth, "usual") is None
    monkeypatch.setitem(PACES, "fast", 1e-9)
    assert found(first, pace="fast") is None
    latents = train_model(
        files / "x.npz", tmp_path / "m.safetensors", preset="tiny-acn-resnet", steps=3, device="cpu"
    )
    assert found(latents, first) is first


def test_the_plan_of_a_fit_says_with_whose_weights_it_begins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    grey = find_by_name_or_path("grey")
    monkeypatch.setattr("acncodec.training.fit_images.xz_bytes", lambda _blocks: 10**9)
    data = level_set("grey", 30, 1, 65, 65)
    anew, begun = plan_fit(data, 1e-6), plan_fit(data, 1e-6, at_hand=[grey])
    assert anew.start is None and "the weights of" not in anew.choice.why[0]
    assert begun.start is grey and "the weights of grey" in begun.choice.why[0]
    assert begun.choice.config == grey.config
    assert plan_fit(data, 1e-6, start=grey).start is grey
