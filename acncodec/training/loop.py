"""The training loop: steps, Polyak average, validation, and when a checkpoint is due."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor

from acncodec.errors import TrainingError
from acncodec.families.config import ModelConfig
from acncodec.families.family import Family
from acncodec.learning.networks import FloatNetworks, set_dropout
from acncodec.learning.objectives import (
    RECONSTRUCTION,
    TooFewImagesError,
    at_once,
    encode_source,
)
from acncodec.learning.recipe import Recipe
from acncodec.learning.rounding import Rounding, choose_steps, squared_gradients
from acncodec.learning.source import Source, batch_rows, step_generator
from acncodec.learning.views import MirroredSource
from acncodec.learning.warp import WarpedSource
from acncodec.training.best import Best
from acncodec.training.checkpoint import kept_path
from acncodec.training.optimisers import Optimisers
from acncodec.training.progress import Averages, Budget, Report, Validated
from acncodec.training.state import restore_state, save_state

VALIDATED = 2000
"""Images that are validated with, at most."""
CHECKPOINT_SECONDS = 600.0
"""Of work, at the most, are lost where a run is killed."""
ROUNDING_BATCHES = 64
"""From which the curvature of the cost is estimated."""


def has_bfloat16(device: torch.device) -> bool:
    """Whether products of bfloat16 are worth it there: where a processor has to imitate them, they
    take several times as long as those of float32; by Intel's that have AVX512-BF16 and no AMX they
    take longer too (findings/torch-bfloat16-without-amx.sh)."""
    if device.type == "cpu":
        found = torch.cpu.get_capabilities()
        lacks = "Intel" in str(found.get("cpu_name", "")) and not found.get("amx_bf16", False)
        return not lacks and bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    return device.type != "cuda" or torch.cuda.is_bf16_supported()


class Trainer:
    """A run: networks, their Polyak average, objective, optimizer, step and time.

    chosen: of a fit, with which of its images it goes on, float32 (N,) of 0 and 1, once that was
    looked at; best: the weights by which validation was cheapest, if anything asks for them
    (`training.patience`); spent: seconds of training before it began, of another network.
    """

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
        self.train, self._bent = self._views(train)
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
        self.chosen: Tensor | None = None
        self.best: Best | None = None
        self.step = 0
        self.seconds = self.spent = 0.0

    def narrow(self, train: Source) -> None:
        """Go on with other images, some of those until now."""
        self.train, self._bent = self._views(train)
        self.objective = self.family.objective(self.net, self.train, self.recipe)

    def _views(self, train: Source) -> tuple[Source, Source | None]:
        """Images as the recipe has them seen, and bent anew at each use, if it has them so."""
        recipe, bent = self.recipe, None
        if recipe.affine or recipe.elastic:
            bent = WarpedSource(train, recipe.affine, recipe.elastic)
        if recipe.mirror:
            return MirroredSource(train), bent and MirroredSource(bent)
        return train, bent

    @cached_property
    def _has_bfloat16(self) -> bool:
        return has_bfloat16(self.device)

    def _autocast(self) -> torch.autocast:
        wanted = self.recipe.bfloat16 and self._has_bfloat16
        return torch.autocast(self.device.type, torch.bfloat16, enabled=wanted)

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
        progress = budget.progress(step, self.seconds)
        self.optimisers.set_rate(recipe.rate_factor(step, progress))
        generator = step_generator(self.seed, step)
        rows = batch_rows(len(self.train), recipe.batch, self.seed, step)
        with self.rounding.rounded(self.net) if self.rounding else nullcontext():
            bent = self._bent if progress <= recipe.decay_from else None
            weight = recipe.kl_weight(step, progress)
            kl, cost, drawn = self._gradients(bent or self.train, rows, generator, weight)
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
            for kept, value in zip(self.average.buffers(), self.net.buffers(), strict=True):
                kept.copy_(value)  # what no gradient moves is an average already
        return kl, cost, math.prod(drawn[1:])

    def _gradients(
        self, source: Source, rows: Tensor, generator: torch.Generator, kl_weight: float = 1.0
    ) -> tuple[float, float, torch.Size]:
        """Let the weights have the gradients of a batch's mean cost, its KL weighted, and give KL
        and pixels, and the shape of the batch."""
        x = source.draw(rows, generator).to(self.device)
        if self.recipe.dropout:  # which takes no generator
            torch.manual_seed(int(torch.randint(1 << 62, (), generator=generator)))
        with self._autocast():
            kls, costs = self.objective.costs(x, rows, generator)
            kl, cost = kls.mean(), costs.mean()
        self.optimisers.zero_grad()
        torch.autograd.backward(kl_weight * kl + cost)
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
            *_, drawn = self._gradients(self.train, rows, generator)
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

    @cached_property
    def can_validate(self) -> bool:
        """Whether there are validation images, and enough for the objective."""
        if self.valid is None or not len(self.valid):
            return False
        with torch.random.fork_rng([]):  # an objective may have networks of its own
            try:
                self.family.objective(self.average, self.valid, self.recipe)
            except TooFewImagesError:
                return False
        return True

    def validate(self, limit: int = VALIDATED) -> Validated | None:
        """What the averaged weights make of validation images.

        Images are priced as in training, neighbours being validation images too. None without
        enough of them.
        """
        if self.valid is None or not self.can_validate:
            return None
        generator = step_generator(self.seed, 0, 3)
        objective = self.family.objective(self.rounded_average(), self.valid, self.recipe)
        kls, costs, seen, samples = [], [], 0, 0
        with torch.no_grad(), self._autocast():
            objective.refresh(generator)
            for some in _at_once(self.valid):
                rows = some[: max(0, limit - seen)]
                if not len(rows):
                    break
                x = self.valid.draw(rows, generator).to(self.device)
                kl, cost = objective.costs(x, rows, generator)
                kls.append(kl)
                costs.append(cost)
                seen, samples = seen + len(x), samples + x.numel()
        kl, cost = torch.cat(kls), torch.cat(costs)
        return Validated(float(kl.mean()), float(cost.mean()), samples / seen)

    def run(
        self,
        budget: Budget,
        checkpoint: Path | None,
        report: Callable[[Report], None],
        report_steps: int = 50,
        keep_steps: int | None = None,
        stop: Callable[[], bool] = lambda: False,
        took: Callable[[float], None] = lambda _seconds: None,
    ) -> None:
        """Train until `budget` is used up, with a checkpoint every `recipe.checkpoint_steps`, and
        every `CHECKPOINT_SECONDS`.

        The checkpoint of every `keep_steps` stays, beside the others (see `kept_path`). Asked
        before each step, `stop` may end the run early; told after each, `took` learns its seconds.
        Reports come every `report_steps` and `recipe.checkpoint_steps`,
        and one of the steps that are left at the end.
        """
        since = Averages()
        started = self.step
        clock = saved = time.monotonic()
        while True:
            if self.step % self.recipe.refresh_steps == 0:
                self.refresh()
            done = budget.progress(self.step, self.seconds) >= 1.0
            due = self.step > started and self.step % self.recipe.checkpoint_steps == 0
            due = due or clock - saved > CHECKPOINT_SECONDS
            keep = keep_steps is not None and self.step > 0 and self.step % keep_steps == 0
            if checkpoint is not None and keep:
                self.save(kept_path(checkpoint, self.step))
            ended = done or stop()
            if checkpoint is not None and (ended or due):
                self.save(checkpoint)
                saved = clock
            if ended:
                if since.steps:
                    report(self._report(budget, since))
                return
            round_now = budget.progress(self.step, self.seconds) >= self.recipe.round_from
            if round_now and self.rounding is None:
                self.begin_rounding()
            begun = time.monotonic()
            kl, cost, samples = self._train_step(budget)
            took(time.monotonic() - begun)
            if not math.isfinite(kl + cost):
                raise TrainingError(f"the loss is not finite at step {self.step}")
            self.step += 1
            now = time.monotonic()
            self.seconds += now - clock
            clock = now
            since.add(kl, cost, samples)
            if self.step % report_steps == 0 or self.step % self.recipe.checkpoint_steps == 0:
                report(self._report(budget, since))
                since = Averages()

    def _report(self, budget: Budget, since: Averages) -> Report:
        """What is told of the steps since the last report; validated where a checkpoint is due."""
        at_checkpoint = self.step % self.recipe.checkpoint_steps == 0
        held = self.validate() if at_checkpoint else None
        kl_name, cost_name = self.objective.kl_name, self.objective.cost_name
        in_nats = cost_name == RECONSTRUCTION
        by_samples = kl_name is None and in_nats
        return Report(
            step=self.step,
            seconds=round(self.seconds, 1),
            progress=budget.progress(self.step, self.seconds),
            kl_nats=since.kl / since.steps,
            reconstruction_nats=since.pixels / since.steps,
            learning_rate=self.optimisers.rate,
            valid_kl_nats=None if held is None else held.kl,
            valid_reconstruction_nats=None if held is None else held.cost,
            samples=round(since.samples / since.steps) if by_samples else None,
            valid_samples=None if held is None or not by_samples else round(held.samples),
            measures=self.objective.measures(),
            names=None if in_nats else (kl_name or "", cost_name),
            kl_name=kl_name if in_nats else None,
        )

    def save(self, path: Path) -> None:
        """Write a checkpoint: see `save_state`."""
        save_state(self, path)

    def restore(self, path: Path) -> None:
        """Continue from a checkpoint: see `restore_state`, also for what it raises."""
        restore_state(self, path)


def _at_once(source: Source) -> Iterator[Tensor]:
    """Rows that are drawn together: all of them, or of groups, which are drawn whole, one each."""
    for part in source.parts():
        yield from torch.split(part, at_once(source))
