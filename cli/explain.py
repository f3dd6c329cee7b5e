"""Why an archive has the ordering it has: from estimates when it is made, later from its header."""

from __future__ import annotations

import math
from collections.abc import Mapping

_PRICED = {
    "iid": "no image is priced by another",
    "set": "no image is priced by another",
    "tour": "each image is priced by its neighbour on a tour",
}


def from_estimates(ordering: str, estimates: Mapping[str, float]) -> str:
    """What was estimated for the ordering taken and for the others, nats an image."""
    if ordering not in estimates:
        return f"{ordering}: there is nothing to price"
    taken = estimates[ordering]
    text = f"{ordering}: estimated {taken:.1f} nats an image of latents and order"
    others = [
        f"{name} {value:.1f}" + (" (not clearly less)" if value < taken else "")
        for name, value in sorted(estimates.items(), key=lambda item: item[1])
        if name != ordering
    ]
    return text + (f"; {', '.join(others)}" if others else ", the one asked for")


def order_nats(images: int, distinct: int) -> float | None:
    """What the order of the distinct images is worth, log U! / N nats an image."""
    return math.lgamma(distinct + 1) / images if images else None


def from_header(order: str, ordering: str, permuted: bool, images: int, distinct: int) -> str:
    """What became of the order, as a shard's header tells it."""
    worth = order_nats(images, distinct)
    if worth is None:
        return f"{ordering}: there are no images"
    whose = f"the order of {distinct:,} images"
    if permuted:
        fate = f"{whose} is stored, for {worth:.2f} nats an image"
    elif ordering == "set":
        fate = f"{whose}, worth {worth:.2f} nats an image, is given back"
    elif order == "any":
        fate = f"{whose}, worth {worth:.2f} nats an image, is not stored"
    else:
        fate = f"they lie in their own order; to store one would cost {worth:.2f} nats an image"
    priced = _PRICED.get(ordering)
    return f"{ordering}: " + (f"{priced}; {fate}" if priced else fate)
