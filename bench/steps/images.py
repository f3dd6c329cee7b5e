"""Other compressors, and images that are not MNIST."""

from __future__ import annotations

from steps.step import Command, Step, model_file

OTHER_IMAGES = (
    "cifar10-test", "fashion-mnist-test", "digits8-train", "digits8-test", "crawl-tiles-test",
    "crawl-tiles-train", "quickdraw-test", "quickdraw-train", "omniglot-test",
)  # fmt: skip
"""Sets of images that the rivals are measured on, besides the bundled one."""
FETCHED = {
    "cifar10-test": ("cifar10", "test"),
    "fashion-mnist": ("fashion-mnist", "train", "test"),
    "fashion-mnist-test": ("fashion-mnist", "test"),
    "mnist-binary": ("mnist", "train-binary", "test-binary"),
    "mnist-static-valid": ("mnist-static", "valid"),
    "omniglot-test": ("omniglot", "test"),
    "quickdraw-test": ("quickdraw", "test"),
    "quickdraw-train": ("quickdraw", "train"),
}
"""Of what parts of a data set that can be fetched the arrays are made. The sprites are not among
them: `bench/set_arrays.py` says from where they come."""
SLOW_RIVALS = (
    "JPEG XL -e 9 (pillow-jxl)", "JPEG XL -e 7", "WebP lossless -m 6 -q 75", "PNG",
    "zstd -22 --long", "brotli -11",
)  # fmt: skip
"""Compressors that take hours on 70,000 images, and of the 10,000 test images of the same sets make
no less than the one that is best there."""
PHOTOGRAPHS = (
    (
        "python", "-m", "pip", "install", "--no-deps", "--target", "build/scikit-image",
        "scikit-image==0.26.0",
    ),
    ("python", "bench/photographs.py", "build/scikit-image", "build/data/"),
)  # fmt: skip
"""How arrays of photographs come to lie in build/data; the last command prints which they are."""


_WIDE = "decoder.width=24 decoder.blocks=3 decoder.hidden=48"
_DEEP = "decoder.width=16 decoder.blocks=7 decoder.hidden=32"
_DEEPEST = "decoder.width=12 decoder.blocks=12 decoder.hidden=24"


def _rates(adam: str, muon: str, coarseness: str) -> str:
    """The rates of a fit, and how coarsely it rounds."""
    return (
        f"train.learning_rate={adam} train.matrix_rate={muon} train.coarseness={coarseness}"
        " train.warmup_steps=100"
    )


QUICKDRAW_CHOICES = (
    f"{_WIDE} {_rates('2e-3', '5e-3', '1.7')}",
    f"{_WIDE} {_rates('2e-3', '1e-2', '1.7')}",
    f"{_DEEP} {_rates('2e-3', '5e-3', '1.7')}",
    f"{_DEEPEST} {_rates('2e-3', '5e-3', '1.7')}",
    f"{_DEEP} {_rates('4e-3', '1e-2', '3')}",
    f"{_DEEP} {_rates('2e-3', '2e-2', '3')}",
)
"""What `fit_choices.py` sets; the first is what fits had."""


def _array(name: str) -> tuple[Command, ...]:
    """How a set comes to lie in build/data as an array of images; nothing if only by hand."""
    make = ("python", "bench/set_arrays.py", "build/data")
    if name.startswith("digits8"):
        return ((*make, "--digits8"),)
    if name not in FETCHED:
        return ()
    source, *parts = FETCHED[name]
    folder = f"build/{source}"
    files = ",".join(f"{folder}/{part}.npz" for part in parts)
    fetch = ("acncodec", "data", "fetch", source, "-o", folder, "-f")
    return fetch, (*make, f"{name}={files}")


ICONS: tuple[Command, ...] = (
    ("sh", "-c", "mkdir -p build/icons && cd build/icons && apt-get download tango-icon-theme"),
    ("sh", "-c", "dpkg-deb -x build/icons/tango-icon-theme_*_all.deb build/icons/tango"),
    ("ln", "-sfn", "../icons/tango/usr/share/icons/Tango", "build/data/tango-icons"),
)
"""Icons of a Debian package, which lists its source."""


def _rivals(name: str, *but: str) -> Step:
    """Other compressors on a set, all of them but some that would take hours."""
    data = f"build/data/{name}.npy"
    less = ("--but", *but) if but else ()
    command = ("python", "bench/rivals.py", "--data", data, "--rivals-only", *less)
    return Step(f"rivals/{name}.json", (*_array(name), command), by_default=False)


def _ours(name: str) -> Step:
    """Our own command on a set, left to choose what it models and what it stores."""
    data = f"build/data/{name}.npy"
    command = ("python", "bench/rivals.py", "--data", data, "--ours-only")
    return Step(f"rivals/{name}-ours.json", (*_array(name), command), by_default=False)


def _levels(name: str, model: str, *more: str) -> Step:
    """Bound and file of a set."""
    command = (
        "acncodec", "bench", f"build/data/{name}.npy", "--model", model, *more,
        "--samples", "2", "--json",
    )  # fmt: skip
    return Step(f"levels/{name}.json", (*_array(name), command), by_default=False)


def _fit(
    name: str, minutes: int, *speeds: str, called: str | None = None, threads: int = 1
) -> Step:
    """A model fitted to a set, in the file with it, for some speeds or all."""
    command = (
        "python", "bench/fits.py", f"build/data/{name}.npy", "build/fits", "--minutes",
        str(minutes), "--threads", str(threads), *(("--speeds", *speeds) if speeds else ()),
    )  # fmt: skip
    return Step(f"fits/{called or name}.json", (*_array(name), command), by_default=False)


