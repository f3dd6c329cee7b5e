"""Measures every committed result anew, one after another: `python bench/all.py [--list]`.

What exists already is kept (so an interrupted run goes on where it was), unless -f is given.
`--only NAME` runs one step, also one that is not run by default. `acncodec report` reads them. What
each took is kept in `bench/minutes.json`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from steps import RESULTS, STEPS, Step

from acncodec.container.output import atomic_output
from acncodec.errors import AcnError
from acncodec.report.results import load_results
from acncodec.report.schema import Bench, Fuzz, Rivals, Speed, TrainingLog

ROOT = Path(__file__).resolve().parent.parent
MINUTES = "bench/minutes.json"
SECONDS_A_MINUTE = 60


def recorded(root: Path) -> dict[str, float]:
    """Minutes that steps took, by their names."""
    path = root / MINUTES
    known: dict[str, float] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return known


def record(step: Step, taken: float, root: Path) -> None:
    """Note the minutes that a step took."""
    known = recorded(root) | {step.name: round(taken, 1)}
    with atomic_output(root / MINUTES, force=True) as file:
        file.write(json.dumps(known, indent=1, sort_keys=True).encode() + b"\n")


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
        elif isinstance(value, Fuzz):
            seconds += value.seconds or 0.0
        elif isinstance(value, TrainingLog):
            seconds += value.points[-1].seconds
    return seconds / SECONDS_A_MINUTE if seconds else None


def listing(steps: Sequence[Step], root: Path) -> str:
    """A table of the steps: what is there, what it took, and the commands."""
    wide = max(len(step.name) for step in steps)
    lines = [f"{'name':<{wide}}{'minutes':>9}  {'state':<18}commands"]
    known = recorded(root)
    for step in steps:
        path = root / RESULTS / step.output
        took = known.get(step.name, minutes(path) if path.exists() else None)
        state = "there" if path.exists() else "missing"
        if not step.by_default:
            state += ", by name"
        commands = " && ".join(" ".join(command) for command in step.commands)
        lines.append(
            f"{step.name:<{wide}}{'-' if took is None else f'{took:.1f}':>9}  {state:<18}{commands}"
        )
    lines += [
        "",
        "Minutes are what the step took or, where that was not recorded, coding and training",
        "alone, as the result says. `by name`: only with --only.",
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
        taken = (time.monotonic() - start) / SECONDS_A_MINUTE
        record(step, taken, ROOT)
        print(f"{step.name}: {taken:.1f} minutes", file=sys.stderr)


if __name__ == "__main__":
    main()
