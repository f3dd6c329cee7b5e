"""The any-size encoder: its integers are those of the page, close to the floats, for any size."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest
import torch
from tiny_resnet import Ints, Pixels, images

from acncodec.arithmetic.tensors import check_tensors
from acncodec.engines.choice import VARIABLE
from acncodec.engines.conv import ExactConv
from acncodec.engines.int16.tile import lanes
from acncodec.errors import FreezeError, ModelError
from acncodec.parts.average_encoder.exact import MOST_LIFT, ExactAverageEncoder
from acncodec.parts.average_encoder.freeze import FINEST, freeze_average_encoder, measure
from acncodec.parts.average_encoder.net import AverageEncoder
from acncodec.parts.average_encoder.tensors import (
    average_encoder_schema,
    average_encoder_tensors,
    read_average_encoder,
)
from acncodec.parts.causal_resnet.net import planes

CLAMP = 1000
SIZES = ((1, 1), (1, 9), (9, 1), (2, 3), (7, 10), (40, 33))
ENGINES = (
    pytest.param("int16", marks=pytest.mark.skipif(not lanes(), reason="no product of int16")),
    "float64",
)


@dataclass(frozen=True)
class Sizes:
    channels: int
    latent_dim: int = 5
    encoder_channels: tuple[int, ...] = (6, 8, 9)
    encoder_strides: tuple[int, ...] = (2, 1, 2)


def seen(pixels: Pixels, levels: int) -> torch.Tensor:
    return planes(torch.from_numpy(pixels.astype(np.int64)), levels)


@cache
def networks(channels: int) -> tuple[AverageEncoder, ExactAverageEncoder]:
    """The float network, with codes of some posterior deviations, and its exact copy."""
    torch.manual_seed(channels)
    net = AverageEncoder(Sizes(channels)).eval()
    with torch.no_grad():
        net.out.weight.mul_(8)
        for layer in net.layers:
            layer.bias.normal_(std=0.2)
    batches = [seen(images(5, channels, *size, 256, seed=5), 256) for size in SIZES]
    return net, freeze_average_encoder(net, measure(net, batches), CLAMP)


def plain(exact: ExactAverageEncoder, pixels: Pixels, levels: int) -> Ints:
    """Place by place in Python's integers, as the format has it."""

    def layer(affine: object, inputs: Ints) -> Ints:
        lifted = affine.weight.astype(np.int64) << affine.lift.astype(np.int64)  # type: ignore[attr-defined]
        sums = lifted @ inputs + affine.bias + ((1 << affine.shift) >> 1)  # type: ignore[attr-defined]
        return sums >> affine.shift  # type: ignore[attr-defined,no-any-return]

    def conv(conv: ExactConv, x: Ints) -> Ints:
        pad = conv.kernel // 2
        around = np.pad(x, ((pad, pad), (pad, pad), (0, 0)))
        return np.stack(
            [
                [
                    layer(conv.affine, around[r : r + conv.kernel, c : c + conv.kernel].ravel())
                    for c in range(0, x.shape[1], conv.stride)
                ]
                for r in range(0, x.shape[0], conv.stride)
            ]
        ).clip(0, 16383)

    top, codes = levels - 1, []
    for image in pixels.astype(np.int64):
        values = (2 * (2 * image - top) * 8192 + top) // (2 * top)
        x = np.concatenate([values, np.full((1, *image.shape[1:]), 8192)]).transpose(1, 2, 0)
        for one in exact.layers:
            x = conv(one, x)
        places = x.shape[0] * x.shape[1]
        sums = [int(total) << exact.average_lift for total in x.sum((0, 1))]
        average = np.array([min((2 * s + places) // (2 * places), 16383) for s in sums])
        codes.append(layer(exact.out, average).clip(-exact.code_reach, exact.code_reach))
    return np.array(codes)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_integers_are_those_of_the_page_for_any_size(
    channels: int, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, engine)
    _, exact = networks(channels)
    for size in SIZES[:-1]:
        pixels = images(3, channels, *size, 256, seed=7)
        assert np.array_equal(exact.codes(pixels, 256), plain(exact, pixels, 256))


@pytest.mark.parametrize("levels", [2, 17, 256, 65536])
def test_integers_are_close_to_floats(levels: int) -> None:
    for channels in (1, 3):
        net, exact = networks(channels)
        for size in SIZES:
            pixels = images(4, channels, *size, levels, seed=8)
            with torch.no_grad():
                codes = net(seen(pixels, levels)).numpy()
            assert np.abs(codes).max() > 0.5
            assert np.abs(exact.codes(pixels, levels) / 8 - codes).max() < 0.5 / 8 + 0.02


@pytest.mark.parametrize("engine", ENGINES)
def test_codes_do_not_depend_on_what_is_encoded_beside(
    engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, engine)
    monkeypatch.setattr("acncodec.parts.average_encoder.exact.PIXELS_AT_ONCE", 2 * 40 * 33)
    monkeypatch.setattr("acncodec.engines.conv.PLACES", 100)
    _, exact = networks(3)
    pixels = images(7, 3, 40, 33, 256, seed=9)
    apart = [exact.codes(pixels[row : row + 1], 256) for row in range(7)]
    monkeypatch.undo()
    assert np.array_equal(exact.codes(pixels, 256), np.concatenate(apart))
    assert len(exact.codes(pixels[:0], 256)) == 0


def test_an_average_is_rounded_halves_upwards() -> None:
    exact = replace(networks(1)[1], average_lift=0)
    x = np.array([[3, 0], [0, 0], [2, 7]], np.int16).reshape(1, 1, 3, 2)
    assert exact.average(x).tolist() == [[2, 2]]  # 5/3, 7/3
    assert exact.average(x[:, :, :2]).tolist() == [[2, 0]]  # 3/2
    assert replace(exact, average_lift=2).average(x).tolist() == [[7, 9]]  # 20/3, 28/3
    full = np.full((1, 5, 7, 3), 16383, np.int16)
    assert exact.average(full).tolist() == [[16383] * 3]
    assert replace(exact, average_lift=MOST_LIFT).average(full).tolist() == [[16383] * 3]


def test_the_largest_average_does_not_leave_63_bits() -> None:
    assert (2 * ((16383 << 32) << MOST_LIFT) + (1 << 32)) < 1 << 62


def test_averages_get_a_scale_of_their_own() -> None:
    net, exact = networks(3)
    reaches = measure(net, [seen(images(5, 3, 7, 10, 256, seed=5), 256)])
    low = freeze_average_encoder(net, [*reaches[:-1], reaches[-1] / 4], CLAMP)
    wide = freeze_average_encoder(net, reaches, CLAMP)
    assert low.average_lift == wide.average_lift + 2
    dead = freeze_average_encoder(net, [0.0] * len(reaches), CLAMP)
    assert dead.average_lift == FINEST - 14 and exact.code_reach == CLAMP


def test_codes_are_clamped() -> None:
    exact = replace(networks(3)[1], code_reach=3)
    codes = exact.codes(images(20, 3, 7, 10, 256, seed=1), 256)
    assert (codes.min(), codes.max()) == (-3, 3)


def test_multiply_adds_are_those_of_all_layers() -> None:
    _, exact = networks(3)
    kernels = ((25 * 4, 6), (9 * 6, 8), (9 * 8, 9))
    places = (20 * 17, 20 * 17, 10 * 9)
    wanted = sum(a * b * n for (a, b), n in zip(kernels, places, strict=True)) + 9 * 5
    assert exact.macs((40, 33)) == wanted


def test_an_encoder_comes_back_from_its_tensors() -> None:
    _, exact = networks(3)
    tensors = average_encoder_tensors(exact)
    check_tensors(average_encoder_schema(Sizes(3)), tensors)
    back = read_average_encoder(Sizes(3), tensors)
    pixels = images(3, 3, 7, 10, 256, seed=1)
    assert np.array_equal(exact.codes(pixels, 256), back.codes(pixels, 256))
    for name, value in (("average_lift", 15), ("average_lift", -1), ("code_reach", 0)):
        wrong = tensors | {f"encoder.{name}": np.array(value)}
        with pytest.raises(ModelError, match="is not in"):
            check_tensors(average_encoder_schema(Sizes(3)), wrong)
    with pytest.raises(ModelError, match="config says"):
        check_tensors(average_encoder_schema(Sizes(1)), tensors)
    far = tensors | {"encoder.1.bias": np.full(8, 1 << 53)}
    with pytest.raises(ModelError, match=r"encoder\.1"):
        read_average_encoder(Sizes(3), far)


def test_images_without_levels_are_refused() -> None:
    with pytest.raises(FreezeError, match="levels"):
        networks(1)[1].codes(images(1, 1, 2, 2, 2, seed=1), 1)
