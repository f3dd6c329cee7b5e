"""What orders of a data set are worth: tours, their lower bounds, and an order's own information.

All KL costs are expectations on the latent grid, by the integer networks: what a file pays on
average, without the draw of a particular one.
"""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.analysis.provenance import provenance
from acncodec.codec import check_fit
from acncodec.contracts.expected_costs import ExpectedCosts
from acncodec.errors import DataError
from acncodec.images import DataSet
from acncodec.models.encode import encode_images
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.batches import head_count
from acncodec.ordering.bounds import assignment_prices, cheapest_predecessors, schedule_bound
from acncodec.ordering.improve import improved_tour, laid_units
from acncodec.ordering.schedule import tour_schedule
from acncodec.ordering.spanning import spanning_bound, spanning_edges, spanning_prices
from acncodec.ordering.tours import greedy_tour
from acncodec.run.workers import Workers
from acncodec.shards.arrange import arrange
from acncodec.stack.orders import permutation_bits

Ints = NDArray[np.int64]


def distinct_codes(data: DataSet, model: FrozenModel, workers: Workers) -> Ints:
    """Codes of the distinct images in canonical order, int64 (U, D) in grid steps.

    Raises `ModelError` if the model does not fit, `DataError` if there are no images.
    """
    check_fit(data, model)
    if not data.count:
        raise DataError("there are no images to order")
    return encode_images(model, arrange(data, keep=False).pixels, workers, data.levels)


def even_sizes(count: int) -> tuple[int, ...]:
    """Batch sizes of a tour as a file has them, but for the ramp at its end, which depends on
    what the images cost: the heads, then two arms a head of one length or nearly."""
    heads = head_count(count)
    full, rest = divmod(count - heads, 2 * heads)
    sizes = (heads,) + (2 * heads,) * full + ((rest,) if rest else ())
    tour_schedule(sizes)
    return sizes


def _tours(costs: ExpectedCosts, codes: Ints, sizes: tuple[int, ...]) -> dict[str, Any]:
    """Expected KL of each solver's tour in batches of `sizes`, and its seconds."""
    count, result = len(codes), {}
    clock = time.perf_counter()
    greedy = greedy_tour(codes)
    for name in ("greedy", "improved"):
        tour = greedy if name == "greedy" else improved_tour(costs, codes, greedy, sizes)
        seconds = time.perf_counter() - clock
        result[name] = {
            "kl_nats": costs.kl_nats(laid_units(costs, tour, sizes), count),
            "seconds": round(seconds, 2),
            "order": tour,
        }
        clock = time.perf_counter()
    return result


def _bounds(
    costs: ExpectedCosts, codes: Ints, prices: Ints, spanning: tuple[Ints, Ints, Ints], heads: int,
    arms: int,
) -> dict[str, float]:  # fmt: skip
    count = len(codes)
    nothing = np.zeros(count, np.int64)
    return {
        "nearest_predecessor": costs.kl_nats(schedule_bound(costs, nothing, heads, arms), count),
        "assignment": costs.kl_nats(schedule_bound(costs, prices, heads, arms), count),
        "spanning": costs.kl_nats(spanning_bound(costs, *spanning, heads, arms), count),
    }


WAYS = {"path": "one path, as in the paper", "laid": "laid as in a file"}


def order_rows(figures: dict[str, Any]) -> list[dict[str, Any]]:
    """The figures of `orders` as rows, dearest kind first: tours, and what none undercuts."""
    rows: list[dict[str, Any]] = [
        {"order": "none: the unconditional prior", "kl_nats": figures["unconditional_kl_nats"]}
    ]
    for way, words in WAYS.items():
        for name, tour in figures[way]["solvers"].items():
            rows.append({
                "order": f"{name} tour, {words}",
                "kl_nats": tour["kl_nats"],
                "seconds": tour["seconds"],
            })  # fmt: skip
        for name, nats in reversed(figures[way]["bounds"].items()):
            lower = f"bound by {name.replace('_', ' ')}, {words}"
            rows.append({"order": lower, "kl_nats": nats, "lower_bound": True})
    return rows


def orders(codes: Ints, model: FrozenModel) -> tuple[dict[str, Any], Ints]:
    """Price orders of codes (N, D). Returns the figures and the improved path, int64 (N,).

    KL in nats an image, for two ways of using a tour: `laid`, in batches with heads and two arms
    each, as in a file, and `path`, every item after its predecessor, as in the paper. Each has
    greedy and improved tour and what no such tour undercuts (see `ordering.bounds`). What an
    order saves is held against `order_nats`, log N! / N: what a set gets back without any order.
    """
    count = len(codes)
    clock = time.perf_counter()
    latents = model.latents.prices()
    costs, points = latents.pairs(codes), latents.points(codes)
    table_seconds = time.perf_counter() - clock
    alone = costs.kl_nats(int(costs.alone.sum()), count)
    order_nats = permutation_bits(count) * math.log(2) / count
    prices = assignment_prices(costs, points)
    allowed = spanning_prices(costs, points, prices)
    spanning = (*allowed, spanning_edges(costs, *allowed))
    ways: dict[str, Any] = {}
    for way, sizes, arms in (("laid", even_sizes(count), 2), ("path", (1,) * count, 1)):
        tours = _tours(costs, points, sizes)
        path = tours["improved"]["order"]
        lower = _bounds(costs, points, prices, spanning, sizes[0], arms)
        for tour in tours.values():
            del tour["order"]
            tour["saved_nats"] = alone - tour["kl_nats"]
            tour["saved_share_of_order"] = tour["saved_nats"] / order_nats if order_nats else None
        tightest = max(lower.values())
        ways[way] = {
            "heads": sizes[0], "solvers": tours, "bounds": lower,
            "gap_nats": tours["improved"]["kl_nats"] - tightest,
        }  # fmt: skip
    nearest = int(cheapest_predecessors(costs, np.zeros(count, np.int64)).sum())
    figures: dict[str, Any] = {
        "kind": "orders",
        "images": count,
        "model": model.name,
        "model_sha256": model.model_id.hex(),
        "order_nats": order_nats,
        "unconditional_kl_nats": alone,
        "set_kl_nats": alone - order_nats,
        "nearest_kl_nats": costs.kl_nats(nearest, count) if count > 1 else None,
        "table_mib": round(costs.table.nbytes / 2**20, 1),
        "table_seconds": round(table_seconds, 2),
        **ways,
        **provenance(),
    }
    return figures | {"rows": order_rows(figures)}, path
