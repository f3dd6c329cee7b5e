"""The paper's 8-bit experiments with our column beside, from the committed results."""

from __future__ import annotations

import math
from typing import Any

from committed import RESULTS, load
from picture_tables import table_head, table_row

from acncodec.analysis import paper

SAMPLES = 32 * 32 * 3
NONE = "-"
NOT_MEASURED = "not measured"


def _result(name: str) -> dict[str, Any] | None:
    return load(name) if (RESULTS / name).exists() else None


def _bits(nats: float) -> float:
    """Bits a sample of nats an image."""
    return nats / math.log(2) / SAMPLES


def _said(figure: paper.PaperFigure, form: str) -> str:
    return NONE if figure.value is None else format(figure.value, form)


def _ours() -> dict[str, str]:
    """Our figures of CIFAR-10, by the field of `paper.EightBit` that they stand beside."""
    found = {}
    if alone := _result("levels/cifar10-test.json"):
        file = 8 * alone["orderings"]["set"]["file_bytes"] / alone["images"] / SAMPLES
        found["alone"] = (
            f"{_bits(alone['unordered_bound_nats']):.3f}; as a set, file: **{file:.3f}** (`rgb`)"
        )
    if worth := _result("latents-worth.json"):
        totals, parts = worth["totals"], worth["latents"]
        about = f"({worth['steps']:,} steps)"
        found["unordered"] = f"{totals['latents_iid'] / SAMPLES:.3f} {about}"
        found["ordered"] = f"{totals['latents_tour'] * math.log(2):,.1f} {about}"
        for name in ("kl_unconditional", "kl_tour"):
            found[name] = f"{parts[name]['bits'] * math.log(2):.1f} {about}"
    if probe := _result("probe-cifar10.json"):
        for row in probe["rows"]:
            name = "pixels" if row["representation"] == "pixels" else "codes"
            found[name] = f"{row['linear_accuracy']:.1%}"
    return found


def eight_bit() -> str:
    """A line for each figure of the paper's tables 4 to 7."""
    rows = (
        ("alone", "without a latent, bits/dim", ".2f"),
        ("unordered", "ACN, unordered, bits/dim", ".2f"),
        ("ordered", "ACN, along a greedy tour, nats an image", ",.1f"),
        ("kl_unconditional", "KL, unconditional prior, nats", ".1f"),
        ("kl_tour", "KL, greedy tour, nats", ".1f"),
        ("codes", "linear classifier of codes", ".1%"),
        ("pixels", "linear classifier of pixels", ".1%"),
    )
    sets, ours = paper.EIGHT_BIT, _ours()
    lines = table_head("", *(f"{name}, paper" for name in sets), "CIFAR-10, here")
    for field, title, form in rows:
        theirs = (_said(getattr(figures, field), form) for figures in sets.values())
        lines.append(table_row(title, *theirs, ours.get(field, NOT_MEASURED)))
    return "\n".join(lines)
