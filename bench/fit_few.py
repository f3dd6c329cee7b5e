"""What a fit is worth where pictures are few: files without and with `--fit`, and which was kept.

    python bench/fit_few.py WORK DATA ... --count 200 --minutes 5 > RESULT.json

Of each DATA, an .npy, the first --count images are compressed by `acncodec compress --order any`
as a user types it, first without a fit, then with `--fit MINUTES`, and the second file is decoded
and compared. Of a folder all pictures are, and `files_bytes` is what their files take as they lie.
No model need be in the file, so that a bundled one may be taken by its id. A row that is done lies
in WORK.
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
from acncodec.images.folder import open_folder


def row(data: Path, count: int, minutes: float, threads: int, work: Path) -> dict[str, Any]:
    """One set. Raises `SystemExit` if other images come back."""
    packed, options = work / f"{data.stem}-{count}.acn", ("--threads", str(threads))
    if data.is_dir():
        without = compressed(data, packed, *options)
        fitted = compressed(data, packed, *options, "--fit", str(minutes), "--verify")
        return about(data, without, fitted) | {"files_bytes": pictures_bytes(data)}
    some, back = work / f"{data.stem}-{count}.npy", work / f"{data.stem}-{count}-b.npy"
    np.save(some, np.load(data, mmap_mode="r")[:count])
    without = compressed(some, packed, *options)
    fitted = compressed(some, packed, *options, "--fit", str(minutes))
    line = [*COMMAND, "-q", "decompress", "-f", packed, back]
    subprocess.run(line, check=True)
    if not same_data(load_dataset(some), load_dataset(back), "any"):
        raise SystemExit(f"{packed}: other images came back")
    return about(data, without, fitted)


def pictures_bytes(folder: Path) -> int:
    """What the files of a folder's pictures take."""
    found = open_folder(folder).pictures
    return sum((folder / name).stat().st_size for name in {one.file for one in found})


def about(data: Path, without: dict[str, Any], fitted: dict[str, Any]) -> dict[str, Any]:
    """What `compress` said without a fit and with one."""
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
