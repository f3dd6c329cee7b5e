"""Small results made by hand, one of each kind, with figures that are easy to check."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SHA, OTHER_SHA = "a" * 64, "b" * 64
ORIGIN = {
    "machine": {"processor": "A processor", "cores": 2, "system": "Linux x86_64"},
    "versions": {"python": "3.11.0", "acncodec": "0.1.0"},
    "command": "acncodec something --json",
    "date": "2026-01-02",
}
MODEL = {"model": "mnist", "model_sha256": SHA}
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


def model(**more: Any) -> dict[str, Any]:
    """What `models show` says of the report's model."""
    return {
        "name": "mnist", "sha256": SHA, "parameters": 1000, "macs_per_image": 1_000_000,
        "integer_bytes": 2000, "file_bytes": 3000, "steps": 40, "minutes": 2.0, "seed": 1,
        "recipe": {"batch": 10}, "training_data": {"file": "train.gz", "images": 50_000},
        "config": {"height": 28}, **more,
    }  # fmt: skip


def speed(**more: Any) -> dict[str, Any]:
    """A result of bench/speed.py."""
    costs = {"compress": {"seconds": 50.0, "peak_mib": 600}, "decompress": {"seconds": 40.0}}
    naive = {
        "naive_images": 2, "batch_images": 500, "naive_seconds_per_image": 10.0,
        "full_batch_seconds_per_image": 0.02, "naive_over_full_batch": 500.0,
    }  # fmt: skip
    return {
        "images": 10_000, **MODEL, "orderings": {"tour": costs}, "against_naive": naive, **ORIGIN,
        **more,
    }  # fmt: skip


def scale(**more: Any) -> dict[str, Any]:
    """A result of bench/scale.py."""
    row = {
        "images": 1000, "ordering": "set", "compress_seconds_per_image": 0.02,
        "decompress_seconds_per_image": 0.025, "ordering_share": 0.015, "compress_peak_mib": 700,
        "decompress_peak_mib": 650, "asked": "auto", "compress_start_seconds": 1.25,
        "decompress_start_seconds": 1.5,
    }  # fmt: skip
    shard = {
        "shards": 4, "images": 1000, "nats_per_image": 71.4, "theory_nats": 1.386294,
        "beyond_first_nats": 1.42, "one_image_decodes": 250,
    }  # fmt: skip
    stream = {
        "images": 5000, "data_mib": 4096, "shards": 64, "compress_peak_mib": 900,
        "decompress_peak_mib": 800,
    }  # fmt: skip
    return {
        "kind": "scale", "threads": 2, "rows": [row], "shards": [shard], "stream": stream, **MODEL,
        **more,
    }  # fmt: skip


def speed_trials() -> dict[str, Any]:
    """A result of bench/speed_trials.py."""
    row = {
        "rows": 3528, "inner": 496, "columns": 64, "float64_microseconds": 4300.0,
        "int8_limbs_microseconds": 940.4, "int8_limbs_joined_microseconds": 1670.0,
        "int16_pairs_microseconds": 520.0,
    }  # fmt: skip
    return {"kind": "speed_trials", "products": [row], **MODEL, **ORIGIN}


def decoders() -> dict[str, Any]:
    """A result of bench/decoders.py."""
    times = {"threads": 2, "score": 0.5, "decode": 0.75, "push": 1.0, "pop": 1.25}
    row = {
        "preset": "grey-gated", "parameters": 53_231, "macs_per_image": 41_300_000,
        "float_bits_per_dim": 2.8, "file_bits_per_dim": 2.8125, "steps": 900, "minutes": 20.0,
        "milliseconds": [times],
    }  # fmt: skip
    rows = {"any-size": row | {"preset": "grey-small"}, "gated": row}
    return {
        "kind": "decoders", "data": "drawn.npy", "held": 1000, "timed": 256, "decoders": rows,
        **ORIGIN,
    }  # fmt: skip


def one_photograph() -> dict[str, Any]:
    """A result of bench/one_photograph.py."""
    way = {"images": 1, "bytes": 300, "stored_images": 0, "expected_decompress_seconds": 4.5}
    ways = {"whole": way, "64": way | {"images": 4, "bytes": 310}}
    others = {"PNG": 400, "WebP": 305}
    return {"data": "a.npy", "raw_bytes": 900, **MODEL, "others": others, "ways": ways, **ORIGIN}


def photographs() -> dict[str, Any]:
    """A result of bench/photographs.py."""
    row = {
        "file": "a.png", "licence": "public domain", "height": 128, "width": 64, "tiles": 2,
        "blockiness": 1.01,
    }  # fmt: skip
    return {"tile": 64, "rgb": [row], "grey": [row | {"file": "b.png"}], **ORIGIN}


