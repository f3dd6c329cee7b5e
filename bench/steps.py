"""The committed results, and the commands that make each."""

from __future__ import annotations

from dataclasses import dataclass

RESULTS = "bench/results"
BUNDLED = "acncodec/data/mnist-test-binary.npz"
MODELS = "bench/models"
BASELINES = {"mnist-pixelcnn": 6000, "mnist-vae": 9000, "mnist-pixelvae": 6000}
"""The paper's other models, which lie in the folder MODELS, and their training steps."""
NINE_DIGITS = "build/nine-digits.safetensors"
ALL_IMAGES = "build/mnist-70000.npz"
TRAIN_IMAGES = "build/mnist/train-images-idx3-ubyte.gz"
TRAIN_LABELS = "build/mnist/train-labels-idx1-ubyte.gz"
FASHION = "build/fashion-mnist/train-images-idx3-ubyte.gz"
FASHION_LABELS = "build/fashion-mnist/train-labels-idx1-ubyte.gz"
KEPT = tuple(f"build/mnist.checkpoint-{step:06}.safetensors" for step in range(8000, 28_001, 2000))
"""Checkpoints of the bundled model's run."""
FAMILIES = "build/families"
"""Where models lie that are trained to stand beside others."""
OTHER_IMAGES = (
    "cifar10-test", "fashion-mnist-test", "digits8-train", "digits8-test", "crawl-tiles-test",
    "crawl-tiles-train", "quickdraw-test", "quickdraw-train", "omniglot-test",
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
BLIND = tuple(part for name in ("iid", "set", "urn") for part in ("--ordering", name))
GREEDY = ("--ordering", "tour", "--solver", "greedy")
TORCHAC = ("--coder", "torchac", "--ordering", "iid", "--ordering", "set")

Command = tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One result: its file below `bench/results`, and the commands that make it.

    All commands run in the project's root. The last one prints the result, unless it writes it
    itself (`prints` is false). Downloads and training are not run by default.
    """

    output: str
    commands: tuple[Command, ...]
    by_default: bool = True
    prints: bool = True

    @property
    def name(self) -> str:
        """What `--only` takes."""
        return self.output.rsplit(".", 1)[0]


FETCH: Command = ("acncodec", "data", "fetch", "mnist", "-o", "build/mnist", "-f")


def model_file(name: str) -> str:
    """Where the baseline `name` lies."""
    return f"{MODELS}/{name}.safetensors"


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


def _on_a_cluster(part: str) -> Step:
    """A part of what is measured of all 70,000 images on a Ray cluster."""
    more = ("--more", "build/mnist/train-binary.npz")
    return Step(
        f"ray/{part}.json", (FETCH, ("python", "bench/ray_beside.py", part, *more)),
        by_default=False,
    )  # fmt: skip


def _training(name: str, model: str, *budget: str) -> Step:
    """The log of a training run, which leaves the model too."""
    log = f"build/log-{name}"
    return Step(
        f"training/{name}.jsonl",
        (
            FETCH,
            (
                "acncodec", "train", TRAIN_IMAGES, "-o", model, "--preset", name, *budget,
                "--log", log, "-f",
            ),
            ("cp", f"{log}/log.jsonl", f"{RESULTS}/training/{name}.jsonl"),
        ),
        by_default=False, prints=False,
    )  # fmt: skip


def _baseline(name: str) -> tuple[Step, ...]:
    """A baseline's bench, its facts, and its training."""
    kind = name.removeprefix("mnist-")
    return (
        Step(
            f"{kind}-10000.json",
            (("acncodec", "bench", BUNDLED, "--model", model_file(name), "--json"),),
        ),
        Step(
            f"models/{name}.json",
            (("acncodec", "models", "show", model_file(name), "--json"),),
        ),
        _training(name, model_file(name), "--steps", str(BASELINES[name])),
    )


def _small_models(output: str, script: str) -> Step:
    """Small models trained and priced."""
    command = ("python", f"bench/{script}", TRAIN_IMAGES, TRAIN_LABELS, "build/small")
    return Step(output, (FETCH, command), by_default=False)


def _family(name: str, data: str, preset: str, minutes: int, *more: str) -> Command:
    """A model that is trained to stand beside others."""
    return (
        "acncodec", "train", data, "-o", f"{FAMILIES}/{name}.safetensors", "--preset", preset,
        "--minutes", str(minutes), *more, "-f",
    )  # fmt: skip


def _families(
    name: str, title: str, sets: tuple[str, ...], trained: tuple[Command, ...], *models: str
) -> Step:
    """Models side by side on a data set that can be fetched: those trained for it, and others.

    sets: images to learn from and images to try, and how labels of theirs are named.
    """
    train, test, *labels = sets
    fetch = ("acncodec", "data", "fetch", name, "-o", f"build/{name}", "-f")
    made = [command[command.index("-o") + 1] for command in trained]
    measure = (
        "python", "bench/families.py", train, test, *made, *models, *labels, "--name", title,
        "--priced", "1000", "--samples", "2",
    )  # fmt: skip
    commands = fetch, ("mkdir", "-p", FAMILIES), *trained, measure
    return Step(f"families/{name}.json", commands, by_default=False)


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


def _beside(commit: str, count: int) -> Step:
    """This build and that of another commit in turn."""
    folder = f"build/{commit}"
    python = f"{folder}/.venv/bin/python"
    return Step(
        f"beside-{commit}.json",
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


def _levels(name: str, model: str, *more: str) -> Step:
    """Bound and file of a set that lies in build/data."""
    command = (
        "acncodec", "bench", f"build/data/{name}.npy", "--model", model, *more,
        "--samples", "2", "--json",
    )  # fmt: skip
    return Step(f"levels/{name}.json", (command,), by_default=False)


def _fit(name: str, minutes: int) -> Step:
    """A model fitted to a set that lies in build/data, in the file with it, for three speeds."""
    command = (
        "python", "bench/fits.py", f"build/data/{name}.npy", "build/fits", "--minutes",
        str(minutes),
    )  # fmt: skip
    return Step(f"fits/{name}.json", (command,), by_default=False)


def _photographs(name: str) -> Step:
    """Photographs in tiles by others and, the model taken unasked, by this, in one run."""
    command = ("python", "bench/rivals.py", "--data", f"build/data/photographs-{name}.npy")
    return Step(f"rivals/photographs-{name}.json", (*PHOTOGRAPHS, command), by_default=False)


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
    Step("orders-10000.json", (("python", "bench/orders.py", BUNDLED, "--json"),)),
    *(step for name in BASELINES for step in _baseline(name)),
    Step(
        "probe.json",
        (
            FETCH,
            (
                "acncodec", "probe", TRAIN_IMAGES, BUNDLED, "--train-labels", TRAIN_LABELS,
                "--model", "mnist", "--model", model_file("mnist-vae"), "--model",
                model_file("mnist-pixelvae"), "--json",
            ),
        ),
        by_default=False,
    ),
    _families(
        "mnist", "binarised MNIST", (TRAIN_IMAGES, BUNDLED, "--train-labels", TRAIN_LABELS),
        (
            _family("autoencoder", TRAIN_IMAGES, "autoencoder", 5),
            _family("aae", TRAIN_IMAGES, "aae", 8),
            _family("style", TRAIN_IMAGES, "style", 8, "--labels", TRAIN_LABELS),
            _family("vqvae", TRAIN_IMAGES, "vqvae", 12),
            _family(
                "acn-vq", TRAIN_IMAGES, "acn-vq-small", 16, "--set", "train.tune_steps=500",
            ),
        ),
        "mnist", *map(model_file, BASELINES),
    ),
    _families(
        "fashion-mnist", "Fashion-MNIST",
        (
            FASHION, FASHION.replace("train-", "t10k-"), "--train-labels", FASHION_LABELS,
            "--test-labels", FASHION_LABELS.replace("train-", "t10k-"),
        ),
        (
            _family("fashion-vqvae", FASHION, "vqvae-grey", 15),
            _family("fashion-acn-vq", FASHION, "acn-vq-small", 15),
        ),
    ),
    _families(
        "cifar10", "CIFAR-10", ("build/cifar10/train.npz", "build/cifar10/test.npz"),
        (_family("cifar-vqvae", "build/cifar10/train.npz", "vqvae-rgb", 15),),
    ),
    Step(  # of the auto-encoders that stand in the table of families, or new ones
        "auto-encoders.json",
        (
            FETCH,
            (
                "python", "bench/auto_encoders.py", TRAIN_IMAGES, TRAIN_LABELS, FAMILIES,
                "--only", "autoencoder", "--only", "aae", "--only", "style",
            ),
        ),
        by_default=False,
    ),
    _small_models("k-sweep.json", "k_sweep.py"),
    _small_models("probe-choices.json", "probe_choices.py"),
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
        "model.json",
        (
            ("python", "bench/card.py", "mnist", f"{RESULTS}/mnist-10000.json"),
            ("acncodec", "models", "show", "mnist", "--json"),
        ),
    ),
    Step("speed.json", (("python", "bench/speed.py", "--ordering", "set", "tour"),)),
    _beside("f74c909", 10_000),
    _beside("696fb45", 2000),
    Step(
        "level-speed.json",
        (("python", "bench/level_speed.py", "build/data/cifar10-test.npy"),),
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
    _training("mnist", "build/mnist.safetensors", "--keep", "2000"),
    Step(
        "probe-curve.json",
        (FETCH, ("python", "bench/probe_curve.py", TRAIN_IMAGES, TRAIN_LABELS, *KEPT)),
        by_default=False,
    ),
)  # fmt: skip
"""Every committed result. A new one is one more line here."""
