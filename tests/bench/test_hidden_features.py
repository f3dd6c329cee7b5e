"""`bench/hidden_features.py`: the share of hidden features that live."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import hidden_features
import numpy as np
import pytest
import torch
from level_sets import level_array
from tiny_resnet import as_planes, images, networks


def test_a_feature_that_is_nothing_everywhere_is_dead() -> None:
    net, _ = networks(3)
    seen = as_planes(images(4, 3, 6, 7, 256, seed=1), 256)
    hidden = net.config.hidden
    with torch.no_grad():
        net.blocks[0].widen.bias[:] = 100.0
        net.blocks[0].widen.bias[1] = -100.0
        net.blocks[1].widen.bias[:] = -1000.0
    assert hidden_features.live(net, seen)[:2] == pytest.approx([1 - 1 / hidden, 0.0])


def test_a_row_for_each_size_and_rate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    np.save(tmp_path / "a.npy", level_array("grey", 20, 1, 8, 8))
    line = [str(tmp_path / "a.npy"), "--weights", "1", "6000", "--rates", "1e-3", "2e-2"]
    monkeypatch.setattr(sys, "argv", ["hidden_features.py", *line, "--steps", "3"])
    hidden_features.main()
    result = json.loads(capsys.readouterr().out)
    assert [row["matrix_rate"] for row in result["rows"]] == [1e-3, 2e-2] * 2
    small, large = result["rows"][0], result["rows"][2]
    assert small["weights"] < large["weights"] <= 6000
    assert all(0 <= row["least_live"] <= row["live"] <= 1 for row in result["rows"])
    assert small["bits_per_dim"] > 0
