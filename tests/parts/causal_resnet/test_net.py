"""The any-size decoder sees the pixels before the one it predicts, all of them and no others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from acncodec.errors import ModelError
from acncodec.parts.causal_resnet.net import CausalResNet, CausalWindow, planes
from acncodec.parts.causal_resnet.shape import CausalResNetConfig

SMALL = CausalResNetConfig(channels=3, outputs=7, width=6, blocks=2, hidden=8)


def made(config: CausalResNetConfig = SMALL, seed: int = 0) -> CausalResNet:
    torch.manual_seed(seed)
    return CausalResNet(config).double()


def images(*shape: int, levels: int = 256, seed: int = 0) -> Tensor:
    return torch.randint(levels, shape, generator=torch.Generator().manual_seed(seed))


def network(config: CausalResNetConfig, values: Tensor, levels: int = 256) -> Tensor:
    result: Tensor = made(config)(planes(values, levels).double())
    return result


def test_an_output_depends_on_earlier_pixels_alone() -> None:
    height, width = 7, 9
    x = planes(images(1, 3, height, width), 256).double().requires_grad_(True)
    out = made()(x)
    for position in range(height * width):
        row, column = divmod(position, width)
        (slope,) = torch.autograd.grad(out[0, :, row, column].sum(), x, retain_graph=True)
        seen = slope[0].abs().sum(0).flatten()
        assert not seen[position:].any()
        if position:
            assert seen[position - 1] > 0 or column == 0


def test_the_first_window_sees_exactly_its_24_taps() -> None:
    config = replace(SMALL, blocks=1)
    net = made(config)
    x = planes(images(1, 3, 9, 11), 256).double().requires_grad_(True)
    (slope,) = torch.autograd.grad(net.first(x)[0, :, 5, 5].sum(), x)
    seen = torch.zeros(9, 11, dtype=torch.bool)
    seen[2:5, 2:9] = True
    seen[5, 2:5] = True
    assert torch.equal(slope[0].abs().sum(0) > 0, seen)
    assert config.first_taps == int(seen.sum()) == 24


def test_a_blocks_window_sees_five_above_and_three_of_its_own_row() -> None:
    torch.manual_seed(0)
    window = CausalWindow(4, 5, rows=1, reach=2, strict=False)
    x = torch.randn(1, 4, 6, 8, requires_grad=True)
    (slope,) = torch.autograd.grad(window(x)[0, :, 3, 4].sum(), x)
    seen = torch.zeros(6, 8, dtype=torch.bool)
    seen[2, 2:7] = True
    seen[3, 2:5] = True
    assert torch.equal(slope[0].abs().sum(0) > 0, seen)
    assert window.taps == SMALL.taps == 8


def test_a_window_is_one_product_with_its_taps_in_raster_order() -> None:
    torch.manual_seed(0)
    window = CausalWindow(4, 5, rows=1, reach=2, strict=False).double()
    x = torch.randn(1, 4, 6, 8, dtype=torch.float64)
    taps = [(2, column) for column in range(2, 7)] + [(3, column) for column in range(2, 5)]
    flat = torch.cat([x[0, :, row, column] for row, column in taps])
    expected = window.weight @ flat + window.bias
    torch.testing.assert_close(window(x)[0, :, 3, 4], expected)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("size", [(1, 1), (1, 6), (6, 1), (2, 3), (5, 12)])
def test_any_size_and_any_count_of_channels_give_outputs_of_the_images_size(
    channels: int, size: tuple[int, int]
) -> None:
    config = replace(SMALL, channels=channels)
    out = network(config, images(2, channels, *size))
    assert out.shape == (2, 7, *size)
    assert bool(torch.isfinite(out).all())


@pytest.mark.parametrize("size", [(1, 6), (6, 1), (3, 4)])
def test_the_upper_part_of_an_image_is_predicted_as_by_itself(size: tuple[int, int]) -> None:
    values = images(1, 3, 6, 6)
    whole = network(SMALL, values)
    rows = network(SMALL, values[:, :, : size[0]])
    torch.testing.assert_close(rows, whole[:, :, : size[0]])


def test_an_edge_is_told_from_a_dark_neighbour() -> None:
    middle = torch.full((1, 3, 9, 9), 0)
    out = network(SMALL, middle)
    assert not torch.allclose(out[0, :, 8, 8], out[0, :, 0, 0])


def test_planes_run_from_minus_one_to_one_for_any_number_of_levels() -> None:
    for levels in (2, 17, 256, 65_536):
        values = torch.tensor([0, levels - 1]).view(1, 1, 1, 2)
        found = planes(values, levels)
        assert torch.equal(found[0, 0, 0], torch.tensor([-1.0, 1.0]))
        assert torch.equal(found[0, 1, 0], torch.ones(2))


def test_a_latent_is_a_bias_that_is_the_same_everywhere() -> None:
    config = replace(SMALL, latent_dim=3)
    net = made(config)
    x = planes(images(1, 3, 12, 16), 256).double()
    x[:] = x[:, :, :1, :1]  # far from the edges, all pixels look alike
    a, b = (net(x, torch.full((1, 3), value, dtype=torch.float64)) for value in (0.0, 2.0))
    inner = (b - a)[0, :, 9:, 7:9]
    assert bool((inner.abs() > 1e-6).any())
    torch.testing.assert_close(inner, inner[:, :1, :1].expand_as(inner))


def test_a_latent_of_nought_is_no_latent() -> None:
    net, plain = made(replace(SMALL, latent_dim=3)), made()
    plain.load_state_dict(net.state_dict(), strict=False)
    x = planes(images(2, 3, 4, 5), 256).double()
    torch.testing.assert_close(net(x, torch.zeros(2, 3, dtype=torch.float64)), plain(x))


def test_a_latent_goes_with_a_network_that_has_latents_and_with_no_other() -> None:
    x = planes(images(1, 3, 2, 2), 256).double()
    with pytest.raises(ModelError, match="latent"):
        made()(x, torch.zeros(1, 3, dtype=torch.float64))
    with pytest.raises(ModelError, match="latent"):
        made(replace(SMALL, latent_dim=3))(x)


def test_places_move_the_first_features_by_row_and_column() -> None:
    net, plain = made(replace(SMALL, size=(4, 5))), made()
    plain.load_state_dict(net.state_dict(), strict=False)
    x = planes(images(2, 3, 4, 5), 256).double()
    assert net.place is not None and not net.place.weight.any()
    torch.testing.assert_close(net(x), plain(x))
    torch.nn.init.normal_(net.place.weight)
    rows, columns = net.place.weight[:, :4], net.place.weight[:, 4:]
    moved = net.placed(plain.first(x)) - plain.first(x)
    for row, column in ((0, 0), (3, 4), (1, 2)):
        wanted = (rows[:, row] + columns[:, column]).expand(2, -1)
        torch.testing.assert_close(moved[:, :, row, column], wanted)


@pytest.mark.parametrize(
    "change",
    [
        {"channels": 5}, {"channels": 0}, {"width": 0}, {"columns": 4}, {"latent_dim": -1},
        {"size": (0, 5)}, {"size": (5, 65)},
    ],
)  # fmt: skip
def test_sizes_without_a_network_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ModelError):
        replace(SMALL, **change)


def test_the_products_of_the_whole_network_are_those_of_its_weights() -> None:
    config = CausalResNetConfig(channels=3, outputs=58)
    weights = sum(value.numel() for name, value in CausalResNet(config).named_parameters()
                  if name.endswith("weight"))  # fmt: skip
    assert config.products == weights
