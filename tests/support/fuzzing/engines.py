"""The target: coded models of hostile integers, through the int16 engine between known bytes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

import numpy as np
import torch
from guarded import Guard
from level_sets import tiny_acn, tiny_placed
from numpy.typing import NDArray
from tiny import frozen

from acncodec.engines.choice import VARIABLE
from acncodec.families import causal_resnet, gated_levels, pixelcnn
from acncodec.families.causal_resnet import ResNetConfig
from acncodec.families.gated_levels import GatedLevelsConfig
from acncodec.families.pixelcnn import PixelCNNConfig
from acncodec.heads.mixture_shape import CONSTANTS, NEIGHBOURS
from acncodec.learning.fitting import Fitted
from acncodec.models.build import freeze_model
from acncodec.models.coded import code_model, decode_model
from acncodec.models.coded.integers import Plan, plan_for
from acncodec.models.coded.payload import code_tensors
from acncodec.models.frozen import FrozenModel
from acncodec.parts.causal_resnet import int16 as any_size
from acncodec.parts.gated_pixelcnn import int16 as gated
from acncodec.run.memory import memory_errors
from fuzzing.mutations import BYTES, Mutation
from fuzzing.targets import Check, Target, demand

INT16, FLOAT64, LARGE = "through int16", "no int16 for it", "too large to be run here"
WORST = (-16383, -16382, -8191, -255, -1, 0, 1, 255, 8191, 16382, 16383)
SIZES = 40
"""Any-size networks of random sizes among the seeds; of gated ones of binary images there
are a quarter as many, of those of any levels an eighth, and a few are told places."""
LARGEST = 1 << 21
"""Multiply-adds of networks that are run."""

Tensors = dict[str, NDArray[Any]]


@cache
def models() -> tuple[FrozenModel, ...]:
    """Whole models of both parts that the engine has, of many sizes."""
    rng = Random(1)
    sized = tuple(_any_size(_sizes(rng), seed) for seed in range(SIZES))
    gated = *map(_gated, range(SIZES // 4)), *map(_gated_levels, range(SIZES // 8))
    placed = [tiny_placed(1 + seed, seed, 1 + seed, 6 - seed) for seed in range(4)]
    return (*sized, *placed, tiny_acn(1), tiny_acn(3), frozen(1), *gated)


def _sizes(rng: Random) -> ResNetConfig:
    spikes = (*NEIGHBOURS, *CONSTANTS)
    return ResNetConfig(
        channels=rng.randint(1, 4), width=rng.randint(1, 20), blocks=rng.randint(1, 3),
        hidden=rng.randint(1, 40), first_reach=rng.randint(1, 4), columns=rng.choice((1, 3, 5, 7)),
        components=rng.randint(1, 4), spikes=tuple(rng.sample(spikes, rng.randint(1, 8))),
    )  # fmt: skip


def _any_size(config: ResNetConfig, seed: int) -> FrozenModel:
    torch.manual_seed(seed)
    net = causal_resnet.build(config).eval()
    images = np.random.default_rng(seed).integers(0, 256, (20, config.channels, 6, 5))
    given = torch.from_numpy(images).float()
    return freeze_model(causal_resnet.FAMILY, net, Fitted(levels=256), given, f"r{seed}", {})


def _gated(seed: int) -> FrozenModel:
    config = PixelCNNConfig(**_gated_sizes(Random(seed)))
    torch.manual_seed(seed)
    net = pixelcnn.build(config).eval()
    images = np.random.default_rng(seed).integers(0, 2, (20, 1, config.height, config.width))
    given = torch.from_numpy(images).float()
    return freeze_model(pixelcnn.FAMILY, net, Fitted(), given, f"g{seed}", {})


def _gated_sizes(rng: Random) -> dict[str, Any]:
    return {
        "height": rng.randint(1, 6), "width": rng.randint(1, 7),
        "decoder_filters": rng.randint(1, 20),
        "vertical_kernel": (rng.randint(1, 3), rng.choice((1, 3, 5))),
        "decoder_blocks": rng.randint(1, 3), "horizontal_kernel": rng.randint(1, 4),
        "input_vertical_kernel": (rng.randint(1, 5), 3),
        "input_horizontal_kernel": rng.randint(1, 5), "head_filters": rng.randint(1, 20),
    }  # fmt: skip


def _gated_levels(seed: int) -> FrozenModel:
    rng = Random(100 + seed)
    channels, components = rng.randint(1, 4), rng.randint(1, 4)
    sizes = _gated_sizes(rng)
    config = GatedLevelsConfig(channels=channels, components=components, **sizes)
    torch.manual_seed(seed)
    net = gated_levels.build(config).eval()
    images = np.random.default_rng(seed).integers(0, 256, (20, *config.image_shape))
    given = torch.from_numpy(images).float()
    return freeze_model(gated_levels.FAMILY, net, Fitted(levels=256), given, f"l{seed}", {})


def hostile(rng: Random, tensors: Tensors) -> Tensors:
    """Some tensors changed: to what overflows, to what nobody would train, or by a little."""
    changed = dict(tensors)
    names = [name for name in tensors if name.startswith("decoder.")]
    draws = np.random.default_rng(rng.getrandbits(63))
    for name in rng.sample(names, rng.choice((1, 1, 2, 3, 5))):
        value = changed[name].copy()
        kind = name.rsplit(".", 1)[1]
        if kind == "weight":
            changed[name] = _weights(rng, draws, value)
        elif kind == "bias":
            most = 1 << rng.choice((4, 12, 20, 28, 31, 36, 52, 53))
            some = draws.random(value.shape) < rng.choice((0.1, 1.0))
            changed[name] = np.where(some, draws.integers(-most, most + 1, value.shape), value)
        elif value.ndim and kind == "lift":
            changed[name] = np.full_like(value, rng.choice((0, 1, 2, 5, 14, 40)))
        else:  # shifts, scales, ups, single numbers
            step = draws.integers(-3, 4, value.shape)
            moved = value.astype(np.int64) + step * rng.choice((1, 1, 5))
            changed[name] = np.clip(moved, 0, 48).astype(value.dtype)
    return changed


def _weights(
    rng: Random, draws: np.random.Generator, value: NDArray[Any]
) -> NDArray[Any]:  # fmt: skip
    worst = rng.choice(WORST)
    way = rng.randrange(4)
    if way == 0:
        return np.full_like(value, worst)
    if way == 1:
        return (draws.choice((-1, 1), value.shape) * worst).astype(value.dtype)
    some = draws.random(value.shape) < rng.choice((0.02, 0.3, 1.0))
    new = draws.integers(-16383, 16384, value.shape) if way == 2 else worst
    return np.where(some, new, value).astype(value.dtype)


def engine_target() -> Target:
    """Coded models whose bytes, or whose integers, were changed."""
    known = models()
    seeds = [code_model(model) for model in known]
    by_payload = dict(zip(seeds, known, strict=True))
    usual = {
        (value.shape, value.tobytes()): plan_for(value)
        for model in known
        for value in model.tensors().values()
    }

    def planned(value: NDArray[Any]) -> Plan:  # most tensors of a hostile model are as they were
        return usual.get((value.shape, value.tobytes())) or plan_for(value)

    def integers(rng: Random, given: Sequence[bytes]) -> bytes:
        model = by_payload[given[0]]
        return code_tensors(model.family, model.config, hostile(rng, model.tensors()), planned)

    ways: dict[str, Mutation] = {f"integers {part}": integers for part in range(3 * len(BYTES))}
    return Target("int16 engine", 1000, seeds, {**ways, **BYTES}, check_engine(known, trap=True))


def check_engine(known: Sequence[FrozenModel], *, trap: bool) -> Check:
    """The check of a coded model of the profile of `known[seed]`."""

    def check(data: bytes, seed: int, _repaired: bool) -> str:
        with memory_errors():
            model = decode_model(data, known[seed].profile, "hostile")
        if model.decoder.macs > LARGEST:
            return LARGE
        if model.decoder.int16 is None:
            return FLOAT64
        run_guarded(model, Random(len(data) * 1009 + sum(data[:4096])), trap=trap)
        return INT16

    return check


@dataclass(frozen=True, eq=False)
class Work:
    """Images and latents for one run, and whether pixels become known one by one."""

    pixels: NDArray[Any]
    z: NDArray[np.int64]
    levels: int
    one_by_one: bool


def run_guarded(model: FrozenModel, rng: Random, *, trap: bool) -> None:
    """Outputs by the int16 engine twice, between other bytes, and by float64.

    Raises `WrongOutputError` where known bytes changed, or outputs differ.
    """
    work, found = _work(model, rng), []
    for guard in (Guard(0x5A, at_end=True, trap=trap), Guard(0xA5, at_end=False, trap=trap)):
        with guard.within(any_size, gated), _guarded(model, guard):
            found.append(outputs(model, work))
        demand(guard.is_whole, "something was written beside a buffer")
    demand(np.array_equal(*found), "what lies beside a buffer was read")
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = "float64"
    try:
        demand(np.array_equal(found[0], outputs(model, work)), "float64 has other outputs")
    finally:
        os.environ.pop(VARIABLE)
        os.environ.update({} if before is None else {VARIABLE: before})


@contextmanager
def _guarded(model: FrozenModel, guard: Guard) -> Iterator[None]:
    """Within, all arrays of the decoder's program are guarded ones."""
    plain = model.decoder.int16
    arrays = {
        name: guard.copy(part)
        for name, part in plain.program._asdict().items()
        if isinstance(part, np.ndarray)
    }
    program = plain.program._replace(**arrays)
    model.decoder.__dict__["int16"] = type(plain)(model.decoder, program)
    try:
        yield
    finally:
        model.decoder.__dict__["int16"] = plain


