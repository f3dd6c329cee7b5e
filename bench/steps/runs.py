"""What it takes to run, on one machine and on many, and what is survived."""

from __future__ import annotations

from steps.step import CIFAR_TEST, CIFAR_TRAIN, FETCH, FETCH_CIFAR, RESULTS, Step


def _on_a_cluster(part: str) -> Step:
    """A part of what is measured of all 70,000 images on a Ray cluster."""
    more = ("--more", "build/mnist/train-binary.npz")
    return Step(
        f"ray/{part}.json", (FETCH, ("python", "bench/ray_beside.py", part, *more)),
        by_default=False,
    )  # fmt: skip


def _beside(commit: str, count: int, kind: str = "") -> Step:
    """This build and that of another commit in turn; kind: of processor, where it is another than
    AVX-512's."""
    folder = f"build/{commit}"
    python = f"{folder}/.venv/bin/python"
    return Step(
        f"beside-{commit}{kind}.json",
        (
            ("rm", "-rf", folder),
            ("git", "clone", ".", folder),
            ("git", "-C", folder, "checkout", commit),
            ("make", "-C", folder, "venv"),
            (
                "python", "bench/speed_beside.py", python, "--commit", commit,
                "--count", str(count),
            ),
        ),
        by_default=False,
    )  # fmt: skip


STEPS = (
    Step(
        "fuzz.json",
        (
            (
                "python", "bench/fuzz.py", "--seeds", "1", "10", "--count", "100000", "--output",
                f"{RESULTS}/fuzz.json",
            ),
        ),
        prints=False,
    ),
    Step(
        "faults.json",
        (
            (
                "python", "bench/faults.py", "--seeds", "1", "6", "--output",
                f"{RESULTS}/faults.json",
            ),
        ),
        prints=False,
    ),
    Step(
        "fit-kills.json",
        (
            (
                "python", "bench/fit_kills.py", "--rounds", "10", "--output",
                f"{RESULTS}/fit-kills.json",
            ),
        ),
        prints=False,
    ),
    Step(
        "mutated-models.json",
        (("python", "bench/mutated_models.py", "--output", f"{RESULTS}/mutated-models.json"),),
        prints=False,
    ),
    Step(
        "model.json",
        (
            ("python", "bench/card.py", "mnist", f"{RESULTS}/mnist-10000.json"),
            ("acncodec", "models", "show", "mnist", "--json"),
        ),
    ),
    Step("speed.json", (("python", "bench/speed.py", "--ordering", "set", "tour"),)),
    _beside("f74c909", 10_000),
    _beside("f74c909", 3000, "-avx2"),
    _beside("696fb45", 2000),
    Step(
        "decoders.json",
        (
            (
                "python", "bench/decoders.py", "build/data/training/fashion_train.npy",
                "build/decoders",
                "--minutes", "10",
            ),
        ),
        by_default=False,
    ),
    Step(
        "level-speed.json",
        (("python", "bench/level_speed.py", "build/data/cifar10-test.npy"),),
        by_default=False,
    ),
    Step(
        "latents-worth.json",
        (
            FETCH_CIFAR,
            (
                "python", "bench/latents_worth.py", CIFAR_TRAIN, CIFAR_TEST, "build/latents",
                "--with", "acn-rgb-small", "--without", "rgb-small", "--steps", "800",
                "--set", "train.optimizer=muon", "--set", "train.bfloat16=true",
                "--set", "train.clip=1.0", "--set", "train.kl_start=0.02",
            ),
        ),
        by_default=False,
    ),
    Step(  # of the model with latents that the step before leaves
        "probe-cifar10.json",
        (
            FETCH_CIFAR,
            (
                "acncodec", "probe", CIFAR_TRAIN, CIFAR_TEST, "--model",
                "build/latents/acn-rgb-small.safetensors", "--json",
            ),
        ),
        by_default=False,
    ),
    Step(
        "explore-page.json",
        (FETCH_CIFAR, ("python", "bench/explore_page.py", "build/pages", "--cifar", CIFAR_TEST)),
        by_default=False,
    ),
    Step("speed-trials.json", (("python", "bench/speed_trials.py"),)),
    Step(
        "scale.json",
        (
            FETCH,
            (
                "python", "bench/scale.py", "--images", "1000", "10000", "70000", "--more",
                "build/mnist/train-binary.npz",
            ),
        ),
        by_default=False,
    ),
    Step("random-access.json", (("python", "bench/random_access.py"),)),
    Step("refusals.json", (("python", "bench/refusals.py"),)),
    *map(_on_a_cluster, ("beside", "killed", "lost")),
    Step("ray/memory.json", (("python", "bench/ray_beside.py", "memory"),), by_default=False),
)  # fmt: skip
