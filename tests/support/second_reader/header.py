"""Part of `second_reader`: the header's JSON (3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from second_reader.model import PROFILES, Malformed, field, need

CODERS = ["ans", "torchac"]


@dataclass(frozen=True)
class Shard:
    """One entry of the header's list of shards."""

    images: int
    distinct: int
    strategy: str
    permuted: bool
    blocks: int
    runs: list[tuple[int, int]]
    urn: tuple[int, int] | None

    def batches(self) -> list[int]:
        return [size for size, repeats in self.runs for _ in range(repeats)]


@dataclass(frozen=True)
class Header:
    """The header's JSON with its defaults filled in."""

    coder: str
    order: str
    name: str
    dtype: str
    layout: str
    shape: tuple[int, ...]
    levels: list[int]
    place: int
    shards: list[Shard]
    labels: list[int]


def parse_header(table: Any) -> Header:
    labelled = {key: field(table, key, str) for key in "mpc"}
    for key, label in labelled.items():
        need(1 <= len(label) <= 255 and label.isprintable(), f"header: no label, {key}")
        need(label in {"p": PROFILES, "c": CODERS}.get(key, [label]), f"header: {key} is unknown")
    order, name = field(table, "o", str), field(table, "n", str)
    dtype, layout = field(table, "d", str), field(table, "l", str)
    need(order in ("keep", "any"), "header: order")
    need("\0" not in name and len(utf8(name)) <= 65_531, "header: name")
    need(dtype in ("uint8", "bool") and layout in ("nhw", "nhwc", "nchw"), "header: array")
    shape = field(table, "s", list)
    need(len(shape) == 3 and all(type(n) is int for n in shape), "header: shape")
    need(shape[0] in (1, 3) and all(1 <= n <= 65_535 for n in shape[1:]), "header: shape")
    need(layout != "nhw" or shape[0] == 1, "header: nhw of several channels")

    levels = table.pop("v", [0, 1])
    if type(levels) is int and levels == 256:
        levels = list(range(256))
    need(type(levels) is list and 2 <= len(levels) <= 256, "header: level map")
    need(all(type(v) is int and 0 <= v <= 255 for v in levels), "header: level map")
    need(levels == sorted(set(levels)), "header: the level map does not ascend")
    need(dtype != "bool" or levels == [0, 1], "header: level map of a bool array")

    place, entries = field(table, "a", int, 0), field(table, "h", list)
    need(table.get("y") != [], "header: no place of labels")
    labels = field(table, "y", list, [])
    need(all(type(n) is int and 0 <= n < 2**32 for n in labels), "header: places of labels")
    need(labels == sorted(set(labels)), "header: the places of labels do not ascend")
    need(place >= 0 and not table, "header: place, or an unknown key")
    need(1 <= len(entries) <= 65_536, "header: number of shards")
    shards = [parse_shard(entry, order) for entry in entries]
    repeats = [repeats for shard in shards for _, repeats in shard.runs]
    need(sum(repeats) <= 2**20, "header: too many batches")
    total = sum(shard.images for shard in shards)
    need(total * shape[0] * shape[1] * shape[2] <= 2**36, "header: too many images")
    return Header(
        labelled["c"], order, name, dtype, layout, tuple(shape), levels, place, shards, labels
    )


def parse_shard(entry: Any, order: str) -> Shard:
    images = field(entry, "n", int)
    need(0 <= images < 2**32, "header: images of a shard")
    distinct, strategy = field(entry, "u", int, images), field(entry, "t", str)
    permuted, blocks = field(entry, "p", bool, False), field(entry, "b", int, 1)
    need(min(images, 1) <= distinct <= images, "header: distinct images of a shard")
    need(strategy in ("iid", "tour", "set", "urn"), "header: strategy")
    need(strategy not in ("set", "urn") or order == "any", "header: a set in `keep`")
    urn = None
    if strategy == "urn":
        urn = field(entry, "w", int), field(entry, "k", int, 0)
        need(1 <= urn[0] < 2**32 and 0 <= urn[1] <= 4096, "header: an urn's numbers")
        need(distinct <= 2**17, "header: an urn of too many images")
    need(not permuted or (order == "keep" and distinct <= 2**24), "header: a permutation")
    need(1 <= blocks <= 2**20, "header: blocks of the seed")
    runs = []
    for run in field(entry, "z", list):
        if type(run) is int:
            runs.append((run, 1))
        else:
            need(type(run) is list and [type(n) for n in run] == [int, int], "header: runs")
            need(run[1] >= 2, "header: a run that repeats not")
            runs.append((run[0], run[1]))
    need(not entry, "header: an unknown key in a shard")
    need(all(1 <= size <= 512 for size, _ in runs), "header: size of a batch")
    need(sum(size * repeats for size, repeats in runs) == distinct, "header: sum of the batches")
    need(sum(repeats for _, repeats in runs) <= 2**20, "header: too many batches")
    shard = Shard(images, distinct, strategy, permuted, blocks, runs, urn)
    sizes = shard.batches()
    if strategy == "tour":
        limits = [2 * size for size in sizes[:1]] + sizes[1:]
        need(all(b <= a for a, b in zip(limits, sizes[1:], strict=False)), "header: tour")
    return shard


def utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise Malformed(f"no Unicode text: {text!r}") from error
