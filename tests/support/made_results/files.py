"""Results of files: benches, orders, labels, coded models, urns, other compressors."""

from __future__ import annotations

from typing import Any

from made_results.origin import MODEL, ORIGIN

DIFFERENCES = {
    "lane_starts": 0.02, "discretisation": 0.01, "integer_networks": -0.01,
    "frequency_rounding": 0.0, "initial_bits": 0.03, "header": 0.1, "sampling": -0.05,
}  # fmt: skip


def ordering(bound: float, **more: Any) -> dict[str, Any]:
    """One strategy of a bench; the file costs 0.1 nats more than its bound."""
    return {
        "bound_nats": bound, "bound_standard_error": 0.012, "kl_bound_nats": bound - 67.0,
        "ideal_nats": bound + 0.01, "file_nats": bound + 0.1, "file_bytes": 1234,
        "side_bytes": 34, "other_bytes": 5, "bits_per_image": 107.25, "restored_exactly": True,
        "compress_seconds": 12.0, "decompress_seconds": 13.0, "difference_nats": DIFFERENCES,
        **more,
    }  # fmt: skip


def bench(images: int = 10_000, **more: Any) -> dict[str, Any]:
    """A bench of three strategies on the first `images` of the test set."""
    return {
        "data": f"data/mnist-{images}.npz", "coder": "ans", "images": images, "distinct": images,
        "order": "any", **MODEL, "posterior_samples": 4, "seed": 0, "reconstruction_nats": 67.0,
        "reconstruction_standard_error": 0.01, "unordered_bound_nats": 80.0,
        "orderings": {"iid": ordering(80.0), "tour": ordering(74.0), "set": ordering(71.8)},
        **ORIGIN, **more,
    }  # fmt: skip


def fit_sizes() -> dict[str, Any]:
    """A result of bench/fit_sizes.py."""
    rows = [
        {"weights": 22_000, "file_bytes": 360_000, "model_bytes": 18_000, "steps": 30_000},
        {"weights": 51_000, "file_bytes": 365_000, "model_bytes": 29_000, "steps": 20_000,
         "stored_images": 7, "decompress_seconds": {"1": 2.8, "2": 2.25}},
    ]  # fmt: skip
    about = {"data": "doodles.npy", "images": 2400, "minutes": 10.0, "threads": 1}
    return {"kind": "fit_sizes", "xz_bytes": 550_000, "rows": rows, **ORIGIN, **about}


def fit_choices() -> dict[str, Any]:
    """A result of bench/fit_choices.py."""
    row = {
        "weights": 22_000, "file_bytes": 370_000, "model_bytes": 19_000, "bits_a_weight": 6.909,
        "steps": 4000,
    }  # fmt: skip
    rows = [row | {"settings": ""}, row | {"settings": "train.coarseness=3", "file_bytes": 371_000}]
    about = {"data": "doodles.npy", "images": 2400, "minutes": 3.0, "threads": 1, "start": "grey"}
    return {"kind": "fit_choices", "rows": rows, **ORIGIN, **about}


def fit_few() -> dict[str, Any]:
    """A result of bench/fit_few.py."""
    row = {
        "data": "doodles.npy", "images": 200, "without_bytes": 30_000, "file_bytes": 30_000,
        "kept": "grey, by its id", "stored_images": 0,
        "candidates": {"fitted, embedded": 34_000, "grey, by its id": 30_000},
    }  # fmt: skip
    return {"kind": "fit_few", "minutes": 5.0, "threads": 1, "rows": [row], **ORIGIN}


def hidden_features() -> dict[str, Any]:
    """A result of bench/hidden_features.py."""
    row = {
        "weights": 22_000, "matrix_rate": 1e-2, "live": 0.9, "least_live": 0.5, "bits_per_dim": 3.1,
    }  # fmt: skip
    rows = [row, row | {"matrix_rate": 5e-3, "live": 1.0}]
    about = {"data": "doodles.npy", "images": 2400, "steps": 700}
    return {"kind": "hidden_features", "rows": rows, **ORIGIN, **about}


def train_choices() -> dict[str, Any]:
    """A result of bench/train_choices.py."""
    row = {
        "settings": "", "bits_per_dim": 2.5, "last_bits_per_dim": 2.6, "steps": 3000,
        "parameters": 12_000,
    }  # fmt: skip
    rows = [row, row | {"settings": "train.dropout=0.1", "bits_per_dim": 2.45}]
    about = {"data": "doodles.npy", "images": 2400, "minutes": 3.0}
    return {"kind": "train_choices", "rows": rows, **ORIGIN, **about}


