"""The measured tables of README.md and the pages of docs, rendered from the committed results.

`python bench/tables.py` prints them; `python bench/tables.py --write` puts them between their
markers. A test fails when a page and the results differ.
"""

from __future__ import annotations

import argparse
import math
from typing import Any

from auto_encoder_tables import auto_encoders, style_choices
from committed import RESULTS, ROOT, load, of_draws
from eight_bit_tables import eight_bit
from experiment_tables import choices, coders, models, probe_curve, probes, recipe, sweep, training
from experiment_tables import costs as experiment_costs
from family_tables import families
from fit_tables import (
    coded_model,
    fit_choices,
    fit_few,
    fit_sizes,
    fit_untuned,
    fits,
    hidden_features,
    train_choices,
)
from latent_tables import latents
from level_tables import decoders, levels, sets
from picture_tables import left_out, many_shapes, one_photograph, photograph_files, photographs
from shard_tables import on_a_cluster, one_by_one, refusals
from time_tables import beside, budget, level_speed, rivals, scale, speed, trials

from acncodec.analysis import paper

PAPER = {"iid": paper.ORDERINGS["iid"].value, "greedy": paper.ORDERINGS["tour"].value}
"""The paper's bounds, nats an image; the other orderings are none of its."""
NAMES = {
    "iid": "unordered (`--ordering iid`)",
    "greedy": "ordered by a greedy tour (`--ordering tour --solver greedy`)",
    "tour": "ordered by an improved tour (`--ordering tour`)",
    "set": "unordered, the order's bits given back (`--ordering set`)",
    "urn": "the same, and priced by the images before too (`--ordering urn`)",
}


COUNTS = (100, 1000, 10_000, 70_000)
URNS = ("urn.json", "urn-digit-9.json")


def with_tours(name: str) -> dict[str, dict[str, Any]]:
    """Results of every ordering of a bench, and of tours that were measured beside, if by this
    model."""
    result = load(f"{name}.json")
    rows: dict[str, dict[str, Any]] = dict(result["orderings"])
    for tour in ("greedy", "tour"):
        beside = f"{name}-{tour}.json"
        if (RESULTS / beside).exists() and load(beside)["model_sha256"] == result["model_sha256"]:
            rows[tour] = load(beside)["orderings"]["tour"]
    return {name: rows[name] for name in NAMES if name in rows}


def orderings(count: int) -> dict[str, dict[str, Any]]:
    """Those of `count` images of the bundled draw."""
    return with_tours(f"mnist-{count}")


def costs() -> str:
    """Bound, ideal and file of the whole test set."""
    columns = "paper's bound", "our bound", "ideal", "**file**", "file, bits/image"
    names = ["10,000 binarised MNIST test images", *columns, "file over bound"]
    main, *beside = (
        with_tours(name.removesuffix(".json")) for name in of_draws("mnist-10000.json")
    )
    names += ["file, the bundled draw"] * len(beside)
    lines = ["| " + " | ".join(names) + " |", "|---" * len(names) + "|"]
    for name, row in main.items():
        others = "".join(f"| {other[name]['file_nats']:.2f} " for other in beside)
        lines.append(
            f"| {NAMES[name]} | {PAPER.get(name, '-')} "
            f"| {row['bound_nats']:.2f} ± {row['bound_standard_error']:.3f} "
            f"| {row['ideal_nats']:.2f} | **{row['file_nats']:.2f}** "
            f"| {row['bits_per_image']:.1f} | {100 * row['file_over_bound']:+.2f} % {others}|"
        )
    return "\n".join(lines)


def differences() -> str:
    """Where the file differs from the bound."""
    rows = orderings(10_000)
    names = list(next(iter(rows.values()))["difference_nats"])
    lines = ["| file less bound, nats/image | " + " | ".join(rows) + " |"]
    lines.append("|---|" + "---|" * len(rows))
    for name in names:
        cells = " | ".join(f"{row['difference_nats'][name]:+.4f}" for row in rows.values())
        lines.append(f"| {name.replace('_', ' ')} | {cells} |")
    totals = " | ".join(f"{row['file_nats'] - row['bound_nats']:+.4f}" for row in rows.values())
    lines.append(f"| **together** | {totals} |")
    return "\n".join(lines)


def orders() -> str:
    """Each ordering of more and more images, and how much of the order's worth it collects."""
    columns = "KL bound", "ideal", "file", "order collected", "of log N! / N", "file over bound"
    lines = ["| images | ordering | " + " | ".join(columns) + " |", "|---" * 8 + "|"]
    for count in COUNTS:
        if not (RESULTS / f"mnist-{count}.json").exists():
            continue
        rows = orderings(count)
        worth = math.lgamma(count + 1) / count
        for name, row in rows.items():
            collected = rows["iid"]["kl_bound_nats"] - row["kl_bound_nats"]
            lines.append(
                f"| {count:,} | `{name}` | {row['kl_bound_nats']:.2f} | {row['ideal_nats']:.2f} "
                f"| {row['file_nats']:.2f} | {collected:.2f} | {worth:.2f} "
                f"| {100 * row['file_over_bound']:+.2f} % |"
            )
    return "\n".join(lines)