def _work(model: FrozenModel, rng: Random) -> Work:
    count = rng.choice((1, 2, 5, 6, 7, 13))
    height, width = model.accepts.size or (rng.randint(1, 4), rng.randint(1, 6))
    levels = model.accepts.levels or rng.choice((2, 3, 256, 1000, 65536))
    draws = np.random.default_rng(rng.getrandbits(63))
    shape = count, model.accepts.channels, height, width
    pixels = draws.integers(0, levels, shape).astype(np.uint8 if levels <= 256 else np.uint16)
    latents = np.zeros((count, 0), np.int64)
    if model.config.latent_dim:
        reach = int(model.mixture.reach) if model.mixture else 0
        latents = draws.integers(-reach, reach + 1, (count, model.config.latent_dim))
    return Work(pixels, latents, levels, rng.random() < 0.5)


def outputs(model: FrozenModel, work: Work) -> NDArray[np.int64]:
    """What the decoder gives for all pixels, (H, W, n, O)."""
    height, width = work.pixels.shape[2:]
    network = model.decoder
    if model.accepts.levels is None:
        network = network.sized(height, width, work.levels)
    run = network.start(work.z)
    rows = []
    for row in range(height):
        run.begin_row(row)
        spans = [(at, at + 1) for at in range(width)] if work.one_by_one else [(0, width)]
        parts = []
        for start, stop in spans:
            if not work.one_by_one:
                run.put(row, start, stop, work.pixels[:, :, row, start:stop])
            parts.append(run.outputs(row, start, stop))
            if work.one_by_one:
                run.put(row, start, stop, work.pixels[:, :, row, start:stop])
        rows.append(np.concatenate(parts))
    return np.stack(rows)
