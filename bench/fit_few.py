"""What a fit is worth where pictures are few: files without and with `--fit`, and which was kept.

    python bench/fit_few.py WORK DATA ... --count 200 --minutes 5 > RESULT.json

Of each DATA, an .npy, the first --count images are compressed by `acncodec compress --order any`
as a user types it, first without a fit, then with `--fit MINUTES`, and the second file is decoded
and compared. No model need be in the file, so that a bundled one may be taken by its id. A row that
is done lies in WORK.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
from typed import COMMAND, compressed

from acncodec.analysis.provenance import provenance
from acncodec.codec.compare import same_data
from acncodec.images import load_dataset


def row(data: Path, count: int, minutes: float, threads: int, work: Path) -> dict[str, Any]:
    """One set. Raises `SystemExit` if other images come back."""
    some, packed, back = (work / f"{data.stem}-{count}{end}" for end in (".npy", ".acn", "-b.npy"))
    np.save(some, np.load(data, mmap_mode="r")[:count])
    without = compressed(some, packed, "--threads", str(threads))
    fitted = compressed(some, packed, "--threads", str(threads), "--fit", str(minutes))
    line = [*COMMAND, "-q", "decompress", "-f", packed, back]
    subprocess.run(line, check=True)
    if not same_data(load_dataset(some), load_dataset(back), "any"):
        raise SystemExit(f"{packed}: other images came back")
    sizes = fitted["candidates"]
    return {
        "data": data.name, "images": fitted["images"], "without_bytes": without["file_bytes"],
        "file_bytes": fitted["file_bytes"], "kept": min(sizes, key=sizes.get),
        "candidates": sizes, "stored_images": fitted["stored_images"],
    }  # fmt: skip


def main() -> None:
    """Measure the sets whose rows are not there, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    rows = []
    for data in options.data:
        about = options.work / f"{data.stem}-{options.count}-{options.minutes:g}-few.json"
        if not about.exists():
            found = row(data, options.count, options.minutes, options.threads, options.work)
            about.write_text(json.dumps(found))
        rows.append(json.loads(about.read_text()))
    result = {
        "kind": "fit_few", "minutes": options.minutes, "threads": options.threads, "rows": rows,
    }  # fmt: skip
    print(json.dumps(result | provenance(), indent=1))


if __name__ == "__main__":
    main()
