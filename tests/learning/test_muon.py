"""Muon for kernels of convolutions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tiny import blobs
from torch import nn

from acncodec.families.registry import find_preset
from acncodec.learning.muon import KernelMuon, as_matrix
from acncodec.learning.source import ImageSource
from acncodec.training.loop import Trainer
from acncodec.training.progress import Budget

IMAGES = blobs(40, 1)[:, 0]


def kernels() -> nn.Parameter:
    drawn = torch.randn(6, 4, 2, 3, generator=torch.Generator().manual_seed(0))
    return nn.Parameter(drawn.to(memory_format=torch.channels_last))


def test_kernels_move_as_the_matrix_of_what_their_windows_see() -> None:
    given = kernels()
    matrix = nn.Parameter(as_matrix(given.detach()).clone())
    ours = KernelMuon([given], 0.01, 0.1, base=0.01)
    theirs = torch.optim.Muon([matrix], 0.01, 0.1, adjust_lr_fn="match_rms_adamw")
    for step in range(3):
        gradient = torch.randn(6, 4, 2, 3, generator=torch.Generator().manual_seed(step))
        ours.zero_grad()
        given.grad, matrix.grad = gradient, as_matrix(gradient).clone()
        ours.step()
        theirs.step()
        assert torch.equal(as_matrix(given), matrix)
    ours.zero_grad()
    assert given.grad is None


def test_kernels_that_share_no_memory_with_a_matrix_are_refused() -> None:
    with pytest.raises(ValueError, match="channels do not come last"):
        KernelMuon([nn.Parameter(torch.zeros(6, 4, 2, 3))], 0.01, 0.1, base=0.01)


@pytest.mark.parametrize(
    "name", ["tiny", "tiny-pixelcnn", "tiny-vae", "tiny-pixelvae", "tiny-acn-vq", "tiny-vqvae"]
)
def test_a_run_by_muon_moves_kernels_and_goes_on_where_it_stopped(
    name: str, tmp_path: Path
) -> None:
    family, preset = find_preset(name)
    config = preset.config.sized(8, 8)
    recipe = replace(
        preset.recipe, optimizer="muon", batch=8, warmup_steps=1, checkpoint_steps=4,
        refresh_steps=4,
    )  # fmt: skip

    def begun() -> Trainer:
        return Trainer(family, config, recipe, ImageSource(IMAGES), ImageSource(IMAGES), 1)

    whole, broken, resumed = begun(), begun(), begun()
    before = [value.detach().clone() for value in whole.net.inner_matrices()]
    assert any(value.ndim == 4 for value in before)
    whole.run(Budget(8), None, lambda _report: None)
    broken.run(Budget(8), tmp_path / "state", lambda _report: None, stop=lambda: broken.step == 4)
    resumed.restore(tmp_path / "state")
    resumed.run(Budget(8), None, lambda _report: None)
    for key, value in whole.net.named_parameters():
        assert torch.equal(value, resumed.net.get_parameter(key)), key
    for value, old in zip(whole.net.inner_matrices(), before, strict=True):
        assert not torch.equal(value, old)


def test_a_rate_of_its_own_is_for_what_muon_does_not_move() -> None:
    """The first step of AdamW is as long as the rate in every weight that has a gradient."""
    family, preset = find_preset("tiny")
    recipe = replace(
        preset.recipe, optimizer="muon", network_rate=0.25, learning_rate=1e-3, warmup_steps=0,
        weight_decay=0.0,
    )  # fmt: skip
    run = Trainer(family, preset.config.sized(8, 8), recipe, ImageSource(IMAGES), None, 1)
    before = {name: value.detach().clone() for name, value in run.net.named_parameters()}
    inner = {id(value) for value in run.net.inner_matrices()}
    run.run(Budget(2), None, lambda _report: None, stop=lambda: run.step == 1)
    for name, value in run.net.named_parameters():
        if id(value) not in inner:
            rate = 0.25e-3 if name.startswith(("encoder.", "prior.")) else 1e-3
            moved = float((value.detach() - before[name]).abs().max())
            assert moved == pytest.approx(rate, rel=0.01), name
