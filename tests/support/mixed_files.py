"""Writes small mixed sets (docs/FORMAT.md, 3.1) by hand, with the second reader's own parts.

A stack is written by letting the reader decode along a script of symbols, and pushing what it
popped in the opposite order. So these files say what the reader understands; whether a writer
understands the same, only its own files can tell.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from acn_files import AcnFile
from second_reader.images import Image, Kind
from second_reader.mixed import parse_classes
from second_reader.models import load_model
from second_reader.networks import Model
from second_reader.parts import Part
from second_reader.shard import decode_batches
from second_reader.stack import Stack, even
from second_reader.tables import Tables
from stored_payloads import stored_payload

ROOT = Path(__file__).parent.parent.parent
TABLES = ROOT / "acncodec" / "arithmetic" / "tables.safetensors"
GOLDEN = ROOT / "tests" / "golden" / "v3"
CHANNELS = {1: (0,), 2: (0, 1), 3: (1, 0, 2), 4: (1, 0, 2, 3)}


def golden_model(channels: int) -> Path:
    """A model of this many channels and any size."""
    return GOLDEN / f"model-{channels}.safetensors"


class Script(Stack):
    """A stack that gives the symbols of a script, and notes where they lie."""

    def __init__(self, symbols: Iterator[int]) -> None:
        self.symbols = symbols
        self.popped: list[tuple[int, int]] = []

    def pop_from(self, start: Callable[[int], int], count: int) -> int:
        if count == 1:
            return 0
        symbol = next(self.symbols)
        self.popped.append((start(symbol), start(symbol + 1) - start(symbol)))
        return symbol

    def push_on(self, stack: Stack) -> None:
        """Put the script on top of a stack."""
        for below, frequency in reversed(self.popped):
            stack.push(1, np.array([below, frequency, 2**24 - below - frequency]))


@dataclass
class MixedSet:
    """One shard: images (C, H, W), with the numbers of their class and model (None: stored)."""

    order: str
    classes: list[list[Any]]
    images: list[tuple[int, np.ndarray, int | None]]
    channels: list[int] = field(default_factory=list)
    """Of each model."""
    repeats: int = 0
    """How often the first image occurs once more, at the end."""
    dtype: str = "uint8"
    stored: bytes = b"\0"
    """Form of the stored images (from 4 on by pixels), then samples a byte of each class, or 3."""
    strategy: str = "iid"
    """Of each part; or `set`."""
    batch: int = 3

    def write(self) -> AcnFile:
        """The file, which a test may then spoil."""
        kinds = parse_classes([list(one) for one in self.classes], self.dtype)
        tables = Tables.load(TABLES)
        models = [load_model(golden_model(channels), tables) for channels in self.channels]
        rows = [(Image(kinds[c].content(x), c), x, m) for c, x, m in self.images]
        first = rows[0][0]
        if self.order == "any":
            rows.sort(key=lambda row: row[0])
        used = sorted({m for _, _, m in rows if m is not None})
        bins = [[row for row in rows if row[2] == m] for m in used]
        stored = [row for row in rows if row[2] is None]
        bins += [[row for row in stored if row[0].kind == k] for k in range(len(kinds))]
        bins = [some for some in bins if some]
        arranged = bool(stored) or len(used) > 1
        images = [row[0] for row in rows]
        if self.order == "keep":
            images += [first] * self.repeats
        else:
            at = images.index(first)
            images[at:at] = [first] * self.repeats
        whole = digest(images)

        header: dict[str, Any] = {
            "c": "ans", "o": self.order, "n": "x", "d": self.dtype, "l": "nchw",
            "k": self.classes, "h": [{"n": len(images), "u": len(rows)}],
        }  # fmt: skip
        if models:
            header |= {"m": "first", "p": "int15-resnet"}
        if models[1:]:
            header["e"] = [["more", "int15-resnet", m.identity.hex()] for m in models[1:]]
        sections = []
        if self.repeats:
            at, count = [row[0] for row in rows].index(first), self.repeats
            gaps, targets = [len(rows)] + [0] * (count - 1), [0] * count
            numbers = [at] + [0] * (count - 1)
            raw = bytes(gaps + targets if self.order == "keep" else numbers)
            sections.append((2, 0, b"\0" + raw))
        if arranged:
            place = {row[0]: b for b, some in enumerate(bins) for row in some}
            belongs = [place[row[0]] for row in rows]
            words = arrangement(belongs) if self.order == "keep" else b""
            sections.append((6, 0, whole + words))
        if stored:
            header["h"][0]["x"] = counted(stored)
            sections.append((5, 0, stored_payload(self.stored, stored, kinds)))
        for number, (m, part) in enumerate(zip(used, bins, strict=False)):
            seed = digest([row[0] for row in part]) if arranged else whole
            runs = [self.batch] * (len(part) // self.batch)
            runs += [len(part) % self.batch] if len(part) % self.batch else []
            header["h"][0].setdefault("g", []).append(
                {"m": m, "q": counted(part), "t": self.strategy, "z": runs}
            )
            sections.append((1, number, written(self.strategy, part, runs, kinds, models[m], seed)))
        version = 5 if stored and self.stored[0] > 3 else 3
        return AcnFile(header, sections, models[0].identity if models else bytes(32), version)


def counted(rows: list[Any]) -> list[list[int]]:
    classes = [row[0].kind for row in rows]
    return [[kind, classes.count(kind)] for kind in sorted(set(classes))]


def digest(images: list[Image]) -> bytes:
    return hashlib.sha256(b"".join(image.content for image in images)).digest()


def arrangement(belongs: list[int]) -> bytes:
    """The words from which the bin of each image is popped."""
    stack = Stack([1])
    left: list[int] = [0] * (max(belongs) + 1)
    for at in reversed(belongs):
        left[at] += 1
        some = [b for b, count in enumerate(left) if count]
        stack.push(some.index(at), even([left[b] for b in some]))
    return np.array(stack.words(), "<u4").tobytes()


def written(
    strategy: str, rows: list[Any], runs: list[int], kinds: list[Kind], model: Model, seed: bytes
) -> bytes:
    """The stack of a part, whose batches a writer puts down last to first (14.1)."""
    stack = Stack([*np.frombuffer(seed, "<u4").tolist(), 1])
    left = sorted(rows, key=lambda row: row[0]) if strategy == "set" else list(rows)
    to_come: list[Any] = []
    for size in reversed(runs):
        if strategy == "set":
            batch = [left.pop(stack.pop_uniform(len(left))) for _ in range(size)]
        else:
            left, batch = left[:-size], left[-size:]
        to_come = batch + to_come
        counts = [(kind, count) for kind, count in counted(to_come)]
        script = Script(symbols(batch, dict(counts), model.config["channels"], kinds))
        part = Part(0, counts, "iid", False, 1, [(size, 1)], None)
        assert decode_batches(script, part, kinds, model) == [row[0] for row in batch]
        assert next(script.symbols, None) is None
        script.push_on(stack)
    return np.array(stack.words(), "<u4").tobytes()


def symbols(
    batch: list[Any], left: dict[int, int], channels: int, kinds: list[Kind]
) -> Iterator[int]:
    """All that is popped for a batch, in order; `left` counts it and what comes after it."""
    for image, _, _ in batch:
        some = [kind for kind in left if left[kind]]
        if len(some) > 1:
            yield some.index(image.kind)
        left[image.kind] -= 1
    places = {(r, c) for _, x, _ in batch for r, c in np.ndindex(x.shape[1:])}
    for r, c in sorted(places):
        for channel in CHANNELS[channels]:
            for _, x, _ in sorted(batch, key=lambda row: kinds[row[0].kind].levels):
                if r < x.shape[1] and c < x.shape[2]:
                    yield int(x[channel, r, c])
