"""Training where torch and numpy alone are installed, and what becomes of its checkpoint."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from bare_modules import SafeOpen, SafetensorError, as_bytes, knn, load_file, save_file
from safetensors import safe_open
from safetensors.torch import save_file as their_save_file
from tiny import blobs
from train_bare import scaled

from acncodec.learning.neighbours import nearest
from acncodec.learning.recipe import Recipe
from acncodec.models.frozen import FrozenModel
from acncodec.training.session import train_model

SCRIPT = Path(__file__).parents[2] / "bench" / "train_bare.py"
BARE = """
import importlib.abc, os, runpy, sys

class Missing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.split(".")[0] in {"faiss", "safetensors", "lazy_loader", "numba", "scipy"}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Missing())
sys.argv = sys.argv[1:]
sys.path.insert(0, os.path.dirname(sys.argv[0]))
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def bare(folder: Path, *more: str) -> list[dict[str, object]]:
    line = [sys.executable, "-c", BARE, SCRIPT, "tiny", folder / "a.npz", folder / "b.npz"]
    line += [folder / "out", "--steps", "100", "--threads", "1", "--device", "cpu", *more]
    done = subprocess.run(line, check=True, capture_output=True, text=True)
    return [json.loads(text) for text in done.stdout.splitlines()]


def test_a_run_with_nothing_else_goes_on_and_is_frozen_where_all_is_there(tmp_path: Path) -> None:
    images = blobs(100, 1, 28)[:, 0]
    np.savez(tmp_path / "a.npz", images=images)
    np.savez(tmp_path / "b.npz", images=images[:40])
    assert bare(tmp_path, "--minutes", "0") == []
    told = bare(tmp_path)
    assert [entry["step"] for entry in told] == [50, 100]
    out = tmp_path / "out.safetensors"
    model = train_model(
        tmp_path / "a.npz", out, preset="tiny", valid=tmp_path / "b.npz", steps=100, resume=True
    )
    assert model.card["steps"] == 100
    assert FrozenModel.load(out).model_id == model.model_id


def test_a_larger_batch_takes_fewer_and_longer_steps() -> None:
    recipe = scaled(Recipe(batch=64, steps=14_000, warmup_steps=400, learning_rate=2e-3), 1024)
    assert (recipe.batch, recipe.steps, recipe.warmup_steps) == (1024, 875, 25)
    assert recipe.learning_rate == pytest.approx(8e-3)
    assert scaled(Recipe(), Recipe().batch) == Recipe()


def test_stand_ins_write_and_read_what_the_libraries_do(tmp_path: Path) -> None:
    tensors = {"a": torch.arange(6.0).reshape(2, 3), "b": torch.tensor(3, dtype=torch.int64)}
    save_file(tensors, tmp_path / "ours", {"about": "it"})
    their_save_file(tensors, tmp_path / "theirs", {"about": "it"})
    with safe_open(tmp_path / "ours", "pt") as file:
        assert file.metadata() == {"about": "it"}
        assert all(torch.equal(file.get_tensor(name), value) for name, value in tensors.items())
    with SafeOpen(tmp_path / "theirs", "pt") as file:
        assert file.metadata() == {"about": "it"} and set(file.keys()) == set(tensors)
        assert all(torch.equal(file.get_tensor(name), value) for name, value in tensors.items())
    assert np.array_equal(load_file(tmp_path / "theirs")["a"], tensors["a"].numpy())
    (tmp_path / "none").write_bytes(as_bytes(tensors)[:20])
    with pytest.raises(SafetensorError):
        SafeOpen(tmp_path / "none", "pt")


def test_neighbours_are_those_of_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    table = np.random.default_rng(0).standard_normal((200, 8)).astype(np.float32)
    own = np.arange(0, 200, 3)
    theirs = nearest(table[own], own, table, 5)
    monkeypatch.setattr("acncodec.learning.neighbours.faiss.knn", knn)
    assert np.array_equal(nearest(table[own], own, table, 5), theirs)
