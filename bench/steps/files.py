"""What sets of MNIST cost in a file, by strategies, and where the bits go."""

from __future__ import annotations

from steps.step import BUNDLED, FETCH, Step, model_file

NINE_DIGITS = "build/nine-digits.safetensors"
ALL_IMAGES = "build/mnist-70000.npz"
BLIND = tuple(part for name in ("iid", "set", "urn") for part in ("--ordering", name))
GREEDY = ("--ordering", "tour", "--solver", "greedy")
TORCHAC = ("--coder", "torchac", "--ordering", "iid", "--ordering", "set")


def _some(count: int, suffix: str = "", *options: str) -> Step:
    """A bench of the first test images."""
    images = f"build/mnist-{count}.npz"
    return Step(
        f"mnist-{count}{suffix}.json",
        (
            ("python", "bench/subset.py", str(count), images),
            ("acncodec", "bench", images, *options, "--json"),
        ),
    )  # fmt: skip


def _all_images(suffix: str, *options: str) -> Step:
    """A bench of all 70,000 images."""
    more = "build/mnist/train-binary.npz"
    return Step(
        f"mnist-70000{suffix}.json",
        (
            FETCH,
            ("python", "bench/subset.py", "70000", ALL_IMAGES, "--more", more),
            ("acncodec", "bench", ALL_IMAGES, *options, "--samples", "2", "--json"),
        ),
        by_default=False,
    )


STEPS = (
    _some(100),
    _some(100, "-greedy", *GREEDY),
    _some(1000),
    _some(1000, "-greedy", *GREEDY),
    _some(1000, "-torchac", *TORCHAC),
    Step("mnist-10000.json", (("acncodec", "bench", BUNDLED, "--json"),)),
    Step("mnist-10000-greedy.json", (("acncodec", "bench", BUNDLED, *GREEDY, "--json"),)),
    Step("mnist-10000-torchac.json", (("acncodec", "bench", BUNDLED, *TORCHAC, "--json"),)),
    Step("costs.json", (("python", "bench/costs.py"),)),
    Step("labels.json", (("python", "bench/labels.py"),)),
    Step(
        "coded-models.json",
        (
            (
                "python", "bench/coded_models.py", model_file("fashion-mnist"),
                "build/data/fashion-mnist-test.npy", "--images", "400",
            ),
        ),
        by_default=False,
    ),
    Step("urn.json", (("python", "bench/urn.py"),)),
    Step(
        "urn-digit-9.json",
        (
            FETCH,
            ("python", "bench/without_digit.py", "build/mnist", "9", "build/nine-digits.npz"),
            (
                "acncodec", "train", "build/nine-digits.npz", "-o", NINE_DIGITS, "--preset",
                "mnist-small", "--steps", "6000", "-f",
            ),
            ("python", "bench/urn.py", "--model", NINE_DIGITS, "--digit", "9"),
        ),
        by_default=False,
    ),
    _all_images("", *BLIND),
    _all_images("-greedy", *GREEDY),
    _all_images("-tour", "--ordering", "tour"),
    Step("orders-10000.json", (("python", "bench/orders.py", BUNDLED, "--json"),)),
)  # fmt: skip
