"""The float decoder is causal, and conditioned on z in every block."""

from __future__ import annotations

import torch
from tiny import blobs, tiny_network

from acncodec.parts.gated_pixelcnn.net import reconstruction_cost


def test_logits_see_only_earlier_pixels_and_all_of_them() -> None:
    net = tiny_network(1).decoder
    x = torch.from_numpy(blobs(2, 1)).float()
    z = torch.randn(2, 4)
    before = net(x, z).flatten(1)
    for at in (0, 13, 40, 62):
        changed = x.clone().flatten(1)
        changed[:, at] = 1 - changed[:, at]
        after = net(changed.view_as(x), z).flatten(1)
        assert torch.equal(before[:, : at + 1], after[:, : at + 1])
        assert not torch.equal(before[:, at + 1 :], after[:, at + 1 :])


def test_latent_reaches_every_block_of_both_stacks() -> None:
    net = tiny_network(1).decoder
    x, z = torch.from_numpy(blobs(1, 1)).float(), torch.zeros(1, 4, requires_grad=True)
    reconstruction_cost(net(x, z), x).sum().backward()
    assert z.grad is not None and (z.grad != 0).all()
    for block in net.blocks:
        for layer in (block.vertical_condition, block.horizontal_condition):
            assert layer.weight.grad.abs().sum() > 0


def test_cost_of_even_odds_is_log_two_a_pixel() -> None:
    x = torch.from_numpy(blobs(3, 1)).float()
    cost = reconstruction_cost(torch.zeros_like(x), x)
    assert torch.allclose(cost, torch.full((3,), 64 * 0.6931472), atol=1e-4)
