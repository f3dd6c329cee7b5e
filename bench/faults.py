"""Kills compress, decompress and train at random moments, and looks at what is left.

Run as `python bench/faults.py --seeds 1 6 --output bench/results/faults.json`. Each seed has its
rounds of each command, and joins the file when it is done; a seed that is there is skipped. A round
is a process that gets SIGKILL at a random moment: half of the moments are spread over the whole
run, half over the time from when the output's temporary file appears to the end. The process is a
fork of one in which everything is imported, so that no kill is wasted on that. After each kill the
input must be as it was; the target absent or as it was, or whole; and nothing else in the folder
but temporary files of known names. Then the same command runs again beside what was left, and must
do its work: a training with --resume where it left a checkpoint, and then to the tensors of an
unbroken run, bit for bit.
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
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from acncodec.analysis.provenance import provenance
from acncodec.codec import CompressOptions, Reader, compress_dataset
from acncodec.codec.compare import same_data
from acncodec.errors import AcnError
from acncodec.images import load_dataset
from acncodec.models.frozen import FrozenModel

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))

from killable import POLL_SECONDS, Command, wait_for_temporary
from tiny import blobs, frozen

IMAGES, STEPS = 1500, 330
"""STEPS: three checkpoints of the preset `tiny`, so that many kills find one."""
TEMPORARY = re.compile(r"\.[0-9a-f]{16}\.tmp|.*\.checkpoint\.safetensors\.tmp")


def kill_at(command: Command, folder: Path, rng: random.Random, *more: str) -> float:
    """Start the command and kill it: seconds from its start to the kill."""
    start = time.monotonic()
    child = command.start(folder, *more)
    moment = rng.uniform(0, 0.95 * command.seconds)
    if rng.random() < 0.5:
        begun = wait_for_temporary(folder, child, start)
        moment = begun + rng.uniform(0, 0.9 * max(0.05, command.seconds - command.writes_after))
    while child.poll() is None and time.monotonic() - start < moment:
        time.sleep(POLL_SECONDS)
    killed = child.kill() == -signal.SIGKILL
    command.outcomes["killed" if killed else "ended before the kill"] += 1
    return time.monotonic() - start


def round_of(command: Command, rng: random.Random, folder: Path) -> None:
    """One kill, one look, one more run."""
    inputs = command.inputs
    command.fill(folder)
    replaces = rng.random() < 0.5
    target = folder / command.target
    if replaces:
        target.write_bytes(b"what was there before")
    moment = kill_at(command, folder, rng, *(["-f"] if replaces else []))
    command.moments.append(moment / command.seconds)

    def complain(what: str) -> None:
        command.violations.append(f"{what} (killed after {moment:.3f} s)")

    for name, content in inputs.items():
        if (folder / name).read_bytes() != content:
            complain(f"{name} has changed")
    if not target.exists():
        command.outcomes["target absent"] += 1
        if replaces:
            complain("the old target is gone")
    elif replaces and target.read_bytes() == b"what was there before":
        command.outcomes["target as it was"] += 1
    elif command.is_whole(target):
        command.outcomes["target whole"] += 1
    else:
        complain("the target is not whole")
    checkpoint = target.with_suffix(".checkpoint.safetensors")
    left = {path.name for path in folder.iterdir()} - {*inputs, command.target, checkpoint.name}
    command.outcomes["temporary files left"] += len(left)
    if not all(TEMPORARY.fullmatch(name) for name in left):
        complain(f"unknown files: {sorted(left)}")
    command.outcomes["resumed from a checkpoint"] += checkpoint.exists()
    child = command.start(folder, "-f", *(["--resume"] if checkpoint.exists() else []))
    if child.wait() or not command.is_whole(target):
        complain(f"the next run fails: {child.message() or 'another result'}")
    still = {path.name for path in folder.glob(".*.tmp")}
    if still - left:
        complain("the next run left something")


def prepare(folder: Path) -> list[Command]:
    """The commands with their inputs and references, which lie in `folder`."""
    model, data, small = (folder / name for name in ("model.safetensors", "data.npz", "small.npz"))
    model.write_bytes(frozen(1).to_bytes())
    rng = np.random.default_rng(0)
    np.savez(data, x=blobs(IMAGES, 1)[:, 0], y=rng.random(IMAGES * 20).reshape(IMAGES, 20))
    np.savez(small, x=blobs(600, 2)[:, 0])
    frozen_model, given, packed = FrozenModel.load(model), load_dataset(data), folder / "a.acn"
    with packed.open("wb") as file:
        compress_dataset(given, frozen_model, CompressOptions("keep", "tour", threads=1), file)
    with Reader(packed, [frozen_model]) as archive:
        back = archive.read()
    if not same_data(given, back, "keep"):
        raise SystemExit("the reference does not come back")
    speed = ("--threads", "1", "--model", "model.safetensors")
    shared = {"model.safetensors": model.read_bytes()}
    train = ("train", "data.npz", "-o", "out.safetensors", "--preset", "tiny", "--seed", "3")
    return [
        Command(
            "compress", ("compress", "data.npz", "out.acn", "--ordering", "tour", *speed),
            "out.acn", folder / "compressed", shared | {"data.npz": data.read_bytes()},
        ),
        Command(
            "decompress", ("decompress", "in.acn", "out.npz", *speed),
            "out.npz", folder / "decompressed", shared | {"in.acn": packed.read_bytes()},
        ),
        Command(
            "train", (*train, "--steps", str(STEPS)),
            "out.safetensors", folder / "trained", {"data.npz": small.read_bytes()},
        ),
    ]  # fmt: skip


def run_seed(commands: Sequence[Command], seed: int, rounds: Sequence[int]) -> dict[str, Any]:
    """All rounds of one seed."""
    rng = random.Random(seed)
    for command, count in zip(commands, rounds, strict=True):
        command.outcomes, command.violations, command.moments = Counter(), [], []
        for index in range(count):
            with tempfile.TemporaryDirectory() as name:
                try:
                    round_of(command, rng, Path(name))
                except AcnError as error:
                    command.violations.append(str(error))
            print(f"seed {seed}: {command.name} {index + 1}", file=sys.stderr)
    return {
        "seed": seed,
        "commands": {
            command.name: {
                "rounds": count,
                "unbroken_seconds": round(command.seconds, 3),
                "temporary_after_seconds": round(command.writes_after, 3),
                "kill_moments": [round(moment, 3) for moment in sorted(command.moments)],
                "outcomes": dict(sorted(command.outcomes.items())),
                "violations": command.violations,
            }
            for command, count in zip(commands, rounds, strict=True)
        },
    }


def summary(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """All seeds together; kill moments are shares of an unbroken run."""
    entries = [(name, entry) for run in runs for name, entry in run["commands"].items()]
    totals: dict[str, Counter[str]] = {}
    for name, entry in entries:
        totals.setdefault(name, Counter()).update(entry["outcomes"])
    return {
        "kind": "faults",
        "rows": [
            {
                "name": f"SIGKILL in {name}",
                "cases": sum(entry["rounds"] for other, entry in entries if other == name),
                "failures": sum(
                    len(entry["violations"]) for other, entry in entries if other == name
                ),
                "expected": "the target absent, as it was, or whole; the next run does its work",
            }
            for name in totals
        ],
        "rounds": sum(entry["rounds"] for _, entry in entries),
        "violations": sum(len(entry["violations"]) for _, entry in entries),
        "outcomes": {name: dict(sorted(total.items())) for name, total in totals.items()},
    }


def main() -> None:
    """Run the seeds that are not in the file yet, and write them into it."""
    parser = argparse.ArgumentParser(description="Kill acncodec at random moments.")
    parser.add_argument("--seeds", nargs=2, type=int, metavar=("FIRST", "LAST"), default=(1, 6))
    parser.add_argument(
        "--rounds", nargs=3, type=int, default=(14, 14, 7), metavar="N",
        help="a seed, of compress, decompress and train",
    )  # fmt: skip
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    torch.set_num_threads(1)  # a fork has no other threads
    runs = json.loads(options.output.read_text())["runs"] if options.output.exists() else []
    with tempfile.TemporaryDirectory() as scratch:
        commands = prepare(Path(scratch))
        for command in commands:
            command.measure()
        for seed in range(options.seeds[0], options.seeds[1] + 1):
            if not any(run["seed"] == seed for run in runs):
                runs.append(run_seed(commands, seed, options.rounds))
                result = summary(runs) | {"runs": runs} | provenance()
                options.output.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
