"""The paper's tables on the static draw of MNIST that published figures are of, and its digits."""

from __future__ import annotations

from steps.step import BASELINES, FETCH, TRAIN_IMAGES, TRAIN_LABELS, Command, Step, model_file

FETCH_STATIC: Command = (
    "acncodec", "data", "fetch", "mnist-static", "-o", "build/mnist-static", "-f",
)  # fmt: skip
GREY, HELD = "build/static-grey.npz", "build/static-valid.npz"
"""The digits behind the static training images, and the static validation images with classes."""
TRAIN, TEST = "build/mnist-static-train.npz", "build/mnist-static-test.npz"
"""The static training and test images with classes."""
TEST_DIGITS = tuple(name.replace("train", "t10k") for name in (TRAIN_IMAGES, TRAIN_LABELS))


def _matched(digits: tuple[str, ...], split: str, output: str, *more: str) -> Command:
    """Digits, or images with their classes, from a part of the static draw."""
    return (
        "python", "bench/static_digits.py", *digits, f"build/mnist-static/{split}.npz", output,
        *more,
    )  # fmt: skip


TRAINING: tuple[Command, ...] = (
    FETCH,
    FETCH_STATIC,
    _matched((TRAIN_IMAGES, TRAIN_LABELS), "train", GREY),
    _matched((TRAIN_IMAGES, TRAIN_LABELS), "valid", HELD, "--as-given"),
)
"""How what is learned from, and by what is chosen, come to lie there."""
TESTING: tuple[Command, ...] = (
    FETCH,
    FETCH_STATIC,
    _matched(TEST_DIGITS, "test", TEST, "--as-given"),
)
PROBING: tuple[Command, ...] = (
    *TESTING,
    _matched((TRAIN_IMAGES, TRAIN_LABELS), "train", TRAIN, "--as-given"),
)


def _bench(name: str, *options: str) -> Step:
    """A bench of the test images."""
    command: Command = ("acncodec", "bench", TEST, *options, "--json")
    return Step(f"static/{name}.json", (*TESTING, command), by_default=False)


def _of_baseline(name: str) -> Step:
    """The same by another model of the paper."""
    kind = name.removeprefix("mnist-")
    return _bench(f"{kind}-10000", "--model", model_file(name), "--ordering", "iid")


STEPS = (
    _bench("mnist-10000"),
    _bench("mnist-10000-greedy", "--ordering", "tour", "--solver", "greedy"),
    *map(_of_baseline, BASELINES),
    Step("static/costs.json", (*TESTING, ("python", "bench/costs.py", TEST)), by_default=False),
    Step(
        "static/probe.json",
        (
            *PROBING,
            (
                "acncodec", "probe", TRAIN, TEST, "--model", "mnist", "--model",
                model_file("mnist-vae"), "--model", model_file("mnist-pixelvae"), "--json",
            ),
        ),
        by_default=False,
    ),
)  # fmt: skip
