"""What the head of an .acn file says of a mixed set: classes of images, models, and in each shard
which images are modelled and which are stored. docs/FORMAT.md, section 3.1, lists the fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from acncodec.container.class_list import classes_from_json, classes_to_json
from acncodec.container.head import BODY_OFFSET, Head, pack_head, unpack_head
from acncodec.container.header import ORDERS, shared_fields
from acncodec.container.mixed_shard import (
    MAX_PARTS,
    MixedShard,
    mixed_shard_to_json,
    mixed_shards_from_json,
)
from acncodec.container.model_names import (
    MAX_MODELS,
    NO_MODEL,
    ModelName,
    check_embedded,
    embedded_from_json,
    models_from_json,
    models_to_json,
)
from acncodec.container.shard_header import MAX_BATCHES, MAX_COUNT, MAX_SHARDS
from acncodec.container.strict import Fields, check_choice, check_int, check_label
from acncodec.container.versions import FEATURES
from acncodec.errors import DataError, FormatError
from acncodec.images import MAX_BYTES
from acncodec.images.form import form_from_json
from acncodec.images.image_class import ImageClass
from acncodec.images.mixed import MixedSpec
from acncodec.images.spec import COLOURS, DTYPES, LAYOUTS

MIXED_VERSION: Final = FEATURES["mixed set"]
"""The first version that has mixed sets."""


@dataclass(frozen=True)
class MixedHeader:
    """What an archive of a mixed set says of itself before the first section.

    Attributes:
        models: those that the parts count; none where no image is modelled.
        coder: the entropy coder; order: `keep` or `any`.
        spec: what gives the original images back, beside their classes.
        classes: what images there are, ascending.
        shards: one or more.
        embedded: numbers of the models that the file carries, ascending.
        format_version: of the file; by default the lowest one that has all the header uses.

    Raises:
        FormatError: a field has the wrong type, is out of its range, or at odds with another.
    """

    models: tuple[ModelName, ...]
    coder: str
    order: str
    spec: MixedSpec
    classes: tuple[ImageClass, ...]
    shards: tuple[MixedShard, ...]
    embedded: tuple[int, ...] = ()
    format_version: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        check_label(self.coder, "the coder")
        check_choice(self.order, "the order", ORDERS)
        needed = FEATURES["embedded model"] if self.embedded else MIXED_VERSION
        if self.format_version == 0:
            object.__setattr__(self, "format_version", needed)
        if self.format_version < needed:
            raise FormatError(
                f"the header is of version {needed}, not {self.format_version} as is stated"
            )
        try:
            self.spec.check(self.classes)
        except DataError as error:
            raise FormatError(str(error)) from error
        if type(self.shards) is not tuple or not 1 <= len(self.shards) <= MAX_SHARDS:
            raise FormatError(f"there must be 1 to {MAX_SHARDS} shards")
        parts = [part for shard in self.shards for part in shard.parts]
        if len(parts) > MAX_PARTS:
            raise FormatError(f"more than {MAX_PARTS} parts")
        if sum(len(part.coding.sizes) for part in parts) > MAX_BATCHES:
            raise FormatError(f"more than {MAX_BATCHES} batches")
        if len(self.models) > MAX_MODELS or bool(self.models) != bool(parts):
            raise FormatError("there must be models if, and only if, images are modelled")
        if any(part.model >= len(self.models) for part in parts):
            raise FormatError("a part names a model that is not there")
        check_embedded(self.embedded, len(self.models))
        for shard in self.shards:
            for counts in (shard.stored, *(part.counts for part in shard.parts)):
                if counts and counts[-1][0] >= len(self.classes):
                    raise FormatError(f"there is no class {counts[-1][0]} of images")
        if not self.count:
            raise FormatError("a mixed set has at least one image")
        self._check_bytes()

    def _check_bytes(self) -> None:
        limit = MAX_BYTES * max(one.index_dtype.itemsize for one in self.classes)
        total = sum(map(self.shard_bytes, self.shards))
        if total > limit:
            raise FormatError(f"the images take {total} bytes, more than {limit}")

    def shard_bytes(self, shard: MixedShard) -> int:
        """The most that the images of a shard may take, bytes: each repeat as the largest."""
        sizes = [
            (count, self.classes[number].image_bytes)
            for counts in (shard.stored, *(part.counts for part in shard.parts))
            for number, count in counts
        ]
        largest = max((nbytes for _, nbytes in sizes), default=0)
        distinct = sum(count * nbytes for count, nbytes in sizes)
        return distinct + (shard.count - shard.distinct) * largest

    @property
    def labels(self) -> tuple[int, ...]:
        """Labels are not coded apart."""
        return ()

    @property
    def count(self) -> int:
        """The number of images, duplicates included."""
        return sum(shard.count for shard in self.shards)

    @cached_property
    def first_parts(self) -> tuple[int, ...]:
        """The number of the first part of each shard, counted through all of them."""
        numbers, at = [], 0
        for shard in self.shards:
            numbers.append(at)
            at += len(shard.parts)
        return tuple(numbers)

    def to_bytes(self) -> bytes:
        """The head of the file. Raises `FormatError` if it is larger than one may be."""
        model_id = self.models[0].model_id if self.models else NO_MODEL
        return pack_head(Head(self.format_version, model_id, _to_json(self)))

    @classmethod
    def from_bytes(cls, data: bytes) -> MixedHeader:
        """Undo `to_bytes`. Raises `FormatError`, or `CorruptionError` if the CRC does not match."""
        return cls.from_head(unpack_head(data))

    @classmethod
    def from_head(cls, head: Head) -> MixedHeader:
        """Read the fields of a head. Raises `FormatError` where they are malformed."""
        try:
            return _from_json(head)
        except (FormatError, DataError) as error:
            raise FormatError(f"header: {error} (offset {BODY_OFFSET})") from error


def _to_json(header: MixedHeader) -> dict[str, object]:
    models = models_to_json(header.models)
    further = {"e": models.pop("e")} if "e" in models else {}
    fields = models | {"c": header.coder, "o": header.order, "n": header.spec.name}
    fields |= {"d": header.spec.dtype, "l": header.spec.layout}
    fields["k"] = classes_to_json(header.classes)
    fields["h"] = [mixed_shard_to_json(shard) for shard in header.shards]
    if header.spec.position:
        fields["a"] = header.spec.position
    if header.spec.replicated > 1:
        fields["r"] = header.spec.replicated
    if not header.spec.form.is_plain:
        fields["i"] = header.spec.form.to_json()
    fields |= further
    if header.embedded:
        fields["f"] = list(header.embedded)
    return fields


def _from_json(head: Head) -> MixedHeader:
    fields = Fields(head.fields, "the header")
    name, dtype, layout = shared_fields(fields, DTYPES, LAYOUTS)
    spec = MixedSpec(
        name, dtype, layout,
        check_int(fields.take("a", 0), "the image array's position", 0, MAX_COUNT),
        check_int(fields.take("r", 1), "the number of equal channels", 1, COLOURS),
        form_from_json(fields.take("i", ())),
    )  # fmt: skip
    shards = mixed_shards_from_json(fields.take("h"))
    carries = head.version >= FEATURES["embedded model"]
    header = MixedHeader(
        models=models_from_json(fields, head.model_id, any(shard.parts for shard in shards)),
        coder=check_label(fields.take("c"), "the coder"),
        order=check_choice(fields.take("o"), "the order", ORDERS),
        spec=spec,
        classes=classes_from_json(fields.take("k")),
        shards=shards,
        embedded=embedded_from_json(fields) if carries else (),
        format_version=head.version,
    )
    fields.finish()
    return header
