"""Part of `second_reader`: a model's tensors, what they promise, and the model id (7.2 to 7.4)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np

from second_reader.config import layer_shapes, output_counts
from second_reader.fields import need

FULL = 16_383


def model_id(profile: str, config: dict[str, Any], tensors: dict[str, np.ndarray]) -> bytes:
    """The model id (7.2)."""
    sha = hashlib.sha256(profile.encode())
    sha.update(json.dumps(config, sort_keys=True, separators=(",", ":")).encode())
    for name, tensor in sorted(tensors.items()):
        sha.update(f"\n{name} {tensor.dtype.name} {list(tensor.shape)}\n".encode())
        sha.update(tensor.tobytes())
    return sha.digest()


def check_tensors(config: dict[str, Any], tensors: dict[str, np.ndarray], kind: str) -> None:
    """Every tensor is there and in its range, there is no other, and promises are kept."""
    left = dict(tensors)
    bounds = {}

    def take(name: str, dtype: str, shape: tuple[int, ...], low: int, high: int) -> Any:
        need(name in left, f"model: {name} is missing")
        tensor = left.pop(name)
        need(tensor.dtype.name == dtype and tensor.shape == shape, f"model: {name}")
        values = tensor.astype(object)
        need(np.all((low <= values) & (values <= high)), f"model: range of {name}")
        return values

    for layer, (out, count) in layer_shapes(config, kind).items():
        weight = take(f"{layer}.weight", "int16", (out, count), -FULL, FULL)
        lift = take(f"{layer}.lift", "uint8", (count,), 0, 40)
        bias = take(f"{layer}.bias", "int64", (out,), -(2**63), 2**63)
        shift = take(f"{layer}.shift", "int64", (), 0, 40)
        bound = FULL * (abs(weight) @ 2**lift) + abs(bias) + 2**shift // 2
        need(np.all(bound < 2**53), f"model: bound of {layer}")
        bounds[layer] = int(bound.max())

    if kind == "causal-resnet":
        blocks, outputs = config["blocks"], len(output_counts(config))
        take("decoder.scales", "int64", (blocks + 1,), 0, 14)
        for i, up in enumerate(lifts(tensors, blocks)):
            need(0 <= up <= 48, "model: scales of the residual stream")
            narrow = bounds[f"decoder.{i}.narrow"]
            need(narrow + (FULL << up) < 2**53, "model: bound of the residual stream")
        for name in (f"decoder.outputs.{i}" for i in range(outputs)):
            up = int(take(f"{name}.up", "int64", (), 0, 48))
            need(bounds[name] >> int(tensors[f"{name}.shift"]) << up < 2**53, f"model: {name}.up")
        need(not left, "model: unknown tensors")
        return
    if kind != "pixelcnn":
        D = config["latent_dim"]
        code_reach = int(take("encoder.code_reach", "int64", (), 1, 4096))
        reach = code_reach + 64
        latent_lift = int(take("decoder.conditioner.latent_lift", "int64", (), 0, 14))
        need(reach << latent_lift <= FULL, "model: lift of latents")
        shape = tensors["mixture.weights"].shape if "mixture.weights" in tensors else (0,)
        need(len(shape) == 1 and 1 <= shape[0] <= 4095, "model: components of the mixture")
        K, most = shape[0], 2**30 - 1
        weights = take("mixture.weights", "int64", (K,), 0, most)
        need(weights.sum() == 2**24 - K, "model: weights of the mixture")
        slopes = take("mixture.coefficients", "int64", (K, D, D), -most, most)
        offsets = take("mixture.offsets", "int64", (K, D), -most, most)
        inverses = take("mixture.inverses", "int64", (K, D), 1, most)
        take("mixture.constants", "int64", (K,), -most, most)
        means = abs(slopes).sum(2) * reach // 16 + 1 + abs(offsets)
        need(np.all((256 * reach + 128 + means) * inverses < 2**63), "model: mixture")
    if kind == "acn":
        need(int(take("prior.reach", "int64", (), 1, 8192)) == reach, "model: reach")
        mean_reach = int(take("prior.mean_reach", "int64", (), 1, 2**24))
        code_lift = int(take("prior.code_lift", "int64", (), 0, 14))
        need(mean_reach == 256 * reach, "model: reach of means")
        need(code_reach << code_lift <= FULL, "model: lift of codes")
    if kind != "vae":
        blocks = config["decoder_blocks"]
        take("decoder.vertical_scales", "int64", (blocks + 1,), 0, 14)
        scales = take("decoder.horizontal_scales", "int64", (blocks + 1,), 0, 14).tolist()
        for i in range(blocks):
            shift = int(tensors[f"decoder.{i}.residual.shift"])
            need(shift + scales[i + 1] >= scales[i], "model: scales of the horizontal stack")
    need(not left, "model: unknown tensors")


def lifts(tensors: dict[str, np.ndarray], blocks: int) -> list[int]:
    """By how many bits each block of a `causal-resnet` lifts its residual stream: up_I."""
    scales = tensors["decoder.scales"].tolist()
    shifts = [int(tensors[f"decoder.{i}.narrow.shift"]) for i in range(blocks)]
    return [k + scales[i + 1] - scales[i] for i, k in enumerate(shifts)]
