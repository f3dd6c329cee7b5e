"""Part of `second_reader`: the tensors that a config calls for, and the model id (7.2 to 7.4)."""

from __future__ import annotations

import hashlib
import json
from typing import Any, NamedTuple

import numpy as np

from second_reader.config import ANY_SIZE, WITH_PRIOR, WITHOUT_LATENTS, layer_shapes, networks
from second_reader.fields import need
from second_reader.layers import FULL
from second_reader.maps import map_tables

MOST = 2**30 - 1
"""The largest magnitude in `mixture.*`."""
CODEBOOK = "decoder.conditioner.codebook"
"""The vectors of an `acn-vq`."""


def model_id(profile: str, config: dict[str, Any], tensors: dict[str, np.ndarray]) -> bytes:
    """The model id (7.2)."""
    sha = hashlib.sha256(profile.encode())
    sha.update(json.dumps(config, sort_keys=True, separators=(",", ":")).encode())
    for name, tensor in sorted(tensors.items()):
        sha.update(f"\n{name} {tensor.dtype.name} {list(tensor.shape)}\n".encode())
        sha.update(tensor.tobytes())
    return sha.digest()


class Tensor(NamedTuple):
    """What a tensor has to be like."""

    dtype: str
    shape: tuple[int, ...]
    low: int
    high: int


def called_for(config: dict[str, Any], kind: str, components: int) -> dict[str, Tensor]:
    """All tensors of a model by name; `components`: K of `mixture.*`, if there are latents."""
    table: dict[str, Tensor] = {}

    def number(name: str, low: int, high: int, *shape: int) -> None:
        table[name] = Tensor("int64", shape, low, high)

    for layer, (out, count) in layer_shapes(config, kind).items():
        table[f"{layer}.weight"] = Tensor("int16", (out, count), -FULL, FULL)
        table[f"{layer}.lift"] = Tensor("uint8", (count,), 0, 40)
        number(f"{layer}.bias", -(2**63), 2**63 - 1, out)
        number(f"{layer}.shift", 0, 40)
        if ".outputs." in layer:
            number(f"{layer}.up", 0, 48)
    if kind in ANY_SIZE:
        number("decoder.scales", 0, 14, config["blocks"] + 1)
    for stacks in networks(config, kind):
        for name in ("vertical", "horizontal"):
            number(f"{stacks.name}.{name}_scales", 0, 14, stacks.blocks + 1)
    for name, (entries, low, high) in (map_tables(config) if kind == "vqvae" else {}).items():
        table[name] = Tensor("int16", (config["codes"], entries), low, high)
    if kind == "acn-vq":
        shape = config["codes"], config["code_features"]
        table[CODEBOOK] = Tensor("int16", shape, -(2**15), 2**15 - 1)
    if kind in WITH_PRIOR:
        number("prior.reach", 1, 8192)
        number("prior.mean_reach", 1, 2**24)
        number("prior.code_lift", 0, 14)
    if kind not in WITHOUT_LATENTS:
        K, D = components, config["latent_dim"]
        number("encoder.code_reach", 1, 4096)
        number(latent_lift(kind), 0, 14)
        if kind in ANY_SIZE:
            number("encoder.average_lift", 0, 14)
        number("mixture.weights", 0, MOST, K)
        number("mixture.coefficients", -MOST, MOST, K, D, D)
        number("mixture.offsets", -MOST, MOST, K, D)
        number("mixture.inverses", 1, MOST, K, D)
        number("mixture.constants", -MOST, MOST, K)
    return table


def latent_lift(kind: str) -> str:
    """The name of the tensor that lifts latents into the decoder."""
    return "decoder.latent_lift" if kind in ANY_SIZE else "decoder.conditioner.latent_lift"


def check_ranges(config: dict[str, Any], tensors: dict[str, np.ndarray], kind: str) -> None:
    """Every tensor is there and in its range, and there is no other."""
    components = 1
    if kind not in WITHOUT_LATENTS and "mixture.weights" in tensors:
        shape = tensors["mixture.weights"].shape
        need(len(shape) == 1 and 1 <= shape[0] <= 4095, "model: components of the mixture")
        components = shape[0]
    wanted = called_for(config, kind, components)
    for name, (dtype, shape, low, high) in wanted.items():
        need(name in tensors, f"model: {name} is missing")
        tensor = tensors[name]
        need(tensor.dtype.name == dtype and tensor.shape == shape, f"model: {name}")
        need(low <= int(tensor.min()) and int(tensor.max()) <= high, f"model: range of {name}")
    need(len(tensors) == len(wanted), "model: unknown tensors")
