"""Part of `second_reader`: what a model's tensors promise one another (7.3, 7.4)."""

from __future__ import annotations

from typing import Any

import numpy as np

from second_reader.config import ANY_SIZE, WITH_PRIOR, WITHOUT_LATENTS, layer_shapes, networks
from second_reader.fields import need
from second_reader.layers import FULL
from second_reader.tensors import CODEBOOK, check_ranges, latent_lift

Tensors = dict[str, np.ndarray]


def check_tensors(config: dict[str, Any], tensors: Tensors, kind: str) -> None:
    """Every tensor is there and in its range, there is no other, and promises are kept."""
    check_ranges(config, tensors, kind)
    bounds = {layer: bound(tensors, layer) for layer in layer_shapes(config, kind)}
    for layer, most in bounds.items():
        need(most < 2**53, f"model: bound of {layer}")
    if kind not in WITHOUT_LATENTS:
        check_latents(tensors, kind)
    if kind in ANY_SIZE:
        check_stream(config, tensors, bounds)
    for stacks in networks(config, kind):
        scales = tensors[f"{stacks.name}.horizontal_scales"].tolist()
        for i in range(stacks.blocks):
            up = int(tensors[f"{stacks.name}.{i}.residual.shift"]) + scales[i + 1] - scales[i]
            need(0 <= up <= 48, "model: scales of the horizontal stack")
    check_outputs(tensors, bounds)


def bound(tensors: Tensors, layer: str) -> int:
    """The largest bound of a layer's outputs, in Python's integers."""
    weight = abs(tensors[f"{layer}.weight"].astype(object))
    lift = 2 ** tensors[f"{layer}.lift"].astype(object)
    bias = abs(tensors[f"{layer}.bias"].astype(object))
    return int((FULL * (weight @ lift) + bias).max()) + 2 ** int(tensors[f"{layer}.shift"]) // 2


def check_latents(tensors: Tensors, kind: str) -> None:
    code_reach = int(tensors["encoder.code_reach"])
    reach = code_reach + 64
    need(reach << int(tensors[latent_lift(kind)]) <= FULL, "model: lift of latents")
    if kind in WITH_PRIOR:
        need(int(tensors["prior.reach"]) == reach, "model: reach")
        need(int(tensors["prior.mean_reach"]) == 256 * reach, "model: reach of means")
        need(code_reach << int(tensors["prior.code_lift"]) <= FULL, "model: lift of codes")
    if kind == "acn-vq":
        need(abs(tensors[CODEBOOK].astype(np.int64)).max() <= reach, "model: codebook")
    weights = tensors["mixture.weights"]
    need(sum(weights.tolist()) == 2**24 - len(weights), "model: weights of the mixture")
    slopes = abs(tensors["mixture.coefficients"].astype(object))
    before = np.tri(slopes.shape[1], k=-1, dtype=np.int64)  # those of j < d
    reached = (reach * (slopes * before).sum(2)) >> 4
    most = 256 * reach + 129 + reached + abs(tensors["mixture.offsets"].astype(object))
    need(np.all(most * tensors["mixture.inverses"].astype(object) < 2**62), "model: mixture")


def check_stream(config: dict[str, Any], tensors: Tensors, bounds: dict[str, int]) -> None:
    for i, up in enumerate(lifts(tensors, config["blocks"])):
        need(0 <= up <= 48, "model: scales of the residual stream")
        narrow = bounds[f"decoder.{i}.narrow"]
        need(narrow + (FULL << up) < 2**53, "model: bound of the residual stream")


def check_outputs(tensors: Tensors, bounds: dict[str, int]) -> None:
    for name in (layer for layer in bounds if ".outputs." in layer):
        shift, up = int(tensors[f"{name}.shift"]), int(tensors[f"{name}.up"])
        need(bounds[name] >> shift << up < 2**53, f"model: {name}.up")


def lifts(tensors: Tensors, blocks: int) -> list[int]:
    """By how many bits each block of an any-size decoder lifts its residual stream: up_I."""
    scales = tensors["decoder.scales"].tolist()
    shifts = [int(tensors[f"decoder.{i}.narrow.shift"]) for i in range(blocks)]
    return [k + scales[i + 1] - scales[i] for i, k in enumerate(shifts)]
