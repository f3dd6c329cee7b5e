"""What the head of an .acn file says of a set of one shape: what its images are and what the stacks
mean. docs/FORMAT.md, section 3, lists the fields."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from acncodec.container.head import BODY_OFFSET, MODEL_ID_BYTES, Head, pack_head, unpack_head
from acncodec.container.model_names import embedded_from_json
from acncodec.container.shard_header import (
    MAX_BATCHES,
    MAX_COUNT,
    MAX_SHARDS,
    ShardHeader,
    shard_to_json,
    shards_from_json,
)
from acncodec.container.strict import (
    Fields,
    check_choice,
    check_int,
    check_label,
)
from acncodec.container.versions import WRITTEN_VERSION, lowest_version
from acncodec.contracts.image_kind import ImageKind
from acncodec.errors import DataError, FormatError
from acncodec.images import MAX_BYTES, ImageSpec
from acncodec.images.spec import COLOURS, DTYPES, LAYOUTS, MAX_CHANNELS, MAX_LEVELS

ORDERS: Final = ("keep", "any")

OLD_DTYPES: Final = ("uint8", "bool")
OLD_LEVELS: Final = 256
"""What versions 1 and 2 know. A map of so many levels is all that they give as a number."""

MAX_PIXEL_WEIGHT: Final = 255
MAX_SIDE: Final = (1 << 16) - 1


@dataclass(frozen=True)
class Header:
    """What an archive says of itself before the first section.

    Attributes:
        model_id: 32 bytes, SHA-256 of the model's tensors.
        model_name: the model's name, for messages.
        profile: the arithmetic profile.
        coder: the entropy coder.
        order: `keep` restores the original order, `any` restores the set.
        spec: what gives the original image array back.
        shape: the shape of an image, (C, H, W).
        shards: one or more, also where there is no image.
        labels: places among the side arrays, from 0 and ascending, of those in the labels section.
        embedded: numbers of the models that the file carries: (0,), or none.
        format_version: of the file; how a header is written, no part of what it says. By default
            the lowest one that is still written and has all that the header uses.

    Raises:
        FormatError: a field has the wrong type, is out of its range or newer than the version.
    """

    model_id: bytes
    model_name: str
    profile: str
    coder: str
    order: str
    spec: ImageSpec
    shape: tuple[int, int, int]
    shards: tuple[ShardHeader, ...]
    labels: tuple[int, ...] = ()
    embedded: tuple[int, ...] = ()
    format_version: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        if type(self.model_id) is not bytes or len(self.model_id) != MODEL_ID_BYTES:
            raise FormatError(f"the model id must be {MODEL_ID_BYTES} bytes")
        check_label(self.model_name, "the model's name")
        check_label(self.profile, "the arithmetic profile")
        check_label(self.coder, "the coder")
        check_choice(self.order, "the order", ORDERS)
        if type(self.shape) is not tuple or len(self.shape) != 3:
            raise FormatError("the image shape must be (C, H, W)")
        channels = check_int(self.shape[0], "the number of channels", 1, MAX_CHANNELS)
        check_int(self.shape[1], "the image height", 1, MAX_SIDE)
        check_int(self.shape[2], "the image width", 1, MAX_SIDE)
        if channels != 1 and self.spec.layout == "nhw":
            raise FormatError(f"images of {channels} channels cannot be {self.spec.layout}")
        if channels + self.spec.replicated - 1 > MAX_CHANNELS:
            raise FormatError(f"more than {MAX_CHANNELS} channels come back")
        if not self.spec.fits(self.shape):
            raise FormatError(f"images of {self.shape} are no rows of {self.spec.form.row}")
        if type(self.shards) is not tuple or not 1 <= len(self.shards) <= MAX_SHARDS:
            raise FormatError(f"there must be 1 to {MAX_SHARDS} shards")
        if sum(len(shard.sizes) for shard in self.shards) > MAX_BATCHES:
            raise FormatError(f"more than {MAX_BATCHES} batches")
        limit = MAX_BYTES * self.spec.index_dtype.itemsize
        if self.count * self.image_bytes > limit:
            raise FormatError(f"{self.count} images of {self.shape} take more than {limit} bytes")
        if type(self.labels) is not tuple:
            raise FormatError("the places of labels must be a tuple")
        for place in self.labels:
            check_int(place, "a place of labels", 0, MAX_COUNT)
        if any(after <= before for before, after in pairwise(self.labels)):
            raise FormatError("the places of labels must ascend")
        if self.labels and not labels_fit(self.kind):
            raise FormatError("labels cannot be coded given such images")
        if self.embedded not in ((), (0,)):
            raise FormatError("the header embeds models that it does not have")
        needed = self._lowest_version()
        if self.format_version == 0:
            object.__setattr__(self, "format_version", max(needed, WRITTEN_VERSION))
        if self.format_version < needed:
            raise FormatError(
                f"the header is of version {needed}, not {self.format_version} as is stated"
            )

    def _lowest_version(self) -> int:
        """The lowest version that has all this header uses."""
        strategies = [shard.strategy for shard in self.shards]
        features = ["labels"] if self.labels else []
        if not _is_old(self.spec, self.shape[0]):
            features.append("any image")
        if self.embedded:
            features.append("embedded model")
        return lowest_version(strategies, self.coder, self.profile, features)

    @property
    def kind(self) -> ImageKind:
        """What its images are."""
        return ImageKind.of(self.shape, len(self.spec.values))

    @property
    def image_bytes(self) -> int:
        """Bytes of an image's level indexes."""
        return math.prod(self.shape) * self.spec.index_dtype.itemsize

    @property
    def count(self) -> int:
        """The number of images, duplicates included."""
        return sum(shard.count for shard in self.shards)

    def to_bytes(self) -> bytes:
        """Write the head of the file, from the signature to the CRC.

        Raises:
            FormatError: it is larger than a header may be.
        """
        return pack_head(Head(self.format_version, self.model_id, _to_json(self)))

    @classmethod
    def from_bytes(cls, data: bytes) -> Header:
        """Read what `to_bytes` wrote.

        Raises:
            FormatError: malformed, truncated, or of an unknown version.
            CorruptionError: the CRC does not match.
        """
        return cls.from_head(unpack_head(data))

    @classmethod
    def from_head(cls, head: Head) -> Header:
        """Read the fields of a head. Raises `FormatError` where they are malformed."""
        try:
            return _from_json(head.fields, head.model_id, head.version)
        except (FormatError, DataError) as error:
            raise FormatError(f"header: {error} (offset {BODY_OFFSET})") from error


