"""Keep a bundled model that is about to be replaced, so that archives that name it stay readable.

    python bench/keep_earlier.py grey

Writes its integers, without float weights, to `acncodec/models/earlier`, where its id finds it.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

from acncodec.models.registry import EARLIER, earlier_name, find_by_name_or_path


def main() -> None:
    """Write one file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", help="a bundled model's name, or a file of it")
    model = find_by_name_or_path(parser.parse_args().model)
    EARLIER.mkdir(exist_ok=True)
    path = EARLIER / earlier_name(model.name, model.model_id)
    path.write_bytes(replace(model, floats={}).to_bytes())
    print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
