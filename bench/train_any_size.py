"""Train the any-size decoder with a logistic mixture on arrays of images; resumes by itself.

    python bench/train_any_size.py bench/recipes/rgb.toml --data FOLDER --out FOLDER

Writes to --out: `checkpoint.safetensors` (all that a later run needs, replaced atomically),
`log.jsonl` (a line a report) and, with --export, `model.safetensors` (averaged weights, config,
card). What a step does depends on the recipe and the step alone, never on when a run was stopped.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # runs where the package is not installed, and little else is

from acncodec.heads.logistic_mixture_loss import initial_biases, nats  # noqa: E402
from acncodec.heads.mixture_shape import LogisticMixture  # noqa: E402
from acncodec.learning.muon import muon_and_adamw  # noqa: E402
from acncodec.parts.causal_resnet.net import CausalResNet, planes  # noqa: E402
from acncodec.parts.causal_resnet.shape import NETWORK_ORDER, CausalResNetConfig  # noqa: E402


@dataclass(frozen=True)
class TrainConfig:
    """Steps, images a step, and the optimiser: `muon` moves the matrices, or `adamw` all."""

    steps: int
    batch: int = 32
    rate: float = 2e-3
    optimiser: str = "adamw"
    matrix_rate: float = 5e-3
    warm_up: int = 100
    flat: float = 0.4
    last_rate: float = 0.01
    decay: float = 1e-4
    clip: float = 1.0
    average: float = 0.999
    report_every: int = 50
    validate_every: int = 500
    validate_images: int = 500


@dataclass(frozen=True)
class DataConfig:
    """A data set: its array, its share of the images of a batch, the images held back."""

    file: str
    share: float
    held: int
    flips: bool = False
    levels: int = 256


@dataclass(frozen=True)
class Recipe:
    """All that decides what a run computes."""

    net: CausalResNetConfig
    head: LogisticMixture
    train: TrainConfig
    data: tuple[DataConfig, ...]
    seed: int = 1

    @classmethod
    def load(cls, path: Path, changes: list[str]) -> Recipe:
        """A recipe from TOML; changes: `table.key=value`, the value as in TOML."""
        document = tomllib.loads(path.read_text())
        for change in changes:
            key, value = change.split("=", 1)
            *tables, name = key.split(".")
            target = document
            for table in tables:
                target = target[table]
            target[name] = tomllib.loads(f"x = {value}")["x"]
        channels = document["net"]["channels"]
        head = LogisticMixture(channels, **document.get("head", {}))
        return cls(
            CausalResNetConfig(outputs=head.outputs, **document["net"]),
            head,
            TrainConfig(**document["train"]),
            tuple(DataConfig(**entry) for entry in document["data"]),
            document.get("seed", 1),
        )


@dataclass(eq=False)
class ImageSet:
    """Images uint8 (N, C, H, W), channels in network order; the last `held` are for validation."""

    config: DataConfig
    train: Tensor
    valid: Tensor
    _order: dict[int, NDArray[np.int64]] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path, config: DataConfig) -> ImageSet:
        """From .npy, or the array `images` of .npz: uint8 (N, H, W) or (N, H, W, C)."""
        array = np.load(folder / config.file, allow_pickle=False)
        if isinstance(array, np.lib.npyio.NpzFile):
            array = array["images"]
        if array.ndim == 3:
            array = array[..., None]
        images = torch.from_numpy(array).permute(0, 3, 1, 2)
        images = images[:, list(NETWORK_ORDER[images.shape[1]])].contiguous()
        cut = len(images) - config.held
        return cls(config, images[:cut], images[cut:])

    def batch(self, seed: int, step: int, size: int) -> Tensor:
        """The images of this set in batch `step` of `size` images: a permutation each epoch."""
        first, last = (math.floor(at * size * self.config.share + 1e-6) for at in (step, step + 1))
        rows = [self._row(seed, position) for position in range(first, last)]
        images = self.train[rows]
        if self.config.flips:
            draws = np.random.default_rng((seed, 2, step)).random(len(rows))
            flip = torch.from_numpy(draws < 0.5)[:, None, None, None]
            images = torch.where(flip, images.flip(3), images)
        return images

    def _row(self, seed: int, position: int) -> int:
        epoch, index = divmod(position, len(self.train))
        if epoch not in self._order:
            self._order.clear()
            rng = np.random.default_rng((seed, 1, epoch))
            self._order[epoch] = rng.permutation(len(self.train))
        return int(self._order[epoch][index])


def rate_factor(config: TrainConfig, step: int) -> float:
    """Of the rate at `step`: a rise, a flat part, and a line down to `last_rate`."""
    if step < config.warm_up:
        return (step + 1) / config.warm_up
    gone = max(0.0, step / config.steps - config.flat) / (1.0 - config.flat)
    return 1.0 - min(gone, 1.0) * (1.0 - config.last_rate)


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
            [value for _, value in muon], [value for _, value in rest], config.matrix_rate,
            config.rate, config.decay,
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

    def grow_from(self, path: Path) -> None:
        """Begin with the averaged weights of a smaller network: at first the same function.

        What is new writes to new features alone, or adds nothing: weights that read new features,
        and all that new blocks add, are 0; the step and the optimisers start anew.
        """
        with safe_open(path, "pt") as file:
            meta = json.loads(file.metadata()["acncodec"])
            tensors = {key: file.get_tensor(key) for key in file.keys()}
        old_recipe = meta["recipe"]["net"]
        old_width, hidden = old_recipe["width"], old_recipe["hidden"]
        with torch.no_grad():
            for name, value in self.net.named_parameters():
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
                    before = self.recipe.net.channels + 1
                now = {"first": before, "head": self.recipe.net.width}.get(name.split(".")[0])
                if now is None:
                    net = self.recipe.net
                    now = net.hidden if ".narrow." in name else net.width
                new = value.view(len(value), -1, now)
                new[: len(old), :, before:] = 0.0
                new[: len(old), :, :before] = old.view(len(old), -1, before)
        self.average.load_state_dict(self.net.state_dict())


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


def main() -> None:
    """Train until the recipe's last step, or until --minutes are over."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder of the arrays")
    parser.add_argument("--out", type=Path, required=True, help="folder of what is written")
    parser.add_argument("--set", action="append", default=[], metavar="TABLE.KEY=VALUE")
    parser.add_argument("--minutes", type=float, default=math.inf, help="of this run at most")
    parser.add_argument("--steps-now", type=int, help="stop at this step, leave the schedule")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--bf16", action="store_true", help="networks under bfloat16 autocast")
    parser.add_argument("--grow-from", type=Path, help="checkpoint of a smaller network")
    parser.add_argument("--export", action="store_true", help="only write model.safetensors")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    recipe = Recipe.load(options.recipe, options.set)
    options.out.mkdir(parents=True, exist_ok=True)
    sets = [ImageSet.load(options.data, config) for config in recipe.data]
    run = Run(recipe, options.device, options.bf16)
    checkpoint = options.out / "checkpoint.safetensors"
    if checkpoint.exists():
        run.restore(checkpoint)
    elif options.grow_from:
        run.grow_from(options.grow_from)
    if options.export:
        export(run, options.out / "model.safetensors", run.validate(sets, None))
        return
    train(run, sets, options)


