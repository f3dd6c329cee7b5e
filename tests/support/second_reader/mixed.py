"""Part of `second_reader`: what the header of a mixed set has of its own (3.1)."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from second_reader.fields import field, need
from second_reader.images import Kind, parse_levels, parse_shape
from second_reader.parts import Counts, Shard, parse_part, parse_sizes


def parse_classes(classes: list[Any], dtype: str) -> list[Kind]:
    need(1 <= len(classes) <= 65_536, "header: number of classes")
    need(all(type(one) is list and len(one) in (4, 5) for one in classes), "header: a class")
    kinds = []
    for number, (levels, *rest) in enumerate(classes):
        need(type(levels) is int, "header: levels of a class")
        shape = parse_shape(rest[:3])
        values = parse_levels(levels, dtype)
        if len(rest) > 3:
            need(type(rest[3]) is list, "header: level map of a class")
            values = parse_levels(rest[3], dtype, inverted=True)
            need(len(values) == levels, "header: length of a class's level map")
        kinds.append(Kind(levels, *shape, values, number))
    ascend = all(a < b for a, b in pairwise(classes))
    need(ascend, "header: classes do not ascend")
    return kinds


def parse_further(entries: list[Any]) -> list[tuple[str, str, bytes]]:
    """Name, profile and model id of the models behind the first."""
    need(1 <= len(entries) <= 255, "header: number of further models")
    models = []
    for entry in entries:
        need(type(entry) is list and [type(v) for v in entry] == [str] * 3, "header: a model")
        name, profile, identity = entry
        need(re.fullmatch("[0-9a-f]{64}", identity), "header: a model id")
        models.append((name, profile, bytes.fromhex(identity)))
    return models


def parse_mixed_shard(entry: Any, order: str, kinds: int, models: int) -> Shard:
    images, distinct = parse_sizes(entry)
    need(entry.get("g") != [], "header: no part")
    given = field(entry, "g", list, [])
    stored = parse_counts(field(entry, "x", list), kinds) if "x" in entry else []
    need(not entry, "header: an unknown key in a shard")
    need(len(given) <= 256, "header: too many parts")
    parts = []
    for part in given:
        model, counts = field(part, "m", int, 0), parse_counts(field(part, "q", list), kinds)
        need(0 <= model < models, "header: a model that is not there")
        parts.append(parse_part(part, order, model, counts))
    ascend = all(a.model < b.model for a, b in pairwise(parts))
    need(ascend, "header: parts do not ascend by model")
    total = sum(part.distinct for part in parts) + sum(count for _, count in stored)
    need(total == distinct, "header: sum of the parts")
    shard = Shard(images, distinct, parts, stored)
    several = [part.distinct for part in parts if len(part.counts) > 1]
    need(max([distinct * shard.arranged, *several]) <= 2**24, "header: too many to arrange")
    return shard


def check_set(shards: list[Shard], identity: bytes, models: int) -> None:
    """What the shards of a mixed set have in common; identity: the model id before the header."""
    need(sum(shard.images for shard in shards), "header: a mixed set without images")
    need(sum(len(shard.parts) for shard in shards) <= 65_536, "header: too many parts")
    modelled = any(shard.parts for shard in shards)
    need(modelled == (models > 0), "header: a model without images, or images without")
    need(modelled or identity == bytes(32), "header: the id of no model")


def parse_counts(pairs: list[Any], kinds: int) -> Counts:
    need(pairs and all(type(pair) is list for pair in pairs), "header: counts of classes")
    need(all([type(n) for n in pair] == [int, int] for pair in pairs), "header: counts of classes")
    need(
        all(0 <= kind < kinds and count >= 1 for kind, count in pairs), "header: counts of classes"
    )
    ascend = all(a[0] < b[0] for a, b in pairwise(pairs))
    need(ascend, "header: numbers of classes do not ascend")
    return [(kind, count) for kind, count in pairs]
