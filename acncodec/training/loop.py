"""Algorithm 1: encode, pick a neighbour's code, pay for the latent, pay for the pixels."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from acncodec.errors import TrainingError
from acncodec.nets.acn import ACN
from acncodec.nets.config import ModelConfig
from acncodec.nets.pixelcnn import reconstruction_cost
from acncodec.nets.prior import conditional_kl
from acncodec.training.checkpoint import (
    check_meta,
    check_tensors,
    load_checkpoint,
    optimizer_shapes,
    optimizer_tensors,
    restore_optimizer,
    save_checkpoint,
)
from acncodec.training.neighbours import nearest
from acncodec.training.recipe import Recipe
from acncodec.training.source import ImageSource, batch_rows, step_generator

ENCODE_BATCH = 500


@dataclass(frozen=True)
class Report:
    """What a callback learns. Costs are nats an image, averaged since the last report."""

    step: int
    seconds: float
    progress: float
    kl_nats: float
    reconstruction_nats: float
    learning_rate: float
    valid_kl_nats: float | None = None
    valid_reconstruction_nats: float | None = None


@dataclass(frozen=True)
class Budget:
    """How long to train: until `steps`, or for `minutes` of training time if given."""

    steps: int
    minutes: float | None = None

    def progress(self, step: int, seconds: float) -> float:
        """The fraction of the run that is done, 0 to 1."""
        if self.minutes is not None:
            return min(1.0, seconds / (60.0 * self.minutes)) if self.minutes > 0 else 1.0
        return min(1.0, step / self.steps) if self.steps > 0 else 1.0


class Trainer:
    """A run: networks, their Polyak average, optimizer, neighbour table, step and time."""

    def __init__(
        self,
        config: ModelConfig,
        recipe: Recipe,
        train: ImageSource,
        valid: ImageSource | None,
        seed: int,
        device: str = "cpu",
    ) -> None:
        if train.size != (config.height, config.width):
            raise TrainingError(f"images are {train.size}, the model wants {config.image_shape}")
        if len(train) <= recipe.neighbours:
            raise TrainingError(
                f"{len(train)} images are too few for {recipe.neighbours} neighbours"
            )
        self.config, self.recipe, self.seed = config, recipe, seed
        self.train, self.valid = train, valid
        self.device = torch.device(device)
        torch.manual_seed(seed)
        self.net = ACN(config).channels_last().to(self.device)
        self.average = ACN(config).channels_last().to(self.device)
        self.average.load_state_dict(self.net.state_dict())
        self.average.requires_grad_(False)
        self.optimizer = self._make_optimizer()
        self.table = torch.zeros(len(train), config.latent_dim)
        self.step = 0
        self.seconds = 0.0

    def _make_optimizer(self) -> torch.optim.Optimizer:
        recipe = self.recipe
        others = [*self.net.encoder.parameters(), *self.net.prior.parameters()]
        groups: list[dict[str, Any]] = [
            {"params": list(self.net.decoder.parameters()), "scale": 1.0},
            {"params": others, "scale": recipe.network_rate},
        ]
        if recipe.optimizer == "adam":
            return torch.optim.Adam(groups, recipe.learning_rate, (recipe.momentum, 0.999))
        if recipe.optimizer == "rmsprop":
            return torch.optim.RMSprop(groups, recipe.learning_rate, momentum=recipe.momentum)
        raise TrainingError(f"unknown optimizer {recipe.optimizer!r}")

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.recipe.bfloat16)

    def encode(self, net: ACN, source: ImageSource, generator: torch.Generator) -> Tensor:
        """Codes of all images of `source`, float32 (N, D) on the CPU."""
        codes = []
        with torch.no_grad(), self._autocast():
            for rows in torch.split(torch.arange(len(source)), ENCODE_BATCH):
                x = source.draw(rows, generator).to(self.device)
                codes.append(net.encoder(x).cpu())
        return torch.cat(codes)

    def refresh(self) -> None:
        """Encode the whole training set anew into the neighbour table."""
        self.table = self.encode(self.net, self.train, step_generator(self.seed, self.step, 2))

    def _train_step(self, budget: Budget) -> tuple[float, float]:
        recipe, step = self.recipe, self.step
        factor = recipe.rate_factor(step, budget.progress(step, self.seconds))
        for group in self.optimizer.param_groups:
            group["lr"] = recipe.learning_rate * group["scale"] * factor
        generator = step_generator(self.seed, step)
        rows = batch_rows(len(self.train), recipe.batch, self.seed, step)
        x = self.train.draw(rows, generator)
        noise = torch.randn(len(rows), self.config.latent_dim, generator=generator)
        choice = torch.randint(recipe.neighbours, (len(rows),), generator=generator)
        x, noise = x.to(self.device), noise.to(self.device)
        with self._autocast():
            code = self.net.encoder(x)
            self.table[rows] = code.detach().cpu()
            found = nearest(
                self.table[rows].numpy(), rows.numpy(), self.table.numpy(), recipe.neighbours
            )
            picked = torch.from_numpy(found)[torch.arange(len(rows)), choice]
            z = code + noise
            kl = conditional_kl(self.net.prior(self.table[picked].to(self.device)), z).mean()
            cost = reconstruction_cost(self.net.decoder(x, z), x).mean()
        self.optimizer.zero_grad()
        torch.autograd.backward(recipe.kl_weight(step) * kl + cost)
        self.optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(
                list(self.average.parameters()),
                list(self.net.parameters()),
                1.0 - recipe.polyak_decay(step),
            )
        return float(kl.detach()), float(cost.detach())

    def validate(self, limit: int = 2000) -> tuple[float, float] | None:
        """(KL, reconstruction) of the averaged weights on validation images, nats an image.

        Each image's prior comes from one of its K nearest validation images, as in training.
        """
        if self.valid is None or len(self.valid) <= self.recipe.neighbours:
            return None
        generator = step_generator(self.seed, 0, 3)
        kls, costs = [], []
        with torch.no_grad(), self._autocast():
            codes = self.encode(self.average, self.valid, generator)
            for rows in torch.split(torch.arange(min(limit, len(codes))), ENCODE_BATCH):
                found = nearest(
                    codes[rows].numpy(), rows.numpy(), codes.numpy(), self.recipe.neighbours
                )
                choice = torch.randint(self.recipe.neighbours, (len(rows),), generator=generator)
                picked = torch.from_numpy(found)[torch.arange(len(rows)), choice]
                x = self.valid.draw(rows, generator).to(self.device)
                code = self.average.encoder(x)
                z = code + torch.randn(code.shape, generator=generator).to(self.device)
                kls.append(conditional_kl(self.average.prior(codes[picked].to(self.device)), z))
                costs.append(reconstruction_cost(self.average.decoder(x, z), x))
        return float(torch.cat(kls).mean()), float(torch.cat(costs).mean())

    def run(
        self,
        budget: Budget,
        checkpoint: Path | None,
        report: Callable[[Report], None],
        report_steps: int = 50,
    ) -> None:
        """Train until `budget` is used up, with a checkpoint every `recipe.checkpoint_steps`."""
        kl_sum = cost_sum = 0.0
        since = 0
        started = self.step
        clock = time.monotonic()
        while True:
            if self.step % self.recipe.refresh_steps == 0:
                self.refresh()
            done = budget.progress(self.step, self.seconds) >= 1.0
            due = self.step > started and self.step % self.recipe.checkpoint_steps == 0
            if checkpoint is not None and (done or due):
                self.save(checkpoint)
            if done:
                return
            kl, cost = self._train_step(budget)
            if not math.isfinite(kl + cost):
                raise TrainingError(f"the loss is not finite at step {self.step}")
            self.step += 1
            now = time.monotonic()
            self.seconds += now - clock
            clock = now
            kl_sum, cost_sum, since = kl_sum + kl, cost_sum + cost, since + 1
            if self.step % report_steps == 0:
                valid = self.validate() if self.step % self.recipe.checkpoint_steps == 0 else None
                report(
                    Report(
                        self.step,
                        round(self.seconds, 1),
                        budget.progress(self.step, self.seconds),
                        kl_sum / since,
                        cost_sum / since,
                        self.optimizer.param_groups[0]["lr"],
                        *(valid or (None, None)),
                    )
                )
                kl_sum = cost_sum = 0.0
                since = 0

    def save(self, path: Path) -> None:
        """Write a checkpoint from which `restore` continues bit for bit (on one machine)."""
        tensors = {f"net.{key}": value for key, value in self.net.state_dict().items()}
        tensors |= {f"average.{key}": value for key, value in self.average.state_dict().items()}
        tensors |= optimizer_tensors(self.optimizer)
        tensors["table"] = self.table
        meta = {
            "step": self.step,
            "seconds": self.seconds,
            "seed": self.seed,
            "config": self.config.to_json(),
            "recipe": self.recipe.to_json(),
        }
        save_checkpoint(path, tensors, meta)

    def restore(self, path: Path) -> None:
        """Continue from a checkpoint. Raises `TrainingError` if it is of another run, or no
        checkpoint at all; then nothing has changed."""
        tensors, meta = load_checkpoint(path)
        ours = {"config": self.config.to_json(), "seed": self.seed}
        step, seconds = check_meta(path, meta, ours)
        shapes = {f"net.{key}": value.shape for key, value in self.net.state_dict().items()}
        shapes |= {f"average.{key}": value.shape for key, value in self.net.state_dict().items()}
        shapes["table"] = self.table.shape
        momenta = optimizer_shapes(self.optimizer)
        # Momenta are there from the first step on, all together.
        check_tensors(path, tensors, shapes | (momenta if step else {}), momenta, step)
        for prefix, net in (("net.", self.net), ("average.", self.average)):
            net.load_state_dict(
                {
                    key.removeprefix(prefix): value
                    for key, value in tensors.items()
                    if key.startswith(prefix)
                }
            )
        restore_optimizer(self.optimizer, tensors)
        self.table = tensors["table"]
        self.step, self.seconds = step, seconds