def train(run: Run, sets: list[ImageSet], options: argparse.Namespace) -> None:
    """The loop: steps, reports, checkpoints every ten minutes and at the end."""
    config = run.recipe.train
    checkpoint = options.out / "checkpoint.safetensors"
    last = min(config.steps, options.steps_now or config.steps)
    began, saved, before = time.monotonic(), time.monotonic(), run.seconds
    recent: list[list[float]] = []
    with (options.out / "log.jsonl").open("a") as log:
        while run.step < last and time.monotonic() - began < 60 * options.minutes:
            recent.append(run.train_step(sets))
            run.seconds = before + time.monotonic() - began
            if run.step % config.report_every == 0:
                line: dict[str, Any] = {"step": run.step, "seconds": round(run.seconds, 1)}
                means = np.nanmean(np.array(recent), 0)
                line["train"] = {
                    data.config.file: round(float(mean), 4)
                    for data, mean in zip(sets, means, strict=True)
                }
                recent.clear()
                if run.step % config.validate_every == 0:
                    line["valid"] = run.validate(sets, config.validate_images)
                print(json.dumps(line), file=log, flush=True)
            if time.monotonic() - saved > 600:
                run.save(checkpoint)
                saved = time.monotonic()
    run.save(checkpoint)


if __name__ == "__main__":
    main()
