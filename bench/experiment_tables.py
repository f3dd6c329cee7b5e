"""The tables of docs/EXPERIMENTS.md: the paper's experiments, from the committed results."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from committed import RESULTS, load, of_draws
from picture_tables import MISSING

from acncodec.analysis import paper

MODELS = {
    "mnist-10000.json": ("ACN (`mnist`)", "model.json"),
    "pixelvae-10000.json": ("Gated PixelVAE (`mnist-pixelvae`)", "models/mnist-pixelvae.json"),
    "pixelcnn-10000.json": ("Gated PixelCNN (`mnist-pixelcnn`)", "models/mnist-pixelcnn.json"),
    "vae-10000.json": ("VAE (`mnist-vae`)", "models/mnist-vae.json"),
}
"""Words, and where facts are, of each model that is priced."""
COSTS = {
    "reconstruction": "reconstruction",
    "kl_k1": "KL, K = 1",
    "kl_k5": "KL, K = 5",
    "kl_k10": "KL, K = 10",
    "kl_tour": "KL, greedy tour",
    "kl_unconditional": "KL, unconditional prior",
    "ordered": "ordered: reconstruction and greedy tour",
    "unordered": "unordered: reconstruction and unconditional prior",
}
PAPER = {"ordered": paper.ORDERINGS["tour"].value, "unordered": paper.ORDERINGS["iid"].value}
"""What the paper has for these, nats an image."""
SHARES = (0.05, 0.1, 0.2, 0.5, 1.0)


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _budget(result: dict[str, Any]) -> str:
    return f"Each model: {result['budget']}, preset `{result['preset']}`."


def models() -> str:
    """Bound and file of each model, unordered: the paper's Table 1."""
    draws = min(len(of_draws(name)) for name in MODELS)  # one, until all are measured
    rows = []
    for name, (words, about) in MODELS.items():
        costs, *beside = (load(path)["orderings"]["iid"] for path in of_draws(name)[-draws:])
        facts = load(about)
        rows.append((
            words, f"{costs['bound_nats']:.2f} ± {costs['bound_standard_error']:.3f}",
            f"{costs['ideal_nats']:.2f}", f"**{costs['file_nats']:.2f}**",
            f"{100 * costs['file_over_bound']:+.2f} %",
            *(f"{other['file_nats']:.2f}" for other in beside),
            f"{facts['parameters'] / 1e6:.2f} M", f"{facts['steps']:,}",
        ))  # fmt: skip
    headings = (
        "10,000 test images, nats/image", "bound", "ideal", "**file**", "file over bound",
        *["file, the bundled draw"] * (draws - 1), "parameters", "training steps",
    )  # fmt: skip
    return _table(headings, rows)


def costs() -> str:
    """The parts of the bound: the paper's Table 2."""
    results = [{row["cost"]: row for row in load(path)["rows"]} for path in of_draws("costs.json")]
    rows = [
        (
            words, f"{PAPER[name]}" if name in PAPER else "-",
            *(f"{row[name]['nats']:.2f} ± {row[name]['standard_error']:.3f}" for row in results),
        )
        for name, words in COSTS.items()
    ]  # fmt: skip
    return _table(
        ("nats/image", "paper", "ours", "ours, the bundled draw")[: 2 + len(results)], rows
    )


def sweep() -> str:
    """What the K of training does: the paper's Figure 2."""
    result = load("k-sweep.json")
    rows = [
        (
            f"{row['K']:,}", f"{row['kl_nats']:.2f}", f"{row['kl_tour_nats']:.2f}",
            f"{row['kl_unconditional_nats']:.2f}", f"{row['reconstruction_nats']:.2f}",
            f"{row['unordered_nats']:.2f}", f"{row['tour_nats']:.2f}",
            f"{row['linear_accuracy']:.1%}",
        )
        for row in result["rows"]
    ]  # fmt: skip
    headings = (
        "K", "KL, K neighbours (validation)", "KL, greedy tour", "KL, unconditional",
        "reconstruction", "unordered", "ordered", "linear classifier",
    )  # fmt: skip
    return f"{_table(headings, rows)}\n\n{_budget(result)}"


def probes() -> str:
    """Classifiers on representations: the paper's Table 3."""
    results = [load(path) for path in of_draws("probe.json")]
    found = [{row["label"]: row for row in result["rows"]} for result in results]
    rows = [
        (
            label, f"{row['dimensions']:,}",
            *(
                f"{each[label][name]:.2%}"
                for each in found
                for name in ("linear_accuracy", "knn_accuracy")
            ),
        )
        for label, row in found[0].items()
    ]  # fmt: skip
    votes = f"{results[0]['neighbours']} nearest neighbours"
    headings = ["features", "dimensions", "linear", votes]
    if len(results) > 1:
        headings += [f"{name}, the bundled draw" for name in ("linear", votes)]
    return _table(headings, rows)


