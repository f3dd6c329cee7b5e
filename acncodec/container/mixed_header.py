"""What the head of an .acn file says of a mixed set: classes of images, models, and in each shard
which images are modelled and which are stored. docs/FORMAT.md, section 3.1, lists the fields."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from acncodec.container.head import BODY_OFFSET, MODEL_ID_BYTES, Head, pack_head, unpack_head
from acncodec.container.header import ORDERS, shared_fields
from acncodec.container.mixed_shard import (
    MAX_PARTS,
    MixedShard,
    mixed_shard_to_json,
    mixed_shards_from_json,
)
from acncodec.container.shard_header import MAX_BATCHES, MAX_COUNT, MAX_SHARDS
from acncodec.container.strict import Fields, check_choice, check_int, check_label
from acncodec.errors import DataError, FormatError
from acncodec.images import MAX_BYTES
from acncodec.images.form import form_from_json
from acncodec.images.image_class import MAX_CLASSES, ImageClass
from acncodec.images.mixed import MixedSpec
from acncodec.images.spec import COLOURS, DTYPES, LAYOUTS, MAX_LEVELS

MIXED_VERSION: Final = 3
"""The first version that has mixed sets."""
NO_MODEL: Final = bytes(MODEL_ID_BYTES)
MAX_MODELS: Final = 256


@dataclass(frozen=True)
class ModelName:
    """A model that images were coded with: its name, for messages, its profile, and its id."""

    name: str
    profile: str
    model_id: bytes

    def __post_init__(self) -> None:
        check_label(self.name, "a model's name")
        check_label(self.profile, "a model's profile")
        if type(self.model_id) is not bytes or len(self.model_id) != MODEL_ID_BYTES:
            raise FormatError(f"a model id must be {MODEL_ID_BYTES} bytes")


@dataclass(frozen=True)
class MixedHeader:
    """What an archive of a mixed set says of itself before the first section.

    Attributes:
        models: those that the parts count; none where no image is modelled.
        coder: the entropy coder; order: `keep` or `any`.
        spec: what gives the original images back, beside their classes.
        classes: what images there are, ascending.
        shards: one or more.

    Raises:
        FormatError: a field has the wrong type, is out of its range, or at odds with another.
    """

    models: tuple[ModelName, ...]
    coder: str
    order: str
    spec: MixedSpec
    classes: tuple[ImageClass, ...]
    shards: tuple[MixedShard, ...]
    format_version: int = MIXED_VERSION

    def __post_init__(self) -> None:
        check_label(self.coder, "the coder")
        check_choice(self.order, "the order", ORDERS)
        if self.format_version < MIXED_VERSION:
            raise FormatError(
                f"the header is of version {MIXED_VERSION}, not {self.format_version} as is stated"
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
    def embedded(self) -> tuple[int, ...]:
        """No model is carried."""
        return ()

    @property
    def labels(self) -> tuple[int, ...]:
        """Labels are not coded apart."""
        return ()

    @property
    def count(self) -> int:
        """The number of images, duplicates included."""
        return sum(shard.count for shard in self.shards)

    @property
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
    fields: dict[str, object] = {}
    if header.models:
        fields |= {"m": header.models[0].name, "p": header.models[0].profile}
    fields |= {"c": header.coder, "o": header.order, "n": header.spec.name}
    fields |= {"d": header.spec.dtype, "l": header.spec.layout}
    fields["k"] = [
        [one.levels, *one.shape, *([list(one.values)] if one.values else [])]
        for one in header.classes
    ]
    fields["h"] = [mixed_shard_to_json(shard) for shard in header.shards]
    if header.spec.position:
        fields["a"] = header.spec.position
    if header.spec.replicated > 1:
        fields["r"] = header.spec.replicated
    if not header.spec.form.is_plain:
        fields["i"] = header.spec.form.to_json()
    if len(header.models) > 1:
        fields["e"] = [[one.name, one.profile, one.model_id.hex()] for one in header.models[1:]]
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
    header = MixedHeader(
        models=_models(fields, head.model_id, any(shard.parts for shard in shards)),
        coder=check_label(fields.take("c"), "the coder"),
        order=check_choice(fields.take("o"), "the order", ORDERS),
        spec=spec,
        classes=_classes(fields.take("k")),
        shards=shards,
        format_version=head.version,
    )
    fields.finish()
    return header


def _models(fields: Fields, model_id: bytes, modelled: bool) -> tuple[ModelName, ...]:
    """The models, none where none is needed."""
    if not modelled:
        if model_id != NO_MODEL:
            raise FormatError("there is a model id, but no image is modelled")
        return ()
    first = ModelName(
        check_label(fields.take("m"), "the model's name"),
        check_label(fields.take("p"), "the arithmetic profile"),
        model_id,
    )
    more = fields.take("e", ())
    if more == ():
        return (first,)
    if not isinstance(more, list) or not 1 <= len(more) < MAX_MODELS:
        raise FormatError(f"further models must be a list of 1 to {MAX_MODELS - 1}")
    return (first, *map(_model, more))


def _model(value: object) -> ModelName:
    if not isinstance(value, list) or len(value) != 3:
        raise FormatError("a further model must be [name, profile, model id]")
    name, profile, digits = value
    known = isinstance(digits, str) and len(digits) == 2 * MODEL_ID_BYTES
    if not known or set(digits) - set("0123456789abcdef"):
        raise FormatError("a model id must be 64 hexadecimal digits in lower case")
    return ModelName(
        check_label(name, "a model's name"), check_label(profile, "a model's profile"),
        bytes.fromhex(digits),
    )  # fmt: skip


def _classes(value: object) -> tuple[ImageClass, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_CLASSES:
        raise FormatError(f"the classes of images must be a list of 1 to {MAX_CLASSES}")
    classes = tuple(map(_class, value))
    if any(after <= before for before, after in pairwise(classes)):
        raise FormatError("the classes of images must ascend")
    return classes


def _class(value: object) -> ImageClass:
    if not isinstance(value, list) or len(value) not in (4, 5):
        raise FormatError("a class of images must be [L, C, H, W] or [L, C, H, W, values]")
    levels, channels, height, width = (
        check_int(number, "a number of a class of images", 1, MAX_LEVELS) for number in value[:4]
    )
    values = value[4] if len(value) == 5 else []
    if not isinstance(values, list) or any(type(number) is not int for number in values):
        raise FormatError("the level map of a class must be a list of integers")
    if len(value) == 5 and len(values) != levels:
        raise FormatError(f"a level map of {len(values)} values for {levels} levels")
    return ImageClass(levels, channels, height, width, tuple(values))
