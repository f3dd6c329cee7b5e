"""Freeze what `bench/train_any_size.py --export` wrote into a model file.

    python bench/freeze_any_size.py EXPORT.safetensors --data FOLDER -o MODEL.safetensors

FOLDER has the arrays of the recipe: activations are measured on training images of each.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from torch import Tensor

from acncodec.container import atomic_output
from acncodec.errors import ModelError
from acncodec.families import causal_resnet
from acncodec.families.causal_resnet import ResNetConfig
from acncodec.models.frozen import FrozenModel
from acncodec.models.selftest import check_products

IMAGES = 400
"""Of each data set, evenly spaced among those that were trained on."""


def read_export(path: Path) -> tuple[ResNetConfig, dict[str, Tensor], dict[str, Any]]:
    """Config, float weights and card of an export. Raises `ModelError` for one with latents."""
    with safe_open(path, "pt") as file:
        about = json.loads(file.metadata()["acncodec"])
        weights = {name: file.get_tensor(name) for name in file.keys()}
    net, head = about["net"], about["head"]
    config = ResNetConfig(
        **{key: net[key] for key in ("width", "blocks", "hidden", "first_reach", "columns")},
        channels=head["channels"], components=head["components"], spikes=tuple(head["spikes"]),
    )  # fmt: skip
    if net.get("latent_dim"):
        raise ModelError("a network with latents is no model of this family")
    return config, weights, about["card"]


def training_images(path: Path, held: int, count: int) -> NDArray[Any]:
    """Some images (n, C, H, W) of .npy, or of `images` in .npz, but not of the last `held`."""
    array = np.load(path, allow_pickle=False)
    if isinstance(array, np.lib.npyio.NpzFile):
        array = array["images"]
    rows = np.unique(np.linspace(0, len(array) - held - 1, count).astype(int))
    images = array[rows]
    return images[:, None] if images.ndim == 3 else images.transpose(0, 3, 1, 2)


def freeze(path: Path, folder: Path, name: str, count: int = IMAGES) -> FrozenModel:
    """The frozen model of an export. Raises `FreezeError` where it could not be exact."""
    config, weights, card = read_export(path)
    net = causal_resnet.build(config)
    net.decoder.load_state_dict(weights)
    net = net.float().eval()
    calibration = [
        (
            torch.from_numpy(
                training_images(folder / data["file"], data["held"], count).astype(np.float32)
            ),
            data["levels"],
        )
        for data in card["data"]
    ]
    networks = causal_resnet.freeze_calibrated(net, calibration)
    floats = {key: value.contiguous().numpy() for key, value in net.state_dict().items()}
    return FrozenModel(causal_resnet.FAMILY, config, networks, name, card, floats)


def main() -> None:
    """Freeze, try the products, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("export", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder of the arrays")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("-f", "--force", action="store_true", help="overwrite the output")
    options = parser.parse_args()
    with atomic_output(options.output, options.force) as file:
        model = freeze(options.export, options.data, options.output.stem)
        check_products(model)
        file.write(model.to_bytes())
    print(f"{options.output}: {model.parameters:,} parameters, SHA-256 {model.model_id.hex()}")


if __name__ == "__main__":
    main()
