"""Kills compress, decompress and train at random moments, and looks at what is left.

Run as `python bench/faults.py --rounds 70 > bench/results/faults.json`: so many rounds of each
command, each a process of its own that gets SIGKILL at a random moment: half of the moments are
spread over the whole run, half over the time from when the output's temporary file appears to the
end. After each kill the input must be as it was; the target absent or as it was, or whole; and
nothing else in the folder but temporary files of known names. Then the same command runs again
beside what was left, and must do its work. A killed training goes on with --resume, and must end
with the tensors of an unbroken run, bit for bit.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import safe_open

from acncodec.analysis.provenance import provenance
from acncodec.codec import CompressOptions, compress_dataset, decompress_archive
from acncodec.compare import same_data
from acncodec.errors import AcnError
from acncodec.exact.model import FrozenModel
from acncodec.images import load_dataset

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))

from tiny import blobs, frozen

IMAGES, STEPS = 1500, 130
TEMPORARY = re.compile(r"\.[0-9a-f]{16}\.tmp|.*\.checkpoint\.safetensors\.tmp")
POLL_SECONDS = 0.002


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def tensors(path: Path) -> dict[str, bytes]:
    """All tensors of a model file; its card holds the time that the training took."""
    with safe_open(path, "np") as file:
        return {name: file.get_tensor(name).tobytes() for name in file.keys()}


@dataclass
class Command:
    """A command line that turns `source` into `target`, both in the folder it runs in."""

    name: str
    line: Sequence[str]
    source: str
    target: str
    reference: Path
    outcomes: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)
    seconds: float = 0.0
    writes_after: float = 0.0

    def start(self, folder: Path, *more: str) -> subprocess.Popen[bytes]:
        """Start the command in `folder`."""
        line = [sys.executable, "-m", "acncodec_cli", "-q", *self.line, *more]
        return subprocess.Popen(line, cwd=folder, stderr=subprocess.PIPE)

    def run(self, folder: Path, *more: str) -> str:
        """Run the command to its end: its error message, or nothing."""
        child = self.start(folder, *more)
        _, message = child.communicate()
        return "" if child.returncode == 0 else message.decode() or f"status {child.returncode}"

    def measure(self, folder: Path) -> None:
        """Note how long a run takes, and when its temporary file appears."""
        start = time.monotonic()
        child = self.start(folder)
        self.writes_after = wait_for_temporary(folder, child, start)
        if child.wait():
            raise SystemExit(f"{self.name} fails unbroken")
        self.seconds = time.monotonic() - start

    def is_whole(self, target: Path) -> bool:
        """Whether `target` is what an unbroken run writes."""
        if self.name == "train":
            return tensors(target) == tensors(self.reference)
        return digest(target) == digest(self.reference)


def wait_for_temporary(folder: Path, child: subprocess.Popen[bytes], start: float) -> float:
    """Seconds from `start` until a temporary file shows, or the child ends."""
    while child.poll() is None and not any(folder.glob(".*.tmp")):
        time.sleep(POLL_SECONDS)
    return time.monotonic() - start


def kill_at(command: Command, folder: Path, rng: random.Random, *more: str) -> float:
    """Start the command and kill it: seconds from its start to the kill."""
    start = time.monotonic()
    child = command.start(folder, *more)
    moment = rng.uniform(0, 1.05 * command.seconds)
    if rng.random() < 0.5:
        begun = wait_for_temporary(folder, child, start)
        moment = begun + rng.uniform(0, 1.1 * max(0.05, command.seconds - command.writes_after))
    while child.poll() is None and time.monotonic() - start < moment:
        time.sleep(POLL_SECONDS)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    command.outcomes["ended before the kill" if child.returncode == 0 else "killed"] += 1
    return time.monotonic() - start


def round_of(command: Command, inputs: dict[str, bytes], rng: random.Random, folder: Path) -> None:
    """One kill, one look, one more run."""
    for name, content in inputs.items():
        (folder / name).write_bytes(content)
    replaces = rng.random() < 0.5
    target = folder / command.target
    if replaces:
        target.write_bytes(b"what was there before")
    moment = kill_at(command, folder, rng, *(["-f"] if replaces else []))
    command.moments.append(round(moment / command.seconds, 3))

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
    again = ["-f", "--resume"] if checkpoint.exists() else ["-f"]
    command.outcomes["resumed from a checkpoint"] += checkpoint.exists()
    message = command.run(folder, *again)
    if message or not command.is_whole(target):
        complain(f"the next run fails: {message or 'another result'}")
    still = {path.name for path in folder.glob(".*.tmp")}
    if still - left:
        complain("the next run left something")


def prepare(folder: Path) -> tuple[list[Command], dict[str, dict[str, bytes]]]:
    """Inputs, references and command lines."""
    model, data = folder / "model.safetensors", folder / "data.npz"
    model.write_bytes(frozen(1).to_bytes())
    rng = np.random.default_rng(0)
    np.savez(data, x=blobs(IMAGES, 1)[:, 0], y=rng.random(IMAGES * 20).reshape(IMAGES, 20))
    frozen_model, given = FrozenModel.load(model), load_dataset(data)
    packed = folder / "reference.acn"
    with packed.open("wb") as file:
        compress_dataset(given, frozen_model, CompressOptions("keep", "tour", threads=1), file)
    if not same_data(given, decompress_archive(packed, frozen_model), "keep"):
        raise SystemExit("the reference does not come back")
    speed = ("--threads", "1", "--model", "model.safetensors")
    compress = Command(
        "compress", ("compress", "data.npz", "out.acn", "--ordering", "tour", *speed), "data.npz",
        "out.acn", packed,
    )  # fmt: skip
    decompress = Command(
        "decompress", ("decompress", "in.acn", "out.npz", *speed), "in.acn", "out.npz",
        folder / "reference.npz",
    )  # fmt: skip
    train = Command(
        "train", ("train", "data.npz", "-o", "out.safetensors", "--preset", "tiny", "--seed", "3",
                  "--steps", str(STEPS)),
        "data.npz", "out.safetensors", folder / "reference.safetensors",
    )  # fmt: skip
    small = folder / "small.npz"
    np.savez(small, x=blobs(600, 2)[:, 0])
    inputs = {
        "compress": {"data.npz": data.read_bytes(), "model.safetensors": model.read_bytes()},
        "decompress": {"in.acn": packed.read_bytes(), "model.safetensors": model.read_bytes()},
        "train": {"data.npz": small.read_bytes()},
    }
    return [compress, decompress, train], inputs


def main() -> None:
    """Run all rounds and print one JSON object."""
    parser = argparse.ArgumentParser(description="Kill acncodec at random moments.")
    parser.add_argument("--rounds", type=int, default=70, help="of each command")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as scratch:
        commands, inputs = prepare(Path(scratch))
        for command in commands:
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                for file, content in inputs[command.name].items():
                    (folder / file).write_bytes(content)
                command.run(folder)  # compile
                command.reference.write_bytes((folder / command.target).read_bytes())
                for path in folder.glob(f"{Path(command.target).stem}*"):
                    path.unlink()
                command.measure(folder)
            for index in range(options.rounds):
                with tempfile.TemporaryDirectory() as name:
                    try:
                        round_of(command, inputs[command.name], rng, Path(name))
                    except AcnError as error:
                        command.violations.append(str(error))
                print(f"{command.name} {index + 1}", file=sys.stderr)
    result: dict[str, Any] = {
        "kind": "faults",
        "rows": [
            {
                "name": f"{command.name}, killed", "cases": options.rounds,
                "failures": len(command.violations),
                "expected": "the target absent or whole, the input untouched, a resumed run equal",
            }
            for command in commands
        ],
        "rounds": len(commands) * options.rounds,
        "violations": sum(len(command.violations) for command in commands),
        "seed": options.seed,
        "commands": {
            command.name: {
                "rounds": options.rounds,
                "unbroken_seconds": round(command.seconds, 3),
                "temporary_after_seconds": round(command.writes_after, 3),
                "kill_moments": {  # as shares of an unbroken run
                    "least": min(command.moments), "most": max(command.moments),
                    "median": float(np.median(command.moments)),
                },
                "outcomes": dict(sorted(command.outcomes.items())),
                "violations": command.violations,
            }
            for command in commands
        },
        **provenance(),
    }  # fmt: skip
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
