"""A model fitted to the images it codes: all of them, rounded, resumed where it was killed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from level_sets import level_set, tiny_resnet

from acncodec.errors import OutputError, TrainingError
from acncodec.images.image_class import ImageClass
from acncodec.images.mixed_images import MixedImages
from acncodec.learning.source import LevelSource
from acncodec.learning.views import WindowSource
from acncodec.models.coded import code_model
from acncodec.training.checkpoint import load_checkpoint, save_checkpoint
from acncodec.training.choice import PACES, choose, milliseconds_of
from acncodec.training.chosen import Choice, weights_of
from acncodec.training.fit import fit_model, state_path
from acncodec.training.fit_images import FitImages
from acncodec.training.loop import Trainer
from acncodec.training.progress import Budget
from acncodec.training.resume import resumed, resumed_fit

DATA = level_set("grey", 40, 1)
SOURCE = FitImages.of(DATA).source()


def choice(minutes: float = 1.0, **changes: object) -> Choice:
    found = choose(DATA.shape, DATA.levels, len(SOURCE), minutes, by_xz=100_000)
    recipe = replace(found.recipe, batch=8, warmup_steps=3, checkpoint_steps=4, **changes)
    return replace(found, recipe=recipe)


def after(steps: int) -> Callable[[], bool]:
    """True from the call of this number on."""
    calls = iter(range(steps))
    return lambda: next(calls, None) is None


def test_it_trains_on_each_distinct_image(tmp_path: Path) -> None:
    assert isinstance(SOURCE, LevelSource) and len(SOURCE) == 40 < DATA.count
    model = fit_model(SOURCE, choice(), tmp_path / "a.fit", minutes=math.inf, stop=after(6))
    assert model.card["training_data"]["images"] == 40 and model.card["steps"] == 6
    assert model.accepts.takes(DATA.shape, DATA.levels)


def test_its_weights_are_rounded_though_it_ended_early(tmp_path: Path) -> None:
    model = fit_model(SOURCE, choice(), tmp_path / "a.fit", minutes=math.inf, stop=after(2))
    weights = [v for k, v in model.tensors().items() if k.endswith(".weight")]
    assert all(np.gcd.reduce(np.abs(w.astype(np.int64)).ravel()) != 1 for w in weights)
    assert 8 * len(code_model(model)) < 9 * sum(w.size for w in weights)


def test_it_goes_on_where_it_was_killed(tmp_path: Path) -> None:
    """As an unbroken run: the same weights after as many steps, rounded from the same step on."""
    runs = []
    for name, stops in {"whole": (9,), "killed": (4, 5)}.items():
        state = tmp_path / name
        for count in stops:
            trainer = Trainer(
                choice().family, choice().config, choice(round_from=0.4).recipe, SOURCE, None, 1
            )
            if state.exists():
                trainer.restore(state)
            trainer.run(Budget(9), state, lambda _report: None, stop=after(count))
        runs.append(trainer)
    whole, killed = runs
    assert whole.step == killed.step == 9
    assert whole.rounding is not None and killed.rounding is not None
    for ours, theirs in (
        (whole.net.state_dict(), killed.net.state_dict()),
        (dict(whole.rounding.steps), dict(killed.rounding.steps)),
        (whole.optimisers.tensors(), killed.optimisers.tensors()),
    ):
        assert ours.keys() == theirs.keys()
        assert all(torch.equal(value, theirs[key]) for key, value in ours.items())


def test_a_state_says_itself_which_network_it_is_of(tmp_path: Path) -> None:
    state = tmp_path / "a.fit"
    assert resumed(choice(), state) == choice()
    fit_model(SOURCE, choice(), state, minutes=math.inf, stop=after(1))
    other = replace(choice(), config=choice().family.ladder[3])
    assert other.config != choice().config
    assert resumed(other, state).config == choice().config
    assert fit_model(SOURCE, resumed(other, state), state, minutes=math.inf, stop=after(1))


def test_a_state_of_a_slower_network_than_is_asked_for_is_refused(tmp_path: Path) -> None:
    state = tmp_path / "a.fit"
    large = replace(choice(), config=choice().family.ladder[-1])
    weights = weights_of(large.family, large.config)
    assert milliseconds_of(weights) > PACES["fast"]
    Trainer(large.family, large.config, large.recipe, SOURCE, None, 1).save(state)
    assert f"{weights:,} weights" in resumed(choice(), state).why[0]
    with pytest.raises(TrainingError, match=r"0\.2 ms are allowed; remove .*a\.fit to begin anew"):
        resumed_fit(choice(), state, "fast")


def test_a_state_that_began_otherwise_than_is_asked_for_is_refused(tmp_path: Path) -> None:
    state, model, other = tmp_path / "a.fit", tiny_resnet(1), tiny_resnet(1, 2)
    of = replace(choice(), family=model.family, config=model.config)
    fit_model(SOURCE, of, state, minutes=math.inf, stop=after(1), start=model)
    assert resumed_fit(of, state, "usual", model).config == model.config
    with pytest.raises(TrainingError, match=r"was begun with the weights of tiny.*, not"):
        resumed_fit(of, state, "usual", other)
    fresh = tmp_path / "b.fit"
    fit_model(SOURCE, of, fresh, minutes=math.inf, stop=after(1))
    with pytest.raises(TrainingError, match="was begun anew, not"):
        resumed_fit(of, fresh, "usual", model)
    with pytest.raises(TrainingError, match=r"with the weights of tiny.*, not anew; remove"):
        resumed_fit(of, state, "usual", anew=True)
    assert resumed_fit(of, fresh, "usual", anew=True).config == model.config


def test_a_fit_that_goes_on_has_the_rates_that_it_began_with(tmp_path: Path) -> None:
    state, begun = tmp_path / "a.fit", choice(dropout=0.25)
    fit_model(SOURCE, begun, state, minutes=math.inf, stop=after(1))
    rates = {"learning_rate": 7e-5, "matrix_rate": 3e-4}
    other = replace(begun, recipe=replace(begun.recipe, dropout=0.0, **rates))
    assert resumed_fit(other, state, "usual").recipe == begun.recipe
    tensors, meta = load_checkpoint(state)
    del meta["recipe"]["dropout"]  # an older one, which knew less
    save_checkpoint(state, tensors, meta | {"recipe": {**meta["recipe"], "forgotten": 3}})
    assert resumed_fit(other, state, "usual").recipe == replace(begun.recipe, dropout=0.0)
    for wrong, words in ((3, "its recipe is none"), ({"batch": 0}, "train.batch = 0")):
        save_checkpoint(state, tensors, meta | {"recipe": wrong})
        with pytest.raises(TrainingError, match=rf"{words}.*; remove .*a\.fit to begin anew"):
            resumed_fit(other, state, "usual")


def test_a_state_of_images_of_other_channels_says_what_to_do(tmp_path: Path) -> None:
    state, rgb = tmp_path / "a.fit", level_set("rgb", 40, 1)
    other = choose(rgb.shape, rgb.levels, rgb.count, 1.0, by_xz=100_000)
    Trainer(other.family, other.config, other.recipe, FitImages.of(rgb).source(), None, 1).save(
        state
    )
    with pytest.raises(TrainingError, match=r"images of 3 channel.*; remove .*a\.fit"):
        fit_model(SOURCE, resumed_fit(choice(), state, "usual"), state, minutes=1.0)


def test_a_fit_leaves_torchs_threads_as_they_were(tmp_path: Path) -> None:
    before = torch.get_num_threads()
    fit_model(
        SOURCE, choice(), tmp_path / "a.fit", minutes=math.inf, threads=before + 1, stop=after(2)
    )
    assert torch.get_num_threads() == before


def test_a_state_of_other_images_is_refused_and_stays(tmp_path: Path) -> None:
    state = tmp_path / "a.fit"
    fit_model(SOURCE, choice(), state, minutes=math.inf, stop=after(1))
    before = state.read_bytes()
    other = LevelSource(255 - DATA.pixels, 256)
    with pytest.raises(TrainingError, match=r"images differs.*remove .*a\.fit"):
        fit_model(other, choice(), state, minutes=math.inf, stop=after(1))
    assert state.read_bytes() == before


def test_what_is_no_state_is_refused(tmp_path: Path) -> None:
    state = tmp_path / "a.fit"
    state.write_bytes(b"no state")
    with pytest.raises(TrainingError, match="not a training checkpoint"):
        resumed(choice(), state)


def test_a_folder_that_is_not_there_is_known_before_the_work(tmp_path: Path) -> None:
    def stop() -> bool:
        raise AssertionError("a step was made")

    with pytest.raises(OutputError, match="cannot be written"):
        fit_model(SOURCE, choice(), tmp_path / "none" / "a.fit", minutes=1, stop=stop)


def test_large_images_are_trained_on_in_windows() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (3, 2, 20, 150)).astype(np.uint8)
    one = ImageClass(256, 2, 20, 150)
    source = FitImages(MixedImages((one,), {0: pixels}, np.zeros(3, np.int64)), True).source()
    assert isinstance(source, WindowSource) and source.shape == (2, 20, 64)
    assert source.draws == 3 * 150 / 64
    drawn = source.draw(torch.tensor([2, 0]), torch.Generator().manual_seed(3)).numpy()
    assert drawn.shape == (2, 2, 20, 64)
    for window, image in zip(drawn, pixels[[2, 0]], strict=True):
        assert any((window == image[:, :, at : at + 64]).all() for at in range(150 - 63))


def test_the_state_lies_beside_the_archive() -> None:
    assert state_path(Path("a/b.acn")) == Path("a/b.acn.fit")