def _fit_sizes(name: str, minutes: int, *weights: int, called: str | None = None) -> Step:
    """A set fitted by networks of several sizes."""
    command = (
        "python", "bench/fit_sizes.py", f"build/data/{name}.npy", "build/fits", "--minutes",
        str(minutes), "--weights", *map(str, weights),
    )  # fmt: skip
    output = f"fit-sizes/{called or name}.json"
    return Step(output, (*_array(name), command), by_default=False)


FEW = ("cifar10-test", "crawl-tiles-test", "omniglot-test", "quickdraw-test")
"""Of what sets the first 200 pictures are fitted."""


def _fit_few(minutes: int) -> Step:
    """A few pictures of several sets, without and with a fit."""
    arrays = tuple(command for name in FEW for command in _array(name))
    files = (f"build/data/{name}.npy" for name in FEW)
    command = (
        "python", "bench/fit_few.py", "build/fits", *files, "--minutes", str(minutes),
    )  # fmt: skip
    return Step("fit-few.json", (*arrays, command), by_default=False)


def _fit_choices(name: str, minutes: int, start: str | None, *rows: str) -> Step:
    """A set fitted with several settings."""
    command = (
        "python", "bench/fit_choices.py", f"build/data/{name}.npy", "build/fits", "--minutes",
        str(minutes), *(("--start", start) if start else ()),
        *(word for row in rows for word in ("--row", row)),
    )  # fmt: skip
    return Step(f"fit-choices/{name}.json", (*_array(name), command), by_default=False)


def _train_choices(name: str, minutes: int, *words: str) -> Step:
    """A model trained with several settings, on images held back."""
    command = (
        "python", "bench/train_choices.py", f"build/data/{name}.npy", "build/fits", "--minutes",
        str(minutes), *words,
    )  # fmt: skip
    return Step(f"train-choices/{name}.json", (*_array(name), command), by_default=False)


def _photographs(name: str) -> Step:
    """Photographs in tiles by others and, the model taken unasked, by this, in one run."""
    command = ("python", "bench/rivals.py", "--data", f"build/data/photographs-{name}.npy")
    return Step(f"rivals/photographs-{name}.json", (*PHOTOGRAPHS, command), by_default=False)


STEPS = (
    Step("rivals.json", (("python", "bench/rivals.py"),)),
    *map(_rivals, OTHER_IMAGES),
    _rivals("fashion-mnist", *SLOW_RIVALS),
    _rivals(
        "mnist-binary", *SLOW_RIVALS, "xz -9e", "JPEG XL -e 9: single", "JBIG (T.82): single",
        "CCITT G4 (TIFF): single", "JPEG-LS (RGB as G, R-G, B-G): single",
    ),
    Step("photographs.json", PHOTOGRAPHS, by_default=False),
    _photographs("grey"),
    _photographs("rgb"),
    Step(
        "one-photograph.json",
        (*PHOTOGRAPHS, ("python", "bench/one_photograph.py", "build/data/astronaut.npy")),
        by_default=False,
    ),
    _fit("fashion-mnist", 60, "normal"),
    _fit("fashion-mnist", 60, "slow", called="fashion-mnist-slow"),
    _fit("fashion-mnist", 30, "fast", called="fashion-mnist-fast"),
    _fit("mnist-binary", 40, "fast", "normal"),
    _fit("crawl-tiles-train", 20, "normal"),
    _fit("quickdraw-train", 10, "normal"),
    _fit_few(5),
    Step(
        "fit-untuned.json",
        (
            *PHOTOGRAPHS, *ICONS,
            (
                "python", "bench/fit_few.py", "build/fits", "build/data/tango-icons",
                "build/data/photographs-rgb.npy", "--count", "1000", "--minutes", "5",
            ),
        ),
        by_default=False,
    ),
    _fit_choices("quickdraw-train", 3, None, *QUICKDRAW_CHOICES),
    _fit_choices("mnist-static-valid", 3, None, "family=causal-resnet", "family=placed-resnet"),
    Step(
        "hidden-features.json",
        (
            *_array("fashion-mnist-test"),
            (
                "python", "bench/hidden_features.py", "build/data/fashion-mnist-test.npy",
                "--weights", "23000", "230000", "--rates", "1e-2", "5e-3", "2.5e-3",
            ),
        ),
        by_default=False,
    ),
    _fit_sizes("quickdraw-train", 10, 16_000, 23_000, 31_000, 40_000),
    _fit_sizes("quickdraw-train", 3, 7_500, 23_000, called="quickdraw-train-3"),
    _fit_sizes("mnist-binary", 15, 11_000, 35_000, 89_000),
    _fit_sizes("crawl-tiles-train", 20, 9_500, 19_000, 57_000),
    _train_choices(
        "quickdraw-train", 4, "--row", "train.dropout=0", "--row", "train.dropout=0.1", "--row",
        "train.mirror=true",
    ),
    _train_choices(
        "cifar10-train", 5, "--first", "3000", "--row", "train.mirror=false", "--row",
        "train.mirror=true",
    ),
    _fit("cifar10-test", 40, "normal"),
    _fit("cifar10-test", 40, "normal", called="cifar10-test-placed", threads=2),
    _fit("cifar10-test", 40, "fast", called="cifar10-test-fast"),
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