def choices() -> str:
    """What choices of training do to costs and codes."""
    result = load("probe-choices.json")
    rows = [
        (
            row["choice"], f"{row['kl_tour_nats']:.2f}", f"{row['kl_unconditional_nats']:.2f}",
            f"{row['unordered_nats']:.2f}", f"{row['tour_nats']:.2f}",
            f"{row['linear_accuracy']:.1%}", f"{row['knn_accuracy']:.1%}",
        )
        for row in result["rows"]
    ]  # fmt: skip
    headings = (
        "choice", "KL, greedy tour", "KL, unconditional", "unordered", "ordered",
        "linear classifier", "5 nearest",
    )  # fmt: skip
    return f"{_table(headings, rows)}\n\n{_budget(result)[:-1]}, but for what a row says."


def recipe() -> str:
    """By what the recipe of `mnist` was chosen, on images held back."""
    if not (RESULTS / "mnist-recipe.json").exists():
        return MISSING
    rows = [
        (
            row["choice"], f"{row['steps']:,}", f"{row['kl_nats']:.2f}", f"**{row['nats']:.2f}**",
            f"{row['linear_accuracy']:.1%}", f"{row['knn_accuracy']:.1%}",
        )
        for row in load("mnist-recipe.json")["rows"]
    ]  # fmt: skip
    headings = "choice", "steps", "KL, K = 5", "bound", "linear classifier", "5 nearest"
    return _table(headings, rows)


def probe_curve() -> str:
    """What codes tell while the bundled model is trained."""
    result = load("probe-curve.json")
    rows = [
        (f"{row['step']:,}", f"{row['linear_accuracy']:.1%}", f"{row['knn_accuracy']:.1%}")
        for row in result["rows"]
    ]
    ahead = result["drawn_on"]
    text = (
        f"The misses of the linear classifier fall as steps^{ahead['power']:.2f}, by which "
        f"{ahead['target']:.1%} would take some {ahead['steps']:,.0f} steps."
    )
    headings = "step", "linear classifier", f"{result['neighbours']} nearest"
    return f"{_table(headings, rows)}\n\n{text}"


def coders() -> str:
    """The same stack under two entropy coders."""
    rows = []
    for count in (1000, 10_000):
        other = RESULTS / f"mnist-{count}-torchac.json"
        if not other.exists():
            continue
        ours, theirs = (load(path)["orderings"] for path in (f"mnist-{count}.json", other.name))
        for ordering in theirs:
            first, second = ours[ordering], theirs[ordering]
            rows.append((
                f"{count:,}", f"`{ordering}`", f"{first['bound_nats']:.2f}",
                f"{first['ideal_nats']:.2f}", f"**{first['file_nats']:.2f}**",
                f"{second['ideal_nats']:.2f}", f"**{second['file_nats']:.2f}**",
            ))  # fmt: skip
    headings = (
        "images", "ordering", "bound", "ANS: ideal", "file", "torchac: ideal", "file",
    )  # fmt: skip
    return _table(headings, rows)


def training() -> str:
    """The bundled model's cost against the compute of its training."""
    facts = load("model.json")
    text = (RESULTS / "training" / "mnist.jsonl").read_text(encoding="utf-8")
    points: list[dict[str, Any]] = [json.loads(line) for line in text.splitlines()]
    known = [point for point in points if point["valid_kl_nats"] is not None]
    step_macs = 3 * facts["recipe"]["batch"] * facts["macs_per_image"]
    rows = []
    for share in SHARES:
        point = [each for each in known if each["step"] <= share * points[-1]["step"]][-1:]
        for each in point:
            valid = each["valid_kl_nats"] + each["valid_reconstruction_nats"]
            train = each["kl_nats"] + each["reconstruction_nats"]
            rows.append((
                f"{each['step']:,}", f"{each['seconds'] / 60:.0f}",
                f"{step_macs * each['step'] / 1e15:.2f}", f"{each['valid_kl_nats']:.2f}",
                f"{valid:.2f}", f"{train:.2f}",
            ))  # fmt: skip
    headings = (
        "step", "minutes", "10^15 multiply-adds", "validation KL, K = 5", "validation",
        "training",
    )  # fmt: skip
    return _table(headings, rows)
