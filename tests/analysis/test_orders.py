"""What orders are worth: figures that agree with one another, and the script that prints them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from tiny import blobs

from acncodec.analysis.orders import distinct_codes, even_sizes, orders
from acncodec.errors import DataError
from acncodec.images import DataSet, ImageSpec
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.schedule import lay_tour
from acncodec.run.workers import Workers
from acncodec.stack.orders import permutation_bits

SPEC = ImageSpec("x", "uint8", "nhw", (0, 1))
ROOT = Path(__file__).resolve().parents[2]


def test_figures_agree(tiny_model: FrozenModel) -> None:
    with Workers(1, 64) as workers:
        codes = distinct_codes(DataSet(blobs(160, 3), SPEC), tiny_model, workers)
    count = len(codes)
    figures, path = orders(codes, tiny_model)
    assert np.array_equal(np.sort(path), np.arange(count))
    order_nats = permutation_bits(count) * np.log(2) / count
    assert figures["order_nats"] == pytest.approx(order_nats)
    gap = figures["unconditional_kl_nats"] - figures["set_kl_nats"]
    assert gap == pytest.approx(order_nats)
    for way in ("laid", "path"):
        solvers, bounds = figures[way]["solvers"], figures[way]["bounds"]
        improved = solvers["improved"]["kl_nats"]
        assert max(bounds.values()) <= improved <= solvers["greedy"]["kl_nats"]
        assert figures[way]["gap_nats"] == pytest.approx(improved - max(bounds.values()))
        saved = solvers["improved"]["saved_nats"]
        assert saved == pytest.approx(figures["unconditional_kl_nats"] - improved)
    json.dumps(figures, allow_nan=False)


@pytest.mark.parametrize("count", [1, 2, 3, 47, 100, 1000, 10_007])
def test_even_sizes_lay_every_item(count: int) -> None:
    sizes = even_sizes(count)
    assert sum(sizes) == count
    assert np.array_equal(np.sort(lay_tour(np.arange(count), sizes)), np.arange(count))


def test_one_image_has_figures(tiny_model: FrozenModel) -> None:
    figures, path = orders(np.zeros((1, 4), np.int64), tiny_model)
    assert path.tolist() == [0]
    assert figures["nearest_kl_nats"] is None
    assert figures["laid"]["gap_nats"] == pytest.approx(0.0)


def test_no_images_is_an_error(tiny_model: FrozenModel) -> None:
    with Workers(1, 64) as workers, pytest.raises(DataError):
        distinct_codes(DataSet(blobs(0, 3), SPEC), tiny_model, workers)


@pytest.mark.parametrize("labelled", [True, False])
def test_the_script_prints_and_draws(
    tiny_model: FrozenModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], labelled: bool,
) -> None:  # fmt: skip
    import runpy

    pytest.importorskip("matplotlib")
    model, data, picture = tmp_path / "m.safetensors", tmp_path / "d.npz", tmp_path / "p.png"
    model.write_bytes(tiny_model.to_bytes())
    images = np.unique(blobs(40, 3)[:, 0], axis=0)
    arrays = {"x": images, "y": np.arange(len(images)) % 3} if labelled else {"x": images}
    np.savez(data, **arrays)
    line = ["orders.py", str(data), "--model", str(model), "--images", "30", "--plot", str(picture)]
    monkeypatch.setattr(sys, "argv", [*line, "--json"])
    runpy.run_path(str(ROOT / "bench" / "orders.py"), run_name="__main__")
    assert json.loads(capsys.readouterr().out)["images"] == 30
    assert picture.read_bytes().startswith(b"\x89PNG")
    monkeypatch.setattr(sys, "argv", line[:-2])
    runpy.run_path(str(ROOT / "bench" / "orders.py"), run_name="__main__")
    assert "| improved tour |" in capsys.readouterr().out
