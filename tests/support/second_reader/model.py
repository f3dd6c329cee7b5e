"""Part of `second_reader`: what it refuses with, and the model file (7)."""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path
from typing import Any

import numpy as np

TYPES = {"I16": "int16", "U8": "uint8", "I32": "int32", "I64": "int64"}
DEFAULTS: dict[str, Any] = {
    "height": 28,
    "width": 28,
    "channels": 1,
    "levels": 2,
    "latent_dim": 16,
    "encoder_channels": [32, 64, 96, 96, 96],
    "encoder_strides": [2, 1, 2, 1, 2],
    "prior_hidden": 512,
    "prior_components": 8,
    "decoder_filters": 32,
    "decoder_blocks": 7,
    "vertical_kernel": [3, 5],
    "horizontal_kernel": 3,
    "input_vertical_kernel": [5, 7],
    "input_horizontal_kernel": 5,
    "condition_channels": 16,
    "condition_hidden": 32,
    "head_filters": 64,
}
PROFILES = {
    "int15": "acn",
    "int15-pixelvae": "pixelvae",
    "int15-vae": "vae",
    "int15-pixelcnn": "pixelcnn",
}
COMMON = {"height", "width", "channels", "levels"}
STACKS = {
    "decoder_filters", "decoder_blocks", "vertical_kernel", "horizontal_kernel",
    "input_vertical_kernel", "input_horizontal_kernel", "head_filters",
}  # fmt: skip
KEYS = {
    "acn": set(DEFAULTS),
    "pixelvae": set(DEFAULTS) - {"prior_hidden"},
    "vae": set(DEFAULTS) - {"prior_hidden"} - STACKS,
    "pixelcnn": COMMON | STACKS,
}
FULL = 16_383


class Malformed(ValueError):  # noqa: N818
    """The file is one that docs/FORMAT.md says a reader MUST reject."""


def need(holds: Any, what: str) -> None:
    if not holds:
        raise Malformed(what)


def field(table: Any, key: str, kind: type, default: Any = None) -> Any:
    """Take a value of exactly this type out of a JSON object."""
    need(type(table) is dict, "no JSON object")
    value = table.pop(key, default)
    need(type(value) is kind, f"{key} is missing or no {kind.__name__}")
    return value


def parse_json(text: bytes, what: str) -> Any:
    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        need(len(dict(items)) == len(items), "a key is there twice")
        return dict(items)

    def refuse(token: str) -> Any:
        raise Malformed(f"{token} is no JSON")

    try:
        return json.loads(text.decode(), object_pairs_hook=pairs, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"{what}: {error}") from error


def read_safetensors(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The metadata, and all tensors but the float weights, which no reader looks at."""
    data = path.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    need(8 < start <= len(data), "model: it ends early")
    header = parse_json(data[8:start], "model")
    metadata = field(header, "__metadata__", dict, {})
    tensors = {}
    for name, entry in header.items():
        if name.startswith("float."):
            continue
        kind = field(entry, "dtype", str)
        need(kind in TYPES, f"model: dtype of {name}")
        dtype = np.dtype(TYPES[kind]).newbyteorder("<")
        offsets, shape = field(entry, "data_offsets", list), field(entry, "shape", list)
        need(all(type(n) is int for n in offsets + shape), f"model: shape of {name}")
        need(len(offsets) == 2 and all(n >= 0 for n in shape), f"model: shape of {name}")
        begin, end = offsets
        need(0 <= begin <= end <= len(data) - start, "model: it ends early")
        need(end - begin == dtype.itemsize * math.prod(shape), f"model: size of {name}")
        flat = np.frombuffer(data[start + begin : start + end], dtype)
        tensors[name] = flat.reshape(shape)
    return metadata, tensors


# 7: the model file


def complete_config(given: dict[str, Any], kind: str) -> dict[str, Any]:
    need(set(given) <= KEYS[kind], "config: an unknown key")
    config = {key: DEFAULTS[key] for key in KEYS[kind]} | given
    for key, value in config.items():
        default = DEFAULTS[key]
        need(type(value) is type(default), f"config: type of {key}")
        values = value if type(value) is list else [value]
        need(all(type(n) is int and 1 <= n <= 65_536 for n in values), f"config: {key}")
        if key.endswith("vertical_kernel"):
            need(len(values) == 2 and values[1] % 2 == 1, f"config: {key}")
    need(config["channels"] == 1 and config["levels"] == 2, "config: channels or levels")
    if kind != "pixelcnn":
        strides = config["encoder_strides"]
        need(len(strides) == len(config["encoder_channels"]), "config: strides of the encoder")
    return config


def layer_shapes(g: dict[str, Any], kind: str) -> dict[str, tuple[int, int]]:
    """Outputs and inputs of every layer (7.3, 7.4)."""
    shapes = {} if kind == "pixelcnn" else latent_shapes(g, kind)
    if kind == "vae":
        return shapes | {"decoder.logit": (1, 9 * g["condition_channels"])}
    F, S, E = g["decoder_filters"], g.get("condition_channels", 0), g["head_filters"]
    shapes["decoder.vertical_in"] = (F, math.prod(g["input_vertical_kernel"]))
    shapes["decoder.horizontal_in"] = (F, g["input_horizontal_kernel"])
    for i in range(g["decoder_blocks"]):
        shapes[f"decoder.{i}.vertical"] = (2 * F, math.prod(g["vertical_kernel"]) * F + S)
        shapes[f"decoder.{i}.horizontal"] = (2 * F, (g["horizontal_kernel"] + 1) * F + S)
        shapes[f"decoder.{i}.residual"] = (F, F)
    shapes["decoder.head"], shapes["decoder.logit"] = (E, F), (1, E)
    return shapes


def latent_shapes(g: dict[str, Any], kind: str) -> dict[str, tuple[int, int]]:
    """The layers of encoder, prior network and conditioner."""
    shapes = {}
    rows, columns, channels = g["height"], g["width"], 1
    strides = zip(g["encoder_channels"], g["encoder_strides"], strict=True)
    for i, (out, stride) in enumerate(strides):
        shapes[f"encoder.{i}"] = (out, (3 if i else 5) ** 2 * channels)
        rows, columns, channels = (rows - 1) // stride + 1, (columns - 1) // stride + 1, out
    D, S, T = g["latent_dim"], g["condition_channels"], g["condition_hidden"]
    shapes["encoder.out"] = (D, rows * columns * channels)
    if kind == "acn":
        P = g["prior_hidden"]
        for i in range(3):
            shapes[f"prior.hidden.{i}"] = (P, D + P if i else D)
        for name in ("logits", "means", "scales"):
            shapes[f"prior.{name}"] = (D * g["prior_components"], 3 * P)
    quarter = math.ceil(g["height"] / 4) * math.ceil(g["width"] / 4)
    shapes["decoder.conditioner.linear"] = (T * quarter, D)
    shapes["decoder.conditioner.middle"] = (T, 9 * T)
    shapes["decoder.conditioner.out"] = (S, 9 * T)
    return shapes


def model_id(profile: str, config: dict[str, Any], tensors: dict[str, np.ndarray]) -> bytes:
    """The model id (7.2)."""
    sha = hashlib.sha256(profile.encode())
    sha.update(json.dumps(config, sort_keys=True, separators=(",", ":")).encode())
    for name, tensor in sorted(tensors.items()):
        sha.update(f"\n{name} {tensor.dtype.name} {list(tensor.shape)}\n".encode())
        sha.update(tensor.tobytes())
    return sha.digest()


def check_tensors(config: dict[str, Any], tensors: dict[str, np.ndarray], kind: str) -> None:
    left = dict(tensors)

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
