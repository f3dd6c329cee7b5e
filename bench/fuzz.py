"""Spoils valid inputs a million times, and counts what comes of it.

Run as `python bench/fuzz.py --seeds 1 10 --count 100000 --output bench/results/fuzz.json`. Each
seed is a run of its own, whose results join the file when it is done; a seed that is in the file
already is skipped, so a broken run goes on where it was. Archives, headers, models, images and
checkpoints are mutated (tests/support/fuzzing), many with their checksums right again. What may
come of an input is an error of acncodec.errors, the original, or (where no checksum tells) another
valid input of its kind. Anything else is a violation: another exception, another content, a death,
more than LIMIT_SECONDS of the processor, or more memory than MEMORY_MIB beside what the process has
when everything is loaded. Inputs run in forked children of limited memory; whatever kills one is
noted, and the next goes on behind it.
"""

from __future__ import annotations

import argparse
import json
import mmap
import os
import resource
import signal
import struct
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))
# A process that was forked off one with OpenMP's threads waits for them for ever.
os.environ["OMP_NUM_THREADS"] = "1"

from fuzzing.run import Findings, Target, all_targets, make_case, run_one

from acncodec.analysis.provenance import provenance

LIMIT_SECONDS = 10
WAITING_SECONDS = 300
"""That an input may take on a clock, whatever else the machine does: for what waits for ever."""
MEMORY_MIB = 512
HANGS = (signal.SIGPROF, signal.SIGALRM)
CHUNK = 20_000
PLACE = struct.Struct("<q")


def limit_memory() -> None:
    """Limit this process to the address space it has, and MEMORY_MIB."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + (MEMORY_MIB << 20)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def work(targets: Sequence[Target], seed: int, numbers: range, place: mmap.mmap, out: int) -> None:
    """In a child: run the inputs `numbers`, telling in `place` which one it is at."""
    limit_memory()
    for each in HANGS:
        signal.signal(each, signal.SIG_DFL)  # a hang is a death
    findings = Findings()
    for number in numbers:
        PLACE.pack_into(place, 0, number)
        case = make_case(targets, seed, number)
        signal.setitimer(signal.ITIMER_PROF, LIMIT_SECONDS)
        signal.setitimer(signal.ITIMER_REAL, WAITING_SECONDS)
        run_one(case, seed, number, findings)
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
    with os.fdopen(out, "w") as pipe:
        json.dump(
            {
                "counts": [[*key, count] for key, count in findings.counts.items()],
                "violations": findings.violations,
                "slowest": findings.slowest,
                "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            },
            pipe,
        )


def in_a_child(
    targets: Sequence[Target], seed: int, numbers: range, place: mmap.mmap
) -> dict[str, Any] | int:
    """Run `numbers` in a fork: what was found, or the signal or status it died of."""
    source, sink = os.pipe()
    child = os.fork()
    if not child:
        status = 1
        try:
            os.close(source)
            work(targets, seed, numbers, place, sink)
            status = 0
        finally:
            os._exit(status)
    os.close(sink)
    with os.fdopen(source) as pipe:
        text = pipe.read()
    _, raw = os.waitpid(child, 0)
    status = os.waitstatus_to_exitcode(raw)
    return json.loads(text) if status == 0 else status


class Run:
    """The results of one seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.inputs = self.peak_mib = 0
        self.counts: dict[tuple[str, str, str], int] = {}
        self.violations: list[dict[str, Any]] = []
        self.slowest: dict[str, Any] = {"seconds": 0.0}

    def add(self, found: dict[str, Any]) -> None:
        """Add what a child found."""
        for target, mutation, outcome, count in found["counts"]:
            key = (target, mutation, outcome)
            self.counts[key] = self.counts.get(key, 0) + count
            self.inputs += count
        self.violations += found["violations"]
        self.peak_mib = max(self.peak_mib, found["peak_mib"])
        self.slowest = max(self.slowest, found["slowest"], key=lambda entry: entry["seconds"])

    def go(self, targets: Sequence[Target], count: int) -> None:
        """Run inputs 0..count - 1; a child that dies is succeeded by two, before and behind."""
        place = mmap.mmap(-1, PLACE.size)
        left = [range(a, min(a + CHUNK, count)) for a in reversed(range(0, count, CHUNK))]
        while left:
            numbers = left.pop()
            found = in_a_child(targets, self.seed, numbers, place)
            if isinstance(found, dict):
                self.add(found)
            else:
                (number,) = PLACE.unpack_from(place)
                self.note_death(targets, number, found)
                left += [range(number + 1, numbers.stop), range(numbers.start, number)]
            print(f"seed {self.seed}: {self.inputs} inputs", file=sys.stderr)

    def note_death(self, targets: Sequence[Target], number: int, status: int) -> None:
        """Note the input at which a child died."""
        case = make_case(targets, self.seed, number)
        outcome = "hung" if -status in HANGS else f"died: {status}"
        key = (case.target.name, case.mutation, outcome)
        self.counts[key] = self.counts.get(key, 0) + 1
        self.inputs += 1
        self.violations.append({
            "target": key[0], "mutation": key[1], "outcome": outcome, "number": number,
            "seed": self.seed,
        })  # fmt: skip

    def to_json(self, seconds: float) -> dict[str, Any]:
        """Counts as nested objects: target, mutation, outcome."""
        nested: dict[str, Any] = {}
        for (target, mutation, outcome), count in sorted(self.counts.items()):
            nested.setdefault(target, {}).setdefault(mutation, {})[outcome] = count
        return {
            "seed": self.seed, "inputs": self.inputs, "seconds": round(seconds, 1),
            "peak_mib": self.peak_mib, "slowest": self.slowest, "violations": self.violations,
            "counts": nested,
        }  # fmt: skip


