r"""The head of an .acn file: signature, format version, and what the stacks mean.

    0   8  signature \x89 A C N \r \n \x1a \n
    8   2  u16  format version
    10  4  u32  length L of the body
    14  32 model id: SHA-256 of the tensors that decide the bits
    46  L-32  raw deflate of compact JSON, since version 2 with `DICTIONARY` before it
    14+L  4  u32  CRC-32 of everything before it

All integers are little-endian. docs/FORMAT.md lists the JSON's fields.
"""

from __future__ import annotations

import json
import math
import struct
import zlib
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from acncodec.container.shard_header import (
    MAX_BATCHES,
    MAX_COUNT,
    ShardHeader,
    shard_to_json,
    shards_from_json,
)
from acncodec.container.strict import (
    Fields,
    check_choice,
    check_int,
    check_label,
    deflate,
    inflate,
    parse_object,
)
from acncodec.container.versions import FORMAT_VERSION, WRITTEN_VERSION, lowest_version
from acncodec.contracts.image_kind import ImageKind
from acncodec.errors import CorruptionError, DataError, FormatError
from acncodec.images import MAX_BYTES, ImageSpec
from acncodec.images.spec import COLOURS, DTYPES, LAYOUTS, MAX_CHANNELS, MAX_LEVELS

SIGNATURE: Final = b"\x89ACN\r\n\x1a\n"
PREFIX_BYTES: Final = 14
"""Bytes from which the length of the whole header is known."""

MODEL_ID_BYTES: Final = 32
ORDERS: Final = ("keep", "any")

OLD_DTYPES: Final = ("uint8", "bool")
OLD_LEVELS: Final = 256
"""What versions 1 and 2 know. A map of so many levels is all that they give as a number."""

MAX_PIXEL_WEIGHT: Final = 255
MAX_SIDE: Final = (1 << 16) - 1
MAX_SHARDS: Final = 1 << 16
MAX_PACKED_JSON: Final = 1 << 20
MAX_JSON: Final = 4 << 20

DICTIONARY: Final = (
    b'"v":256,"a":1,"y":[0],[1,32,32],"l":"nchw","l":"nhwc","d":"bool","t":"tour","t":"iid",'
    b'"t":"urn","w":1000,"p":true,"z":[{"m":"mnist","p":"int15","c":"ans","o":"keep","n":"images",'
    b'"o":"any","n":"x","d":"uint8","l":"nhw","s":[1,28,28],"h":[{"n":10000,"t":"set","z":['
)
"""What stands in deflate's window before the JSON, since version 2: most of a usual header."""

_CRC_BYTES = 4


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
        text = json.dumps(_to_json(self), separators=(",", ":"), ensure_ascii=False).encode()
        packed = deflate(text, _dictionary(self.format_version))
        if len(text) > MAX_JSON or len(packed) > MAX_PACKED_JSON:
            raise FormatError(f"the header takes {len(text)} bytes of JSON, more than it may")
        length = MODEL_ID_BYTES + len(packed)
        head = SIGNATURE + struct.pack("<HI", self.format_version, length)
        head += self.model_id + packed
        return head + struct.pack("<I", zlib.crc32(head))

    @classmethod
    def from_bytes(cls, data: bytes) -> Header:
        """Read what `to_bytes` wrote.

        Raises:
            FormatError: malformed, truncated, or of an unknown version.
            CorruptionError: the CRC does not match.
        """
        length = header_bytes(data[:PREFIX_BYTES])
        if len(data) != length:
            what = "truncated" if len(data) < length else "followed by other bytes"
            raise FormatError(f"the header is {what} (offset {min(len(data), length)})")
        crc_offset = length - _CRC_BYTES
        (crc,) = struct.unpack_from("<I", data, crc_offset)
        if zlib.crc32(data[:crc_offset]) != crc:
            raise CorruptionError(f"the header's CRC-32 does not match (offset {crc_offset})")
        start = PREFIX_BYTES + MODEL_ID_BYTES
        version = int.from_bytes(data[8:10], "little")
        try:
            text = inflate(data[start:crc_offset], MAX_JSON, _dictionary(version))
            return _from_json(parse_object(text), data[PREFIX_BYTES:start], version)
        except (FormatError, DataError) as error:
            raise FormatError(f"header: {error} (offset {start})") from error


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


def header_bytes(prefix: bytes) -> int:
    """Tell the length of the whole header, CRC included, from its first `PREFIX_BYTES` bytes.

    Raises:
        FormatError: no .acn file, an unknown version, truncated, or a length out of range.
    """
    if not prefix:
        raise FormatError("the file is empty (offset 0)")
    if not prefix.startswith(SIGNATURE[: len(prefix)]):
        raise FormatError("not an .acn archive: wrong signature (offset 0)")
    if len(prefix) >= len(SIGNATURE) + 2:
        version = int.from_bytes(prefix[8:10], "little")
        if not 1 <= version <= FORMAT_VERSION:
            raise FormatError(f"unknown format version {version} (offset 8)")
    if len(prefix) < PREFIX_BYTES:
        raise FormatError(f"the header is truncated (offset {len(prefix)})")
    length = int.from_bytes(prefix[10:PREFIX_BYTES], "little")
    if not MODEL_ID_BYTES < length <= MODEL_ID_BYTES + MAX_PACKED_JSON:
        raise FormatError(f"the header's length {length} is out of range (offset 10)")
    return PREFIX_BYTES + length + _CRC_BYTES


def _dictionary(version: int) -> bytes:
    return b"" if version == 1 else DICTIONARY


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
        embedded=_embedded_from_json(fields.take("f", ())) if version >= 4 else (),
        format_version=version,
    )
    fields.finish()
    return header


def _spec_from_json(fields: Fields, version: int) -> ImageSpec:
    name = fields.take("n")
    if not isinstance(name, str):
        raise FormatError(f"the image array's name must be a string, not {type(name).__name__}")
    old = version < 3
    lowest, highest = (OLD_LEVELS, OLD_LEVELS) if old else (2, MAX_LEVELS)
    values = fields.take("v", [0, 1])
    if type(values) is int:
        check_int(values, "the number of levels", lowest, highest)
    elif not isinstance(values, list) or len(values) > highest:
        raise FormatError(f"the level values must be a list of at most {highest} integers")
    spec: dict[str, object] = {
        "n": name,
        "d": check_choice(fields.take("d"), "the image dtype", OLD_DTYPES if old else DTYPES),
        "l": check_choice(fields.take("l"), "the layout", LAYOUTS),
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


def _embedded_from_json(value: object) -> tuple[int, ...]:
    if value == ():
        return ()
    if not isinstance(value, list) or not value:
        raise FormatError("the embedded models must be a list of at least one")
    return tuple(check_int(place, "an embedded model", 0, MAX_COUNT) for place in value)
