"""Take the last blocks out of a network of `bench/train_any_size.py`, if they do next to nothing.

    python bench/prune_any_size.py CHECKPOINT_OR_EXPORT.safetensors OUT.safetensors --data FOLDER

A block whose hidden features are 0 adds a constant, its last bias. Where no window sees that any
more, the bias of the block before can add it. Blocks from the end are taken out as long as fewer
than LEAST of their hidden features, of all pixels looked at, are more than 0. FOLDER has the arrays
of the recipe, on whose training images they are looked at.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from any_size_images import ImageSet
from any_size_recipe import DataConfig
from any_size_run import write
from safetensors import safe_open
from torch import Tensor

from acncodec.parts.causal_resnet.net import CausalResNet, planes
from acncodec.parts.causal_resnet.shape import CausalResNetConfig

LOOKED_AT = 200
"""Images of each data set, evenly spaced."""
LEAST = 1e-3


def read(path: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """What a checkpoint or an export says of itself, and its tensors."""
    with safe_open(path, "pt") as file:
        meta: dict[str, Any] = json.loads(file.metadata()["acncodec"])
        return meta, {name: file.get_tensor(name) for name in file.keys()}


def activity(net: CausalResNet, seen: Tensor) -> list[float]:
    """Which share of the hidden features of each block are more than 0, of all pixels."""
    found = []
    with torch.no_grad():
        x = net.first(seen)
        for block in net.blocks:
            wide = block.widen(block.window(x)).relu()  # type: ignore[operator, union-attr]
            found.append(float((wide > 0).float().mean()))
            x = x + block.narrow(wide)  # type: ignore[operator]
    return found


def pruned(tensors: dict[str, Tensor], prefix: str, blocks: int, keep: int) -> dict[str, Tensor]:
    """The parameters of one copy of the network without its blocks from `keep` on."""
    found = {
        name: value.clone()
        for name, value in tensors.items()
        if name.startswith(prefix) and not _is_of_blocks(name.removeprefix(prefix), keep)
    }
    for number in range(keep, blocks):
        bias = tensors[f"{prefix}blocks.{number}.narrow.bias"]
        found[f"{prefix}blocks.{keep - 1}.narrow.bias"] += bias
    return found


def _is_of_blocks(name: str, keep: int) -> bool:
    return name.startswith("blocks.") and int(name.split(".")[1]) >= keep


def main() -> None:
    """Look, prune, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("network", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder of the arrays")
    options = parser.parse_args()
    meta, tensors = read(options.network)
    prefixes = ("net.", "average.") if "recipe" in meta else ("",)
    about = meta.get("recipe", meta)
    shape = about["net"]
    net = CausalResNet(CausalResNetConfig(**shape)).eval()
    last = prefixes[-1]
    net.load_state_dict(
        {name[len(last) :]: v for name, v in tensors.items() if name.startswith(last)}
    )
    alive = np.zeros(shape["blocks"])
    for entry in about["data"] if "data" in about else meta["card"]["data"]:
        data = ImageSet.load(options.data, DataConfig(**entry))
        images = data.train[:: max(1, len(data.train) // LOOKED_AT)]
        alive = np.maximum(alive, activity(net, planes(images, data.config.levels)))
    print("hidden features that are more than 0:", *(f"{share:.2g}" for share in alive))
    keep = int(np.flatnonzero(alive >= LEAST).max(initial=0)) + 1
    if keep == shape["blocks"]:
        raise SystemExit("the last block does something")
    kept = {
        name: value
        for prefix in prefixes
        for name, value in pruned(tensors, prefix, shape["blocks"], keep).items()
    }
    shape["blocks"] = keep
    if "card" in meta:
        meta["card"]["weights"] = sum(value.numel() for value in kept.values())
    write(options.output, kept, meta)
    print(f"{keep} blocks are left")


if __name__ == "__main__":
    main()
