"""The curve of a coded model's size against its loss."""

from __future__ import annotations

import coded_models
import pytest
from level_sets import level_set, tiny_resnet


def test_coarser_steps_make_smaller_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coded_models, "BATCHES", 4)
    found = coded_models.measure(tiny_resnet(1), level_set("grey", 30, 1), 10_000, 20)
    sizes = [row["model_bytes"] for row in found["rows"]]
    assert sizes == sorted(sizes, reverse=True) and sizes[-1] < 0.7 * sizes[0]
    assert sizes[0] < found["unrounded_bytes"]
    losses = [abs(row["loss_percent"]) for row in found["rows"]]
    assert losses[0] < losses[-1]
    assert found["images"] == 20 and found["weights"] == 780
