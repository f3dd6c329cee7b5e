"""Part of `second_reader`: the header's JSON (3)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from second_reader.config import PROFILES
from second_reader.fields import Malformed, field, need
from second_reader.images import DTYPES, Kind, parse_levels, parse_shape
from second_reader.mixed import parse_classes, parse_further, parse_mixed_shard
from second_reader.parts import Shard, parse_shard


@dataclass(frozen=True)
class Header:
    """The header's JSON with its defaults filled in."""

    coder: str
    order: str
    name: str
    dtype: str
    layout: str
    place: int
    labels: list[int]
    models: list[tuple[str, bytes]]
    """Profile and model id of each; none where no image is modelled."""
    kinds: list[Kind]
    equal: int
    """How many equal channels of the array the first channel stands for."""
    shards: list[Shard]
    short: bool
    """Whether the level map is a number other than 256."""

    @property
    def mixed(self) -> bool:
        return self.kinds[0].mixed

    @property
    def one_shape(self) -> bool:
        """Whether all images have one shape, so that they make one array."""
        return len({kind.shape for kind in self.kinds}) == 1

    @property
    def coded(self) -> list[tuple[Kind, int]]:
        """All kinds of images on stacks, each with the number of its model."""
        parts = [part for shard in self.shards for part in shard.parts]
        pairs = {(kind, part.model) for part in parts for kind, _ in part.counts}
        return [(self.kinds[kind], model) for kind, model in sorted(pairs)]

    @property
    def since(self) -> int:
        """The version that the header calls for (13)."""
        profiles = {profile for profile, _ in self.models}
        recent = self.mixed or self.short or self.equal > 1 or "int15-resnet" in profiles
        if recent or self.dtype not in ("uint8", "bool") or self.kinds[0].channels in (2, 4):
            return 3
        urn = any(part.urn for shard in self.shards for part in shard.parts)
        return 2 if urn or self.labels or self.coder != "ans" or profiles != {"int15"} else 1


def parse_header(table: Any, identity: bytes) -> Header:
    """The header from its JSON; `identity` is the model id that stands before it."""
    coder, order, name = field(table, "c", str), field(table, "o", str), field(table, "n", str)
    dtype, layout = field(table, "d", str), field(table, "l", str)
    need(coder in ("ans", "torchac") and order in ("keep", "any"), "header: coder or order")
    need("\0" not in name and len(utf8(name)) <= 65_531, "header: name")
    need(dtype in DTYPES and layout in ("nhw", "nhwc", "nchw"), "header: array")
    place, entries = field(table, "a", int, 0), field(table, "h", list)
    need(place >= 0 and 1 <= len(entries) <= 65_536, "header: place, or number of shards")
    need(table.get("y") != [], "header: no place of labels")
    labels = field(table, "y", list, [])
    need(all(type(n) is int and 0 <= n < 2**32 for n in labels), "header: places of labels")
    need(labels == sorted(set(labels)), "header: the places of labels do not ascend")

    mixed, equal, levels = "k" in table, 1, None
    models = []
    if not mixed or "m" in table or "p" in table:
        models = [(field(table, "m", str), field(table, "p", str), identity)]
    if mixed:
        models += parse_further(field(table, "e", list, []))
        kinds = parse_classes(field(table, "k", list), dtype)
        shards = [parse_mixed_shard(entry, order, len(kinds), len(models)) for entry in entries]
        equal = 3 if "r" in table else 1
        need(field(table, "r", int, 1) == equal, "header: equal channels")
        need(sum(shard.images for shard in shards), "header: a mixed set without images")
        need(sum(len(shard.parts) for shard in shards) <= 65_536, "header: too many parts")
        modelled = any(shard.parts for shard in shards)
        need(modelled == bool(models), "header: a model without images, or images without")
        need(modelled or identity == bytes(32), "header: the id of no model")
    else:
        equal = 3 if "r" in table else 1
        need(field(table, "r", int, 1) == equal, "header: equal channels")
        levels, shape = table.pop("v", [0, 1]), parse_shape(field(table, "s", list))
        values = parse_levels(levels, dtype)
        kinds = [Kind(len(values), *shape, values)]
        shards = [parse_shard(entry, order) for entry in entries]
    need(not table, "header: an unknown key")
    short = type(levels) is int and levels != 256
    for label, profile, _ in models:
        need(1 <= len(label) <= 255 and label.isprintable(), "header: no label")
        need(profile in PROFILES, "header: profile")
    header = Header(
        coder, order, name, dtype, layout, place, labels,
        [(profile, number) for _, profile, number in models], kinds, equal, shards, short,
    )  # fmt: skip
    check(header)
    return header


def check(header: Header) -> None:
    """What the fields must have to do with one another."""
    kinds, channels = header.kinds, header.kinds[0].channels
    if header.one_shape:
        need(header.layout != "nhw" or channels == 1, "header: nhw of several channels")
    else:
        need(header.dtype in ("uint8", "uint16"), "header: dtype of several shapes")
        need(header.equal == 1, "header: equal channels of several shapes")
    need(header.equal == 1 or header.layout != "nhw", "header: nhw of equal channels")
    need(channels + header.equal - 1 <= 4, "header: too many channels")
    if header.labels:
        need(not header.mixed, "header: labels of a mixed set")
        top = kinds[0].levels - 1
        need(255 * math.prod(kinds[0].shape) * top**2 < 2**62, "header: labels of large images")
    if header.coder == "torchac":
        need(all(kind.levels <= 256 for kind, _ in header.coded), "header: levels for torchac")
    parts = [part for shard in header.shards for part in shard.parts]
    batches = sum(repeats for part in parts for _, repeats in part.runs)
    need(batches <= 2**20, "header: too many batches")
    counts = [pair for shard in header.shards for pair in shard.stored]
    counts += [pair for part in parts for pair in part.counts]
    if not header.mixed:
        counts = [(0, shard.images) for shard in header.shards]
    total = sum(count * math.prod(kinds[kind].shape) for kind, count in counts)
    need(total <= 2**36, "header: too many images")


def utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise Malformed(f"no Unicode text: {text!r}") from error
