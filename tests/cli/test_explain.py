"""Why an archive has its ordering, in words."""

from __future__ import annotations

import math

import pytest

from acncodec_cli.explain import from_estimates, from_header, order_nats


def test_estimates_of_all_orderings() -> None:
    estimates = {"iid": 12.62, "tour": 6.91, "set": 4.41}
    assert from_estimates("set", estimates) == (
        "set: estimated 4.4 nats an image of latents and order; tour 6.9, iid 12.6"
    )
    assert from_estimates("iid", {"iid": 5.0, "tour": 4.9}) == (
        "iid: estimated 5.0 nats an image of latents and order; tour 4.9 (not clearly less)"
    )
    assert from_estimates("tour", {"tour": 6.91}) == (
        "tour: estimated 6.9 nats an image of latents and order, the one asked for"
    )
    assert from_estimates("iid", {}) == "iid: there is nothing to price"


def test_what_an_order_is_worth() -> None:
    assert order_nats(10_000, 10_000) == pytest.approx(8.21, abs=0.005)
    assert order_nats(4, 2) == pytest.approx(math.log(2) / 4)
    assert order_nats(0, 0) is None


@pytest.mark.parametrize(
    ("order", "ordering", "permuted", "said"),
    [
        ("any", "set", False, "order of 10,000 images, worth 8.21 nats an image, is given back"),
        ("any", "tour", False, "by its neighbour on a tour; the order of 10,000 images, worth 8"),
        ("any", "iid", False, "worth 8.21 nats an image, is not stored"),
        ("keep", "tour", True, "order of 10,000 images is stored, for 8.21 nats an image"),
        ("keep", "iid", False, "to store one would cost 8.21 nats an image"),
        ("any", "new", False, "new: the order of 10,000 images, worth 8.21 nats"),
    ],
)  # fmt: skip
def test_what_a_header_says(order: str, ordering: str, permuted: bool, said: str) -> None:
    text = from_header(order, ordering, permuted, 10_000, 10_000)
    assert text.startswith(f"{ordering}: ") and said in text
    assert "no images" in from_header(order, ordering, permuted, 0, 0)
