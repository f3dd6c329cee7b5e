"""How long it takes to refuse small archives that ask for too much: `python bench/refusals.py`.

Each of `tests/support/bombs.py` is written to a file, and decompressed by a process of its own, as
a user would; and once more in this process, whose modules are loaded. One JSON object: seconds by
name, of the process and of the refusal alone, and what was left on the disk (nothing).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))

from bombs import BOMBS
from mixed_forge import GOLDEN

from acncodec.analysis.provenance import provenance
from acncodec.codec import Reader
from acncodec.errors import TooLargeError
from acncodec.models.frozen import FrozenModel

COMMAND = (sys.executable, "-m", "acncodec_cli", "decompress")
MODEL = str(GOLDEN / "model-1.safetensors")


def refused(path: Path, models: list[FrozenModel]) -> float:
    """Seconds until the archive is refused here. Raises `SystemExit` if it is not."""
    start = time.perf_counter()
    try:
        with Reader(path, models) as archive:
            archive.read()
    except TooLargeError:
        return time.perf_counter() - start
    raise SystemExit(f"{path.name} was decoded")


def one(name: str, models: list[FrozenModel]) -> dict[str, Any]:
    """A row of the result."""
    with tempfile.TemporaryDirectory() as folder:
        path, target = Path(folder) / "bomb.acn", Path(folder) / "back.npz"
        path.write_bytes(BOMBS[name][0]().to_bytes())
        start = time.perf_counter()
        command = (*COMMAND, str(path), str(target), "--model", MODEL)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        process = time.perf_counter() - start
        if done.returncode != 1 or "--allow-large" not in done.stderr:
            raise SystemExit(f"{name}: {done.stderr}")
        return {
            "file_bytes": path.stat().st_size,
            "process_seconds": round(process, 3),
            "refusal_seconds": round(refused(path, models), 4),
            "left_behind": sorted(found.name for found in Path(folder).iterdir() if found != path),
            "message": done.stderr.strip().removeprefix(f"acncodec: {path}: "),
        }


def main() -> None:
    """Measure and print."""
    models = [FrozenModel.load(GOLDEN / f"model-{channels}.safetensors") for channels in (1, 3)]
    rows = {name: one(name, models) for name in BOMBS}
    print(json.dumps({"kind": "refusals", "rows": rows, **provenance()}, indent=2))


if __name__ == "__main__":
    main()
