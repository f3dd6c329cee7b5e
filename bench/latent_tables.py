"""What order and latents are worth on images of many levels, from the committed result."""

from __future__ import annotations

from committed import RESULTS, load
from picture_tables import MISSING, table_head, table_row

PARTS = {
    "pixels": "pixels, given the latent",
    "kl_unconditional": "KL, unconditional prior",
    "kl_tour": "KL, greedy tour",
    "kl_k1": "KL, K = 1",
    "kl_k5": "KL, K = 5",
    "kl_k10": "KL, K = 10",
}
TOTALS = {
    "alone_iid": "the decoder alone, each image by itself",
    "alone_set": "the same as a set",
    "latents_iid": "with latents, each image by itself",
    "latents_tour": "with latents, along a tour",
    "latents_set": "with latents, as a set",
}


def latents() -> str:
    """Parts and wholes, bits an image."""
    if not (RESULTS / "latents-worth.json").exists():
        return MISSING
    found = load("latents-worth.json")
    samples, alone = found["samples_an_image"], found["totals"]["alone_iid"]
    lines = table_head(f"{found['images']:,} test images of CIFAR-10", "bits an image", "bits/dim")
    for name, title in PARTS.items():
        row = found["latents"][name]
        bits = f"{row['bits']:,.2f} ± {row['standard_error']:.2f}"
        lines.append(table_row(title, bits, f"{row['bits'] / samples:.4f}"))
    lines.append(table_row("order, log2 N! / N", f"{found['order']:.2f}", ""))
    lines += ["", *table_head("in all", "bits an image", "bits/dim", "of the first")]
    for name, title in TOTALS.items():
        bits = found["totals"][name]
        share = f"{100 * (bits / alone - 1):+.2f} %" if name != "alone_iid" else ""
        lines.append(table_row(title, f"{bits:,.1f}", f"{bits / samples:.4f}", share))
    return "\n".join(lines)