def labels_fit(kind: ImageKind) -> bool:
    """Whether distances of images of one size and number of levels (docs/FORMAT.md, 5.1) fit 64
    bits, so that labels can be coded given them."""
    if kind.size is None or kind.levels is None:
        return False
    samples = kind.channels * math.prod(kind.size)
    return MAX_PIXEL_WEIGHT * samples * (kind.levels - 1) ** 2 < 1 << 62


def _is_old(spec: ImageSpec, channels: int) -> bool:
    """Whether versions before 3 can say this of images."""
    old = spec.dtype in OLD_DTYPES and spec.replicated == 1 and channels in (1, COLOURS)
    return old and len(spec.values) <= OLD_LEVELS and spec.form.is_plain


def _to_json(header: Header) -> dict[str, object]:
    """Name each field by a letter or two; what has its commonest value is left out."""
    spec = header.spec.to_json()
    if header.format_version < 3 and "v" in spec and spec["v"] != OLD_LEVELS:
        spec["v"] = list(header.spec.values)
    fields: dict[str, object] = {
        "m": header.model_name,
        "p": header.profile,
        "c": header.coder,
        "o": header.order,
        **{key: spec.pop(key) for key in ("n", "d", "l")},
        "s": list(header.shape),
        "h": [shard_to_json(shard) for shard in header.shards],
        **spec,
    }
    if header.labels:
        fields["y"] = list(header.labels)
    if header.embedded:
        fields["f"] = list(header.embedded)
    return fields


def _from_json(value: dict[str, object], model_id: bytes, version: int) -> Header:
    fields = Fields(value, "the header")
    header = Header(
        model_id=model_id,
        model_name=check_label(fields.take("m"), "the model's name"),
        profile=check_label(fields.take("p"), "the arithmetic profile"),
        coder=check_label(fields.take("c"), "the coder"),
        order=check_choice(fields.take("o"), "the order", ORDERS),
        spec=_spec_from_json(fields, version),
        shape=_shape_from_json(fields.take("s")),
        shards=shards_from_json(fields.take("h")),
        labels=_labels_from_json(fields.take("y", ())),
        embedded=embedded_from_json(fields) if version >= 4 else (),
        format_version=version,
    )
    fields.finish()
    return header


def shared_fields(
    fields: Fields, dtypes: Sequence[str], layouts: Sequence[str]
) -> tuple[str, str, str]:
    """Take name, dtype and layout of the images. Raises `FormatError`."""
    name = fields.take("n")
    if not isinstance(name, str):
        raise FormatError(f"the image array's name must be a string, not {type(name).__name__}")
    dtype = check_choice(fields.take("d"), "the image dtype", dtypes)
    return name, dtype, check_choice(fields.take("l"), "the layout", layouts)


def _spec_from_json(fields: Fields, version: int) -> ImageSpec:
    old = version < 3
    name, dtype, layout = shared_fields(fields, OLD_DTYPES if old else DTYPES, LAYOUTS)
    lowest, highest = (OLD_LEVELS, OLD_LEVELS) if old else (2, MAX_LEVELS)
    values = fields.take("v", [0, 1])
    if type(values) is int:
        check_int(values, "the number of levels", lowest, highest)
    elif not isinstance(values, list) or len(values) > highest:
        raise FormatError(f"the level values must be a list of at most {highest} integers")
    spec: dict[str, object] = {
        "n": name,
        "d": dtype,
        "l": layout,
        "v": values,
        "a": check_int(fields.take("a", 0), "the image array's position", 0, MAX_COUNT),
    }
    if not old:
        spec["r"] = check_int(fields.take("r", 1), "the number of equal channels", 1, COLOURS)
        form = fields.take("i", ())
        if form != ():
            spec["i"] = form
    return ImageSpec.from_json(spec)


def _shape_from_json(value: object) -> tuple[int, int, int]:
    if not isinstance(value, list) or len(value) != 3:
        raise FormatError("the image shape must be [C, H, W]")
    channels, height, width = (check_int(axis, "an image axis", 1, MAX_SIDE) for axis in value)
    return channels, height, width


def _labels_from_json(value: object) -> tuple[int, ...]:
    if value == ():
        return ()
    if not isinstance(value, list) or not value:
        raise FormatError("the places of labels must be a list of at least one")
    return tuple(value)
