"""The training loop: steps, Polyak average, validation, checkpoints and resumption."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from acncodec.errors import TrainingError
from acncodec.families.config import ModelConfig
from acncodec.families.family import Family
from acncodec.families.registry import BEFORE_FAMILIES
from acncodec.learning.networks import FloatNetworks, set_dropout
from acncodec.learning.objectives import at_once, encode_source
from acncodec.learning.recipe import Recipe
from acncodec.learning.rounding import Rounding, choose_steps, restored, squared_gradients
from acncodec.learning.source import MirroredSource, Source, batch_rows, step_generator
from acncodec.training.checkpoint import (
    check_meta,
    check_start,
    check_tensors,
    kept_path,
    load_checkpoint,
    save_checkpoint,
)
from acncodec.training.optimisers import Optimisers

VALIDATED = 2000
"""Images that are validated with, at most."""
ROUNDING_BATCHES = 64
"""From which the curvature of the cost is estimated."""


@dataclass(frozen=True)
class Report:
    """What a callback learns. Costs are nats an image, averaged since the last report; samples: of
    an image, where its cost is that of its samples alone; rivals: bits a sample that other codecs
    take for what is validated with."""

    step: int
    seconds: float
    progress: float
    kl_nats: float
    reconstruction_nats: float
    learning_rate: float
    valid_kl_nats: float | None = None
    valid_reconstruction_nats: float | None = None
    samples: int | None = None
    rivals: Mapping[str, float] | None = None


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
    """A run: networks, their Polyak average, objective, optimizer, step and time."""

    def __init__(
        self,
        family: Family,
        config: ModelConfig,
        recipe: Recipe,
        train: Source,
        valid: Source | None,
        seed: int,
        device: str = "cpu",
    ) -> None:
        if not config.accepts.takes(train.shape, train.levels):
            raise TrainingError(f"images are {train.shape}, the model wants {config.accepts.about}")
        self.family, self.config, self.recipe, self.seed = family, config, recipe, seed
        self.train = MirroredSource(train) if recipe.mirror else train
        self.valid = valid
        self.device = torch.device(device)
        torch.manual_seed(seed)
        self.net = family.build(config).to(self.device)
        self.average = family.build(config).to(self.device)
        self.average.load_state_dict(self.net.state_dict())
        self.average.requires_grad_(False).eval()
        set_dropout(self.net, recipe.dropout)
        self.objective = family.objective(self.net, self.train, recipe)
        self.optimisers = Optimisers(self.net, recipe)
        self.rounding: Rounding | None = None
        self.started: dict[str, str] | None = None
        self.step = 0
        self.seconds = 0.0

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.recipe.bfloat16)

    def encode(self, net: FloatNetworks, source: Source, generator: torch.Generator) -> Tensor:
        """Codes of all images of `source`, float32 (N, D) on the CPU."""
        with self._autocast():
            return encode_source(net, source, generator)

    def refresh(self) -> None:
        """Renew what the objective keeps of the training set."""
        with self._autocast():
            self.objective.refresh(step_generator(self.seed, self.step, 2))

    def _train_step(self, budget: Budget) -> tuple[float, float, int]:
        """One step; KL and pixels of a drawn image, nats, and its samples."""
        recipe, step = self.recipe, self.step
        self.optimisers.set_rate(recipe.rate_factor(step, budget.progress(step, self.seconds)))
        generator = step_generator(self.seed, step)
        rows = batch_rows(len(self.train), recipe.batch, self.seed, step)
        with self.rounding.rounded(self.net) if self.rounding else nullcontext():
            kl, cost, drawn = self._gradients(rows, generator)
        if self.rounding:
            self.rounding.add_rate(self.net, recipe.rate_weight / self.train.draws)
        if recipe.clip:
            # Of the cost a sample, so that it does not depend on the images' size.
            samples = math.prod(drawn[1:])
            torch.nn.utils.clip_grad_norm_(self.net.parameters(), recipe.clip * samples)
        self.optimisers.step()
        with torch.no_grad():
            torch._foreach_lerp_(
                list(self.average.parameters()),
                list(self.net.parameters()),
                1.0 - recipe.polyak_decay(step),
            )
        return kl, cost, math.prod(drawn[1:])

    def _gradients(
        self, rows: Tensor, generator: torch.Generator
    ) -> tuple[float, float, torch.Size]:
        """Let the weights have the gradients of a batch's mean cost, and give that, KL and pixels,
        and the shape of the batch."""
        x = self.train.draw(rows, generator).to(self.device)
        if self.recipe.dropout:  # which takes no generator
            torch.manual_seed(int(torch.randint(1 << 62, (), generator=generator)))
        with self._autocast():
            kls, costs = self.objective.costs(x, rows, generator)
            kl, cost = kls.mean(), costs.mean()
        self.optimisers.zero_grad()
        torch.autograd.backward(self.recipe.kl_weight(self.step) * kl + cost)
        return float(kl.detach()), float(cost.detach()), x.shape

    def begin_rounding(self, coarseness: float | None = None) -> None:
        """From here on weights are rounded (`learning.rounding`), to steps that are chosen now.

        coarseness: the recipe's unless another is given.
        """
        sums: dict[str, Tensor] = {}
        count = max(1, min(ROUNDING_BATCHES, len(self.train) // self.recipe.batch))
        for index in range(count):
            generator = step_generator(self.seed, index, 9)
            size = min(self.recipe.batch, len(self.train))
            rows = torch.randint(len(self.train), (size,), generator=generator)
            *_, drawn = self._gradients(rows, generator)
            squared_gradients(self.net, sums, drawn[0])
        scale = self.train.draws / count
        curvature = {name: total * scale for name, total in sums.items()}
        by = self.recipe.coarseness if coarseness is None else coarseness
        self.rounding = choose_steps(self.net, curvature, by)
        self.optimisers.zero_grad()

    def rounded_average(self) -> FloatNetworks:
        """A copy of the averaged weights, rounded if the run is."""
        net = copy.deepcopy(self.average)
        if self.rounding:
            self.rounding.round(net)
        return net

    def validate(self, limit: int = VALIDATED) -> tuple[float, float] | None:
        """(KL, reconstruction) of the averaged weights on validation images, nats an image.

        Images are priced as in training, neighbours being validation images too. None without
        enough of them.
        """
        if self.valid is None or len(self.valid) <= self.recipe.neighbours:
            return None
        generator = step_generator(self.seed, 0, 3)
        objective = self.family.objective(self.rounded_average(), self.valid, self.recipe)
        kls, costs = [], []
        with torch.no_grad(), self._autocast():
            objective.refresh(generator)
            for rows in torch.split(torch.arange(min(limit, len(self.valid))), at_once(self.valid)):
                x = self.valid.draw(rows, generator).to(self.device)
                kl, cost = objective.costs(x, rows, generator)
                kls.append(kl)
                costs.append(cost)
        return float(torch.cat(kls).mean()), float(torch.cat(costs).mean())

    def run(
        self,
        budget: Budget,
        checkpoint: Path | None,
        report: Callable[[Report], None],
        report_steps: int = 50,
        keep_steps: int | None = None,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """Train until `budget` is used up, with a checkpoint every `recipe.checkpoint_steps`.

        The checkpoint of every `keep_steps` stays, beside the others (see `kept_path`). Asked
        before each step, `stop` may end the run early.
        """
        kl_sum = cost_sum = 0.0
        since = samples_sum = 0
        started = self.step
        clock = time.monotonic()
        while True:
            if self.step % self.recipe.refresh_steps == 0:
                self.refresh()
            done = budget.progress(self.step, self.seconds) >= 1.0
            due = self.step > started and self.step % self.recipe.checkpoint_steps == 0
            keep = keep_steps is not None and self.step > 0 and self.step % keep_steps == 0
            if checkpoint is not None and keep:
                self.save(kept_path(checkpoint, self.step))
            ended = done or stop()
            if checkpoint is not None and (ended or due):
                self.save(checkpoint)
            if ended:
                return
            round_now = budget.progress(self.step, self.seconds) >= self.recipe.round_from
            if round_now and self.rounding is None:
                self.begin_rounding()
            kl, cost, samples = self._train_step(budget)
            if not math.isfinite(kl + cost):
                raise TrainingError(f"the loss is not finite at step {self.step}")
            self.step += 1
            now = time.monotonic()
            self.seconds += now - clock
            clock = now
            kl_sum, cost_sum, since = kl_sum + kl, cost_sum + cost, since + 1
            samples_sum += samples
            if self.step % report_steps == 0:
                at_checkpoint = self.step % self.recipe.checkpoint_steps == 0
                held_kl, held_cost = (at_checkpoint and self.validate()) or (None, None)
                alone = self.objective.kl_name is None
                report(
                    Report(
                        step=self.step,
                        seconds=round(self.seconds, 1),
                        progress=budget.progress(self.step, self.seconds),
                        kl_nats=kl_sum / since,
                        reconstruction_nats=cost_sum / since,
                        learning_rate=self.optimisers.rate,
                        valid_kl_nats=held_kl,
                        valid_reconstruction_nats=held_cost,
                        samples=round(samples_sum / since) if alone else None,
                    )
                )
                kl_sum = cost_sum = 0.0
                since = samples_sum = 0

    def save(self, path: Path) -> None:
        """Write a checkpoint from which `restore` continues bit for bit (on one machine)."""
        tensors = {f"net.{key}": value for key, value in self.net.state_dict().items()}
        tensors |= {f"average.{key}": value for key, value in self.average.state_dict().items()}
        tensors |= self.optimisers.tensors() | self.objective.state()
        tensors |= self.rounding.tensors() if self.rounding else {}
        meta = {
            "step": self.step,
            "seconds": self.seconds,
            "seed": self.seed,
            "kind": self.family.name,
            "config": self.config.to_json(),
            "images": self.train.digest,
            "recipe": self.recipe.to_json(),
            **({} if self.started is None else {"start": self.started}),
        }
        save_checkpoint(path, tensors, meta)

    def restore(self, path: Path) -> None:
        """Continue from a checkpoint, of whatever recipe.

        Raises `TrainingError` if it is of another family, shape, seed or training set, or no
        checkpoint at all; then nothing has changed.
        """
        tensors, meta = load_checkpoint(path)
        ours = {
            "kind": self.family.name, "config": self.config.to_json(), "seed": self.seed,
            "images": self.train.digest,
        }  # fmt: skip
        meta = {
            "kind": BEFORE_FAMILIES,
            "images": self.train.digest,
        } | meta  # older ones do not say
        step, seconds = check_meta(path, meta, ours)
        started = check_start(path, meta)
        shapes = {f"net.{key}": value.shape for key, value in self.net.state_dict().items()}
        shapes |= {f"average.{key}": value.shape for key, value in self.net.state_dict().items()}
        shapes |= {key: value.shape for key, value in self.objective.state().items()}
        momenta = self.optimisers.shapes()
        rounding = [name for name in tensors if name.startswith("rounding.")]
        steps = restored(self.net, tensors) if rounding else None
        if steps is not None:
            shapes |= {name: value.shape for name, value in steps.tensors().items()}
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
        self.optimisers.restore(tensors)
        self.objective.load(tensors)
        self.rounding = steps
        self.step, self.seconds, self.started = step, seconds, started
