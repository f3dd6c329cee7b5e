"""All engines give the same integers, known pixels or not, in any batch and for any size."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from tiny_resnet import GROUPS, Ints, Pixels, as_planes, images, latents, networks

from acncodec.contracts.pixel_network import PixelPass
from acncodec.engines.choice import VARIABLE
from acncodec.engines.int16.tile import lanes
from acncodec.errors import FreezeError
from acncodec.parts.causal_resnet.exact import ExactCausalResNet
from acncodec.parts.causal_resnet.float64 import Float64Pass
from acncodec.parts.causal_resnet.int16 import Int16Pass
from acncodec.parts.passes import score_rows

needs_int16 = pytest.mark.skipif(not lanes(), reason="this processor has no product of int16")
SIZES = ((1, 1), (1, 9), (9, 1), (2, 3), (7, 10))


def slow(exact: ExactCausalResNet, pixels: Pixels, levels: int, z: Ints) -> Ints:
    return score_rows(Float64Pass(exact, pixels.shape[3], levels, z), pixels)


def fast(exact: ExactCausalResNet, pixels: Pixels, levels: int, z: Ints) -> Ints:
    assert exact.int16 is not None
    return score_rows(Int16Pass(exact.int16, pixels.shape[3], levels, z), pixels)


def plain(exact: ExactCausalResNet, pixels: Pixels, levels: int, z: Ints) -> Ints:
    """Feature map after feature map in int64, as the module's docstring has it: (H, W, n, O)."""
    n, _, height, width = pixels.shape

    def product(x: Ints, layer: object) -> Ints:
        lifted = layer.weight.astype(np.int64) << layer.lift.astype(np.int64)  # type: ignore[attr-defined]
        return x @ lifted.T + layer.bias + ((1 << layer.shift) >> 1)  # type: ignore[attr-defined]

    def result(x: Ints, layer: object) -> Ints:
        return product(x, layer) >> layer.shift  # type: ignore[attr-defined]

    def clamp(x: Ints) -> Ints:
        return x.clip(-16383, 16383)

    def windows(x: Ints, rows: int, reach: int, here: int) -> Ints:
        padded = np.pad(x, ((0, 0), (rows, 0), (reach, reach), (0, 0)))
        taps = [(r, c) for r in range(rows) for c in range(2 * reach + 1)]
        taps += [(rows, c) for c in range(reach + here)]
        return np.concatenate([padded[:, r : r + height, c : c + width] for r, c in taps], -1)

    top = levels - 1
    seen = (2 * (2 * pixels.astype(np.int64) - top) * 8192 + top) // (2 * top)
    x = np.concatenate([seen, np.full((n, 1, height, width), 8192)], 1).transpose(0, 2, 3, 1)
    x = clamp(result(windows(x, exact.first_reach, exact.first_reach, 0), exact.first))
    if exact.place is not None:
        rows, columns = np.mgrid[:height, :width]
        told = (np.eye(height)[rows], np.eye(width)[columns])
        x = clamp(x + clamp(result(np.concatenate(told, -1).astype(np.int64) << 13, exact.place)))
    for block, up in zip(exact.blocks, exact.ups, strict=True):
        t = clamp(result(windows(x, 1, exact.columns // 2, 1), block.window))
        wide = result(t, block.widen)
        if block.condition is not None:
            given = result(z << exact.latent_lift, block.condition)
            wide = wide + clamp(given)[:, None, None]
        total = (x << up) + product(clamp(np.maximum(wide, 0)), block.narrow)
        x = clamp(total >> block.narrow.shift)
    found = [result(np.maximum(x, 0), group.affine) << group.up for group in exact.outputs]
    return np.concatenate(found, -1).transpose(1, 2, 0, 3)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("channels", "dim"), [(1, 0), (3, 0), (3, 5), (4, 5)])
def test_scoring_equals_a_plain_full_pass(channels: int, dim: int, size: tuple[int, int]) -> None:
    _, exact = networks(channels, dim)
    pixels, z = images(5, channels, *size, 256, seed=1), latents(5, dim, seed=2)
    wanted = plain(exact, pixels, 256, z)
    assert np.array_equal(slow(exact, pixels, 256, z), wanted)
    if lanes():
        assert np.array_equal(fast(exact, pixels, 256, z), wanted)
    assert size == (1, 1) or len(np.unique(wanted)) > min(wanted.size, 200) // 2


@needs_int16
@pytest.mark.parametrize(
    "sizes",
    [
        {"width": 7, "hidden": 9},
        {"width": 33, "hidden": 5, "blocks": 1},
        {"columns": 1, "blocks": 1},
        {"columns": 7, "reach": 1, "blocks": 1},
        {"channels": 2, "reach": 2},
    ],
)
def test_engines_agree_on_nets_of_any_shape(sizes: dict[str, int]) -> None:
    _, exact = networks(**sizes)
    pixels, z = images(7, exact.channels, 5, 6, 256, seed=3), latents(7, 0, seed=0)
    assert np.array_equal(fast(exact, pixels, 256, z), plain(exact, pixels, 256, z))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("channels", "dim"), [(1, 0), (3, 0), (2, 5)])
def test_a_network_that_is_told_places_equals_a_plain_full_pass(
    channels: int, dim: int, size: tuple[int, int]
) -> None:
    _, exact = networks(channels, dim, size=size)
    pixels, z = images(7, channels, *size, 256, seed=1), latents(7, dim, seed=2)
    wanted = plain(exact, pixels, 256, z)
    assert np.array_equal(slow(exact, pixels, 256, z), wanted)
    if lanes():
        assert np.array_equal(fast(exact, pixels, 256, z), wanted)
    without = ExactCausalResNet(**told_no_places(exact))
    assert not np.array_equal(slow(without, pixels, 256, z), wanted)


def told_no_places(exact: ExactCausalResNet) -> dict[str, Any]:
    given = {one.name: getattr(exact, one.name) for one in fields(exact)}
    return given | {"place": None, "size": None}


def test_places_are_of_images_of_one_size() -> None:
    _, exact = networks(1, size=(5, 6))
    z = np.zeros((2, 0), np.int64)
    for size in ((6, 5), (5, 7), (4, 6)):
        with pytest.raises(FreezeError, match=r"places of images of \(5, 6\)"):
            exact.sized(*size, 256)
    with pytest.raises(FreezeError, match="places of 6 columns"):
        exact.ragged(256).start(7, z)
    assert exact.ragged(256).start(6, z) and exact.sized(5, 6, 2).start(z)


@needs_int16
@pytest.mark.parametrize("levels", [2, 3, 17, 257, 1 << 16])
def test_engines_agree_on_any_number_of_levels(levels: int) -> None:
    _, exact = networks(1)
    pixels, z = images(3, 1, 4, 5, levels, seed=4), latents(3, 0, seed=0)
    assert np.array_equal(fast(exact, pixels, levels, z), plain(exact, pixels, levels, z))


def incremental(run: PixelPass, pixels: Pixels) -> Ints:
    height, width = pixels.shape[2:]
    found = []
    for row in range(height):
        run.begin_row(row)
        for column in range(width):
            found.append(run.outputs(row, column, column + 1))
            run.put(row, column, column + 1, pixels[:, :, row, column : column + 1])
    return np.concatenate(found).reshape(height, width, len(pixels), -1)


@pytest.mark.parametrize("engine", ["float64", pytest.param("int16", marks=needs_int16)])
@pytest.mark.parametrize(("dim", "size"), [(0, None), (5, None), (0, (6, 5))])
def test_decoding_pixel_by_pixel_gives_what_scoring_gives(
    dim: int, size: tuple[int, int] | None, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, engine)
    _, exact = networks(3, dim, size=size)
    pixels, z = images(9, 3, 6, 5, 256, seed=7), latents(9, dim, seed=8)
    sized = exact.sized(6, 5, 256)
    assert exact.engine_on("cpu") == engine and sized.span == 1
    scored = sized.score(z, pixels)
    for rows in (slice(0, 9), slice(2, 9), slice(4, 5)):
        found = incremental(sized.start(z[rows]), pixels[rows])
        assert np.array_equal(found, scored[:, :, rows])


@needs_int16
def test_an_output_depends_on_no_later_pixel_and_on_no_other_image() -> None:
    _, exact = networks(3)
    pixels, z = images(4, 3, 6, 5, 256, seed=9), latents(4, 0, seed=0)
    before = fast(exact, pixels, 256, z)
    changed = pixels.copy().reshape(4, 3, -1)
    at = 13
    changed[1, :, at:] ^= 255
    after = fast(exact, changed.reshape(pixels.shape), 256, z).reshape(30, 4, -1)
    same = (after == before.reshape(30, 4, -1)).all(-1)
    assert same[: at + 1].all() and same[:, [0, 2, 3]].all() and not same[at + 1, 1]


@pytest.mark.parametrize(
    ("channels", "dim", "levels", "size"),
    [(1, 0, 17, None), (3, 5, 256, None), (4, 0, 1 << 16, None), (1, 0, 256, (9, 8))],
)
def test_the_exact_copy_is_close_to_the_float_network(
    channels: int, dim: int, levels: int, size: tuple[int, int] | None
) -> None:
    import torch

    net, exact = networks(channels, dim, levels=levels, size=size)
    pixels, z = images(6, channels, 9, 8, levels, seed=5), latents(6, dim, seed=6)
    given = torch.from_numpy(z / 8).float() if dim else None
    with torch.no_grad():
        wanted = net(as_planes(pixels, levels), given).numpy().transpose(2, 3, 0, 1)
    scales = np.concatenate([np.full(size, 2.0**scale) for size, scale in GROUPS])
    found = exact.sized(9, 8, levels).score(z, pixels) / scales
    # The last group stands at 2^8, and rounds to that.
    assert np.abs(found - wanted)[..., :-2].max() < 2e-3 * np.abs(wanted).max()
    assert np.abs(found - wanted)[..., -2:].max() < 2**-8


def test_sizes_that_no_image_has_are_refused() -> None:
    _, exact = networks(1)
    for size in ((0, 3, 256), (3, 0, 256), (3, 3, 1), (3, 3, (1 << 16) + 1)):
        with pytest.raises(FreezeError, match="pixel"):
            exact.sized(*size)
    with pytest.raises(FreezeError, match="latent"):
        exact.sized(3, 3, 256).start(np.zeros((1, 2), np.int64))
