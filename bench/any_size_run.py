"""A run of training the any-size decoder: networks, averaged weights, optimisers, their files."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from any_size_images import ImageSet
from any_size_recipe import Recipe, rate_factor
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from acncodec.heads.logistic_mixture_loss import initial_biases, nats
from acncodec.learning.muon import muon_and_adamw
from acncodec.parts.causal_resnet.net import CausalResNet, planes


class Run:
    """Network, averaged weights, optimisers and the step at which they stand."""

    def __init__(self, recipe: Recipe, device: str, bf16: bool) -> None:
        self.recipe, self.device, self.bf16 = recipe, torch.device(device), bf16
        torch.manual_seed(recipe.seed)
        # The average is of tensors of its own: a module that is only evaluated.
        self.net, self.average = (CausalResNet(recipe.net).to(self.device) for _ in range(2))
        with torch.no_grad():
            self.net.head.bias.copy_(initial_biases(recipe.head))
        self.average.load_state_dict(self.net.state_dict())
        self.average.requires_grad_(False)
        self.optimisers = self._optimisers()
        self.step, self.seconds = 0, 0.0

    def _optimisers(self) -> list[tuple[torch.optim.Optimizer, float]]:
        config = self.recipe.train
        muon = [
            (name, value)
            for name, value in self.net.named_parameters()
            if config.optimiser == "muon" and value.ndim == 2 and name.startswith("blocks.")
        ]
        taken = {name for name, _ in muon}
        rest = [(n, value) for n, value in self.net.named_parameters() if n not in taken]
        made = muon_and_adamw(
            [value for _, value in muon],
            [{"params": [value for _, value in rest], "base": config.rate}],
            config.matrix_rate, config.rate, config.decay,
        )  # fmt: skip
        return [(optimiser, optimiser.param_groups[0]["base"]) for optimiser in made.values()]

    def costs(self, net: CausalResNet, images: Tensor, levels: int) -> Tensor:
        """Nats of each image, (N,)."""
        x = planes(images, levels).contiguous(memory_format=torch.channels_last)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.bf16):
            outputs = net(x)
        return nats(self.recipe.head, outputs.float(), images, levels)

    def train_step(self, sets: list[ImageSet]) -> list[float]:
        """One step; returns bits/dim of each set's images (NaN if it had none)."""
        recipe, config = self.recipe, self.recipe.train
        batches = [data.batch(recipe.seed, self.step, config.batch) for data in sets]
        groups: dict[tuple[int, ...], list[int]] = {}
        for index, (data, images) in enumerate(zip(sets, batches, strict=True)):
            if len(images):
                groups.setdefault((*images.shape[1:], data.config.levels), []).append(index)
        dims = sum(images.numel() for images in batches)
        bits = [math.nan] * len(sets)
        for (*_, levels), members in groups.items():
            images = torch.cat([batches[index] for index in members]).to(self.device)
            costs = self.costs(self.net, images, levels)
            torch.autograd.backward(costs.sum() / dims)
            parts = torch.split(costs.detach(), [len(batches[index]) for index in members])
            for index, part in zip(members, parts, strict=True):
                bits[index] = float(part.sum()) / batches[index].numel() / math.log(2.0)
        norm = torch.nn.utils.clip_grad_norm_(self.net.parameters(), config.clip)
        if not bool(torch.isfinite(norm)):
            raise RuntimeError(f"step {self.step}: the gradient is not finite")
        for optimiser, rate in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = rate * rate_factor(config, self.step)
            optimiser.step()
            optimiser.zero_grad()
        keep = min(config.average, (self.step + 1) / (self.step + 10))
        with torch.no_grad():
            torch._foreach_lerp_(
                list(self.average.parameters()), list(self.net.parameters()), 1.0 - keep
            )
        self.step += 1
        return bits

    @torch.no_grad()
    def validate(self, sets: list[ImageSet], most: int | None) -> dict[str, float]:
        """Bits/dim of the averaged weights on the held-back images, at most `most` of each set."""
        found = {}
        for data in sets:
            images = data.valid[:most]
            total = math.fsum(
                float(self.costs(self.average, part.to(self.device), data.config.levels).sum())
                for part in torch.split(images, 50)
            )
            found[data.config.file] = round(total / images.numel() / math.log(2.0), 4)
        return found

    def _state(self) -> Iterator[tuple[str, dict[str, Any], Tensor]]:
        by_id = {id(value): name for name, value in self.net.named_parameters()}
        for optimiser, _ in self.optimisers:
            for group in optimiser.param_groups:
                for value in group["params"]:
                    yield by_id[id(value)], optimiser.state[value], value

    def save(self, path: Path) -> None:
        """Write the checkpoint, or leave the one that is there."""
        tensors = {f"net.{name}": value for name, value in self.net.state_dict().items()}
        tensors |= {f"average.{name}": value for name, value in self.average.state_dict().items()}
        for name, state, _ in self._state():
            tensors |= {f"state.{name}.{key}": torch.as_tensor(v) for key, v in state.items()}
        meta = {
            "recipe": dataclasses.asdict(self.recipe),
            "step": self.step,
            "seconds": round(self.seconds, 1),
        }
        write(path, tensors, meta)

    def restore(self, path: Path) -> None:
        """Go on from a checkpoint of the same networks; the schedule may be another."""
        with safe_open(path, "pt") as file:
            meta = json.loads(file.metadata()["acncodec"])
            tensors = {key: file.get_tensor(key).to(self.device) for key in file.keys()}
        for key in ("net", "head"):
            ours = json.loads(json.dumps(dataclasses.asdict(self.recipe)))[key]
            if meta["recipe"][key] != ours:
                raise SystemExit(f"{path}: is of another {key}")
        for prefix, net in (("net.", self.net), ("average.", self.average)):
            net.load_state_dict(
                {key[len(prefix) :]: v for key, v in tensors.items() if key.startswith(prefix)}
            )
        for name, state, _ in self._state():
            prefix = f"state.{name}."
            found = {key[len(prefix) :]: v for key, v in tensors.items() if key.startswith(prefix)}
            state.update({k: v.cpu() if v.ndim == 0 else v for k, v in found.items()})
        self.step, self.seconds = meta["step"], meta["seconds"]


def write(path: Path, tensors: dict[str, Tensor], meta: dict[str, Any]) -> None:
    """A safetensors file with JSON `meta`, atomically."""
    temporary = path.with_name(path.name + ".tmp")
    whole = {key: value.detach().cpu().contiguous().clone() for key, value in tensors.items()}
    save_file(whole, temporary, {"acncodec": json.dumps(meta)})
    temporary.replace(path)


def export(run: Run, path: Path, valid: dict[str, float]) -> None:
    """Averaged weights, config and card."""
    recipe = dataclasses.asdict(run.recipe)
    card = {
        "step": run.step,
        "seconds": round(run.seconds, 1),
        "weights": sum(value.numel() for value in run.average.parameters()),
        "products_a_pixel": run.recipe.net.products,
        "valid_bits_per_dim": valid,
        "train": recipe["train"],
        "data": recipe["data"],
        "seed": run.recipe.seed,
    }
    meta = {"net": recipe["net"], "head": recipe["head"], "card": card}
    write(path, dict(run.average.state_dict()), meta)
