"""Pages of `acncodec explore`: their sizes, and frames a second while panning; as JSON.

    python bench/explore_page.py build/pages --cifar cifar.npy > bench/results/explore-page.json

One page is of the bundled binarised MNIST digits by the bundled model, the other one, if there is
an .npy for it, of colour images by the bundled model that takes them, without their bits, which
take long. Frames are counted where there is a browser (`bench/browser.py`).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from browser import browser, find_browser, frames_a_second, opened, why_not

from acncodec.analysis.provenance import provenance
from acncodec.data import bundled
from acncodec.explore.library import load_library
from acncodec_cli.main import run

MEGABYTE = 1_000_000
MOST_BYTES = {"mnist": 6 * MEGABYTE, "cifar": 14 * MEGABYTE}
"""What a page of 10,000 images may take."""


def write_page(data: Path, page: Path, *options: str) -> dict[str, Any]:
    """Make a page by the command itself; what it takes."""
    began = time.monotonic()
    status = run(["explore", str(data), "-o", str(page), "-f", "-q", *options])
    if status:
        sys.exit(status)
    return {
        "data": data.name,
        "options": list(options),
        "bytes": page.stat().st_size,
        "seconds": round(time.monotonic() - began, 1),
    }


def seen(page: Path) -> dict[str, Any]:
    """Frames a second in a browser, and what it complained of."""
    with browser() as started:
        found = opened(started, page)
        frames = frames_a_second(found.page)
        return {
            "browser": f"{Path(find_browser() or '').name} {started.version}",
            "drawn_by": found.page.evaluate("explorer.figure.output_backend"),
            "frames_a_second": round(frames, 1),
            "complaints": found.complaints,
            "requests": [url.split(":")[0] for url in found.requests],
        }


def main() -> None:
    """Make, measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where the pages go")
    parser.add_argument("--cifar", type=Path, help=".npy or .npz of colour images")
    parser.add_argument("--count", default="10000", help="images of each page")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    sets = {"mnist": (bundled(), ())}
    if options.cifar:
        sets["cifar"] = (options.cifar, ("--samples", "0"))
    absent = why_not()
    pages = {}
    for name, (data, more) in sets.items():
        path = options.folder / f"{name}.html"
        row = write_page(data, path, "--count", options.count, *more)
        row |= {"most_bytes": MOST_BYTES[name]}
        pages[name] = row | (seen(path) if absent is None else {"not_seen": absent})
    scripts = load_library()
    size = sum(len(script.encode()) for script in scripts.scripts)
    result = {
        "kind": "explore_pages",
        "images": int(options.count),
        "library": f"Bokeh {scripts.version}",
        "library_bytes": size,
        "pages": pages,
        **provenance(),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
