"""A folder with a result of each kind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from made_results.families import auto_encoders, families, latents_worth
from made_results.files import (
    bench,
    coded_models,
    fit_choices,
    fit_few,
    fit_sizes,
    fits,
    hidden_features,
    labels,
    ordering,
    orders,
    rivals,
    train_choices,
    urns,
)
from made_results.models import (
    choices,
    costs,
    held_back_choices,
    k_sweep,
    model,
    probe,
    probe_curve,
    training_lines,
)
from made_results.origin import OTHER_SHA
from made_results.pages import explore_pages
from made_results.pictures import left_out, many_shapes, one_photograph, photographs
from made_results.shards import random_access, ray_beside
from made_results.speed import beside, decoders, devices, level_speed, scale, speed, speed_trials
from made_results.trials import refusals, trials


def everything() -> dict[str, dict[str, Any]]:
    """A result of each kind by file name, but for the training log."""
    baseline = bench(
        model="mnist-pixelcnn", model_sha256=OTHER_SHA, orderings={"iid": ordering(82.0)}
    )
    urn = bench(orderings={"urn": ordering(72.5)})
    return {
        "mnist-10000.json": bench(), "mnist-100.json": bench(100), "urn.json": urn,
        "torchac.json": bench(coder="torchac"), "pixelcnn.json": baseline, "model.json": model(),
        "speed.json": speed(), "rivals.json": rivals(), "orders.json": orders(),
        "probe.json": probe(), "k_sweep.json": k_sweep(), "costs.json": costs(),
        "choices.json": choices(), "held-back.json": held_back_choices(),
        "probe-curve.json": probe_curve(),
        "fuzz.json": trials("fuzz"), "faults.json": trials("faults"), "labels.json": labels(),
        "urns.json": urns(), "coded-models.json": coded_models(),
        "scale.json": scale(), "speed-trials.json": speed_trials(),
        "decoders.json": decoders(), "one.json": one_photograph(),
        "photographs.json": photographs(), "many-shapes.json": many_shapes(),
        "left-out.json": left_out(), "beside.json": beside(), "families.json": families(),
        "auto-encoders.json": auto_encoders(), "latents.json": latents_worth(),
        "pages.json": explore_pages(), "level-speed.json": level_speed(), "fits.json": fits(),
        "devices.json": devices(),
        "fit-sizes.json": fit_sizes(),
        "fit-choices.json": fit_choices(),
        "fit-few.json": fit_few(),
        "train-choices.json": train_choices(),
        "hidden-features.json": hidden_features(),
        "refusals.json": refusals(), "ray-beside.json": ray_beside(),
        "ray-lost.json": ray_beside("lost", ("lost",)), "random-access.json": random_access(),
    }  # fmt: skip


def write_results(folder: Path, results: dict[str, dict[str, Any]] | None = None) -> Path:
    """Write results (by default one of each kind, and a training log) and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in (everything() if results is None else results).items():
        (folder / name).write_text(json.dumps(value), encoding="utf-8")
    if results is None:
        log = folder / "training" / "mnist.jsonl"
        log.parent.mkdir(exist_ok=True)
        text = "".join(json.dumps(line) + "\n" for line in training_lines())
        log.write_text(text, encoding="utf-8")
    return folder
