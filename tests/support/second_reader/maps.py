"""Part of `second_reader`: config, layers and tensors of the models of maps of indexes (7.4)."""

from __future__ import annotations

import math
from typing import Any

from second_reader.any_size import SPIKES, check_spikes, output_counts
from second_reader.fields import need
from second_reader.gated import Stacks, decoder_stacks
from second_reader.layers import FULL

DEFAULTS: dict[str, Any] = {
    "height": 28,
    "width": 28,
    "channels": 1,
    "levels": 2,
    "codes": 64,
    "code_features": 16,
    "encoder_channels": [32, 64, 64],
    "encoder_strides": [2, 2, 1],
    "condition_channels": 16,
    "condition_hidden": 32,
    "decoder_filters": 16,
    "decoder_blocks": 3,
    "vertical_kernel": [2, 3],
    "horizontal_kernel": 2,
    "input_vertical_kernel": [3, 5],
    "input_horizontal_kernel": 3,
    "head_filters": 32,
    "components": 5,
    "spikes": SPIKES,
    "prior_features": 8,
    "prior_filters": 24,
    "prior_blocks": 3,
    "prior_head": 48,
}
ANY_LEVELS = 65_536
"""What `levels` is where the images may have any number of them."""


def complete_maps(given: dict[str, Any]) -> dict[str, Any]:
    """All keys of the config."""
    need(set(given) <= set(DEFAULTS), "config: an unknown key")
    config = DEFAULTS | given
    for key, value in config.items():
        if key == "spikes":
            check_spikes(value)
            continue
        need(type(value) is type(DEFAULTS[key]), f"config: type of {key}")
        values = value if type(value) is list else [value]
        need(all(type(n) is int and 1 <= n <= 65_536 for n in values), f"config: {key}")
        if key.endswith("vertical_kernel"):
            need(len(values) == 2 and values[1] % 2 == 1, f"config: {key}")
    need(config["channels"] <= 4, "config: channels")
    need(config["components"] <= 64, "config: components")
    need(config["levels"] in (2, ANY_LEVELS), "config: levels")
    need(any_levels(config) or config["channels"] == 1, "config: channels of two levels")
    need(2 <= config["codes"] <= 256, "config: codes")
    strides = config["encoder_strides"]
    need(len(strides) == len(config["encoder_channels"]) >= 1, "config: strides of the encoder")
    rows, columns = config["height"], config["width"]
    for stride in strides:
        rows, columns = (rows - 1) // stride + 1, (columns - 1) // stride + 1
    need((rows, columns) == map_size(config), "config: the map that the encoder leaves")
    return config


def any_levels(g: dict[str, Any]) -> bool:
    """Whether images have any number of levels, and pixels the distributions of 10.9."""
    return bool(g["levels"] == ANY_LEVELS)


def map_size(g: dict[str, Any]) -> tuple[int, int]:
    """Rows and columns of the map of indexes."""
    return math.ceil(g["height"] / 4), math.ceil(g["width"] / 4)


def map_stacks(g: dict[str, Any]) -> list[Stacks]:
    """Decoder and prior."""
    prior = Stacks(
        "prior", *map_size(g), g["prior_features"] + 1, 0,
        g["prior_filters"], g["prior_blocks"], g["prior_head"], [2, 5], 2, [2, 3], 2,
    )  # fmt: skip
    return [decoder_stacks(g, g["channels"] + 1 if any_levels(g) else 1), prior]


def map_shapes(g: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """The layers."""
    shapes, channels = {}, g["channels"] + 1
    for i, out in enumerate(g["encoder_channels"]):
        shapes[f"encoder.{i}"] = (out, (3 if i else 5) ** 2 * channels)
        channels = out
    S, T, E = g["condition_channels"], g["condition_hidden"], g["head_filters"]
    shapes["encoder.out"] = (g["code_features"], channels)
    shapes["decoder.conditioner.middle"], shapes["decoder.conditioner.out"] = (T, 9 * T), (S, 9 * T)
    for stacks in map_stacks(g):
        shapes |= stacks.shapes()
    counts = output_counts(g) if any_levels(g) else []
    shapes |= {f"decoder.outputs.{i}": (count, E) for i, count in enumerate(counts)}
    shapes |= {} if counts else {"decoder.logit": (1, E)}
    return shapes | {"prior.outputs.0": (g["codes"], g["prior_head"])}


def map_tables(g: dict[str, Any]) -> dict[str, tuple[int, int, int]]:
    """The tables of the indexes: entries of each row, the lowest, the highest entry."""
    return {
        "encoder.codebook": (g["code_features"], -FULL, FULL),
        "decoder.conditioner.table": (g["condition_hidden"], 0, FULL),
        "prior.embedding": (g["prior_features"], -8192, 8192),
    }
