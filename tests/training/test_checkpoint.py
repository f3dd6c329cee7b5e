"""Checkpoint files: the same state gives the same bytes, and strides do not matter."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from acncodec.errors import TrainingError
from acncodec.training.checkpoint import check_meta, load_checkpoint, save_checkpoint

WEIGHT = torch.arange(48.0).reshape(2, 3, 2, 4)


@pytest.mark.parametrize(
    "tensor",
    [
        WEIGHT.to(memory_format=torch.channels_last),
        WEIGHT[:, :, :1, :1].to(memory_format=torch.channels_last),
        WEIGHT.transpose(0, 3),
        WEIGHT[:, ::2],
        torch.tensor(3.0).expand(2, 2),
    ],
)
def test_tensors_with_strides_come_back_as_they_were(tensor: torch.Tensor, tmp_path: Path) -> None:
    path = tmp_path / "c.safetensors"
    save_checkpoint(path, {"net.a": tensor}, {})
    assert torch.equal(load_checkpoint(path)[0]["net.a"], tensor)


def test_the_same_state_gives_the_same_bytes(tmp_path: Path) -> None:
    path, found = tmp_path / "c.safetensors", set()
    for _ in range(10):
        save_checkpoint(path, {"b": WEIGHT, "a": WEIGHT + 1}, {"step": 1, "kind": "x", "seed": 2})
        found.add(path.read_bytes())
    assert len(found) == 1


def test_a_checkpoint_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "c.safetensors"
    with pytest.raises(TrainingError, match=r"c.safetensors: there is no such checkpoint to go on"):
        load_checkpoint(path)


def test_what_differs_is_told_where_it_is_short(tmp_path: Path) -> None:
    meta = {"kind": "aae", "images": "0" * 64, "step": 1, "seconds": 1.0}
    assert check_meta(tmp_path, meta, {"kind": "aae"}) == (1, 1.0)
    with pytest.raises(TrainingError, match=r"kind differs from this run's: aae, not vqvae$"):
        check_meta(tmp_path, meta, {"kind": "vqvae"})
    with pytest.raises(TrainingError, match=r"images differs from this run's$"):
        check_meta(tmp_path, meta, {"images": "1" * 64})
