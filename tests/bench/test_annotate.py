"""The worked examples of docs/FORMAT.md are those of the golden files, and another reader's too."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import annotate
import numpy as np
import pytest
import second_reader.shard
from second_reader import read
from second_reader.stack import Stack
from second_reader.tables import Tables
from vectors import Example, decoded, pops

TABLES = Path(__file__).parents[2] / "acncodec" / "arithmetic" / "tables.safetensors"


def test_the_page_is_what_the_script_says() -> None:
    page = annotate.PAGE.read_text("utf-8")
    assert page == annotate.filled(), "python bench/annotate.py --write"


def test_every_byte_of_the_file_is_told_once() -> None:
    told, data = annotate.listed(annotate.FILE.archive.read_bytes()), bytearray()
    for line in told.splitlines():
        if found := re.match(r" *(\d+)  ((?:[0-9a-f]{2} ?)+)", line):
            assert int(found[1]) == len(data)
            data += bytes.fromhex(found[2])
    assert bytes(data) == annotate.FILE.archive.read_bytes()


def test_a_file_with_another_byte_is_told_of() -> None:
    data = bytearray(annotate.FILE.archive.read_bytes())
    data[-9] ^= 1
    with pytest.raises(SystemExit, match="CRC-32"):
        annotate.listed(bytes(data))


class Noting(Stack):
    """The second reader's stack, noting states and what is popped."""

    def __init__(self, words: list[int]) -> None:
        super().__init__(words)
        self.popped: list[tuple[int, int, int, int]] = []

    def pop_from(self, start: Callable[[int], int], count: int) -> int:
        state = self.state
        k = super().pop_from(start, count)
        if count > 1:
            self.popped.append((state, k, start(k), start(k + 1) - start(k)))
        return k


def second(
    example: Example, monkeypatch: pytest.MonkeyPatch
) -> tuple[Noting, dict[str, list[np.ndarray]]]:
    """What the second reader popped, and its latents, codes and logits, call by call."""
    stacks: list[Noting] = []
    seen: dict[str, list[np.ndarray]] = {"latents": [], "codes": [], "logits": []}
    pop_pixels, encode = second_reader.shard.pop_pixels, second_reader.shard.encode
    logistic = Tables.logistic

    def begin(_coder: str, payload: bytes) -> Noting:
        stacks.append(Noting(np.frombuffer(payload, "<u4").tolist()))
        return stacks[0]

    def popped(stack: Any, latents: np.ndarray, *more: Any) -> Any:
        seen["latents"].append(latents)
        return pop_pixels(stack, latents, *more)

    def encoded(*given: Any) -> np.ndarray:
        seen["codes"].append(encode(*given))
        return seen["codes"][-1]

    def priced(tables: Tables, logits: np.ndarray) -> np.ndarray:
        seen["logits"].append(logits)
        return logistic(tables, logits)

    monkeypatch.setattr("second_reader.bins.open_stack", begin)
    monkeypatch.setattr("second_reader.shard.pop_pixels", popped)
    monkeypatch.setattr("second_reader.shard.encode", encoded)
    monkeypatch.setattr(Tables, "logistic", priced)
    read(example.archive, example.model, TABLES)
    return stacks[0], seen


@pytest.mark.parametrize(
    ("example", "count"), [(annotate.FILE, 200), (annotate.CODED, 68)], ids=["levels", "codes"]
)
def test_the_second_reader_pops_the_same_symbols(
    example: Example, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as come before the first push."""
    ours = pops(decoded(example), count)
    theirs = second(example, monkeypatch)[0].popped[:count]
    assert len(theirs) == count
    assert [(one.state, one.symbol, one.start, one.frequency) for one in ours] == theirs
    assert all(one.quantile == one.state % 2**24 for one in ours)


def test_the_second_reader_has_the_same_code_and_logits(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = decoded(annotate.CODED)
    _, seen = second(annotate.CODED, monkeypatch)
    assert ours.latent == seen["latents"][0][0].tolist()
    assert ours.code == seen["codes"][0][0].tolist()
    row = [int(logits[0]) for logits in seen["logits"][: len(ours.logits)]]
    assert len(row) == 8 and ours.logits == row
    assert ours.ones == [int(Tables.load(TABLES).logistic(np.array([one]))[0]) for one in row]
