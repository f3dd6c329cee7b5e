"""docs/FORMS.md: what is taken, what comes back, and what is refused, as the commands say it.

`python bench/forms.py` makes a small example of each form, compresses and decompresses it, and
prints the page; `python bench/forms.py --write` writes it. A test fails when the two differ.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from committed import ROOT
from form_examples import REFUSED, TAKEN, Example

from acncodec_cli.main import run

PAGE = ROOT / "docs" / "FORMS.md"
HEAD = """# What is taken, given back and refused

Rendered by `python bench/forms.py --write` from what the commands did with small examples; a test
renders it again. [DATA.md](DATA.md) has the rules behind it.

## Taken, and what comes back

Each by `acncodec compress GIVEN a.acn --verify`, in both orders, then `acncodec decompress a.acn
OUT`. In `--order any` the same arrays come back as sets, rows that go together still together.

"""
MIDDLE = """
## Refused, and the words

Exit status 1, and no output.

"""


def typed(*arguments: object) -> tuple[int, str]:
    """The exit status of a command line, and what it said on standard error."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        code = run([str(argument) for argument in arguments])
    return code, said.getvalue()


def words(said: str, folder: Path) -> str:
    """The last error message, without its path, in a cell of a table."""
    last = said.strip().splitlines()[-1].removeprefix("acncodec: ")
    text = last.replace(f"{folder}/", "")
    _, colon, message = text.partition(": ")
    return (message if colon else text).replace("|", "\\|").replace("<", "&lt;")


def arrays_of(path: Path) -> str:
    """The arrays of an .npz, each with its type and shape."""
    with np.load(path) as found:
        return ", ".join(
            f"`{name}` {'text' if array.dtype.kind in 'US' else array.dtype}"
            f" {'x'.join(map(str, array.shape)) or 'alone'}"
            for name, array in found.items()
        )


def array_of(path: Path) -> str:
    """The array of an .npy."""
    array = np.load(path)
    return f"{array.dtype} {'x'.join(map(str, array.shape))}"


def files_of(path: Path) -> str:
    """The files of a folder."""
    files = sorted(str(one.relative_to(path)) for one in path.rglob("*") if one.is_file())
    return ", ".join(f"`{file}`" for file in files)


def columns_of(path: Path) -> str:
    """The columns of a Parquet file, each with its type."""
    from pyarrow import parquet, types

    def kind(field: Any) -> str:
        if types.is_struct(field.type):
            return "pictures"
        shape = getattr(field.type, "shape", None)
        if shape is None:
            return str(field.type)
        return f"{field.type.value_type} {'x'.join(map(str, shape))}"

    return ", ".join(f"`{field.name}` {kind(field)}" for field in parquet.read_schema(path))


TARGETS: dict[str, Callable[[Path], str]] = {
    "back.npz": arrays_of, "back.npy": array_of, "back/": files_of, "back.parquet": columns_of,
}  # fmt: skip
"""What is written, and what tells of it."""


def taken_row(example: Example) -> str:
    """What became of an example that is taken; both orders give it back as `--verify` demands."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sources = example.make(folder)
        for order in ("any", "keep"):
            code, said = typed(
                "compress", *sources, folder / "a.acn", *example.options, "--order", order,
                "--verify", "-f",
            )  # fmt: skip
            if code:
                raise SystemExit(f"{example.name}, {order}: {said}")
        cells = []
        for target, describe in TARGETS.items():
            code, said = typed("decompress", folder / "a.acn", f"{folder}/{target}")
            found = f'no: "{words(said, folder)}"' if code else describe(folder / target)
            cells.append(found)
    return f"| {example.name} | {' | '.join(cells)} |"


def refused_row(example: Example) -> str:
    """What is said of an example that is refused."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        code, said = typed(
            "compress", *example.make(folder), folder / "a.acn", *example.options
        )  # fmt: skip
        if code != 1 or (folder / "a.acn").exists():
            raise SystemExit(f"{example.name}: exit {code}")
        return f"| {example.name} | {words(said, folder)} |"


def page() -> str:
    """The whole page."""
    taken = ["| given | as .npz | as .npy | as a folder | as .parquet |", "|---|---|---|---|---|"]
    refused = ["| given | refused |", "|---|---|"]
    taken += map(taken_row, TAKEN)
    refused += map(refused_row, REFUSED)
    return HEAD + "\n".join(taken) + "\n" + MIDDLE + "\n".join(refused) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print or write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/FORMS.md")
    if parser.parse_args(arguments).write:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        print(page(), end="")


if __name__ == "__main__":
    main()