def fits() -> dict[str, Any]:
    """A result of bench/fits.py."""
    row = {
        "speed": "fast", "file_bytes": 400_000, "model_bytes": 20_000, "weights": 30_000,
        "bits_a_weight": 5.333, "stored_images": 7, "ratio": 0.8, "compress_seconds": 700.0,
        "decompress_seconds": {"1": 4.0, "2": 2.5},
    }  # fmt: skip
    return {
        "kind": "fits", "images": 2400, "shape": [28, 28], "minutes": 10.0, "threads": 1,
        "rows": [row],
        "best_rival": {"name": "xz -9e", "layout": "bytes", "bytes": 500_000}, **ORIGIN,
    }  # fmt: skip


def rivals(**more: Any) -> dict[str, Any]:
    """A result of bench/rivals.py."""
    rows = [
        {
            "name": name, "layout": layout, "bytes": size, "bits_per_image": size / 125,
            "nats_per_image": size / 180, "bits_per_dim": size / 98_000,
            "bytes_by_layout": {layout: size, "single": 3 * size} if layout == "mosaic" else {},
            "compress_seconds": 1.0, "decompress_seconds": 2.0, "peak_mib": 100,
        }
        for name, layout, size in (
            ("xz -9e", "mosaic", 30_000), ("acncodec --order any", "set", 10_000),
            ("JPEG XL -e 9", "mosaic", 20_000),
        )
    ]  # fmt: skip
    return {
        "data": "mnist-test-binary.npz", "images": 1000, "shape": [28, 28, 1], "levels": 2,
        "pixels_sha256": "0" * 64, "raw_bytes": 98_000, **MODEL, "machine_busy": False,
        "rows": rows, "not_measured": {"JBIG2": "no encoder"}, **ORIGIN, **more,
    }  # fmt: skip


def orders() -> dict[str, Any]:
    """Orders of one data set."""
    rows = [
        {"order": "greedy tour", "kl_nats": 7.0, "kl_standard_error": 0.01, "bound_nats": 74.0,
         "file_nats": 74.1, "seconds": 3.0},
        {"order": "improved tour", "kl_nats": 6.2, "bound_nats": 73.2},
        {"order": "cheapest predecessor", "kl_nats": 5.5, "lower_bound": True},
    ]  # fmt: skip
    return {"kind": "orders", "images": 10_000, **MODEL, "rows": rows, **ORIGIN}


def labels() -> dict[str, Any]:
    """Bytes of labels."""
    row = {
        "images": 1000, "order": "canonical", "labels_section_bytes": 174, "xz_bytes": 536,
        "entropy_bytes": 413.6,
    }  # fmt: skip
    return {"kind": "labels", "rows": [row]}


def coded_models() -> dict[str, Any]:
    """Sizes of a coded model."""
    rows = [
        {
            "coarseness": coarseness, "model_bytes": size, "bits_a_weight": bits,
            "bits_per_dim": 2.8 + loss / 100, "loss_percent": loss,
        }
        for coarseness, size, bits, loss in ((0.5, 8000, 8.0, 0.25), (1.7, 6000, 6.0, 1.5))
    ]  # fmt: skip
    return {
        "kind": "coded_models", **MODEL, "weights": 8000, "set_images": 10_000, "images": 400,
        "bits_per_dim": 2.8, "unrounded_bytes": 12_000, "unrounded_bits_a_weight": 12.0,
        "rows": rows, **ORIGIN,
    }  # fmt: skip


def urns() -> dict[str, Any]:
    """`set` against `urn`."""
    rows = [
        {
            "data": "test images", "images": 1000, "set_kl_nats": 6.5, "urn_kl_nats": 6.4,
            "set_file_nats": 74.5, "urn_file_nats": 74.45, "alpha": 10_000, "kernel": 0,
        },
        {
            "data": "inverted", "images": 900, "set_kl_nats": 92.0, "urn_kl_nats": 4.5,
            "set_file_nats": 500.0, "urn_file_nats": 412.5, "alpha": 100, "kernel": 14,
        },
    ]  # fmt: skip
    return {"kind": "urn", **MODEL, "rows": rows, **ORIGIN}
