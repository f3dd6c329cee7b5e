"""Measures every committed result anew, one after another: `python bench/all.py [--list]`.

What exists already is kept (so an interrupted run goes on where it was), unless -f is given.
`--only NAME` runs one step, also one that is not run by default. `acncodec report` reads them.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from acncodec.container.output import atomic_output
from acncodec.errors import AcnError
from acncodec.report.results import load_results
from acncodec.report.schema import Bench, Rivals, Speed, TrainingLog

ROOT = Path(__file__).resolve().parent.parent
RESULTS = "bench/results"
BUNDLED = "acncodec/data/mnist-test-binary.npz"
SECONDS_A_MINUTE = 60


@dataclass(frozen=True)
class Step:
    """One result: its file below `bench/results`, and the commands that make it.

    All commands run in the project's root. The last one prints the result, unless it writes it
    itself (`prints` is false). Training is not run by default.
    """

    output: str
    commands: tuple[tuple[str, ...], ...]
    by_default: bool = True
    prints: bool = True

    @property
    def name(self) -> str:
        """What `--only` takes."""
        return self.output.rsplit(".", 1)[0]


PIXELCNN = "bench/models/mnist-pixelcnn.safetensors"
NINE_DIGITS = "build/nine-digits.safetensors"
ALL_IMAGES = "build/mnist-70000.npz"
BLIND = tuple(part for name in ("iid", "set", "urn") for part in ("--ordering", name))
GREEDY = ("--ordering", "tour", "--solver", "greedy")


def _subset(count: int, *options: str) -> tuple[tuple[str, ...], ...]:
    images = f"build/mnist-{count}.npz"
    return (
        ("python", "bench/subset.py", str(count), images),
        ("acncodec", "bench", images, *options, "--json"),
    )


STEPS = (
    Step("mnist-100.json", _subset(100)),
    Step("mnist-100-greedy.json", _subset(100, *GREEDY)),
    Step("mnist-1000.json", _subset(1000)),
    Step("mnist-1000-greedy.json", _subset(1000, *GREEDY)),
    Step("mnist-10000.json", (("acncodec", "bench", BUNDLED, "--json"),)),
    Step("mnist-10000-greedy.json", (("acncodec", "bench", BUNDLED, *GREEDY, "--json"),)),
    Step(
        "pixelcnn-10000.json",
        (("acncodec", "bench", BUNDLED, "--model", PIXELCNN, "--json"),),
    ),
    Step("costs.json", (("python", "bench/costs.py"),)),
    Step("labels.json", (("python", "bench/labels.py"),)),
    Step("urn.json", (("python", "bench/urn.py"),)),
    Step(
        "urn-digit-9.json",
        (
            ("acncodec", "data", "fetch", "mnist", "-o", "build/mnist", "-f"),
            ("python", "bench/without_digit.py", "build/mnist", "9", "build/nine-digits.npz"),
            (
                "acncodec", "train", "build/nine-digits.npz", "-o", NINE_DIGITS, "--preset",
                "mnist-small", "--steps", "6000", "-f",
            ),
            ("python", "bench/urn.py", "--model", NINE_DIGITS, "--digit", "9"),
        ),
        by_default=False,
    ),
    Step(
        "mnist-70000.json",
        (
            ("acncodec", "data", "fetch", "mnist", "-o", "build/mnist", "-f"),
            (
                "python", "bench/subset.py", "70000", ALL_IMAGES, "--more",
                "build/mnist/train-binary.npz",
            ),
            ("acncodec", "bench", ALL_IMAGES, *BLIND, "--samples", "2", "--json"),
        ),
        by_default=False,
    ),
    Step(
        "mnist-70000-greedy.json",
        (
            ("acncodec", "data", "fetch", "mnist", "-o", "build/mnist", "-f"),
            (
                "python", "bench/subset.py", "70000", ALL_IMAGES, "--more",
                "build/mnist/train-binary.npz",
            ),
            ("acncodec", "bench", ALL_IMAGES, *GREEDY, "--samples", "2", "--json"),
        ),
        by_default=False,
    ),
    Step("orders-10000.json", (("python", "bench/orders.py", BUNDLED, "--json"),)),
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
    Step("model.json", (("acncodec", "models", "show", "mnist", "--json"),)),
    Step("speed.json", (("python", "bench/speed.py", "--ordering", "set", "tour"),)),
    Step("speed-trials.json", (("python", "bench/speed_trials.py"),)),
    Step(
        "scale.json",
        (
            ("acncodec", "data", "fetch", "mnist", "-o", "build/mnist", "-f"),
            (
                "python", "bench/scale.py", "--images", "1000", "10000", "70000", "--more",
                "build/mnist/train-binary.npz",
            ),
        ),
        by_default=False,
    ),
    Step("rivals.json", (("python", "bench/rivals.py"),)),
    Step(
        "training/mnist.jsonl",
        (
            ("acncodec", "data", "fetch", "mnist", "-o", "build/mnist", "-f"),
            (
                "acncodec", "train", "build/mnist/train-images-idx3-ubyte.gz", "-o",
                "build/mnist.safetensors", "--preset", "mnist", "--minutes", "112", "--log",
                "build/log", "-f",
            ),
            ("cp", "build/log/log.jsonl", f"{RESULTS}/training/mnist.jsonl"),
        ),
        by_default=False,
        prints=False,
    ),
    Step(
        "training/mnist-pixelcnn.jsonl",
        (
            ("acncodec", "data", "fetch", "mnist", "-o", "build/mnist", "-f"),
            (
                "acncodec", "train", "build/mnist/train-images-idx3-ubyte.gz", "-o",
                PIXELCNN, "--preset", "mnist-pixelcnn", "--steps",
                "6000", "--log", "build/log-pixelcnn", "-f",
            ),
            ("cp", "build/log-pixelcnn/log.jsonl", f"{RESULTS}/training/mnist-pixelcnn.jsonl"),
        ),
        by_default=False,
        prints=False,
    ),
)  # fmt: skip
"""Every committed result. A new one is one more line here."""


def minutes(path: Path) -> float | None:
    """What making a result took, as far as the result itself says; None if it does not."""
    try:
        values = [found.value for found in load_results([path]).found]
    except AcnError:
        return None
    seconds = 0.0
    for value in values:
        if isinstance(value, Bench):
            for costs in value.orderings.values():
                seconds += (costs.compress_seconds or 0.0) + (costs.decompress_seconds or 0.0)
        elif isinstance(value, Speed):
            for row in value.orderings.values():
                seconds += row.compress.seconds + row.decompress.seconds
        elif isinstance(value, Rivals):
            for rival in value.rows:
                seconds += (rival.compress_seconds or 0.0) + (rival.decompress_seconds or 0.0)
        elif isinstance(value, TrainingLog):
            seconds += value.points[-1].seconds
    return seconds / SECONDS_A_MINUTE if seconds else None


def listing(steps: Sequence[Step], root: Path) -> str:
    """A table of the steps: what is there, what it took, and the commands."""
    lines = [f"{'name':<18}{'minutes':>8}  {'state':<15}commands"]
    for step in steps:
        path = root / RESULTS / step.output
        took = minutes(path) if path.exists() else None
        state = "there" if path.exists() else "missing"
        if not step.by_default:
            state += ", by name"
        commands = " && ".join(" ".join(command) for command in step.commands)
        lines.append(
            f"{step.name:<18}{'-' if took is None else f'{took:.1f}':>8}  {state:<15}{commands}"
        )
    lines += [
        "",
        "Minutes are those of coding and training that the results there record; a bound, and the",
        "start of each command, come on top. `by name`: only with --only.",
    ]
    return "\n".join(lines)


def executable(command: Sequence[str]) -> list[str]:
    """The command with the programs that stand beside this Python."""
    program, *rest = command
    if program == "python":
        return [sys.executable, *rest]
    if program == "acncodec":
        beside = Path(sys.executable).with_name("acncodec")
        start = [str(beside)] if beside.exists() else [sys.executable, "-m", "acncodec_cli"]
        return [*start, *rest]
    return list(command)


def run(step: Step, root: Path) -> None:
    """Make one result. It appears whole or not at all. Raises `SystemExit` if a command fails."""
    target = root / RESULTS / step.output
    target.parent.mkdir(parents=True, exist_ok=True)
    (root / "build").mkdir(exist_ok=True)
    *before, last = step.commands
    for command in before:
        _call(command, root, None)
    if not step.prints:
        _call(last, root, None)
        return
    with atomic_output(target, force=True) as file:
        _call(last, root, file.fileno())


def _call(command: Sequence[str], root: Path, output: int | None) -> None:
    done = subprocess.run(executable(command), cwd=root, stdout=output)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: failed with exit status {done.returncode}")


def main() -> None:
    """Run the steps that are due, or list them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--list", action="store_true", help="say what there is, and run nothing")
    parser.add_argument("--only", action="append", metavar="NAME", help="one step (repeatable)")
    parser.add_argument("-f", "--force", action="store_true", help="also measure what is there")
    options = parser.parse_args()
    names = options.only or [step.name for step in STEPS if step.by_default]
    unknown = set(names) - {step.name for step in STEPS}
    if unknown:
        parser.error(f"no such step: {', '.join(sorted(unknown))}")
    if options.list:
        print(listing(STEPS, ROOT))
        return
    for step in STEPS:
        if step.name not in names:
            continue
        if (ROOT / RESULTS / step.output).exists() and not options.force:
            print(f"{step.name}: there already", file=sys.stderr)
            continue
        print(f"{step.name}: {' '.join(step.commands[-1])}", file=sys.stderr)
        start = time.monotonic()
        run(step, ROOT)
        print(f"{step.name}: {(time.monotonic() - start) / 60:.1f} minutes", file=sys.stderr)


if __name__ == "__main__":
    main()
