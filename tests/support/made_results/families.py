"""Results of models of several families side by side."""

from __future__ import annotations

from typing import Any

from made_results.origin import ORIGIN, OTHER_SHA


def families() -> dict[str, Any]:
    """A result of bench/families.py: pixels, a model with a price, one with a codebook."""
    told = {
        "levels": 2, "dimensions": 4, "linear_accuracy": 0.75, "knn_accuracy": 0.8,
        "confusion": [[4, 1, 0], [0, 5, 0], [3, 0, 2]],
    }  # fmt: skip
    model = {"parameters": 1000, "macs_per_image": 2_500_000, "steps": 40, "minutes": 2.0}
    price = {
        "bound_nats": 80.0, "bound_standard_error": 0.5, "bound_bits_per_dim": 0.15,
        "file_nats": 80.4, "file_bits_per_dim": 0.1508, "file_over_bound": 0.005,
        "file_bytes": 1000, "file_latents": {"own": 0.0, "other": 3.0},
    }  # fmt: skip
    rows = [
        {"features": "pixels", "label": "pixels", **told},
        {"features": "codes", "label": "aae", "family": "aae", **told, **model},
        {"features": "codes", "label": "vq", "family": "vqvae", **told, **price, **model,
         "codebook": {"vectors": 64, "perplexity": 50.5}},
    ]  # fmt: skip
    return {
        "kind": "families", "data": "digits", "train": "train.npz", "tried_on": "test.npz",
        "train_images": 60, "images": 15, "priced_images": 10, "samples_an_image": 784,
        "classes": ["3", "5", "8"], "neighbours": 5, "posterior_samples": 4, "seed": 0,
        "rows": rows, **ORIGIN,
    }  # fmt: skip


def auto_encoders() -> dict[str, Any]:
    """A result of bench/auto_encoders.py."""
    row = {
        "model": "aae", "family": "aae", "dimensions": 16, "linear_accuracy": 0.9,
        "knn_accuracy": 0.93, "squared_error": 20.0, "class_means_squared_error": 40.0,
        "normality": {"points": 1000, "dimensions": 16, "energy": 0.1, "share": 0.0125,
                      "p_value": 0.01},
        "mean_squared_error": 50.0, "share_of_class_means": 0.5, "parameters": 1000,
        "macs_per_image": 1000, "steps": 40, "minutes": 15.0, "model_sha256": OTHER_SHA,
    }  # fmt: skip
    return {
        "kind": "auto_encoders", "tried_on": "held back", "train_images": 50_000,
        "images": 10_000, "neighbours": 5, "seed": 1, "rows": [row], **ORIGIN,
    }  # fmt: skip


def latents_worth() -> dict[str, Any]:
    """A result of bench/latents_worth.py."""
    part = {"bits": 1000.0, "standard_error": 0.25}
    latents = {
        "pixels": part, "kl_k1": part | {"bits": 20.0}, "kl_tour": part | {"bits": 25.0},
        "kl_unconditional": part | {"bits": 40.0},
    }  # fmt: skip
    totals = {
        "alone_iid": 1050.0, "alone_set": 1041.0, "latents_iid": 1040.0, "latents_tour": 1025.0,
        "latents_set": 1031.0,
    }  # fmt: skip
    return {
        "kind": "latents_worth", "train": "train.npy", "test": "test.npy", "images": 1000,
        "samples_an_image": 784, "steps": 2000, "seed": 1, "posterior_samples": 4, "models": {},
        "latents": latents, "alone": {"pixels": {"bits": 1050.0, "standard_error": 0.0}},
        "order": 9.0, "totals": totals,
        "file_bytes": {"latents": 131_000, "alone": 132_500}, **ORIGIN,
    }  # fmt: skip
