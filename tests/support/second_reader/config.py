"""Part of `second_reader`: a model's config, and the layers that it calls for (7.1, 7.3, 7.4)."""

from __future__ import annotations

import math
from typing import Any

from second_reader.any_size import complete_any_size, decoder_shapes, encoder_shapes
from second_reader.fields import need
from second_reader.gated import Stacks, decoder_stacks
from second_reader.gated_levels import complete_gated_levels, gated_shapes, gated_stacks
from second_reader.maps import complete_maps, map_shapes, map_stacks

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
    "codes": 512,
    "code_features": 4,
}
PROFILES = {
    "int15": "acn",
    "int15-pixelvae": "pixelvae",
    "int15-vae": "vae",
    "int15-pixelcnn": "pixelcnn",
    "int15-resnet": "causal-resnet",
    "int15-acn-resnet": "acn-resnet",
    "int15-gated-levels": "gated-levels",
    "int15-acn-vq": "acn-vq",
    "int15-vqvae": "vqvae",
    "int15-placed-resnet": "placed-resnet",
}
ANY_SIZE = {"causal-resnet", "acn-resnet", "placed-resnet"}
"""Those of the any-size decoder (9.8), of which `placed-resnet` is of one size all the same."""
WITHOUT_LATENTS = {"pixelcnn", "causal-resnet", "placed-resnet", "gated-levels", "vqvae"}
"""Those that have none, or none that a posterior is drawn around."""
WITH_PRIOR = {"acn", "acn-vq", "acn-resnet"}
COMMON = {"height", "width", "channels", "levels"}
STACKS = {
    "decoder_filters", "decoder_blocks", "vertical_kernel", "horizontal_kernel",
    "input_vertical_kernel", "input_horizontal_kernel", "head_filters",
}  # fmt: skip
CODEBOOK = {"codes", "code_features"}
ACN = set(DEFAULTS) - CODEBOOK
KEYS = {
    "acn": ACN,
    "acn-vq": ACN | CODEBOOK,
    "pixelvae": ACN - {"prior_hidden"},
    "vae": ACN - {"prior_hidden"} - STACKS,
    "pixelcnn": COMMON | STACKS,
}


def complete_config(given: dict[str, Any], kind: str) -> dict[str, Any]:
    """All keys of the config that the kind has."""
    if kind in ANY_SIZE:
        return complete_any_size(given, kind)
    if kind == "gated-levels":
        return complete_gated_levels(given)
    if kind == "vqvae":
        return complete_maps(given)
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
        need(len(strides) == len(config["encoder_channels"]) >= 1, "config: strides of the encoder")
    if kind == "acn-vq":
        need(config["codes"] >= 2, "config: codes")
        need(config["latent_dim"] % config["code_features"] == 0, "config: code_features")
    return config


def layer_shapes(g: dict[str, Any], kind: str) -> dict[str, tuple[int, int]]:
    """Outputs and inputs of every layer (7.3, 7.4)."""
    if kind == "gated-levels":
        return gated_shapes(g)
    if kind == "vqvae":
        return map_shapes(g)
    prior = prior_shapes(g) if kind in WITH_PRIOR else {}
    if kind in ANY_SIZE:
        return decoder_shapes(g) | (encoder_shapes(g) if prior else {}) | prior
    shapes = prior if kind == "pixelcnn" else latent_shapes(g) | prior
    if kind == "vae":
        return shapes | {"decoder.logit": (1, 9 * g["condition_channels"])}
    for stacks in networks(g, kind):
        shapes |= stacks.shapes()
    return shapes | {"decoder.logit": (1, g["head_filters"])}


def networks(g: dict[str, Any], kind: str) -> list[Stacks]:
    """The networks of two stacks (9.5, 9.6) that there are."""
    if kind == "vae" or kind in ANY_SIZE:
        return []
    if kind == "gated-levels":
        return [gated_stacks(g)]
    return map_stacks(g) if kind == "vqvae" else [decoder_stacks(g, 1)]


def outputs(g: dict[str, Any], kind: str, network: str) -> list[str]:
    """The layers of a network's outputs of 9.8 or 9.10; of a decoder: where 10.9 holds."""
    return [layer for layer in layer_shapes(g, kind) if layer.startswith(f"{network}.outputs.")]


def prior_shapes(g: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """The layers of the prior network."""
    D, P = g["latent_dim"], g["prior_hidden"]
    shapes = {f"prior.hidden.{i}": (P, D + P if i else D) for i in range(3)}
    for name in ("logits", "means", "scales"):
        shapes[f"prior.{name}"] = (D * g["prior_components"], 3 * P)
    return shapes


def latent_shapes(g: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """The layers of encoder and conditioner."""
    shapes = {}
    rows, columns, channels = g["height"], g["width"], 1
    strides = zip(g["encoder_channels"], g["encoder_strides"], strict=True)
    for i, (out, stride) in enumerate(strides):
        shapes[f"encoder.{i}"] = (out, (3 if i else 5) ** 2 * channels)
        rows, columns, channels = (rows - 1) // stride + 1, (columns - 1) // stride + 1, out
    D, S, T = g["latent_dim"], g["condition_channels"], g["condition_hidden"]
    shapes["encoder.out"] = (D, rows * columns * channels)
    quarter = math.ceil(g["height"] / 4) * math.ceil(g["width"] / 4)
    shapes["decoder.conditioner.linear"] = (T * quarter, D)
    shapes["decoder.conditioner.middle"] = (T, 9 * T)
    shapes["decoder.conditioner.out"] = (S, 9 * T)
    return shapes
