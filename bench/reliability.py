"""Puts the figures of the fuzzer and of the kills into docs/RELIABILITY.md.

`python bench/reliability.py` prints them, with `--write` they go between their markers. A test
fails when the page and the results differ.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results"
PAGE = ROOT / "docs" / "RELIABILITY.md"


def load(name: str) -> dict[str, Any]:
    """A committed result."""
    result: dict[str, Any] = json.loads((RESULTS / name).read_text(encoding="utf-8"))
    return result


def fuzz() -> str:
    """How many inputs were spoiled, and what came of it."""
    result = load("fuzz.json")
    decoded = sum(result["outcomes"]["decode"].values())
    return (
        f"{result['inputs']:,} inputs, {decoded:,} of them for the whole decoder;"
        f" {result['violations']} violations"
    )


def faults() -> str:
    """How many runs were killed, and what came of it."""
    result = load("faults.json")
    killed = sum(outcomes["killed"] for outcomes in result["outcomes"].values())
    return (
        f"{result['rounds']} rounds, {killed} of them killed before they ended;"
        f" {result['violations']} violations"
    )


def fit_kills() -> str:
    """How many fits were killed, and what came of it."""
    result = load("fit-kills.json")
    gone_on = result["outcomes"].get("went on from a state", 0)
    return (
        f"{result['rounds']} rounds, {result['kills']} kills, {gone_on} rounds ended from a state;"
        f" {len(result['violations'])} violations"
    )


def mutated_models() -> str:
    """How many spoiled models there were, and what came of them."""
    result = load("mutated-models.json")
    return (
        f"{result['inputs']:,} models, {result['through_int16']:,} of them accepted and carried"
        f" out; {result['violations']} violations"
    )


FIGURES = {
    "fuzz": fuzz, "faults": faults, "fit-kills": fit_kills, "mutated-models": mutated_models,
}  # fmt: skip


def filled(text: str) -> str:
    """`text` with what stands between the markers replaced."""
    for name, render in FIGURES.items():
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        start, _, rest = text.partition(begin)
        _, found, tail = rest.partition(end)
        if not found:
            raise SystemExit(f"docs/RELIABILITY.md lacks the markers {begin}")
        text = f"{start}{begin}{render()}{end}{tail}"
    return text


def main() -> None:
    """Print the figures, or write them into the page."""
    parser = argparse.ArgumentParser(description="Render the figures of docs/RELIABILITY.md.")
    parser.add_argument("--write", action="store_true")
    if parser.parse_args().write:
        PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        print("\n".join(render() for render in FIGURES.values()))


if __name__ == "__main__":
    main()
