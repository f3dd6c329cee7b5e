"""Part of `second_reader`: config and layers of the gated models of any levels (7.4)."""

from __future__ import annotations

import math
from typing import Any

from second_reader.any_size import SPIKES, check_spikes, output_counts
from second_reader.fields import need

DEFAULTS: dict[str, Any] = {
    "height": 28,
    "width": 28,
    "channels": 1,
    "decoder_filters": 24,
    "decoder_blocks": 3,
    "vertical_kernel": [2, 5],
    "horizontal_kernel": 3,
    "input_vertical_kernel": [3, 7],
    "input_horizontal_kernel": 3,
    "head_filters": 32,
    "components": 5,
    "spikes": SPIKES,
}


def complete_gated_levels(given: dict[str, Any]) -> dict[str, Any]:
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
        if type(value) is list:
            need(len(value) == 2 and value[1] % 2 == 1, f"config: {key}")
    need(config["channels"] <= 4, "config: channels")
    need(config["components"] <= 64, "config: components")
    return config


def gated_shapes(g: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """The layers."""
    F, E, planes = g["decoder_filters"], g["head_filters"], g["channels"] + 1
    shapes = {
        "decoder.vertical_in": (F, math.prod(g["input_vertical_kernel"]) * planes),
        "decoder.horizontal_in": (F, g["input_horizontal_kernel"] * planes),
        "decoder.head": (E, F),
    }
    for i in range(g["decoder_blocks"]):
        shapes[f"decoder.{i}.vertical"] = (2 * F, math.prod(g["vertical_kernel"]) * F)
        shapes[f"decoder.{i}.horizontal"] = (2 * F, (g["horizontal_kernel"] + 1) * F)
        shapes[f"decoder.{i}.residual"] = (F, F)
    for i, count in enumerate(output_counts(g)):
        shapes[f"decoder.outputs.{i}"] = (count, E)
    return shapes
