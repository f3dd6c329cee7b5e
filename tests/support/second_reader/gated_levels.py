"""Part of `second_reader`: config and layers of the gated models of any levels (7.4)."""

from __future__ import annotations

from typing import Any

from second_reader.any_size import SPIKES, check_spikes, output_counts
from second_reader.fields import need
from second_reader.gated import Stacks, decoder_stacks

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


def gated_stacks(g: dict[str, Any]) -> Stacks:
    """The network, which sees the planes of 9.8."""
    return decoder_stacks(g, g["channels"] + 1)


def gated_shapes(g: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """The layers."""
    shapes, E = gated_stacks(g).shapes(), g["head_filters"]
    for i, count in enumerate(output_counts(g)):
        shapes[f"decoder.outputs.{i}"] = (count, E)
    return shapes
