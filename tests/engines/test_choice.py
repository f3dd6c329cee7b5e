"""Both engines give the same integers; what is not exact is not used."""

from __future__ import annotations

import numpy as np
import pytest
from numba import config, njit
from numpy.typing import NDArray
from tiny import BASELINES, blobs, frozen

from acncodec.arithmetic.fixed import OPERAND_MAX, Affine
from acncodec.arithmetic.tables import tables
from acncodec.engines import choice as engines
from acncodec.engines.choice import VARIABLE, build_program, chosen, is_exact, wanted_engine
from acncodec.engines.int16 import calls, gate, program, tile
from acncodec.engines.int16.layer_plan import Piece, plan_layer
from acncodec.engines.int16.tile import lanes
from acncodec.errors import ExactnessError
from acncodec.latents.gaussian_prices import grid_samples
from acncodec.models import selftest
from acncodec.models.encode import encode_images
from acncodec.models.frozen import FrozenModel
from acncodec.parts.gated_pixelcnn import int16_kernels
from acncodec.parts.gated_pixelcnn.exact import ExactDecoder
from acncodec.parts.gated_pixelcnn.int16 import Int16Pass, plan_decoder
from acncodec.run.workers import Workers

needs_int16 = pytest.mark.skipif(not lanes(), reason="this processor has no product of int16")


def force(monkeypatch: pytest.MonkeyPatch, engine: str) -> None:
    monkeypatch.setenv(VARIABLE, engine)


def logits_of(model: FrozenModel, images: NDArray[np.uint8]) -> NDArray[np.int64]:
    with Workers(1, 256) as workers:
        z = grid_samples(encode_images(model, images, workers), seed=1)
    return model.decoder.score(z, images)


