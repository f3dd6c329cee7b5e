"""Compress and decompress once in a process of its own: `python bench/speed_run.py OPTIONS`.

Prints one JSON object: seconds beside start-up, peak memory and, with --stages, where the time of
one thread goes. `bench/speed.py` runs it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

BEGUN = time.perf_counter()

STAGES = (
    ("reading", "acncodec.images:load_dataset"),
    ("reading", "acncodec.container.archive_file:ArchiveFile.read"),
    ("encoding", "acncodec.parts.conv_encoder.exact:ExactEncoder.codes"),
    ("ordering", "acncodec.shards.push:make_plan"),
    ("conditioner", "acncodec.parts.conditioner.exact:ExactConditioner.features"),
    ("decoder", "acncodec.parts.gated_pixelcnn.int16:Int16Pass.begin_row"),
    ("decoder", "acncodec.parts.gated_pixelcnn.int16:Int16Pass.outputs"),
    ("decoder", "acncodec.loops.bernoulli_pixelcnn:BernoulliPixelCNNLoop._go_on"),
    ("decoder", "acncodec.parts.gated_pixelcnn.float64:Float64Pass.begin_row"),
    ("decoder", "acncodec.parts.gated_pixelcnn.float64:Float64Pass.outputs"),
    ("latents", "acncodec.parts.prior_network.exact:ExactPrior.distribution"),
    ("latents", "acncodec.parts.mixture.exact:ExactMixture.parameters"),
    ("latents", "acncodec.parts.mixture.exact:ExactMixture.component_given"),
    ("entropy_coding", "acncodec.stack.ans:Stack.push"),
    ("entropy_coding", "acncodec.stack.ans:Stack.pop"),
    ("writing", "acncodec.codec.compress:write_archive"),
    ("writing", "acncodec.images:save_npz"),
)
"""Stages and the functions whose time, without that of those within, is theirs. The compiled loop
that decodes pixels has their entropy coding in it."""


class Clock:
    """Adds up the time of stages, each without that of the stages within it. One thread."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._inner: list[float] = []

    def watch(self, stage: str, place: str) -> None:
        """Time every call of the function or method at `place` (module:name)."""
        module, _, path = place.partition(":")
        holder: Any = import_module(module)
        *parents, name = path.split(".")
        for parent in parents:
            holder = getattr(holder, parent)
        setattr(holder, name, self._timed(stage, getattr(holder, name)))

    def _timed(self, stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **options: Any) -> Any:
            self._inner.append(0.0)
            start = time.perf_counter()
            try:
                return work(*args, **options)
            finally:
                took = time.perf_counter() - start
                own = took - self._inner.pop()
                self.seconds[stage] = self.seconds.get(stage, 0.0) + own
                if self._inner:
                    self._inner[-1] += took

        return timed

    def take(self, total: float) -> dict[str, float]:
        """The seconds of each stage, and of everything else, since the last time."""
        found, self.seconds = self.seconds, {}
        return found | {"other": total - sum(found.values())}


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--ordering", default="set")
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--stages", action="store_true")
    options = parser.parse_args()
    os.environ["ACNCODEC_ENGINE"] = options.engine

    from acncodec import codec, images
    from acncodec.codec.compare import same_data
    from acncodec.models import find_for_data
    from acncodec.models.selftest import check_products
    from acncodec.run.settings import Run

    clock = Clock()
    for stage, place in STAGES if options.stages else ():
        clock.watch(stage, place)
    data = images.load_dataset(options.data)
    model = find_for_data(data.shape, data.levels)
    check_products(model)
    result: dict[str, Any] = {
        "images": data.count, "ordering": options.ordering, "engine": options.engine,
        "threads": options.threads, "batch": options.batch, "device": options.device,
        "start_seconds": time.perf_counter() - BEGUN,
    }  # fmt: skip
    clock.take(0.0)
    with tempfile.TemporaryDirectory() as folder:
        packed = Path(folder) / "out.acn"
        chosen = codec.CompressOptions(
            "any", options.ordering, threads=options.threads, batch=options.batch,
            device=options.device,
        )  # fmt: skip
        start = time.perf_counter()
        data = images.load_dataset(options.data)
        with packed.open("wb") as file:
            codec.compress_dataset(data, model, chosen, file)
        result["compress"] = report(time.perf_counter() - start, data.count, clock)
        result["file_bytes"] = packed.stat().st_size
        start = time.perf_counter()
        run = Run(options.threads, options.batch, options.device)
        with codec.Reader(packed, [model], run) as archive:
            back = archive.read()
        with (Path(folder) / "back.npz").open("wb") as file:
            images.save_npz(file, back)
        result["decompress"] = report(time.perf_counter() - start, data.count, clock)
    result["peak_mib"] = peak_mib()
    if not same_data(data, back, "any"):
        sys.exit("decoded other images")
    print(json.dumps(result))


def peak_mib() -> int:
    """The most memory this process has held, MiB (getrusage would count its parent's too)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) / 1024)
    raise SystemExit("/proc/self/status does not say VmHWM")


def report(seconds: float, count: int, clock: Clock) -> dict[str, Any]:
    """One direction's figures."""
    row: dict[str, Any] = {
        "seconds": seconds,
        "images_per_second": count / seconds if count else None,
        "milliseconds_per_image": 1e3 * seconds / count if count else None,
    }
    if clock.seconds:
        row["stage_seconds"] = clock.take(seconds)
    return row


if __name__ == "__main__":
    main()
