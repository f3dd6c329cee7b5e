"""Plans: the cheaper strategy by estimates that come true."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from acncodec.coding.bitsback import push_all
from acncodec.coding.pixels import Workers
from acncodec.coding.stack import Stack
from acncodec.errors import CoderError
from acncodec.exact.model import FrozenModel
from acncodec.ordering import plan
from acncodec.ordering.plan import make_plan, permutation_bits


def test_estimates_come_true(tiny_model: FrozenModel, images: NDArray[np.uint8]) -> None:
    pixels = np.concatenate([images] * 5)
    codes = tiny_model.encoder.codes(pixels)
    for ordering in ("iid", "tour"):
        plan = make_plan(tiny_model, codes, ordering=ordering, keep=False, gain=20, blocks=8)
        stack = Stack.seeded(bytes(range(32)), 8)
        with Workers(1, 256) as workers:
            order = plan.order
            tally = push_all(
                stack, tiny_model, plan.schedule, pixels[order], codes[order], workers,
                lambda count: None,
            )  # fmt: skip
        spread = 10 * math.sqrt(codes.size)
        assert abs(tally.latent_bits - plan.estimates[ordering]) < spread


def test_keep_pays_for_its_permutation(tiny_model: FrozenModel, images: NDArray[np.uint8]) -> None:
    codes = tiny_model.encoder.codes(images)
    kept = make_plan(tiny_model, codes, ordering="tour", keep=True, gain=20, blocks=4)
    loose = make_plan(tiny_model, codes, ordering="tour", keep=False, gain=20, blocks=4)
    assert kept.permuted and not loose.permuted
    gap = kept.estimates["tour"] - loose.estimates["tour"]
    assert gap == pytest.approx(permutation_bits(len(codes)))


def test_auto_takes_the_smaller_estimate(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    codes = tiny_model.encoder.codes(images)
    for keep in (True, False):
        plan = make_plan(tiny_model, codes, ordering="auto", keep=keep, gain=20, blocks=4)
        assert plan.estimates[plan.strategy] == min(plan.estimates.values())
        assert plan.permuted == (keep and plan.strategy == "tour")


def test_unknown_orderings_are_refused(tiny_model: FrozenModel) -> None:
    with pytest.raises(CoderError):
        make_plan(
            tiny_model, np.zeros((1, 4), np.int64), ordering="x", keep=False, gain=0, blocks=1
        )


def test_auto_improves_no_tour_that_cannot_win(
    tiny_model: FrozenModel, images: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = tiny_model.encoder.codes(images)
    asked: list[str] = []

    def spy(*arguments: object) -> NDArray[np.int64]:
        asked.append(str(arguments[3]))
        return np.arange(len(codes))

    def tours(model_bits: list[float], ordering: str, solver: str = "improved") -> list[str]:
        asked.clear()
        left = iter(model_bits)
        monkeypatch.setattr(plan, "schedule_latent_bits", lambda *_, **__: next(left))
        make_plan(tiny_model, codes, ordering=ordering, keep=True, gain=20, blocks=4, solver=solver)
        return list(asked)

    monkeypatch.setattr(plan, "solve_tour", spy)
    stored = permutation_bits(len(codes))
    # Without an order, by the greedy tour, and by the one that is asked for.
    hopeless, open_ = (1000 - stored) / 0.74, (1000 - stored) / 0.76
    assert tours([1000.0, open_, 900.0], "auto") == ["improved"]
    assert tours([1000.0, hopeless], "auto") == []
    assert tours([1000.0, open_], "auto", "greedy") == []
    assert tours([9e9, 9e9], "tour") == ["improved"]
    assert tours([1000.0], "iid") == []
