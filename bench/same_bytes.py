"""Whether this checkout writes the very bytes that another build writes for the same input.

`python bench/same_bytes.py OTHER` compresses the first bundled images by every ordering, order and
coder with the bundled model and those of `bench/models`, once with this installation and once with
that of OTHER, the python of another build's environment, and compares the SHA-256 of the archives
(`--sources DIR`: where OTHER finds its `acncodec`, if the package is not installed there). It
prints a table and fails on a difference. `--solver tsp` is left out: before it was seeded it
gave another tour at every run. An ordering that a model or an order refuses must be refused by
both.

The archives are compared whole, header and side data included: both builds must run with the same
zlib and liblzma.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from builds import Build

MODELS = Path(__file__).parent / "models"
BUNDLED = "mnist"
COUNTS = (1, 2, 100, 1000)
CODERS = ("ans", "torchac")
ORDERINGS = (
    ("iid", "improved"), ("tour", "greedy"), ("tour", "improved"), ("set", "improved"),
    ("urn", "improved"), ("auto", "improved"),
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One file to be written."""

    model: str
    count: int
    order: str
    ordering: str
    solver: str
    coder: str


def cases(counts: list[int], coders: list[str], models: list[str]) -> Iterator[Case]:
    """All of them, in the order of the table."""
    for model in models:
        for count in counts:
            for coder in coders:
                for order in ("keep", "any"):
                    for ordering, solver in ORDERINGS:
                        yield Case(model, count, order, ordering, solver, coder)


def write_digests(wanted: list[Case], threads: int) -> None:
    """Print a line for each case: SHA-256 and length of its archive, or the refusal's class.

    Runs in either build, so that it uses nothing that the older one lacks.
    """
    import numpy as np

    from acncodec.codec import CompressOptions, compress_dataset
    from acncodec.data import bundled
    from acncodec.errors import AcnError
    from acncodec.images import DataSet, ImageSpec, SideArray
    from acncodec.models.registry import find_by_name_or_path

    with np.load(bundled()) as arrays:
        x, y = arrays["x"][:, None], arrays["y"]
    models = {name: find_by_name_or_path(name) for name in {case.model for case in wanted}}
    for case in wanted:
        pixels = x[: case.count]
        labels = SideArray("y", y[: case.count], True)
        data = DataSet(pixels, ImageSpec("x", "uint8", "nhw", (0, 1)), (labels,), pixels.nbytes)
        file = io.BytesIO()
        options = CompressOptions(
            case.order, case.ordering, case.coder, threads, solver=case.solver
        )
        try:
            compress_dataset(data, models[case.model], options, file)
        except AcnError as error:
            print(json.dumps([type(error).__name__, 0]), flush=True)
        else:
            archive = file.getvalue()
            print(json.dumps([hashlib.sha256(archive).hexdigest(), len(archive)]), flush=True)


def digests(build: Build, wanted: list[Case], threads: int) -> Iterator[tuple[str, int]]:
    """What a build writes for each case, as they come."""
    command = [build.python, __file__, "--write-digests", "--threads", str(threads)]
    text = json.dumps([asdict(case) for case in wanted])
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=build.environment,
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the pipes of a build are missing")
        process.stdin.write(text)
        process.stdin.close()
        for line in process.stdout:
            digest, size = json.loads(line)
            yield digest, size
    if process.returncode:
        raise RuntimeError(f"{build.python} failed with status {process.returncode}")


def compare(other: Build, wanted: list[Case], threads: int) -> int:
    """Print the table; how many cases differ."""
    different = 0
    print(f"{'model':<16}{'images':>7}  {'coder':<8}{'order':<6}{'ordering':<15}{'bytes':>9}  same")
    pairs = zip(
        wanted, digests(Build(sys.executable), wanted, threads), digests(other, wanted, threads),
        strict=True,
    )  # fmt: skip
    for case, (ours, size), (theirs, their_size) in pairs:
        name = Path(case.model).stem
        ordering = case.ordering + (f", {case.solver}" if case.ordering == "tour" else "")
        shown = f"{size:,}" if size else "refused"
        verdict = "yes" if ours == theirs else f"NO: {their_size:,} {theirs[:16]}"
        different += ours != theirs
        print(
            f"{name:<16}{case.count:>7,}  {case.coder:<8}{case.order:<6}{ordering:<15}"
            f"{shown:>9}  {verdict}",
            flush=True,
        )
    print(f"{len(wanted)} cases, {different} of them different")
    return different


def main() -> None:
    """Compare, or write the digests of one build."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("other", nargs="?", help="the python of the other build")
    parser.add_argument("--sources", metavar="DIR", help="where the other finds its `acncodec`")
    parser.add_argument("--counts", type=int, nargs="+", default=list(COUNTS))
    parser.add_argument("--coders", nargs="+", default=list(CODERS))
    parser.add_argument(
        "--models", nargs="+",
        default=[BUNDLED, *map(str, sorted(MODELS.glob("*.safetensors")))],
    )  # fmt: skip
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--write-digests", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.write_digests:
        wanted = [Case(**fields) for fields in json.load(sys.stdin)]
        write_digests(wanted, options.threads)
    elif options.other is None:
        parser.error("which other build?")
    else:
        models = [str(Path(name).resolve()) if "/" in name else name for name in options.models]
        wanted = list(cases(options.counts, options.coders, models))
        sys.exit(min(1, compare(Build(options.other, options.sources), wanted, options.threads)))


if __name__ == "__main__":
    main()
