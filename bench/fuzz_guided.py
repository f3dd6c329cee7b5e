"""Coverage-guided fuzzing of one target, with atheris: an addition to bench/fuzz.py.

Run as `python bench/fuzz_guided.py TARGET [libFuzzer options]`, for example with `header
-max_total_time=300`. It needs `pip install atheris`, which is no dependency of the project. It
feeds the target's own check (tests/support/fuzzing) with bytes that reach new code, and stops at
the first violation. Nothing knows here which checksums are right again, so that content may differ.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))

# First, for numba cannot compile what was instrumented.
import acncodec.models.selftest
import acncodec.ordering.tours  # noqa: F401

with atheris.instrument_imports(include=["acncodec"]):
    from fuzzing.run import all_targets

    from acncodec.errors import AcnError


def main() -> None:
    """Fuzz the target named first."""
    name, options = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as scratch:
        (target,) = (entry for entry in all_targets(Path(scratch)) if entry.name == name)
        corpus = Path(scratch) / "corpus"
        corpus.mkdir()
        for number, seed in enumerate(target.seeds):
            (corpus / f"{number}").write_bytes(bytes([number]) + seed)

        def feed(data: bytes) -> None:
            if not data:
                return
            with contextlib.suppress(AcnError):
                target.check(data[1:], data[0] % len(target.seeds), True)

        atheris.Setup([sys.argv[0], str(corpus), "-rss_limit_mb=4096", *options], feed)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
