"""A fit that goes on without the images that no network is worth."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from acncodec.errors import TrainingError
from acncodec.images import DataSet, MixedData, load_dataset, mixed_from_arrays
from acncodec.mixed.storing import stored_estimate
from acncodec.training.checkpoint import load_checkpoint
from acncodec.training.choice import BYTES_A_WEIGHT
from acncodec.training.chosen import weights_of
from acncodec.training.fit import fit_model, plan_fit
from acncodec.training.fit_images import FitImages
from acncodec.training.loop import Trainer
from acncodec.training.resume import resumed
from acncodec.training.sieve import Sieve
from acncodec.training.worth import network_bits, worth_a_network

RNG = np.random.default_rng(4)
NOISE = RNG.integers(0, 256, (80, 12, 10), np.uint8)
SMALLER = RNG.integers(0, 256, (3, 9, 8), np.uint8)
COPIES = np.repeat(RNG.integers(0, 256, (1, 12, 10), np.uint8), 90, 0)
COPIES[:, 5, 5] = np.arange(90)
ORDER = RNG.permutation(170)
IS_NOISE = ORDER < 80
IS_NOISE[np.flatnonzero(~IS_NOISE)[0]] = True  # of which the others are copies
ALL = np.concatenate([NOISE, COPIES])[ORDER]
MINUTES = 1e-4


@pytest.fixture
def data(tmp_path: Path) -> DataSet:
    np.save(tmp_path / "x.npy", ALL)
    return load_dataset(tmp_path / "x.npy")


def run_of(data: DataSet | MixedData) -> Trainer:
    """A run of which no step was made: mixtures are as wide as the levels."""
    plan = plan_fit(data, MINUTES)
    choice = plan.choice
    return Trainer(choice.family, choice.config, choice.recipe, plan.images.source(), None, 1)


def mixed(arrays: np.ndarray) -> MixedData:
    return mixed_from_arrays([*arrays, *SMALLER])


def test_near_copies_are_not_worth_a_network_and_noise_is(data: DataSet) -> None:
    images = FitImages.of(data).images
    kept = worth_a_network(run_of(data), images)
    assert (kept == IS_NOISE).all()
    assert stored_estimate(images)[~IS_NOISE].sum() < 0.1 * stored_estimate(images).sum()


def test_of_several_sizes_too() -> None:
    several = mixed(ALL)
    assert (worth_a_network(run_of(several), FitImages.of(several).images)[:170] == IS_NOISE).all()


def test_all_are_kept_where_nearly_all_or_hardly_any_are_worth_it(data: DataSet) -> None:
    run, images = run_of(data), FitImages.of(data).images
    for rows in (np.flatnonzero(IS_NOISE), np.flatnonzero(~IS_NOISE), np.arange(70)):
        assert worth_a_network(run, images[rows]).all()


def test_a_sample_of_many_decides_whether_all_are_looked_at(
    data: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, images, seen = run_of(data), FitImages.of(data).images, []

    def bits(run: Trainer, some: object) -> np.ndarray:
        seen.append(len(some))  # type: ignore[arg-type]
        return network_bits(run, some)  # type: ignore[arg-type]

    monkeypatch.setattr("acncodec.training.worth.network_bits", bits)
    monkeypatch.setattr("acncodec.training.worth.SAMPLE", 150)
    assert (worth_a_network(run, images) == IS_NOISE).all() and seen == [150, 170]
    noise = images[np.flatnonzero(IS_NOISE)]
    monkeypatch.setattr("acncodec.training.worth.SAMPLE", 75)
    assert worth_a_network(run, noise).all() and seen[2:] == [75]


def test_prices_are_those_of_the_exact_model(data: DataSet) -> None:
    from acncodec.mixed.prices import modelled_bits
    from acncodec.run.workers import Workers
    from acncodec.training.finish import finish

    several = mixed(ALL)
    run = run_of(several)
    images = FitImages.of(several).images
    with Workers(1, 64) as workers:
        exact = modelled_bits(finish(run, "m", "m", {}), images, workers)
    assert np.allclose(network_bits(run, images), exact, rtol=0.01)


def look_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("acncodec.training.fit.LOOKED", 0.0)


def steps(count: int) -> Callable[[], bool]:
    """True from the call of this number on."""
    calls = iter(range(count))
    return lambda: next(calls, None) is None


@pytest.mark.parametrize("several", [False, True])
def test_a_fit_goes_on_with_what_is_worth_it_and_its_state_says_so(
    data: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, several: bool
) -> None:
    look_at_once(monkeypatch)
    plan = plan_fit(mixed(ALL) if several else data, 1)
    told: list[str] = []
    sieve, state = Sieve(plan.images, plan.pace, told.append), tmp_path / "a.fit"
    # The first call ends what comes before the look, the second one lets it look.
    model = fit_model(sieve, plan.choice, state, minutes=1, stop=steps(4))
    worth = 84 if several else 81
    assert model.card["training_data"]["images"] == worth and model.card["steps"] == 2
    assert told[0].startswith(f"{worth} of {len(plan.images.images)} images seem to be worth")
    tensors, _ = load_checkpoint(state)
    chosen = tensors["chosen"].numpy() > 0
    assert (chosen[:170] == IS_NOISE).all() and chosen.sum() == worth
    if several:
        return
    resume = resumed(plan.choice, state)
    again = fit_model(sieve, resume, state, minutes=1, stop=steps(2))
    assert again.card["steps"] == 4 and again.card["training_data"]["images"] == worth
    assert len(told) == 1  # it does not look again


def test_a_smaller_network_begins_anew_with_the_minutes_that_are_left(
    data: DataSet, tmp_path: Path
) -> None:
    plan = plan_fit(data, 5)
    ladder = [one.for_images((1, 12, 10)) for one in plan.choice.family.ladder]
    larger = replace(plan.choice, config=ladder[5])
    assert plan.images.by_xz / BYTES_A_WEIGHT < 2_000
    run = Trainer(larger.family, larger.config, larger.recipe, plan.images.source(), None, 1)
    run.seconds = 60.0
    state = tmp_path / "a.fit"
    later = Sieve(plan.images, plan.pace).sieved(run, 5)
    assert later.config == ladder[0] and later.spent == 60 and later.seconds == later.step == 0
    assert len(later.train) == 81 and later.chosen is not None
    later.save(state)
    assert load_checkpoint(state)[1]["spent"] == 60
    model = fit_model(
        Sieve(plan.images, plan.pace), resumed(plan.choice, state), state, minutes=1.0, threads=1
    )  # fmt: skip
    assert model.card["steps"] == 0 and model.config == ladder[0]  # no minute is left


def test_a_network_that_has_no_time_left_to_be_better_is_kept(data: DataSet) -> None:
    plan = plan_fit(data, 5)
    ladder = [one.for_images((1, 12, 10)) for one in plan.choice.family.ladder]
    larger = replace(plan.choice, config=ladder[5])
    run = Trainer(larger.family, larger.config, larger.recipe, plan.images.source(), None, 1)
    run.seconds = 60.0
    for minutes in (0.5, 2.0):  # none is left, or no more than it had
        told: list[str] = []
        later = Sieve(plan.images, plan.pace, told.append).sieved(run, minutes)
        assert later is run and later.config == ladder[5] and len(later.train) == 81
        assert f"{weights_of(larger.family, larger.config):,} weights" in told[0]


def test_whoever_ends_a_fit_early_has_what_was_learned(
    data: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_at_once(monkeypatch)
    plan, looked = plan_fit(data, 1), list[str]()
    sieve = Sieve(plan.images, plan.pace, looked.append)
    fit_model(sieve, plan.choice, tmp_path / "a.fit", minutes=1, stop=lambda: True)
    assert not looked and "chosen" not in load_checkpoint(tmp_path / "a.fit")[0]


def test_a_state_that_leaves_out_images_is_refused_where_none_may_be_stored(
    data: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_at_once(monkeypatch)
    plan, state = plan_fit(data, 1), tmp_path / "a.fit"
    fit_model(Sieve(plan.images, plan.pace), plan.choice, state, minutes=1, stop=steps(3))
    assert "chosen" in load_checkpoint(state)[0]
    with pytest.raises(TrainingError, match=r"leaves out images, to store them; remove .*a\.fit"):
        fit_model(plan.images.source(), plan.choice, state, minutes=1)


def test_a_fit_that_began_with_a_models_weights_keeps_them(data: DataSet) -> None:
    run = run_of(data)
    run.started, before = {"name": "m", "sha256": "0"}, run.net
    later = Sieve(FitImages.of(data), "usual").sieved(run, 5)
    assert later is run and later.net is before and len(later.train) == 81
    kl, cost = later.objective.costs(
        later.train.draw(torch.arange(4), torch.Generator()), torch.arange(4), torch.Generator()
    )
    assert bool(torch.isfinite(kl + cost).all())


def test_a_state_of_other_images_is_refused(
    data: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_at_once(monkeypatch)
    plan, state = plan_fit(data, 1), tmp_path / "a.fit"
    sieve = Sieve(plan.images, plan.pace)
    fit_model(sieve, plan.choice, state, minutes=1, stop=steps(2))
    np.save(tmp_path / "y.npy", ALL[:160])
    other = plan_fit(load_dataset(tmp_path / "y.npy"), 1)
    with pytest.raises(TrainingError, match=r"of a fit to other images; remove .*a\.fit"):
        fit_model(Sieve(other.images, other.pace), other.choice, state, minutes=1)
    np.save(tmp_path / "y.npy", 255 - ALL)
    other = plan_fit(load_dataset(tmp_path / "y.npy"), 1)
    with pytest.raises(TrainingError, match=r"images differs.*remove .*a\.fit"):
        fit_model(Sieve(other.images, other.pace), other.choice, state, minutes=1)


def test_a_state_whose_time_before_is_no_time_is_refused(data: DataSet, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    state, run = tmp_path / "a.fit", run_of(data)
    run.save(state)
    _, meta = load_checkpoint(state)
    save_file(load_file(state), state, {"acncodec": json.dumps(meta | {"spent": -1})})
    with pytest.raises(TrainingError, match="time before it is no time"):
        run.restore(state)
