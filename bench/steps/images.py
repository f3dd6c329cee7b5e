"""Other compressors, and images that are not MNIST."""

from __future__ import annotations

from steps.step import Step, model_file

OTHER_IMAGES = (
    "cifar10-test", "fashion-mnist-test", "digits8-train", "digits8-test", "crawl-tiles-test",
    "crawl-tiles-train", "quickdraw-test", "quickdraw-train", "omniglot-test", "fashion-mnist",
    "mnist-binary",
)  # fmt: skip
"""Sets of images that the rivals are measured on, besides the bundled one."""
PHOTOGRAPHS = (
    (
        "python", "-m", "pip", "install", "--no-deps", "--target", "build/scikit-image",
        "scikit-image==0.26.0",
    ),
    ("python", "bench/photographs.py", "build/scikit-image", "build/data/"),
)  # fmt: skip
"""How arrays of photographs come to lie in build/data; the last command prints which they are."""


def _rivals(name: str) -> Step:
    """Other compressors on a set that lies in build/data as an array of images."""
    data = f"build/data/{name}.npy"
    return Step(
        f"rivals/{name}.json",
        (("python", "bench/rivals.py", "--data", data, "--rivals-only"),),
        by_default=False,
    )


def _ours(name: str) -> Step:
    """Our own command on such a set, left to choose what it models and what it stores."""
    data = f"build/data/{name}.npy"
    return Step(
        f"rivals/{name}-ours.json",
        (("python", "bench/rivals.py", "--data", data, "--ours-only"),),
        by_default=False,
    )


def _levels(name: str, model: str, *more: str) -> Step:
    """Bound and file of a set that lies in build/data."""
    command = (
        "acncodec", "bench", f"build/data/{name}.npy", "--model", model, *more,
        "--samples", "2", "--json",
    )  # fmt: skip
    return Step(f"levels/{name}.json", (command,), by_default=False)


def _fit(name: str, minutes: int) -> Step:
    """A model fitted on a thread to a set that lies in build/data, in the file with it, for three
    speeds."""
    command = (
        "python", "bench/fits.py", f"build/data/{name}.npy", "build/fits", "--minutes",
        str(minutes), "--threads", "1",
    )  # fmt: skip
    return Step(f"fits/{name}.json", (command,), by_default=False)


def _fit_sizes(name: str, minutes: int, *weights: int) -> Step:
    """Such a set fitted by networks of several sizes."""
    command = (
        "python", "bench/fit_sizes.py", f"build/data/{name}.npy", "build/fits", "--minutes",
        str(minutes), "--weights", *map(str, weights),
    )  # fmt: skip
    return Step(f"fit-sizes/{name}.json", (command,), by_default=False)


def _photographs(name: str) -> Step:
    """Photographs in tiles by others and, the model taken unasked, by this, in one run."""
    command = ("python", "bench/rivals.py", "--data", f"build/data/photographs-{name}.npy")
    return Step(f"rivals/photographs-{name}.json", (*PHOTOGRAPHS, command), by_default=False)


STEPS = (
    Step("rivals.json", (("python", "bench/rivals.py"),)),
    *map(_rivals, OTHER_IMAGES),
    Step("photographs.json", PHOTOGRAPHS, by_default=False),
    _photographs("grey"),
    _photographs("rgb"),
    Step(
        "one-photograph.json",
        (*PHOTOGRAPHS, ("python", "bench/one_photograph.py", "build/data/astronaut.npy")),
        by_default=False,
    ),
    _fit("fashion-mnist", 60),
    _fit("mnist-binary", 40),
    _fit("crawl-tiles-train", 20),
    _fit("quickdraw-train", 10),
    _fit_sizes("quickdraw-train", 10, 16_000, 23_000, 31_000, 40_000),
    _fit("cifar10-test", 40),
    Step("many-shapes.json", (("python", "bench/many_shapes.py"),)),
    Step(
        "leave-one-out.json",
        (("python", "bench/leave_one_out.py", "--data", "build/data/training"),),
        by_default=False,
    ),
    _levels("fashion-mnist-test", model_file("fashion-mnist")),
    _levels("digits8-test", model_file("digits8")),
    _levels("cifar10-test", "rgb", "--ordering", "set"),
    _levels("crawl-tiles-test", "rgb", "--ordering", "set"),
    _levels("quickdraw-test", "grey", "--ordering", "set"),
    _levels("omniglot-test", "grey", "--ordering", "set"),
    _ours("crawl-tiles-test"),
    Step(
        "rivals/mnist-binary-test.json",
        (("python", "bench/rivals.py", "--rivals-only"),),
    ),
)  # fmt: skip
