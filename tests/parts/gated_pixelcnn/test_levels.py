"""Images of any levels: all engines give the same integers, pixels known or not, in any batch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from plain_gated import full_pass, planes
from tiny import frozen
from tiny_gated import HEIGHT, LATENT_REACH, WIDTH, as_planes, networks
from tiny_resnet import Ints, Pixels, images

from acncodec.contracts.pixel_network import PixelPass
from acncodec.engines.choice import VARIABLE
from acncodec.engines.int16.tile import lanes
from acncodec.errors import FreezeError
from acncodec.heads.logistic_mixture import SCALES
from acncodec.parts.gated_pixelcnn.device import DeviceDecoder, DevicePass
from acncodec.parts.gated_pixelcnn.exact import ExactDecoder
from acncodec.parts.gated_pixelcnn.float64 import Float64Pass
from acncodec.parts.gated_pixelcnn.int16 import Int16Pass
from acncodec.parts.passes import score_rows
from acncodec.parts.planes import plane_operands

needs_int16 = pytest.mark.skipif(not lanes(), reason="this processor has no product of int16")
ENGINES = ("float64", "device", pytest.param("int16", marks=needs_int16))


def begun(engine: str, exact: ExactDecoder, z: Ints, levels: int) -> PixelPass:
    condition, operands = exact.condition(z), plane_operands(levels)
    if engine == "float64":
        return Float64Pass(exact.float64, condition, operands)
    if engine == "device":
        return DevicePass(DeviceDecoder(exact, "cpu"), condition, operands)
    assert exact.int16 is not None
    return Int16Pass(exact.int16, condition, operands)


def plain(exact: ExactDecoder, z: Ints, pixels: Pixels, levels: int) -> Ints:
    """All outputs by their definition, (H, W, n, O)."""
    sizes = [len(group.affine.weight) for group in exact.outputs]
    ups = np.repeat([group.up for group in exact.outputs], sizes)
    found: Ints = full_pass(exact, z, planes(pixels, levels)).transpose(1, 2, 0, 3) << ups
    return found


def given(
    exact: ExactDecoder, count: int, levels: int, seed: int
) -> tuple[Pixels, Ints]:  # fmt: skip
    dim = 0 if exact.conditioner is None else exact.conditioner.linear.weight.shape[1]
    rng = np.random.default_rng(seed)
    z = rng.integers(-LATENT_REACH, LATENT_REACH + 1, (count, dim))
    return images(count, exact.planes - 1, HEIGHT, WIDTH, levels, seed), z


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("channels", "levels", "latents"),
    [(1, 256, False), (2, 2, False), (3, 256, False), (3, 17, True), (4, 1 << 16, False)],
)
def test_scoring_equals_a_plain_full_pass(
    channels: int, levels: int, latents: bool, engine: str
) -> None:
    _, exact = networks(channels, latents=latents)
    pixels, z = given(exact, 7, levels, seed=1)
    wanted = plain(exact, z, pixels, levels)
    assert np.array_equal(score_rows(begun(engine, exact, z, levels), pixels), wanted)
    assert len(np.unique(wanted)) > 100


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "sizes",
    [
        {"decoder_filters": 7, "head_filters": 9},
        {"decoder_filters": 33, "decoder_blocks": 1, "head_filters": 1},
        {"vertical_kernel": (1, 1), "horizontal_kernel": 1, "decoder_blocks": 1},
        {"input_vertical_kernel": (4, 1), "input_horizontal_kernel": 7},
        {"channels": 2, "vertical_kernel": (3, 5), "horizontal_kernel": 3, "components": 4},
    ],
)
def test_engines_agree_on_nets_of_any_shape(sizes: dict[str, Any], engine: str) -> None:
    _, exact = networks(**sizes)
    pixels, z = given(exact, 7, 256, seed=3)
    found = score_rows(begun(engine, exact, z, 256), pixels)
    assert np.array_equal(found, plain(exact, z, pixels, 256))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("latents", [False, True])
def test_decoding_pixel_by_pixel_gives_what_scoring_gives(latents: bool, engine: str) -> None:
    _, exact = networks(3, latents=latents)
    pixels, z = given(exact, 9, 256, seed=7)
    wanted = plain(exact, z, pixels, 256)
    for rows in (slice(0, 9), slice(2, 9), slice(4, 5)):
        run = begun(engine, exact, z[rows], 256)
        for row in range(HEIGHT):
            run.begin_row(row)
            for column in range(WIDTH):
                found = run.outputs(row, column, column + 1)
                assert np.array_equal(found[0], wanted[row, column, rows])
                run.put(row, column, column + 1, pixels[rows, :, row, column : column + 1])


@pytest.mark.parametrize("engine", ["float64", pytest.param("int16", marks=needs_int16)])
def test_the_engine_that_is_asked_for_is_used(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, engine)
    _, exact = networks(3)
    pixels, z = given(exact, 5, 40, seed=4)
    network = exact.sized(HEIGHT, WIDTH, 40)
    assert exact.engine_on("cpu") == engine and (network.levels, network.span) == (40, 1)
    assert bool(exact.compiled_matrices) == (engine == "float64")
    assert isinstance(network.start(z), Float64Pass if engine == "float64" else Int16Pass)
    assert np.array_equal(network.score(z, pixels), plain(exact, z, pixels, 40))
    among = exact.ragged(40).start(WIDTH, z)
    among.begin_row(0)
    among.put(0, 0, WIDTH, pixels[:, :, 0])
    assert np.array_equal(among.outputs(0, 0, WIDTH, 5), plain(exact, z, pixels, 40)[0])


def test_an_output_depends_on_no_later_pixel_and_on_no_other_image() -> None:
    _, exact = networks(3)
    pixels, z = given(exact, 4, 256, seed=9)
    network = exact.sized(HEIGHT, WIDTH, 256)
    before = network.score(z, pixels).reshape(HEIGHT * WIDTH, 4, -1)
    changed = pixels.copy().reshape(4, 3, -1)
    at = 13
    changed[1, :, at:] ^= 255
    after = network.score(z, changed.reshape(pixels.shape)).reshape(HEIGHT * WIDTH, 4, -1)
    same = (after == before).all(-1)
    assert same[: at + 1].all() and same[:, [0, 2, 3]].all() and not same[at + 1, 1]


@pytest.mark.parametrize(("channels", "levels"), [(1, 17), (3, 256), (4, 1 << 16)])
def test_the_exact_copy_is_close_to_the_float_network(channels: int, levels: int) -> None:
    net, exact = networks(channels, levels)
    pixels, z = given(exact, 6, levels, seed=5)
    with torch.no_grad():
        outputs = net(as_planes(pixels, levels), torch.zeros(6, 0))
    wanted = outputs.numpy().transpose(2, 3, 0, 1)
    sizes = net.config.head.sizes  # type: ignore[attr-defined]
    scales = np.exp2(np.repeat(SCALES, sizes).astype(float))
    rough = np.abs(exact.sized(HEIGHT, WIDTH, levels).score(z, pixels) / scales - wanted)
    # Log-scales stand at 2^8, and logits at 2^10: they round to that.
    assert (rough < 4e-3 * np.abs(wanted).max() + 0.5 / scales).all()
    assert wanted.std() > 0.1


def test_a_size_or_a_number_of_levels_that_it_has_not_is_refused() -> None:
    _, exact = networks(1)
    with pytest.raises(FreezeError, match="5x6 images; there are 6x5"):
        exact.sized(WIDTH, HEIGHT, 256)
    for levels in (1, (1 << 16) + 1):
        with pytest.raises(FreezeError, match="levels"):
            exact.sized(HEIGHT, WIDTH, levels)
    with pytest.raises(FreezeError, match="how many levels"):
        exact.start(np.zeros((1, 0), np.int64))
    with pytest.raises(FreezeError, match="4 columns"):
        exact.ragged(256).start(4, np.zeros((1, 0), np.int64))
    with pytest.raises(FreezeError, match="binary"):
        frozen(1, "pixelcnn").decoder.sized(8, 8, 2)