def summary(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """All runs together: counts by target and outcome."""
    totals: dict[str, dict[str, int]] = {}
    for run in runs:
        for target, mutations in run["counts"].items():
            for outcomes in mutations.values():
                for outcome, count in outcomes.items():
                    by_target = totals.setdefault(target, {})
                    by_target[outcome] = by_target.get(outcome, 0) + count
    broken = [entry["target"] for run in runs for entry in run["violations"]]
    return {
        "kind": "fuzz",
        "rows": [
            {
                "name": target, "cases": sum(totals[target].values()),
                "failures": broken.count(target),
                "expected": "a typed error, the original, or another valid input of its kind",
            }
            for target in sorted(totals)
        ],
        "inputs": sum(run["inputs"] for run in runs),
        "violations": sum(len(run["violations"]) for run in runs),
        "seconds": round(sum(run["seconds"] for run in runs), 1),
        "peak_mib": max((run["peak_mib"] for run in runs), default=0),
        "slowest": max((run["slowest"] for run in runs), key=lambda entry: entry["seconds"]),
        "outcomes": {target: dict(sorted(totals[target].items())) for target in sorted(totals)},
    }  # fmt: skip


def main() -> None:
    """Run the seeds that are not in the file yet, and write them into it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("--seeds", nargs=2, type=int, metavar=("FIRST", "LAST"), default=(1, 1))
    parser.add_argument("--count", type=int, default=100_000, help="inputs a seed")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    runs = json.loads(options.output.read_text())["runs"] if options.output.exists() else []
    with tempfile.TemporaryDirectory() as scratch:
        targets = all_targets(Path(scratch))
        for seed in range(options.seeds[0], options.seeds[1] + 1):
            if any(run["seed"] == seed for run in runs):
                continue
            start = time.monotonic()
            run = Run(seed)
            run.go(targets, options.count)
            runs.append(run.to_json(time.monotonic() - start))
            limits = {"limit_seconds": LIMIT_SECONDS, "memory_mib": MEMORY_MIB}
            result = summary(runs) | limits | {"runs": runs} | provenance()
            options.output.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
