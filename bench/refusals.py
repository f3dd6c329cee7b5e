"""How long it takes to refuse files that ask for too much, or lead elsewhere, as JSON.

    python bench/refusals.py > bench/results/refusals.json

Archives of `tests/support/bombs.py` are decompressed, and data sets of
`tests/support/hostile_sets.py` compressed, each by a process of its own, as a user would, and once
more in this process, whose modules are loaded. Of each: seconds of the processor, of the command
with its start-up, and of the refusal alone, the quickest of some; what it said; and what was left
on the disk, its folder of temporary files included (nothing).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))

from bombs import BOMBS
from hostile_sets import HOSTILE
from mixed_forge import GOLDEN

from acncodec.analysis.provenance import provenance
from acncodec.codec import Reader
from acncodec.errors import AcnError, TooLargeError
from acncodec.images import load_any
from acncodec.models.frozen import FrozenModel

COMMAND = (sys.executable, "-m", "acncodec_cli")
MODEL = str(GOLDEN / "model-1.safetensors")


def seconds_to_refuse(read: Callable[[], object], kind: type[AcnError], tries: int) -> float:
    """The quickest of some refusals. Raises `SystemExit` where one is none."""
    took = []
    for _ in range(tries):
        start = time.process_time()
        try:
            read()
        except kind:
            took.append(time.process_time() - start)
            continue
        raise SystemExit("it was not refused")
    return min(took)


def refused(path: Path, models: list[FrozenModel], tries: int) -> float:
    """Seconds until an archive is refused here."""

    def read() -> object:
        with Reader(path, models) as archive:
            return archive.read()

    return seconds_to_refuse(read, TooLargeError, tries)


def of_children() -> float:
    """Seconds of the processor that ended processes of this one took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def by_process(path: Path, *command: str, words: str) -> dict[str, Any]:
    """A row of the result, of a command that is to refuse. Raises `SystemExit` where it does not,
    or says something else."""
    unpacked = path.parent / "temporary"
    unpacked.mkdir()
    environment = os.environ | {"TMPDIR": str(unpacked)}
    line = (*COMMAND, command[0], path.name, *command[1:])
    before = of_children()
    done = subprocess.run(
        line, capture_output=True, text=True, check=False, cwd=path.parent, env=environment
    )
    took = of_children() - before
    if done.returncode != 1 or words not in done.stderr or "Traceback" in done.stderr:
        raise SystemExit(f"{path.name}: {done.stderr}")
    left = {found for found in path.parent.rglob("*") if found not in (path, unpacked)}
    return {
        "file_bytes": path.stat().st_size,
        "command_seconds": round(took, 3),
        "left_behind": sorted(found.name for found in left),
        "message": done.stderr.strip().removeprefix(f"acncodec: {path.name}: "),
    }


def bomb(name: str, models: list[FrozenModel], tries: int = 1) -> dict[str, Any]:
    """A row of an archive."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "bomb.acn")
        path.write_bytes(BOMBS[name][0]().to_bytes())
        model = ("--model", MODEL)
        row = by_process(path, "decompress", "back.npz", *model, words="--allow-large")
        return {
            "name": name, "command": "decompress",
            "refusal_seconds": round(refused(path, models, tries), 4), **row,
        }  # fmt: skip


def hostile(name: str, tries: int = 1) -> dict[str, Any]:
    """A row of a data set."""
    make, ending, words = HOSTILE[name]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"set{ending}")
        path.write_bytes(make())
        row = by_process(path, "compress", "out.acn", words=words)
        took = seconds_to_refuse(lambda: load_any(path), AcnError, tries)
        return {"name": name, "command": "compress", "refusal_seconds": round(took, 4), **row}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tries", type=int, default=3)
    tries = parser.parse_args().tries
    models = [FrozenModel.load(GOLDEN / f"model-{channels}.safetensors") for channels in (1, 3)]
    rows = [bomb(name, models, tries) for name in BOMBS]
    rows += [hostile(name, tries) for name in HOSTILE]
    slowest = max(row["refusal_seconds"] for row in rows)
    result = {"kind": "refusals", "slowest_seconds": slowest, "rows": rows, **provenance()}
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
