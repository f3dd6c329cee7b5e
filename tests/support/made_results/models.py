"""Results of a model: its facts, its training, what its codes tell, parts of its bound."""

from __future__ import annotations

from typing import Any

from made_results.origin import MODEL, ORIGIN, SHA


def model(**more: Any) -> dict[str, Any]:
    """What `models show` says of the report's model."""
    return {
        "name": "mnist", "sha256": SHA, "parameters": 1000, "macs_per_image": 1_000_000,
        "integer_bytes": 2000, "file_bytes": 3000, "steps": 40, "minutes": 2.0, "seed": 1,
        "recipe": {"batch": 10}, "training_data": {"file": "train.gz", "images": 50_000},
        "config": {"height": 28}, **more,
    }  # fmt: skip


def probe() -> dict[str, Any]:
    """Accuracies of representations."""
    rows = [
        {"representation": "pixels", "linear_accuracy": 0.92, "knn_accuracy": 0.96},
        {"representation": "pca16", "linear_accuracy": 0.81, "knn_accuracy": 0.95},
        {"representation": "acn", "linear_accuracy": 0.975, "knn_accuracy": 0.98},
        {"representation": "acn8", "label": "ACN of 8 dimensions", "linear_accuracy": 0.9},
    ]
    return {"kind": "probe", "data": "MNIST", **MODEL, "rows": rows, **ORIGIN}


def k_sweep() -> dict[str, Any]:
    """Models of several K."""
    rows = [
        {"K": 10, "kl_nats": 6.0, "unordered_nats": 81.0, "tour_nats": 74.8,
         "kl_tour_nats": 5.5},
        {"K": 1, "kl_nats": 3.0, "unordered_nats": 83.0, "tour_nats": 75.5,
         "kl_tour_nats": 5.0, "kl_unconditional_nats": 12.0, "linear_accuracy": 0.9},
    ]  # fmt: skip
    return {
        "kind": "k_sweep", "images": 10_000, "budget": "20 minutes", "rows": rows, **ORIGIN,
    }  # fmt: skip


def choices() -> dict[str, Any]:
    """Models that differ in one choice."""
    rows = [
        {"choice": "as the preset", "kl_unconditional_nats": 12.0, "kl_tour_nats": 6.0,
         "unordered_nats": 83.0, "tour_nats": 77.0, "linear_accuracy": 0.9, "knn_accuracy": 0.91},
        {"choice": "longer", "kl_unconditional_nats": 12.5, "kl_tour_nats": 6.1,
         "unordered_nats": 82.0, "tour_nats": 76.0, "linear_accuracy": 0.92,
         "knn_accuracy": 0.93},
    ]  # fmt: skip
    return {"kind": "choices", "images": 10_000, "budget": "10 steps", "rows": rows, **ORIGIN}


def held_back_choices() -> dict[str, Any]:
    """Models among which a recipe was chosen."""
    rows = [
        {"choice": "Adam", "steps": 2000, "minutes": 5.0, "kl_nats": 2.4, "nats": 79.0,
         "linear_accuracy": 0.9, "knn_accuracy": 0.91},
        {"choice": "Muon", "steps": 2000, "minutes": 5.5, "kl_nats": 2.8, "nats": 76.4,
         "linear_accuracy": 0.92, "knn_accuracy": 0.93},
    ]  # fmt: skip
    about = {"kind": "held_back_choices", "train": "grey.npy", "held_back": "valid.npz"}
    return {**about, "rows": rows, **ORIGIN}


def probe_curve() -> dict[str, Any]:
    """What the codes of one run tell, and where that leads."""
    rows = [
        {"step": 2000, "linear_accuracy": 0.9, "knn_accuracy": 0.94},
        {"step": 4000, "linear_accuracy": 0.95, "knn_accuracy": 0.97},
    ]
    ahead = {"target": 0.985, "power": -1.0, "steps": 13333.0}
    return {"kind": "probe_curve", "images": 10_000, "rows": rows, "drawn_on": ahead, **ORIGIN}


def costs() -> dict[str, Any]:
    """Parts of the bound."""
    rows = [
        {"cost": "reconstruction", "nats": 67.0, "standard_error": 0.007},
        {"cost": "kl_k5", "nats": 4.0, "standard_error": 0.003},
        {"cost": "kl_tour", "nats": 7.0, "standard_error": 0.004},
        {"cost": "kl_unconditional", "nats": 13.0, "standard_error": 0.01},
    ]
    return {
        "kind": "costs", "images": 10_000, "posterior_samples": 10, **MODEL, "rows": rows, **ORIGIN,
    }  # fmt: skip


def training_lines() -> list[dict[str, Any]]:
    """Four lines of a training log; every other one has a validation cost."""
    return [
        {
            "step": step, "seconds": 3.0 * step, "progress": step / 40, "learning_rate": 1e-3,
            "kl_nats": 5.0, "reconstruction_nats": 100.0 - step / 2,
            "valid_kl_nats": 6.0 if step % 20 == 0 else None,
            "valid_reconstruction_nats": 100.0 - step / 2 if step % 20 == 0 else None,
        }
        for step in (10, 20, 30, 40)
    ]  # fmt: skip
