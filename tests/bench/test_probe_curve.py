"""`bench/probe_curve.py`: the codes of a checkpoint, what they tell, and where that leads."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny import blobs

from acncodec.analysis.embedding import mean_codes
from acncodec.analysis.probes import Labelled, Split
from acncodec.training.checkpoint import kept_path
from acncodec.training.session import checkpoint_path, train_model

SCRIPT = Path(__file__).resolve().parents[2] / "bench" / "probe_curve.py"


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    return runpy.run_path(str(SCRIPT))


def test_a_power_of_the_steps_is_found_and_drawn_on(script: dict[str, Any]) -> None:
    rows = [{"step": step, "linear_accuracy": 1 - 9 * step**-0.5} for step in (900, 2500, 10_000)]
    assert script["drawn_on"](rows, 0.99) == {"target": 0.99, "power": -0.5, "steps": 810_000}


@pytest.mark.parametrize(
    ("other", "words"), [({"seed": 2, "step": 9}, "their seed differs"), ({}, "the same step")]
)
def test_checkpoints_are_of_one_run(
    script: dict[str, Any], other: dict[str, Any], words: str
) -> None:
    meta = {"seed": 1, "config": {}, "recipe": {}, "step": 5}
    script["check_run"]([meta, meta | {"step": 6}])
    with pytest.raises(SystemExit, match=words):
        script["check_run"]([meta, meta | other])


def test_a_checkpoint_s_codes_are_those_of_the_model_it_becomes(
    script: dict[str, Any], tmp_path: Path
) -> None:
    images = blobs(200, 1)
    data, output = tmp_path / "images.npz", tmp_path / "m.safetensors"
    np.savez(data, x=images[:, 0])
    model = train_model(data, output, preset="tiny", steps=6, keep_steps=3)
    path = checkpoint_path(output)
    net, meta = script["averaged_networks"](path)
    assert meta["step"] == 6
    wanted = mean_codes(model, images)
    np.testing.assert_allclose(script["codes"](net, images), wanted, rtol=1e-4, atol=1e-5)
    half = Labelled(images[:100], np.arange(100) % 3), Labelled(images[100:], np.arange(100) % 3)
    row = script["probed"](kept_path(path, 3), Split(*half))
    assert row["step"] == 3
    assert 0 < row["linear_accuracy"] < 1 and 0 < row["knn_accuracy"] < 1
