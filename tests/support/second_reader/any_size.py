"""Part of `second_reader`: config and layers of the models of any size (7.4)."""

from __future__ import annotations

from typing import Any

from second_reader.fields import need

SPIKES = ["w", "n", "nw", "ne", "ww", "nn", "zero", "max"]
DECODER: dict[str, Any] = {
    "channels": 3,
    "width": 64,
    "blocks": 8,
    "hidden": 128,
    "first_reach": 3,
    "columns": 5,
    "components": 5,
    "spikes": SPIKES,
}
"""Keys of both kinds, with their defaults."""
LATENTS: dict[str, Any] = {
    "latent_dim": 64,
    "encoder_channels": [32, 64, 96, 96, 96],
    "encoder_strides": [2, 1, 2, 1, 2],
    "prior_hidden": 256,
    "prior_components": 1,
}
"""Those that `acn-resnet` has more."""
SIZE: dict[str, Any] = {"image_height": 28, "image_width": 28}
"""Those that `placed-resnet` has more."""
MORE: dict[str, dict[str, Any]] = {
    "causal-resnet": {},
    "acn-resnet": LATENTS,
    "placed-resnet": SIZE,
}


def complete_any_size(given: dict[str, Any], kind: str) -> dict[str, Any]:
    """All keys of the config of a kind of `MORE`."""
    defaults = DECODER | MORE[kind]
    need(set(given) <= set(defaults), "config: an unknown key")
    config = defaults | given
    for key, value in config.items():
        if key == "spikes":
            continue
        need(type(value) is type(defaults[key]), f"config: type of {key}")
        values = value if type(value) is list else [value]
        need(all(type(n) is int and 1 <= n <= 65_536 for n in values), f"config: {key}")
    need(config["channels"] <= 4, "config: channels")
    need(config["columns"] % 2 == 1, "config: columns")
    need(config["components"] <= 64, "config: components")
    need(all(config[key] <= 64 for key in SIZE.keys() & config.keys()), "config: size of images")
    if kind == "acn-resnet":
        strides, outputs = config["encoder_strides"], config["encoder_channels"]
        need(len(strides) == len(outputs) >= 1, "config: strides of the encoder")
    check_spikes(config["spikes"])
    return config


def check_spikes(spikes: Any) -> None:
    need(type(spikes) is list, "config: spikes")
    need(all(type(spike) is str and spike in SPIKES for spike in spikes), "config: spikes")
    need(len(set(spikes)) == len(spikes), "config: a spike twice")


def output_counts(g: dict[str, Any]) -> list[int]:
    """How many logits, means, log-scales and coefficients a pixel has (10.9)."""
    C, K = g["channels"], g["components"]
    counts = [K + len(g["spikes"]), C * K, C * K, K * C * (C - 1) // 2]
    return counts if C > 1 else counts[:3]


def decoder_shapes(g: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """The layers of the decoder."""
    F, E, r, n = g["width"], g["hidden"], g["first_reach"], g["columns"]
    shapes = {"decoder.first": (F, (r * (2 * r + 1) + r) * (g["channels"] + 1))}
    if "image_height" in g:
        shapes["decoder.place"] = (F, g["image_height"] + g["image_width"])
    for i in range(g["blocks"]):
        shapes[f"decoder.{i}.window"] = (F, (n + n // 2 + 1) * F)
        shapes[f"decoder.{i}.widen"], shapes[f"decoder.{i}.narrow"] = (E, F), (F, E)
    for i, count in enumerate(output_counts(g)):
        shapes[f"decoder.outputs.{i}"] = (count, F)
    return shapes


def encoder_shapes(g: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """The layers of the encoder, and those by which latents enter the decoder."""
    shapes, channels = {}, g["channels"] + 1
    for i, out in enumerate(g["encoder_channels"]):
        shapes[f"encoder.{i}"] = (out, (3 if i else 5) ** 2 * channels)
        channels = out
    shapes["encoder.out"] = (g["latent_dim"], channels)
    for i in range(g["blocks"]):
        shapes[f"decoder.{i}.condition"] = (g["hidden"], g["latent_dim"])
    return shapes
