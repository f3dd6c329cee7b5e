"""What orders of DATA are worth, and a picture of the tour: `bench/orders.py DATA --json`.

The picture shows the codes in their first two principal components, the improved tour through
them, and the labels if there are any (an aligned array of small integers).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.analysis.orders import distinct_codes, orders
from acncodec.images import DataSet, load_dataset
from acncodec.models.registry import find_by_name_or_path, find_for_data
from acncodec.run.workers import Workers
from acncodec.shards.arrange import arrange

MAX_LABELS = 20


def labels_of(data: DataSet) -> NDArray[Any] | None:
    """A label for each distinct image in canonical order, if all images have one."""
    for side in data.side:
        array = side.array
        if side.aligned and array.ndim == 1 and array.dtype.kind in "iu":
            arranged = arrange(data, keep=False)
            if arranged.duplicates or len(np.unique(array)) > MAX_LABELS:
                continue
            return next(entry.array for entry in arranged.side if entry.name == side.name)
    return None


def plot(codes: NDArray[np.int64], tour: NDArray[np.int64], data: DataSet, path: Path) -> None:
    """Draw the tour over the first two principal components of the codes."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    from matplotlib.collections import LineCollection
    from sklearn.decomposition import PCA

    analysis = PCA(min(2, *codes.shape), random_state=0).fit(codes)
    flat = np.zeros((len(codes), 2))
    flat[:, : analysis.n_components_] = analysis.transform(codes) / 8
    labels = labels_of(data)
    figure, axes = plt.subplots(
        1, 1 if labels is None else 2, figsize=(9 if labels is None else 17, 8), squeeze=False,
        layout="constrained",
    )  # fmt: skip
    way = flat[tour]
    lines = LineCollection(
        list(np.stack([way[:-1], way[1:]], 1)), cmap="viridis", alpha=0.7,
        linewidths=float(np.clip(2000 / len(tour), 0.3, 1.0)),
    )  # fmt: skip
    lines.set_array(np.arange(len(way) - 1))
    first = axes[0, 0]
    first.add_collection(lines)
    first.autoscale()
    bar = figure.colorbar(lines, ax=first, label="place in the tour")
    bar.solids.set_alpha(1)
    first.set_title(f"the improved tour through {len(codes):,} codes")
    size = float(np.clip(20_000 / len(tour), 1, 20))
    if labels is not None:
        second = axes[0, 1]
        colours = plt.get_cmap("tab20" if len(np.unique(labels)) > 10 else "tab10")
        for index, value in enumerate(np.unique(labels)):
            chosen = flat[labels == value]
            second.scatter(chosen[:, 0], chosen[:, 1], size, color=colours(index), label=f"{value}")
        second.legend(title="label", markerscale=float(np.sqrt(40 / size)), loc="upper right")
        second.set_title("the same codes by their labels")
    shares = np.pad(analysis.explained_variance_ratio_, (0, 2))
    for each in axes.ravel():
        each.set_xlabel(f"first principal component ({shares[0]:.0%} of the variance)")
        each.set_ylabel(f"second principal component ({shares[1]:.0%})")
        each.set_aspect("equal", "datalim")
    figure.savefig(path, dpi=150)


def main() -> None:
    """Price the orders of a data set; print them, and draw the tour."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model")
    parser.add_argument("--images", type=int, help="only the first so many")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--plot", type=Path, metavar="PATH.png")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    data = load_dataset(options.data)
    if options.images:
        from acncodec_cli.demo import first_images

        data = first_images(data, options.images)
    model = (
        find_by_name_or_path(options.model)
        if options.model
        else find_for_data(data.shape, data.levels)
    )
    with Workers(options.threads, 256) as workers:
        codes = distinct_codes(data, model, workers)
    figures, tour = orders(codes, model)
    if options.json:
        print(json.dumps(figures))
    else:
        print(table(figures))
    if options.plot:
        plot(codes, tour, data, options.plot)


def table(figures: dict[str, Any]) -> str:
    """The figures as a table in Markdown, nats an image."""
    laid, path = figures["laid"], figures["path"]
    rows = [
        ("no order: unconditional", figures["unconditional_kl_nats"], None),
        ("no order, its bits given back: `set`", figures["set_kl_nats"], None),
        *(
            (f"{name} tour", *(way["solvers"][name]["kl_nats"] for way in (path, laid)))
            for name in laid["solvers"]
        ),
        *(
            (f"bound: {name.replace('_', ' ')}", *(way["bounds"][name] for way in (path, laid)))
            for name in reversed(laid["bounds"])
        ),
    ]
    lines = [
        f"| KL of {figures['images']:,} images | one path, as in the paper | as laid in a file |",
        "|---|---|---|",
    ]
    lines += [
        f"| {name} | {one:.3f} | {'-' if two is None else f'{two:.3f}'} |"
        for name, one, two in rows
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
