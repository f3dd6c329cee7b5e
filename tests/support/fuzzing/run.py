"""One spoiled input after another, each determined by a seed and a number."""

from __future__ import annotations

import time
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from acncodec.errors import AcnError
from fuzzing.archives import archive_targets
from fuzzing.inputs import input_targets
from fuzzing.level_archives import level_targets
from fuzzing.repaired import REPAIRED
from fuzzing.stored import stored_target
from fuzzing.targets import Target


@dataclass(frozen=True)
class Case:
    """A spoiled input."""

    target: Target
    mutation: str
    seed: int
    data: bytes


@dataclass
class Findings:
    """Outcomes counted by (target, mutation, outcome), what must not happen, and the slowest."""

    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    violations: list[dict[str, object]] = field(default_factory=list)
    slowest: dict[str, object] = field(default_factory=lambda: {"seconds": 0.0})


def all_targets(scratch: Path) -> list[Target]:
    """Every target; files that are being read lie in `scratch`."""
    archives = [*archive_targets(scratch), *level_targets(scratch), stored_target()]
    return [*archives, *input_targets(scratch)]


def make_case(targets: Sequence[Target], seed: int, number: int) -> Case:
    """Input `number` of the run `seed`: the same wherever it is made."""
    rng = Random(f"{seed}/{number}")
    (target,) = rng.choices(targets, [target.share for target in targets])
    mutation = rng.choice(list(target.mutations))
    first = rng.randrange(len(target.seeds))
    seeds = [target.seeds[first], *target.seeds[:first], *target.seeds[first + 1 :]]
    return Case(target, mutation, first, target.mutations[mutation](rng, seeds))


def run_case(case: Case) -> tuple[str, BaseException | None]:
    """The outcome, and what was raised if that must not happen."""
    try:
        return case.target.check(case.data, case.seed, case.mutation.endswith(REPAIRED)), None
    except AcnError as error:
        if len(str(error)) > 2000:
            return "a message too long", error
        return type(error).__name__, None
    except BaseException as error:  # noqa: BLE001 a Rust panic is no Exception
        return f"raised {type(error).__name__}", error


def run_range(targets: Sequence[Target], seed: int, numbers: range, findings: Findings) -> None:
    """Run the inputs `numbers`, one after the other, and note what comes of them."""
    for number in numbers:
        run_one(make_case(targets, seed, number), seed, number, findings)


def run_one(case: Case, seed: int, number: int, findings: Findings) -> None:
    """Run one input and note what comes of it."""
    start = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        outcome, error = run_case(case)
    seconds = time.process_time() - start
    findings.counts[case.target.name, case.mutation, outcome] += 1
    about = {
        "target": case.target.name, "mutation": case.mutation, "seed": seed, "number": number,
        "outcome": outcome, "bytes": len(case.data),
    }  # fmt: skip
    if seconds > float(str(findings.slowest["seconds"])):
        findings.slowest = about | {"seconds": round(seconds, 3)}
    if error is not None:
        findings.violations.append(about | {"error": str(error)[:300]})