def many_shapes() -> dict[str, Any]:
    """A result of bench/many_shapes.py."""
    one = {
        "images": 300, "shapes": 1, "samples": 400_000, "stored_images": 0, "file_bytes": 90_000,
        "bytes_beside_pixels": 10.0, "compress_seconds": 2.0, "decompress_seconds": 1.0,
    }  # fmt: skip
    many = one | {"shapes": 300, "compress_seconds": 3.0}
    ratios = {"compress": 1.5, "decompress": 1.0, "bytes_a_shape": 4.25}
    return {"threads": 1, "sets": {"one": one, "many": many}, "ratios": ratios, **MODEL, **ORIGIN}


def left_out() -> dict[str, Any]:
    """A result of bench/leave_one_out.py."""
    found = {"seen": 2.5, "unseen": 3.0, "cost_percent": 20.0, "gain_of_others_percent": 1.5}
    rows = [{"left_out": None, "bits_per_dim": {"a.npy": 2.5}}]
    return {"steps": 900, "weights": 9000, "rows": rows, "left_out": {"a.npy": found}, **ORIGIN}


def beside() -> dict[str, Any]:
    """A result of bench/speed_beside.py."""
    times = {"this_seconds": 9.5, "other_seconds": 10.0, "ratio": 0.95, "ratios": [0.94, 0.95, 1.0]}
    rows = [
        {"what": "decompress 10", "wall": times, "processor": times},
        {"what": "the archives are the same", "same": True},
    ]
    return {"pairs": 3, "other": "abcdef0", "rows": rows, **ORIGIN}


def refusals() -> dict[str, Any]:
    """A result of bench/refusals.py."""
    row = {
        "name": "a zip of a million members", "command": "compress", "file_bytes": 51_000_000,
        "refusal_seconds": 0.03, "command_seconds": 1.5, "left_behind": [], "message": "too many",
    }  # fmt: skip
    return {"kind": "refusals", "slowest_seconds": 0.03, "rows": [row], **ORIGIN}


def ray_beside(part: str = "beside", ways: tuple[str, ...] = ("here", "ray")) -> dict[str, Any]:
    """A part of bench/ray_beside.py."""
    rows = [
        {
            "way": way, "order": "any", "start_seconds": 12.25, "compress_seconds": 75.0 + at,
            "decompress_seconds": 77.0 if part == "beside" else None, "peak_mib": 400,
            "file_bytes": 800_000, "file_sha256": SHA,
        }
        for at, way in enumerate(ways)
    ]  # fmt: skip
    return {
        "kind": "ray_beside", "part": part, "images": 70_000, "shards": 14, "machines": 2,
        "data_mib": 52.3, "rows": rows, **ORIGIN,
    }  # fmt: skip


def random_access() -> dict[str, Any]:
    """A result of bench/random_access.py."""
    cold = {
        "shard_size": 16, "shards": 100, "first_seconds": 1.25, "median_milliseconds": 51.0,
        "largest_milliseconds": 64.0, "shard_milliseconds": 50.0,
    }  # fmt: skip
    return {
        "kind": "random_access", **MODEL, "images": 10_000, "shard_size": 1000, "batch": 64,
        "seconds": {"whole": 20.0, "batches": 21.0, "single": 25.0},
        "of_whole": {"whole": 1.0, "batches": 1.05, "single": 1.25},
        "workers": 2, "loaders": {"fork": 15.0, "spawn": 18.5}, "cold": cold, **ORIGIN,
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


def trials(kind: str) -> dict[str, Any]:
    """Cases tried, of the kind `fuzz` or `faults`."""
    rows = [
        {"name": "one byte changed", "cases": 1000, "failures": 0, "expected": "an error"},
        {"name": "file cut short", "cases": 500, "failures": 1, "seconds": 60.0},
    ]
    return {"kind": kind, **MODEL, "rows": rows, **ORIGIN}


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
        "order": 9.0, "totals": totals, **ORIGIN,
    }  # fmt: skip


def explore_pages() -> dict[str, Any]:
    """A result of bench/explore_page.py."""
    page = {
        "data": "mnist.npz", "options": [], "bytes": 5_500_000, "seconds": 60.0,
        "most_bytes": 6_000_000,
    }  # fmt: skip
    seen = {
        "browser": "chromium 120", "drawn_by": "webgl", "frames_a_second": 24.5, "complaints": [],
        "requests": ["file"],
    }  # fmt: skip
    return {
        "kind": "explore_pages", "images": 10_000, "library": "Bokeh 3",
        "library_bytes": 1_250_000, "pages": {"mnist": page | seen, "cifar": page | {
            "not_seen": "there is no browser", "data": "cifar.npy"}}, **ORIGIN,
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
        "choices.json": choices(),
        "probe-curve.json": probe_curve(),
        "fuzz.json": trials("fuzz"), "faults.json": trials("faults"), "labels.json": labels(),
        "urns.json": urns(), "coded-models.json": coded_models(),
        "scale.json": scale(), "speed-trials.json": speed_trials(),
        "decoders.json": decoders(), "one.json": one_photograph(),
        "photographs.json": photographs(), "many-shapes.json": many_shapes(),
        "left-out.json": left_out(), "beside.json": beside(), "families.json": families(),
        "auto-encoders.json": auto_encoders(), "latents.json": latents_worth(),
        "pages.json": explore_pages(),
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