def bounds() -> str:
    """What tours of all test images cost in latents, and what none undercuts."""
    figures = load("orders-10000.json")
    laid, path = figures["laid"], figures["path"]
    lines = [
        "| KL of 10,000 images, nats an image | one path, as in the paper | as laid in a file |",
        "|---|---|---|",
        f"| no order: the unconditional prior | {figures['unconditional_kl_nats']:.2f} | |",
        f"| no order, its bits given back: `set` | {figures['set_kl_nats']:.2f} | |",
    ]
    for name in laid["solvers"]:
        one, two = (way["solvers"][name]["kl_nats"] for way in (path, laid))
        lines.append(f"| {name} tour | {one:.2f} | {two:.2f} |")
    for name in reversed(laid["bounds"]):
        one, two = (way["bounds"][name] for way in (path, laid))
        lines.append(f"| lower bound, {name.replace('_', ' ')} | {one:.2f} | {two:.2f} |")
    gap, of = laid["gap_nats"], laid["solvers"]["improved"]["kl_nats"]
    lines += ["", (
        f"The improved tour lies at most {gap:.2f} nats, {gap / of:.1%} of its KL, above the best "
        f"there is; it was found in {laid['solvers']['improved']['seconds']:.0f} s."
    )]  # fmt: skip
    return "\n".join(lines)


def urns() -> str:
    """`set` against `urn` where the images are like the training data, and where they are not."""
    lines = [
        "| model | images | KL, `set` | KL, `urn` | file, `set` | file, `urn` | alpha | kernel |",
        "|---" * 8 + "|",
    ]
    for name in URNS:
        result = load(name)
        for row in result["rows"]:
            kernel = row["kernel"] or "prior network"
            lines.append(
                f"| `{result['model']}` | {row['images']:,} {row['data']} "
                f"| {row['set_kl_nats']:.2f} | {row['urn_kl_nats']:.2f} "
                f"| {row['set_file_nats']:.2f} | **{row['urn_file_nats']:.2f}** "
                f"| {row['alpha']:,} | {kernel} |"
            )
    return "\n".join(lines)


PAGES = {
    "docs/SPEED.md": {
        "budget": budget, "scale": scale, "one-by-one": one_by_one, "beside": beside,
        "trials": trials, "level-speed": level_speed,
    },
    "README.md": {
        "sets": sets, "costs": costs, "models": models, "rivals": rivals, "levels": levels,
        "differences": differences, "speed": speed,
    },
    "docs/EXPERIMENTS.md": {
        "models": models, "experiment-costs": experiment_costs, "sweep": sweep, "probes": probes,
        "choices": choices, "recipe": recipe, "probe-curve": probe_curve, "training": training,
        "coders": coders, "eight-bit": eight_bit,
        "photographs": photographs, "photograph-files": photograph_files,
        "one-photograph": one_photograph, "many-shapes": many_shapes, "left-out": left_out,
        "families": families, "decoders": decoders, "latents": latents,
    },
    "docs/AUTOENCODERS.md": {
        "auto-encoders": auto_encoders, "style-choices": style_choices,
    },
    "docs/FITS.md": {
        "fits": fits, "fit-sizes": fit_sizes, "fit-choices": fit_choices,
        "train-choices": train_choices, "hidden-features": hidden_features,
        "coded-model": coded_model, "fit-few": fit_few, "fit-untuned": fit_untuned,
    },
    "docs/ORDER.md": {"bounds": bounds, "urns": urns, "orders": orders},
    "docs/MACHINES.md": {"on-a-cluster": on_a_cluster},
    "docs/RELIABILITY.md": {"refusals": refusals},
}  # fmt: skip


def filled(page: str) -> str:
    """The text of `page` with every table between its markers replaced by a fresh one."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for name, render in PAGES[page].items():
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        head, _, rest = text.partition(begin)
        _, found, tail = rest.partition(end)
        if not found:
            raise SystemExit(f"{page} lacks the markers of the table {name!r}")
        text = f"{head}{begin}\n{render()}\n{end}{tail}"
    return text


def main() -> None:
    """Print the tables, or write them into their pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    if parser.parse_args().write:
        for page in PAGES:
            (ROOT / page).write_text(filled(page), encoding="utf-8")
    else:
        print("\n\n".join(render() for tables in PAGES.values() for render in tables.values()))


if __name__ == "__main__":
    main()
