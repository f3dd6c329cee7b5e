"""Hostile embedded models through the int16 engine, between known bytes and forbidden pages.

    nice -n 19 python bench/mutated_models.py --output bench/results/mutated-models.json

Each seed is a run of its own, whose results join the file when it is done; a seed that is in the
file already is skipped, so a broken run goes on where it was. There are as many seeds as it takes
until --through models were accepted and carried out. A coded model of one of some 50 sizes
has its bytes changed, or its integers. What is refused is counted by its error. What is accepted
decodes images twice by the int16 engine: all arrays of its program, of its state and of its results
lie between known bytes, others each time, and pages that may not be touched, so that a read or a
write of one byte outside of them ends the process; the bytes must be what they were, both results
equal, and equal to those of the float64 engine. (The engine's own list of addresses, made in
compiled code, lies elsewhere.) Inputs run in forked children, as in `bench/fuzz.py`; a death, a
hang, a wrong result and an untyped exception are violations.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))

from fuzz import LIMIT_SECONDS, MEMORY_MIB, Run
from fuzzing.engines import INT16, engine_target, models, run_guarded

from acncodec.analysis.provenance import provenance

NAME = "embedded models"


def summary(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """All runs together: how many of each outcome."""
    outcomes: dict[str, int] = {}
    for run in runs:
        for mutations in run["counts"].values():
            for counts in mutations.values():
                for outcome, times in counts.items():
                    outcomes[outcome] = outcomes.get(outcome, 0) + times
    inputs, violations = (
        sum(run["inputs"] for run in runs), sum(len(run["violations"]) for run in runs)
    )  # fmt: skip
    expected = "a typed error, or the same numbers by both engines and no byte beside the buffers"
    row = {"name": NAME, "cases": inputs, "failures": violations, "expected": expected}
    return {
        "kind": "fuzz",
        "rows": [row],
        "inputs": inputs,
        "through_int16": outcomes.get(INT16, 0),
        "violations": violations,
        "seconds": round(sum(run["seconds"] for run in runs), 1),
        "peak_mib": max(run["peak_mib"] for run in runs),
        "outcomes": dict(sorted(outcomes.items())),
    }


def main() -> None:
    """Run the seeds that are not in the file yet, and write them into it."""
    parser = argparse.ArgumentParser(description="Mutated embedded models through int16.")
    parser.add_argument("--through", type=int, default=100_000, help="models through int16")
    parser.add_argument("--count", type=int, default=5000, help="models a seed")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    runs = json.loads(options.output.read_text())["runs"] if options.output.exists() else []
    for number, model in enumerate(models()):  # compiles, and what is whole must pass
        run_guarded(model, Random(number), trap=True)
    target = engine_target()
    done = {run["seed"] for run in runs}
    for seed in (number for number in count(1) if number not in done):
        if runs and summary(runs)["through_int16"] >= options.through:
            break
        start = time.monotonic()
        run = Run(seed)
        run.go([target], options.count)
        runs.append(run.to_json(time.monotonic() - start))
        limits = {"limit_seconds": LIMIT_SECONDS, "memory_mib": MEMORY_MIB}
        result = summary(runs) | limits | {"runs": runs} | provenance()
        options.output.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
