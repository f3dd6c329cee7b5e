"""Part of `second_reader`: the header's JSON (3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from second_reader.config import PROFILES
from second_reader.fields import check_name, field, need
from second_reader.forms import Form, parse_form
from second_reader.images import DTYPES, Kind, parse_levels, parse_shape
from second_reader.limits import check_counts, check_kinds
from second_reader.mixed import check_set, parse_classes, parse_further, parse_mixed_shard
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
    embedded: list[int]
    """Numbers of the models that the file carries."""
    models: list[tuple[str, bytes]]
    """Profile and model id of each; none where no image is modelled."""
    kinds: list[Kind]
    equal: int
    """How many equal channels of the array the first channel stands for."""
    form: Form | None
    shards: list[Shard]
    since: int
    """The version that the header calls for (13)."""

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


def parse_header(table: Any, identity: bytes) -> Header:
    """The header from its JSON; `identity` is the model id that stands before it."""
    coder, order, name = field(table, "c", str), field(table, "o", str), field(table, "n", str)
    dtype, layout = field(table, "d", str), field(table, "l", str)
    need(coder in ("ans", "torchac") and order in ("keep", "any"), "header: coder or order")
    check_name(name)
    need(dtype in DTYPES and layout in ("nhw", "nhwc", "nchw"), "header: array")
    place, entries = field(table, "a", int, 0), field(table, "h", list)
    need(place >= 0 and 1 <= len(entries) <= 65_536, "header: place, or number of shards")
    labels, embedded = ascending(table, "y"), ascending(table, "f")
    recent, equal = "r" in table, field(table, "r", int, 1)
    need(equal in (1, 3), "header: equal channels")
    given = field(table, "i", dict) if "i" in table else None

    mixed = "k" in table
    models = []
    if not mixed or "m" in table or "p" in table:
        models = [(field(table, "m", str), field(table, "p", str), identity)]
    if mixed:
        further = parse_further(field(table, "e", list)) if "e" in table else []
        need(models or not further, "header: models behind one that is not there")
        models += further
        kinds = parse_classes(field(table, "k", list), dtype)
        shards = [parse_mixed_shard(entry, order, len(kinds), len(models)) for entry in entries]
        check_set(shards, identity, len(models))
    else:
        levels, shape = table.pop("v", [0, 1]), parse_shape(field(table, "s", list))
        values = parse_levels(levels, dtype)
        kinds = [Kind(len(values), *shape, values)]
        shards = [parse_shard(entry, order) for entry in entries]
        recent |= type(levels) is int and levels != 256
    need(not table, "header: an unknown key")
    for label, profile, _ in models:
        need(1 <= len(label) <= 255 and label.isprintable(), "header: no label")
        need(profile in PROFILES, "header: profile")
    need(not embedded or embedded[-1] < len(models), "header: a model that is not there")
    one_shape = check_kinds(kinds, dtype, layout, equal)
    form = None
    if given is not None:
        need(one_shape, "header: a form of images of several shapes")
        top = max(max(kind.values) for kind in kinds)
        form = parse_form(given, dtype, top, kinds[0].samples(equal))

    profiles = {profile for _, profile, _ in models}
    recent |= mixed or form is not None or dtype not in ("uint8", "bool")
    recent |= kinds[0].channels in (2, 4) or bool(profiles & {"int15-resnet", "int15-acn-resnet"})
    urn = any(part.urn for shard in shards for part in shard.parts)
    uses = {
        7: "int15-placed-resnet" in profiles,
        5: bool(profiles & {"int15-acn-vq", "int15-vqvae"}),
        4: bool(embedded) or "int15-gated-levels" in profiles,
        3: recent,
        2: urn or bool(labels) or coder != "ans" or profiles != {"int15"},
        1: True,
    }
    header = Header(
        coder, order, name, dtype, layout, place, labels, embedded,
        [(profile, number) for _, profile, number in models], kinds, equal, form, shards,
        since=next(version for version, used in uses.items() if used),
    )  # fmt: skip
    check_counts(shards, kinds, [kind for kind, _ in header.coded], coder, bool(labels))
    return header


def ascending(table: Any, key: str) -> list[int]:
    """A list of 1 or more integers that ascend, or none."""
    need(table.get(key) != [], f"header: {key} is empty")
    numbers: list[int] = field(table, key, list, [])
    need(all(type(n) is int and 0 <= n < 2**32 for n in numbers), f"header: {key}")
    need(numbers == sorted(set(numbers)), f"header: {key} does not ascend")
    return numbers
