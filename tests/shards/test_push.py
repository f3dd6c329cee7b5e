"""Alice's retries: more careful batches, and the same strategy."""

from __future__ import annotations

import numpy as np
import pytest
from tiny import blobs

from acncodec.errors import CoderError
from acncodec.images import DataSet, ImageSpec
from acncodec.models.frozen import FrozenModel
from acncodec.ordering import strategies
from acncodec.ordering.plan import CodingPlan, PlanOptions
from acncodec.ordering.schedule import lay_tour
from acncodec.run.workers import Workers
from acncodec.shards import push as shard_push
from acncodec.shards.arrange import arrange
from acncodec.shards.push import CodedShard, plan_shard, push_shard
from acncodec.stack.ans import StackExhaustedError

SPEC = ImageSpec("x", "uint8", "nhw", (0, 1))


def silent(_stage: str, _share: float) -> None:
    return None


def pushed(model: FrozenModel, ordering: str, keep: bool) -> CodedShard:
    arranged = arrange(DataSet(blobs(120, 4), SPEC), keep)
    with Workers(1, 256) as workers:
        planned = plan_shard(arranged, model, workers, PlanOptions(ordering, keep), silent)
        return push_shard(planned, model, workers, coder="ans", progress=silent)


@pytest.mark.parametrize(
    ("ordering", "keep"), [("tour", True), ("tour", False), ("set", False), ("urn", False)]
)
def test_a_retry_keeps_the_strategy(
    tiny_model: FrozenModel, monkeypatch: pytest.MonkeyPatch, ordering: str, keep: bool
) -> None:
    solved, laid, tried = 0, [], []
    push, solve = shard_push._push_planned, strategies.solve_tour

    def solving(*arguments: object) -> np.ndarray:
        nonlocal solved
        solved += 1
        return solve(*arguments)  # type: ignore[arg-type]

    def pushing(stack: object, made: CodingPlan, *rest: object) -> object:
        tried.append(made)
        if len(tried) < 4:
            raise StackExhaustedError("short")
        return push(stack, made, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(strategies, "solve_tour", solving)
    monkeypatch.setattr(shard_push, "_push_planned", pushing)
    shard = pushed(tiny_model, ordering, keep)
    assert solved == 4 * (ordering == "tour") and len(tried) == 4  # for its batches, each time
    if ordering != "tour":  # a small tour's batches are as narrow as they can be
        assert len({made.schedule.sizes for made in tried}) > 1
    for made in tried:
        assert (made.strategy, made.rule, made.permuted) == (
            shard.header.strategy, shard.rule, shard.header.permuted,
        )  # fmt: skip
        if made.tour is not None:
            laid.append(lay_tour(made.tour, made.schedule.sizes))
            assert np.array_equal(laid[-1], made.order)
    assert shard.header.sizes == tried[-1].schedule.sizes


def test_who_never_has_enough_gives_up(
    tiny_model: FrozenModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = []

    def short(_coder: str, _digest: bytes, count: int) -> object:
        blocks.append(count)
        raise StackExhaustedError("short")

    monkeypatch.setattr(shard_push, "writer", short)
    with pytest.raises(CoderError, match="too few bits to carry"):
        pushed(tiny_model, "iid", True)
    assert blocks == [1, 1, 1, 1, 2, 4, 8, 16, 32, 64]
