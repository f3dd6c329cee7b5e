"""The paper's 8-bit experiments with our columns beside, from the committed results."""

from __future__ import annotations

import math
from typing import Any

from committed import RESULTS, load
from picture_tables import table_head, table_row

from acncodec.analysis import paper

SAMPLES = 32 * 32 * 3
NONE = "-"
NOT_MEASURED = "not measured"
MEASURED = "CIFAR-10"
SETS = (*paper.EIGHT_BIT, "CelebA")
"""Of the last the paper has pictures alone."""
ROWS = (
    ("alone", "without a latent, bits/dim", ".2f"),
    ("same_decoder", "the ACN's decoder, trained alike without a latent, bits/dim", ".2f"),
    ("rival", "best of other compressors, bits/dim", ".2f"),
    ("unordered", "ACN, unordered, bits/dim", ".2f"),
    ("ordered", "ACN, along a greedy tour, nats an image", ",.1f"),
    ("kl_unconditional", "KL, unconditional prior, nats", ".1f"),
    ("kl_tour", "KL, greedy tour, nats", ".1f"),
    ("kl_k1", "KL, K = 1, nats", ".1f"),
    ("kl_k5", "KL, K = 5, nats", ".1f"),
    ("kl_k10", "KL, K = 10, nats", ".1f"),
    ("codes", "linear classifier of codes", ".1%"),
    ("pixels", "linear classifier of pixels", ".1%"),
)
"""Fields of `paper.EightBit`, and quantities of ours that it has none of."""
KLS = tuple(name for name, _title, _form in ROWS if name.startswith("kl_"))


def _result(name: str) -> dict[str, Any] | None:
    return load(name) if (RESULTS / name).exists() else None


def _paper_says(name: str, field: str, form: str) -> str:
    """A figure of the paper's, if it has one of that set that could be checked."""
    figure = getattr(paper.EIGHT_BIT.get(name), field, None)
    return NONE if figure is None or figure.value is None else format(figure.value, form)


def _bound_and_file(bits: float, nbytes: int | None, images: int) -> str:
    """Bits an image by the bound, and bytes of a file if there is one, both as bits a sample."""
    bound = f"{bits / SAMPLES:.3f}"
    return bound if nbytes is None else f"{bound}, file **{8 * nbytes / images / SAMPLES:.3f}**"


def _ours() -> dict[str, str]:
    """Our figures of CIFAR-10, by the first of `ROWS` that they stand in."""
    found = {}
    if alone := _result("levels/cifar10-test.json"):
        bits = alone["unordered_bound_nats"] / math.log(2)
        in_set = alone["orderings"]["set"]["file_bytes"]
        found["alone"] = f"{_bound_and_file(bits, in_set, alone['images'])} as a set (`rgb`)"
    if rivals := _result("rivals/cifar10-test.json"):
        best = min(rivals["rows"], key=lambda row: row["bytes"])
        found["rival"] = f"**{best['bits_per_dim']:.3f}** ({best['name']})"
    if worth := _result("latents-worth.json"):
        totals, parts, files = worth["totals"], worth["latents"], worth.get("file_bytes", {})
        for field, name in (("unordered", "latents"), ("same_decoder", "alone")):
            found[field] = _bound_and_file(totals[f"{name}_iid"], files.get(name), worth["images"])
        found["ordered"] = f"{totals['latents_tour'] * math.log(2):,.1f}"
        for name in KLS:
            found[name] = f"{parts[name]['bits'] * math.log(2):.1f}"
    if probe := _result("probe-cifar10.json"):
        for row in probe["rows"]:
            name = "codes" if row["model"] else row["representation"]
            found[name] = f"{row['linear_accuracy']:.1%}"
    return found


def eight_bit() -> str:
    """A line for each figure of the paper's tables 4 to 7, and for what stands beside it."""
    ours = _ours()
    lines = table_head("", *(f"{name}, {whose}" for name in SETS for whose in ("paper", "here")))
    for field, title, form in ROWS:
        cells = []
        for name in SETS:
            here = ours.get(field, NOT_MEASURED) if name == MEASURED else NOT_MEASURED
            cells += [_paper_says(name, field, form), here]
        lines.append(table_row(title, *cells))
    if worth := _result("latents-worth.json"):
        lines += ["", _footnote(worth)]
    return "\n".join(lines)


def _footnote(worth: dict[str, Any]) -> str:
    """Of how many images and after how much training what stands there is."""
    return (
        f"Ours with a latent and of its decoder alone are of the first {worth['images']:,} test "
        f"images, each model after {worth['steps']:,} steps; files keep the order, with nothing "
        "stored."
    )
