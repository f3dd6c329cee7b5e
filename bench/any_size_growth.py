"""A network of the any-size decoder that begins as a smaller one."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from any_size_run import Run
from safetensors import safe_open


def grow_from(run: Run, path: Path) -> None:
    """Begin with the averaged weights of a smaller network: at first the same function.

    What is new writes to new features alone, or adds nothing: weights that read new features,
    and all that new blocks add, are 0; the step and the optimisers start anew. New features thrive;
    new blocks have not: see acncodec/models/rgb.md, and look with `bench/prune_any_size.py`.
    """
    with safe_open(path, "pt") as file:
        meta = json.loads(file.metadata()["acncodec"])
        tensors = {key: file.get_tensor(key) for key in file.keys()}
    old_recipe = meta["recipe"]["net"]
    old_width, hidden = old_recipe["width"], old_recipe["hidden"]
    with torch.no_grad():
        for name, value in run.net.named_parameters():
            old = tensors.get(f"average.{name}")
            if old is None:
                if ".narrow." in name:
                    value.zero_()
                continue
            if value.ndim == 1:
                value.zero_()
                value[: len(old)] = old
                continue
            before = hidden if ".narrow." in name else old_width
            if name.startswith("first."):
                before = run.recipe.net.channels + 1
            now = {"first": before, "head": run.recipe.net.width}.get(name.split(".")[0])
            if now is None:
                net = run.recipe.net
                now = net.hidden if ".narrow." in name else net.width
            new = value.view(len(value), -1, now)
            new[: len(old), :, before:] = 0.0
            new[: len(old), :, :before] = old.view(len(old), -1, before)
    run.average.load_state_dict(run.net.state_dict())
