"""Kills `compress --fit` at random moments, and looks at what is left.

    python bench/fit_kills.py --rounds 10 --output bench/results/fit-kills.json

A round is one archive that is begun, killed by SIGKILL at a random moment, looked at, and begun
again, until it is done. After each kill the input must be as it was, the target absent, and nothing
else in the folder but the state, whole, and temporary files of known names. The run that ends must
have gone on from the state, and its archive must give the input back by itself; then the state is
gone. Moments are spread over an unbroken run, so that kills hit the reading, the training, the
state's writing and the coding. Like in `bench/faults.py`, a process is a fork of one in which
everything is imported.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

import acncodec
from acncodec.analysis.provenance import provenance
from acncodec.container import read_header
from acncodec.training import choice
from acncodec.training.checkpoint import load_checkpoint
from acncodec.training.loop import Trainer

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))

from killable import POLL_SECONDS, Child
from level_sets import level_array

MINUTES = 0.05
KILLS = 3
"""Of a round, before it may end."""
DATA, TARGET, STATE = "data.npz", "out.acn", "out.acn.fit"
TEMPORARY = re.compile(r"\.[0-9a-f]{16}\.tmp|out\.acn\.fit\.tmp")
BEGUN = Path(tempfile.gettempdir()) / "begun-at-step"


@dataclass
class Findings:
    """What came of all rounds."""

    outcomes: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)


def start(folder: Path) -> Child:
    """Begin, or go on."""
    line = [
        "compress", DATA, TARGET, "--fit", str(MINUTES), "--threads", "1", "--stored", "never",
        "--embed-model", "--start", "none",
    ]  # fmt: skip
    return Child(folder, line)


def kill(folder: Path, moment: float, begun: float) -> bool:
    """Start the command and kill it at `moment`; whether it had not ended before."""
    child = start(folder)
    while child.poll() is None and time.monotonic() - begun < moment:
        time.sleep(POLL_SECONDS)
    return child.kill() == -signal.SIGKILL


def round_of(rng: random.Random, folder: Path, seconds: float, found: Findings) -> None:
    """Kills, looks, and a run to the end."""
    (folder / DATA).write_bytes(INPUT)
    for _ in range(KILLS):
        moment = rng.uniform(0, 0.95 * seconds)
        if not kill(folder, moment, time.monotonic()):
            found.outcomes["ended before the kill"] += 1
            break
        found.outcomes["killed"] += 1
        found.moments.append(round(moment / seconds, 3))
        look(folder, found)
    step = state_step(folder)
    done = (folder / TARGET).exists()
    if not done:
        child = start(folder)
        if child.wait():
            found.violations.append(f"the next run fails: {child.message()}")
            return
    began = int(BEGUN.read_text()) if BEGUN.exists() else 0
    if step is not None and not done:
        found.outcomes["went on from a state"] += 1
        if began != step:
            found.violations.append(f"it went on from step {began}, the state was of {step}")
    check_whole(folder, found)


def look(folder: Path, found: Findings) -> None:
    """What a kill left."""
    left = {path.name for path in folder.iterdir()} - {DATA, STATE}
    if (folder / DATA).read_bytes() != INPUT:
        found.violations.append("the input has changed")
    if TARGET in left:  # killed after the rename: then it is whole
        found.outcomes["target whole"] += 1
    if not all(TEMPORARY.fullmatch(name) for name in left - {TARGET}):
        found.violations.append(f"unknown files: {sorted(left)}")
    step = state_step(folder)
    found.outcomes["no state yet" if step is None else "a whole state"] += 1


def state_step(folder: Path) -> int | None:
    """The step of the state, which is whole, or None where there is none."""
    if not (folder / STATE).exists():
        return None
    step: int = load_checkpoint(folder / STATE)[1]["step"]
    return step


def check_whole(folder: Path, found: Findings) -> None:
    """The archive alone gives the input back, and the state is gone."""
    if read_header(folder / TARGET).header.embedded != (0,):
        found.violations.append("the archive carries no model")
    with acncodec.open(folder / TARGET) as archive, np.load(folder / DATA) as given:
        back = archive.arrays
        if not all(np.array_equal(back[name], given[name]) for name in given.files):
            found.violations.append("other arrays came back")
    if (folder / STATE).exists():
        found.violations.append("the state stayed")
    found.outcomes["done"] += 1


def _telling(restore: Any) -> Any:
    def told(trainer: Trainer, path: Path) -> None:
        restore(trainer, path)
        BEGUN.write_text(str(trainer.step))

    return told


def _input() -> bytes:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / DATA
        np.savez(path, x=level_array("grey", 300, 1, 12, 12), y=np.arange(300))
        return path.read_bytes()


INPUT = _input()


def main() -> None:
    """Run the rounds, and write what came of them."""
    parser = argparse.ArgumentParser(description="Kill compress --fit at random moments.")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    torch.set_num_threads(1)  # a fork has no other threads
    choice.FIT = replace(choice.FIT, checkpoint_steps=20)  # type: ignore[misc]
    Trainer.restore = _telling(Trainer.restore)  # type: ignore[method-assign]
    found, rng = Findings(), random.Random(options.seed)
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / DATA).write_bytes(INPUT)
        for _ in range(2):  # the first compiles
            (Path(name) / TARGET).unlink(missing_ok=True)
            begun = time.monotonic()
            if start(Path(name)).wait():
                raise SystemExit("it fails unbroken")
        seconds = time.monotonic() - begun
    for number in range(options.rounds):
        BEGUN.unlink(missing_ok=True)
        with tempfile.TemporaryDirectory() as name:
            round_of(rng, Path(name), seconds, found)
        print(f"round {number + 1}: {dict(found.outcomes)}", file=sys.stderr)
    row = {
        "name": "compress --fit", "cases": found.outcomes["killed"],
        "failures": len(found.violations),
        "expected": "a whole state or none, and a run that goes on from it to the whole file",
    }  # fmt: skip
    result = {
        "kind": "faults", "rows": [row], "rounds": options.rounds,
        "kills": found.outcomes["killed"], "violations": found.violations,
        "outcomes": dict(sorted(found.outcomes.items())), "moments": sorted(found.moments),
        "unbroken_seconds": round(seconds, 2), "minutes": MINUTES,
    }  # fmt: skip
    options.output.write_text(json.dumps(result | provenance(), indent=1) + "\n")
    if found.violations:
        raise SystemExit("\n".join(found.violations))


if __name__ == "__main__":
    main()