@needs_int16
@pytest.mark.parametrize("kind", ["acn", *BASELINES])
@pytest.mark.parametrize("shape", [(8, 8), (7, 11)])
def test_engines_agree_on_every_kind_of_model(
    kind: str, shape: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = frozen(3, kind, *shape)
    images = blobs(13, 5, *shape)
    force(monkeypatch, "float64")
    slow = logits_of(model, images)
    force(monkeypatch, "int16")
    fast = logits_of(model, images)
    assert np.array_equal(slow, fast) and fast.std() > 50
    for rows in (slice(0, 1), slice(2, 8), slice(3, 10)):
        with Workers(1, 256) as workers:
            z = grid_samples(encode_images(model, images, workers), seed=1)
        assert np.array_equal(model.decoder.score(z[rows], images[rows]), fast[rows])


@needs_int16
def test_the_fast_engine_is_what_is_used(
    tiny_model: FrozenModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    decoder = tiny_model.decoder
    assert isinstance(decoder, ExactDecoder)
    assert isinstance(decoder.start(np.zeros((1, 4), np.int64)), Int16Pass)
    force(monkeypatch, "float64")
    assert not isinstance(decoder.start(np.zeros((1, 4), np.int64)), Int16Pass)
    selftest.check_products(tiny_model)


def test_an_unknown_engine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    force(monkeypatch, "int8")
    with pytest.raises(ExactnessError, match="int16"):
        wanted_engine()


def test_what_is_not_there_cannot_be_forced(monkeypatch: pytest.MonkeyPatch) -> None:
    force(monkeypatch, "int16")
    with pytest.raises(ExactnessError, match="allow"):
        chosen(None)
    force(monkeypatch, "auto")
    assert chosen(None) is None


@needs_int16
def test_a_wrong_product_is_noticed(
    tiny_model: FrozenModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A product that saturates, as some processors' do, differs for the largest operands alone."""
    decoder = tiny_model.decoder
    assert isinstance(decoder, ExactDecoder)

    def saturating(*arguments: object) -> None:
        calls.multiply(*arguments)
        high = arguments[3]
        assert isinstance(high, np.ndarray)
        np.minimum(high, high.max() - 1, out=high)

    def one_less(*arguments: object) -> None:
        calls.multiply_to_operands(*arguments)
        out = arguments[4]
        assert isinstance(out, np.ndarray)
        np.minimum(out, OPERAND_MAX - 1, out=out)

    assert build_program(plan_decoder(decoder)) is not None
    for name, wrong in (("multiply", saturating), ("multiply_to_operands", one_less)):
        with monkeypatch.context() as patched:
            patched.setattr(engines, name, wrong)
            assert build_program(plan_decoder(decoder)) is None


def test_without_the_instructions_there_is_no_program(
    tiny_model: FrozenModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoder = tiny_model.decoder
    assert isinstance(decoder, ExactDecoder)
    monkeypatch.setattr(engines, "lanes", lambda: 0)
    assert build_program(plan_decoder(decoder)) is None


@pytest.mark.parametrize("name", ["CPU_NAME", "CPU_FEATURES", "DISABLE_JIT"])
def test_what_numba_is_told_of_the_processor_is_heeded(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, name, "generic")
    assert lanes() == 0


def layer(inputs: int, outputs: int, shift: int, lifts: tuple[int, ...]) -> Affine:
    """Weights as large as they may be, signs at random, so that every bound is met."""
    rng = np.random.default_rng(inputs)
    weight = OPERAND_MAX * rng.choice([-1, 1], (outputs, inputs))
    lift = np.repeat(lifts, -(-inputs // len(lifts)))[:inputs]
    bias = rng.integers(-(1 << shift + 14), 1 << shift + 14, outputs)
    return Affine(weight.astype(np.int16), lift.astype(np.uint8), bias, shift)


@needs_int16
@pytest.mark.parametrize(
    ("inputs", "outputs", "shift", "lifts"),
    [
        (1, 1, 0, (0,)),
        (7, 5, 3, (0,)),
        (32, 64, 14, (0,)),
        (496, 64, 15, (0,)),
        (496, 130, 15, (0, 5)),
        (864, 96, 16, (4, 0, 2)),
        (3000, 16, 20, (0,)),
        (40, 33, 28, (2, 2)),
    ],
)
def test_the_largest_sums_are_exact(
    inputs: int, outputs: int, shift: int, lifts: tuple[int, ...]
) -> None:
    affine = layer(inputs, outputs, shift, lifts)
    size = -(-inputs // len(lifts))
    ends = [*range(size, inputs, size), inputs]
    pieces = [
        Piece(0, tap, end - start)
        for tap, (start, end) in enumerate(zip([0, *ends], ends, strict=False))
    ]
    plan = plan_layer(affine, pieces)
    assert plan is not None
    built = build_program([plan])
    assert built is not None and is_exact(built, 0, plan)
    # Every sum between two divisions stays within 32 bits, taken at its worst.
    held = 0
    for pairs, cut, up in zip(plan.pairs, plan.shifts, plan.ups, strict=True):
        held += 2 * int(pairs) * OPERAND_MAX**2
        assert held + (1 << shift) < 1 << 31
        if cut >= 0:
            held = ((1 << int(cut)) - 1) << int(up)


def test_layers_that_cannot_be_cut_are_left_to_float64() -> None:
    weight = np.ones((2, 4), np.int16)
    bias = np.zeros(2, np.int64)

    def plan(lifts: list[int], shift: int, bias: NDArray[np.int64] = bias) -> object:
        return plan_layer(Affine(weight, np.array(lifts, np.uint8), bias, shift), [Piece(0, 0, 4)])

    assert plan([0, 0, 0, 0], 10) is not None
    assert plan([0, 0, 0, 1], 10) is None  # one piece, two lifts
    assert plan([11, 11, 11, 11], 10) is None  # the lift is above the shift
    assert plan([0, 0, 0, 0], 30) is None
    assert plan([0, 0, 0, 0], 4, np.full(2, 1 << 40)) is None  # the result needs 36 bits


@needs_int16
def test_registers_of_eight_sums_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a processor without AVX-512 runs, compiled anew from the same source."""
    monkeypatch.setattr(tile, "lanes", lambda: 8)
    monkeypatch.setattr(gate, "lanes", lambda: 8)
    addresses = njit(tile.tile_addresses.py_func)
    tile.define_tiles(addresses)
    monkeypatch.setattr(calls, "_place_of", njit(calls._place_of.py_func))
    monkeypatch.setattr(calls, "new_calls", njit(calls.new_calls.py_func))
    multiply, clamped, gates = (
        njit(one.py_func)
        for one in (calls.multiply, calls.multiply_to_operands, int16_kernels._gates)
    )
    for shape in ((96, 64, 15, (0, 3)), (70, 32, 14, (0,)), (33, 16, 13, (0,))):
        affine = layer(*shape)
        sizes = [affine.weight.shape[1] // len(shape[3])] * len(shape[3])
        plan = plan_layer(affine, [Piece(0, tap, size) for tap, size in enumerate(sizes)])
        assert plan is not None
        monkeypatch.setattr(engines, "multiply", multiply)
        monkeypatch.setattr(engines, "multiply_to_operands", clamped)
        assert is_exact(program.join([plan]), 0, plan)
    rng = np.random.default_rng(0)
    high = rng.integers(-40000, 40000, (tile.ROWS + 1, 64)).astype(np.int32)
    table = tables().tanh
    eight, now = (np.zeros((tile.ROWS, 32), np.int32) for _ in range(2))
    place, apart = high.ctypes.data, high.strides[0]
    gates(place, apart, 32, table, eight)
    int16_kernels._gates(place, apart, 32, table, now)
    a, b = high[: tile.ROWS, :32], high[: tile.ROWS, 32:] >> 1
    left, right = (table[x.clip(-16384, 16384) + 16384] for x in (a, b))
    assert np.array_equal(eight, left * (16384 + right)) and np.array_equal(now, eight)
