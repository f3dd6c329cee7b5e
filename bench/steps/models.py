"""The models of the paper, small ones, and the bundled one: trained, priced, probed."""

from __future__ import annotations

from steps import static
from steps.step import (
    BASELINES,
    BUNDLED,
    FETCH,
    RESULTS,
    TRAIN_IMAGES,
    TRAIN_LABELS,
    Step,
    model_file,
)

KEPT = tuple(f"build/mnist.checkpoint-{step:06}.safetensors" for step in range(8000, 28_001, 2000))
"""Checkpoints of the bundled model's run."""


def _training(name: str, model: str, *budget: str) -> Step:
    """The log of a training run, which leaves the model too."""
    log = f"build/log-{name}"
    return Step(
        f"training/{name}.jsonl",
        (
            FETCH,
            (
                "acncodec", "train", TRAIN_IMAGES, "-o", model, "--preset", name, *budget,
                "--log", log, "-f",
            ),
            ("cp", f"{log}/log.jsonl", f"{RESULTS}/training/{name}.jsonl"),
        ),
        by_default=False, prints=False,
    )  # fmt: skip


def _baseline(name: str) -> tuple[Step, ...]:
    """A baseline's bench, its facts, and its training."""
    kind = name.removeprefix("mnist-")
    return (
        Step(
            f"{kind}-10000.json",
            (("acncodec", "bench", BUNDLED, "--model", model_file(name), "--json"),),
        ),
        Step(
            f"models/{name}.json",
            (("acncodec", "models", "show", model_file(name), "--json"),),
        ),
        _training(name, model_file(name), "--steps", str(BASELINES[name])),
    )


def _small_models(output: str, script: str) -> Step:
    """Small models trained and priced."""
    command = ("python", f"bench/{script}", TRAIN_IMAGES, TRAIN_LABELS, "build/small")
    return Step(output, (FETCH, command), by_default=False)


STEPS = (
    *(step for name in BASELINES for step in _baseline(name)),
    Step(
        "probe.json",
        (
            FETCH,
            (
                "acncodec", "probe", TRAIN_IMAGES, BUNDLED, "--train-labels", TRAIN_LABELS,
                "--model", "mnist", "--model", model_file("mnist-vae"), "--model",
                model_file("mnist-pixelvae"), "--json",
            ),
        ),
        by_default=False,
    ),
    _small_models("k-sweep.json", "k_sweep.py"),
    _small_models("probe-choices.json", "probe_choices.py"),
    Step(
        "mnist-recipe.json",
        (
            *static.TRAINING,
            (
                "python", "bench/mnist_recipe.py", static.GREY, static.HELD, "build/recipe",
                "--steps", "6000",
            ),
        ),
        by_default=False,
    ),
    _training("mnist", "build/mnist.safetensors", "--keep", "2000"),
    Step(
        "probe-curve.json",
        (FETCH, ("python", "bench/probe_curve.py", TRAIN_IMAGES, TRAIN_LABELS, *KEPT)),
        by_default=False,
    ),
)  # fmt: skip
